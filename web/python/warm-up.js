// Has Python judge drawn frames while the camera opens: the visitor's first frame is quick then.

/** @typedef {import("./runtime.js").ScannerModule} ScannerModule */

/** Wait before the warm-up. A page whose camera is open already sends `reset` within it, and so gets no warm-up. */
const CAMERA_MILLISECONDS = 50;

/** The Python that is warmed up; null before, and once a visitor's frame has come. */
let /** @type {ScannerModule | null} */ warming = null;
/** Whether there is nothing left to warm up: a visitor's frame warms up what it needs by itself. */
let over = false;

/**
 * Warms Python up, once. Between two pieces the worker answers what the page has asked meanwhile.
 * @param {ScannerModule} module
 */
export async function warmUp(module) {
  if (over || warming) return;
  warming = module;
  try {
    await new Promise((resolve) => setTimeout(resolve, CAMERA_MILLISECONDS));
    while (warming && JSON.parse(module.warm_up(true)).result) await new Promise((resolve) => setTimeout(resolve));
  } catch {
    // Whatever fails here fails again at the first frame, which reports it.
  }
  over = true;
}

/** Ends the warm-up for good: a visitor's frame has come, and the next one must not wait. */
export function endWarmUp() {
  over = true;
  const module = warming;
  warming = null;
  try {
    module?.warm_up(false);
  } catch {
    // As above.
  }
}
