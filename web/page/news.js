// Tells the visitor of a page around <image-scanner> what the service worker says: a newer build, files not kept.
import { firstFrames, passed } from "./first-frames.js";
import { keepOffline } from "./keep-offline.js";

/** Time after the first frames in which a person may still tap to start the camera. */
const CALM_MILLISECONDS = 2000;
/** Longest wait: the recogniser may not load, and a question for the camera may stay without an answer. */
const LONGEST_MILLISECONDS = 60_000;

/**
 * Keeps the site for visits without a network, and shows the page's notices `.update` and `.unkept` when they are true.
 * A page without a notice goes without it.
 * @param {HTMLElementTagNameMap["image-scanner"] | null} scanner whose first frames come before the files that are kept
 */
export function tellNews(scanner) {
  const calm = scanner ? firstFrames(scanner).then(() => passed(CALM_MILLISECONDS)) : Promise.resolve();
  const quiet = Promise.race([calm, passed(LONGEST_MILLISECONDS)]);
  const unkept = (/** @type {string} */ reason) => {
    console.warn(reason);
    show(".unkept", true);
  };
  keepOffline(offerUpdate, unkept, quiet);
}

/** Offers a reload. The page stays whole until then: the service worker answers it from its own build. */
function offerUpdate() {
  show(".unkept", false);
  if (show(".update", true)) {
    document.querySelector(".update button")?.addEventListener("click", () => location.reload());
  }
}

/**
 * Shows or hides a notice. Returns whether that changed anything.
 * @param {string} selector
 * @param {boolean} shown
 */
function show(selector, shown) {
  const notice = document.querySelector(selector);
  if (!(notice instanceof HTMLElement) || notice.hidden !== shown) return false;
  notice.hidden = !shown;
  return true;
}
