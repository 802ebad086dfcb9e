// Tells the visitor of a page around <image-scanner> what the service worker says: a newer build, files not kept.
import { keepOffline } from "./keep-offline.js";

/**
 * Keeps the site for visits without a network, and shows the page's notices `.update` and `.unkept` when they are true.
 * A page without a notice goes without it.
 */
export function tellNews() {
  keepOffline(offerUpdate, (reason) => {
    console.warn(reason);
    show(".unkept", true);
  });
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
