// The worker's answers to a page. One Python interpreter serves the whole page.
import { ScannerError, withCode } from "../shared/errors.js";
import { forbiddenBy, violationAt } from "../shared/violations.js";
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
/** @type {Map<number, string>} address of the bundle, by the handle of each open scanner */
const addresses = new Map();

/**
 * One function for each action: it gets the message and returns the result. Add a feature by adding a function.
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
 * Returns the result of a call of Python, or throws the error in its answer.
 * @param {(module: ScannerModule) => string} call returns JSON, {"result": ...} or {"error": {"code": ..., "message": ...}}
 */
async function ask(call) {
  if (!python) throw new ScannerError("runtime-failed", "Python was never loaded in this worker. Load it first.");
  const module = await python;
  const { result, error } = JSON.parse(await calling(() => call(module)));
  if (error) throw new ScannerError(error.code, error.message);
  return result;
}

/**
 * Copies a frame into Python's memory.
 * @param {ScannerModule} module
 * @param {Uint8Array} bytes
 */
function copyToPython(module, bytes) {
  const proxy = module.frame_buffer(bytes.length);
  // Every frame takes a new view, because Python's memory may have moved.
  const view = proxy.getBuffer("u8");
  view.data.set(bytes);
  view.release();
  proxy.destroy();
}

/** Returns the text of the bundle at an address. Throws "bundle-invalid". @param {string} url */
async function fetchBundle(url) {
  let response;
  try {
    response = await fetch(url, { cache: "no-cache" });
  } catch (error) {
    const violation = await violationAt(url);
    const remedy = violation
      ? forbiddenBy(violation, new URL(url).origin)
      : "Check the connection and, on another origin, its Access-Control-Allow-Origin.";
    throw withCode(error, "bundle-invalid", `The bundle ${url} could not be fetched. ${remedy}`);
  }
  if (!response.ok) {
    throw new ScannerError(
      "bundle-invalid",
      `The bundle ${url} was answered with status ${response.status}, expected 200. ` +
        "Build the bundle with `phash-scanner build` and upload it to this address.",
    );
  }
  const text = await response.text();
  // Python later checks the whole bundle. This check needs no Python: many hosts answer a missing address with a web
  // page.
  if (!/^\s*\{/.test(text)) {
    throw new ScannerError(
      "bundle-invalid",
      `${url} is not a bundle: expected JSON that begins with {, found ${JSON.stringify(text.slice(0, 20))}. ` +
        "Check the address, or build the bundle again with `phash-scanner build`.",
    );
  }
  return text;
}
