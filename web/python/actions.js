// The worker's answers to a page: one Python interpreter for the whole page.
import { ScannerError, withCode } from "../shared/errors.js";
import { calling } from "./missing-files.js";
import { OpenBundles } from "./open-bundles.js";
import { measureQuality } from "./quality.js";
import { startPython } from "./runtime.js";

/** @typedef {import("./runtime.js").ScannerModule} ScannerModule */

/** @type {Promise<ScannerModule> | null} */
let python = null;

const bundles = new OpenBundles(
  async (url) => {
    const text = await fetchBundle(url);
    return (await ask((module) => module.open_bundle(text))).bundle;
  },
  (bundle) => ask((module) => module.close_bundle(bundle)),
);
/** @type {Map<number, string>} the address of each open scanner's bundle */
const addresses = new Map();

/**
 * Adding a feature is adding a function here. Each gets the message, returns the result.
 * @type {import("../shared/protocol.js").Actions}
 */
export const actions = {
  async load({ base, snapshots }) {
    python ??= startPython(base, (progress) => postMessage({ progress }), snapshots);
    try {
      await python;
    } catch (error) {
      python = null; // the next attempt starts afresh
      throw error;
    }
  },

  async openScanner({ url, memory }) {
    const bundle = await bundles.hold(url);
    try {
      const { scanner } = await ask((module) => module.open_scanner(bundle, memory));
      addresses.set(scanner, url);
      return scanner;
    } catch (error) {
      await bundles.release(url);
      throw error;
    }
  },

  async closeScanner({ scanner }) {
    await ask((module) => module.close_scanner(scanner));
    const url = addresses.get(scanner);
    if (url === undefined) return; // closed before
    addresses.delete(scanner);
    await bundles.release(url);
  },

  async reset({ scanner }) {
    await ask((module) => module.reset(scanner));
  },

  async scanFrame({ scanner, width, height, pixels, region }) {
    const bytes = new Uint8Array(pixels);
    const verdict = await ask((module) => {
      copyToPython(module, bytes);
      return module.scan_frame(scanner, width, height, region.left, region.top, region.width, region.height);
    });
    return { ...verdict, quality: measureQuality(bytes, width, region) };
  },

  async catalogue({ url }) {
    const bundle = await bundles.hold(url);
    try {
      return await ask((module) => module.catalogue(bundle));
    } finally {
      await bundles.release(url);
    }
  },
};

/**
 * Returns what Python answers, or throws what it complains about.
 * @param {(module: ScannerModule) => string} call returns JSON, {"result": ...} or {"error": {"code": ..., "message": ...}}
 */
async function ask(call) {
  if (!python) throw new ScannerError("runtime-failed", "Python was never loaded in this worker.");
  const module = await python;
  const { result, error } = JSON.parse(await calling(() => call(module)));
  if (error) throw new ScannerError(error.code, error.message);
  return result;
}

/**
 * @param {ScannerModule} module
 * @param {Uint8Array} bytes
 */
function copyToPython(module, bytes) {
  const proxy = module.frame_buffer(bytes.length);
  // Taken anew for every frame: Python's memory may have moved since the last one.
  const view = proxy.getBuffer("u8");
  view.data.set(bytes);
  view.release();
  proxy.destroy();
}

/** @param {string} url */
async function fetchBundle(url) {
  let response;
  try {
    response = await fetch(url, { cache: "no-cache" });
  } catch (error) {
    throw withCode(error, "bundle-invalid", `The bundle ${url} could not be fetched.`);
  }
  if (!response.ok) {
    throw new ScannerError(
      "bundle-invalid",
      `The bundle ${url} was answered with status ${response.status}. Build it with build_hashes.py and put it there.`,
    );
  }
  const text = await response.text();
  // Python reads it strictly, and once. This much is known before Python is there: many hosts answer an address that
  // they do not have with a web page.
  if (!/^\s*\{/.test(text)) {
    throw new ScannerError("bundle-invalid", `${url} is not a bundle. Build it again with build_hashes.py.`);
  }
  return text;
}
