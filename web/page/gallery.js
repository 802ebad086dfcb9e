// Shows the thumbnails of a bundle's pictures on a page: all of them, or none.
import { assetsBase, bundleAddress, thumbnailAddress } from "./addresses.js";
import { firstFrames } from "./first-frames.js";
import { ScannerClient } from "./scanner-client.js";
import { shortened } from "./shortened.js";

/** @typedef {import("../shared/protocol.js").Reference} Reference */
/**
 * Returns the address that a picture of the gallery leads to, or null for a picture without a link.
 * @callback Lead
 * @param {Reference} reference
 * @param {{thumbnail: string, bundle: string}} addresses of its thumbnail and of the bundle
 * @returns {string | null}
 */

/**
 * Fills a gallery and shows it. It stays hidden where a reference has no thumbnail that the page may show, and is hidden
 * again where one fails: half a gallery would say that the page knows no other picture. The gallery needs the recogniser,
 * which the element loads early or, for visitors who save data, at the start; its pictures come after the first frames.
 * @param {HTMLElementTagNameMap["image-scanner"]} scanner its attributes name the bundle
 * @param {HTMLElement} gallery the hidden part of the page, with a <ul> in it
 * @param {Lead} lead
 */
export async function offerGallery(scanner, gallery, lead) {
  await firstFrames(scanner);
  await fill(scanner, gallery, lead);
}

/** @param {HTMLElement} scanner @param {HTMLElement} gallery @param {Lead} lead */
async function fill(scanner, gallery, lead) {
  const base = assetsBase(scanner.getAttribute("assets") ?? undefined);
  const bundle = bundleAddress(scanner.getAttribute("bundle") ?? undefined, base);
  // The scanner reports a faulty bundle, so the gallery need not.
  const references = await ScannerClient.shared(base)
    .catalogue(bundle)
    .catch(() => []);
  const allowed = scanner.getAttribute("thumbnails-from");
  const items = document.createDocumentFragment();
  for (const reference of references) {
    const thumbnail = thumbnailAddress(reference.thumbnail, bundle, { base, allowed });
    if (!thumbnail) return; // the site gave no picture that this page may show
    items.append(itemOf(reference, thumbnail, lead(reference, { thumbnail, bundle })));
  }
  gallery.addEventListener("error", ({ target }) => hide(gallery, target), { capture: true, once: true });
  gallery.hidden = references.length === 0;
  gallery.querySelector("ul")?.append(items);
}

/**
 * Returns the gallery's item of a reference. Its picture is loaded when it comes near the view.
 * @param {Reference} reference
 * @param {string} address of its thumbnail
 * @param {string | null} href
 */
function itemOf({ id, title, aspect }, address, href) {
  const alt = shortened(typeof title === "string" && title ? title : id);
  const picture = Object.assign(new Image(), { alt, referrerPolicy: "no-referrer", loading: "lazy" });
  // Without a height of their own, all pictures would lie in view, and all be loaded.
  picture.style.aspectRatio = `auto ${typeof aspect === "number" && aspect > 0 ? aspect : 1}`;
  picture.src = address;
  const item = document.createElement("li");
  const link = href ? Object.assign(document.createElement("a"), { href, rel: "noreferrer" }) : null;
  link?.append(picture);
  item.append(link ?? picture);
  return item;
}

/**
 * Hides the gallery, and tells the site's author of the picture that is missing. A visitor without a network lacks pictures
 * without anybody's fault.
 * @param {HTMLElement} gallery
 * @param {EventTarget | null} picture
 */
function hide(gallery, picture) {
  gallery.hidden = true;
  if (!navigator.onLine || !(picture instanceof HTMLImageElement)) return;
  console.warn(`The gallery is hidden: expected a picture at ${picture.src}, found none. Publish it.`);
}
