// Starts Python in the worker. Every way known to make this hang ends in an error instead.

import { ScannerError, withCode } from "../shared/errors.js";
import { Watchdog } from "./downloads.js";
import { PythonStart } from "./python-start.js";

/** @typedef {import("../shared/protocol.js").Progress} Progress */
/** @typedef {import("./python-start.js").ScannerModule} ScannerModule */

/** An idle worker that gets nothing for this long is stuck; people are told within 10 s. */
const STALL_MILLISECONDS = 8500;

/**
 * Throws where this browser or the page's rules keep WebAssembly from running at all.
 * Without this look loadPyodide would wait for ever.
 */
export function probeWebAssembly() {
  if (typeof WebAssembly !== "object") {
    throw new ScannerError(
      "unsupported-browser",
      "This browser has no WebAssembly (on iPhones Lockdown Mode switches it off). Use another browser.",
    );
  }
  try {
    new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  } catch (error) {
    throw new ScannerError(
      "runtime-failed",
      "The page's Content-Security-Policy forbids WebAssembly. Add 'wasm-unsafe-eval' to its script-src.",
      error,
    );
  }
}

/**
 * Returns the Python module scanner.browser, ready to be called.
 * @param {string} base address of the assembled site, ending in "/"
 * @param {(progress: Progress) => void} onProgress
 * @param {boolean} [snapshots] keep Python's memory in this browser, and start from it the next time
 * @returns {Promise<ScannerModule>}
 */
export async function startPython(base, onProgress, snapshots = true) {
  probeWebAssembly();
  let /** @type {(error: ScannerError) => void} */ stall = () => {};
  const stalled = new Promise((_, reject) => {
    stall = reject;
  });
  const watchdog = new Watchdog(STALL_MILLISECONDS, (stage) =>
    stall(new ScannerError("runtime-failed", `Loading stopped (${stage}): nothing came for 8 seconds. Try again.`)),
  );
  const start = new PythonStart(base, watchdog, onProgress);
  try {
    return await Promise.race([stalled, start.run(snapshots)]);
  } catch (error) {
    start.cancel();
    throw withCode(error, "runtime-failed", "Python could not be started.");
  } finally {
    watchdog.stop();
  }
}
