// The worker's answers to a page. One Python interpreter serves the whole page.
import { ScannerError } from "../shared/errors.js";
import { excerpt, quoted } from "../shared/quoting.js";
import { fetchBundleText } from "./bundle-text.js";
import { sha256OfText } from "./checksum.js";
import { calling } from "./missing-files.js";
import { newHandle, OpenBundles } from "./open-bundles.js";
import { lacksCode, runningBuild } from "./python-start.js";
import { measureQuality } from "./quality.js";
import { startPython } from "./runtime.js";
import { endWarmUp, warmUp } from "./warm-up.js";

/** @typedef {import("./runtime.js").ScannerModule} ScannerModule */

/** An error after which this worker's Python is of no use. */
export class BrokenPython extends ScannerError {}

/** @type {Promise<ScannerModule> | null} */
let python = null;
/** How far the start under way has come. */
let /** @type {import("../shared/protocol.js").Progress | null} */ reached = null;
/** Address of the site that Python was loaded from. */
let site = "";

const bundles = new OpenBundles(openBundle, (bundle) => ask((module) => module.close_bundle(bundle)));
/** @type {Map<number, {url: string, bundle: number, memory: boolean, most?: number}>} open scanners, by their handles */
const scanners = new Map();
/** @type {Map<string, Promise<string | null>>} SHA-256 of each bundle's text, by address */
const checksums = new Map();

/**
 * One function for each action: it gets the message and returns the result. Add a feature by adding a function.
 * @type {import("../shared/protocol.js").Actions}
 */
export const actions = {
  async load({ base, snapshots }) {
    site = base;
    if (reached) postMessage({ progress: reached }); // who asks now has not heard of it
    python ??= startPython(base, tell, snapshots);
    try {
      await python;
    } catch (error) {
      python = null; // the next attempt starts afresh
      throw error;
    } finally {
      reached = null;
    }
  },

  async openScanner({ url, memory, most }) {
    const bundle = await bundles.hold(url);
    try {
      const scanner = newHandle();
      const opened = { url, bundle, memory, most: most ?? undefined };
      await askAbout(url, (module) => openIn(module, scanner, opened));
      scanners.set(scanner, opened);
      python?.then(warmUp);
      return scanner;
    } catch (error) {
      await bundles.release(url).catch(() => {}); // where Python has broken, `error` says so
      throw error;
    }
  },

  async closeScanner({ scanner }) {
    await ask((module) => module.close_scanner(scanner));
    const opened = scanners.get(scanner);
    if (!opened) return; // closed before
    scanners.delete(scanner);
    await bundles.release(opened.url);
  },

  async reset({ scanner }) {
    endWarmUp(); // the camera is open
    await ask((module) => module.reset(scanner));
  },

  async scanFrame({ scanner, width, height, pixels, region, noted }) {
    endWarmUp();
    const bytes = new Uint8Array(pixels);
    if (bytes.length !== width * height * 4) {
      const expected = `expected ${quoted(width)} x ${quoted(height)} RGBA pixels, found ${bytes.length} bytes`;
      throw new ScannerError("runtime-failed", `The frame cannot be judged: ${expected}.`);
    }
    const { memory, pieces, ...verdict } = await ask((module) => {
      copyToPython(module, bytes);
      return module.scan_frame(scanner, width, height, region.left, region.top, region.width, region.height, noted);
    });
    const quality = measureQuality(bytes, width, region);
    return { ...verdict, quality, pixels, noted: noted ? { memory, pieces } : null };
  },

  async makers({ scanner }) {
    const versions = await ask((module) => module.versions());
    const { url } = scanners.get(scanner) ?? {};
    return { versions, build: runningBuild(), sha256: (url && (await checksums.get(url))) || null };
  },

  async catalogue({ url }) {
    const bundle = await bundles.hold(url);
    try {
      return await askAbout(url, (module) => module.catalogue(bundle));
    } finally {
      await bundles.release(url).catch(() => {}); // where Python has broken, the catalogue's error says so
    }
  },
};

/** @param {import("../shared/protocol.js").Progress} progress */
function tell(progress) {
  reached = progress;
  postMessage({ progress });
}

/**
 * Fetches a bundle and opens it.
 * @param {string} url
 * @param {number} handle that it gets
 */
async function openBundle(url, handle) {
  const text = await fetchBundle(url);
  await askAbout(url, (module) => module.open_bundle(text, handle));
}

/** Returns a bundle's text, and notes its checksum. @param {string} url */
async function fetchBundle(url) {
  const text = await fetchBundleText(url);
  checksums.set(url, sha256OfText(text));
  return text;
}

/**
 * @param {ScannerModule} module
 * @param {number} scanner
 * @param {{bundle: number, memory: boolean, most?: number}} opened
 */
function openIn(module, scanner, { bundle, memory, most }) {
  return module.open_scanner(bundle, memory, most, scanner);
}

/**
 * Returns the result of a call of Python, or throws the error in its answer. Where Python breaks because it lacks code
 * that could not be fetched, starts Python again and repeats the call.
 * @param {(module: ScannerModule) => string} call returns JSON, {"result": ...} or {"error": {"code": ..., "message": ...}}
 * @param {(error: unknown) => ScannerError} [failed] error of a call that throws
 */
async function ask(call, failed = scanningFailed) {
  for (;;) {
    const asked = python;
    if (!asked) throw new ScannerError("runtime-failed", "Python was never loaded in this worker. Load it first.");
    const module = await asked;
    const isWhole = () => python === asked && !lacksCode();
    let answer;
    try {
      answer = await calling(() => call(module));
    } catch (error) {
      if (isWhole()) throw failed(error);
    }
    if (answer !== undefined && isWhole()) return resultOf(answer);
    if (python === asked) python = startAgain(); // else another call has found Python broken, and started it again
  }
}

/**
 * Returns the result in an answer of Python, or throws its error.
 * @param {string} answer
 */
function resultOf(answer) {
  const { result, error } = JSON.parse(answer);
  if (error) throw new ScannerError(error.code, error.message);
  return result;
}

/** Starts Python again, plainly, and opens in it all that was open, under the same handles. */
async function startAgain() {
  try {
    const module = await startPython(site, () => {}, false);
    for (const { url, handle } of bundles.list()) resultOf(module.open_bundle(await fetchBundle(url), handle));
    for (const [scanner, opened] of scanners) resultOf(openIn(module, scanner, opened));
    return module;
  } catch (error) {
    throw new BrokenPython(
      "runtime-failed",
      `Python failed, and could not be started again (${said(error)}). Start again.`,
      error,
    );
  }
}

/**
 * Asks as `ask` does. The bundle is to blame where the call throws.
 * @param {string} url of the bundle
 * @param {(module: ScannerModule) => string} call
 */
function askAbout(url, call) {
  return ask(call, (error) => {
    const fault = `The bundle ${excerpt(url)} could not be opened: Python failed at it (${said(error)}).`;
    const cure = "It is damaged, or too large for this device. Build it again with `phash-scanner build`.";
    return failure(error, "bundle-invalid", `${fault} ${cure}`);
  });
}

/** @param {unknown} error */
function scanningFailed(error) {
  return failure(error, "runtime-failed", `Python failed (${said(error)}). Start again.`);
}

/**
 * Returns the error of a call that throws. Python's calls answer bad input, so either Python itself has broken, or there
 * is a mistake in its code: an exception of Python, which leaves Python whole, unless memory ran out.
 * @param {unknown} error
 * @param {import("../shared/errors.js").ErrorCode} code
 * @param {string} message
 */
function failure(error, code, message) {
  const thrown = /** @type {any} */ (error);
  const whole = thrown?.constructor?.name === "PythonError" && !String(thrown.type).endsWith("MemoryError");
  return new (whole ? ScannerError : BrokenPython)(code, message, error);
}

/** @param {unknown} error */
function said(error) {
  const text = error instanceof Error ? error.message : String(error);
  return excerpt(text.trim().split("\n").at(-1) ?? ""); // the last line of Python's traceback names the exception
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
