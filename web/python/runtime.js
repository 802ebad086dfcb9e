// Starts Python in the worker. A start that would hang, in any known way, ends in an error.

import { ScannerError, withCode } from "../shared/errors.js";
import { Watchdog } from "./downloads.js";
import { deleteOldSnapshot } from "./old-snapshot.js";
import { PythonStart } from "./python-start.js";

/** @typedef {import("../shared/protocol.js").Progress} Progress */
/** @typedef {import("./python-start.js").ScannerModule} ScannerModule */

/** Idle time without a byte after which the worker counts as stuck: people are told within 10 s. */
const STALL_MILLISECONDS = 8500;

/** Time for the first frames, before work that can wait. */
const QUIET_MILLISECONDS = 3000;

/**
 * Throws a ScannerError where the browser or the page's Content-Security-Policy forbids WebAssembly.
 * loadPyodide itself would wait for ever.
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
      "site-fault",
    );
  }
}

/**
 * Starts Python; returns the Python module scanner.browser. Throws a ScannerError.
 * @param {string} base address of the assembled site, ending in "/"
 * @param {(progress: Progress) => void} onProgress
 * @param {boolean} [snapshots] false: starts plainly, also where the site ships a snapshot of Python's memory
 * @returns {Promise<ScannerModule>}
 */
export async function startPython(base, onProgress, snapshots = true) {
  let /** @type {(error: ScannerError) => void} */ stall = () => {};
  const stalled = new Promise((_, reject) => {
    stall = reject;
  });
  const watchdog = new Watchdog(STALL_MILLISECONDS, (stage) => {
    if (start.giveUp()) return;
    stall(
      new ScannerError(
        "runtime-failed",
        `Loading stopped (${stage}): nothing came for 8 seconds. Check the connection, then start again.`,
      ),
    );
  });
  const start = new PythonStart(base, watchdog, onProgress);
  try {
    probeWebAssembly();
    const module = await Promise.race([stalled, start.run(snapshots)]);
    setTimeout(deleteOldSnapshot, QUIET_MILLISECONDS);
    return module;
  } catch (error) {
    start.cancel();
    throw withCode(error, "runtime-failed", "Python could not be started.");
  } finally {
    watchdog.stop();
  }
}
