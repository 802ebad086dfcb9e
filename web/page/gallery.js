// Shows the thumbnails of a bundle's pictures on a page: all of them, or none.
import { assetsBase, bundleAddress, linkAddress, thumbnailAddress } from "./addresses.js";
import { savesData } from "./data-saver.js";
import { ScannerClient } from "./scanner-client.js";
import { shortened } from "./shortened.js";

/** Most pictures of a gallery: nobody looks through more, and each is a request. */
const MOST = 200;

/**
 * Fills a gallery with the thumbnails, each of which leads to its picture's page, and shows it. It stays hidden where a
 * picture has no thumbnail that the page may show. For visitors who save data it waits until they have started.
 * @param {HTMLElement} scanner <image-scanner>, whose attributes name the bundle
 * @param {HTMLElement} gallery the hidden part of the page, with a <ul> in it
 */
export function offerGallery(scanner, gallery) {
  if (savesData()) scanner.addEventListener("ready", () => fill(scanner, gallery), { once: true });
  else fill(scanner, gallery);
}

/** @param {HTMLElement} scanner @param {HTMLElement} gallery */
async function fill(scanner, gallery) {
  const base = assetsBase(scanner.getAttribute("assets") ?? undefined);
  const bundle = bundleAddress(scanner.getAttribute("bundle") ?? undefined, base);
  const owner = { base, allowed: scanner.getAttribute("thumbnails-from") };
  // The scanner reports a faulty bundle, so the gallery need not.
  const references = await ScannerClient.shared(base)
    .catalogue(bundle)
    .catch(() => []);
  const addresses = references.map(({ thumbnail }) => thumbnailAddress(thumbnail, bundle, owner));
  if (references.length === 0 || references.length > MOST || addresses.some((address) => !address)) return;
  for (const [index, { id, title, url }] of references.entries()) {
    const alt = shortened(typeof title === "string" && title ? title : id);
    const picture = Object.assign(new Image(), {
      alt,
      loading: "lazy",
      referrerPolicy: "no-referrer",
      src: addresses[index] ?? "",
    });
    const item = document.createElement("li");
    picture.onerror = () => item.remove();
    const href = linkAddress(url, bundle);
    const link = href ? Object.assign(document.createElement("a"), { href }) : item;
    link.append(picture);
    if (link !== item) item.append(link);
    gallery.querySelector("ul")?.append(item);
  }
  gallery.hidden = false;
}
