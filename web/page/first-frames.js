// Tells when a page's first frames are judged. What the page does besides may wait until then: on a slow line or a slow
// phone it would take its share of the line and of the processor.

/** Time of scanning after which the first frames are judged. */
const FRAMES_MILLISECONDS = 2000;

/**
 * Resolves once the recogniser is loaded and, where a scan has been started, its first frames are judged.
 * @param {HTMLElementTagNameMap["image-scanner"]} scanner
 */
export async function firstFrames(scanner) {
  await told(scanner, "ready");
  while (scanner.state === "starting") await told(scanner, "state");
  if (scanner.state === "scanning") await passed(FRAMES_MILLISECONDS);
}

/** @param {EventTarget} target @param {string} event */
function told(target, event) {
  return new Promise((resolve) => target.addEventListener(event, resolve, { once: true }));
}

/** @param {number} milliseconds @returns {Promise<void>} */
export function passed(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
