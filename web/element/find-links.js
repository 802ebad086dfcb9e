// Resolves the addresses that a site gave a reference: its page and its thumbnail.
import { assetsBase, bundleAddress, thumbnailAddress } from "../page/addresses.js";

/** @typedef {import("../shared/protocol.js").Reference} Reference */

/**
 * Returns the address of the reference's thumbnail, or undefined where it has none that the page may ask for.
 * @param {HTMLElement} element its attributes name the bundle, and the origins of thumbnails
 * @param {Reference | null} reference
 */
export function thumbnailOf(element, reference) {
  const { base, bundle } = placesOf(element);
  return thumbnailAddress(reference?.thumbnail, bundle, { base, allowed: element.getAttribute("thumbnails-from") });
}

/**
 * Returns the reference's address if it is http or https, else null: a bundle must not be able to run script.
 * @param {HTMLElement} element
 * @param {Reference | null} reference
 */
export function linkOf(element, reference) {
  if (typeof reference?.url !== "string") return null;
  try {
    const url = new URL(reference.url, placesOf(element).bundle);
    // A name before the host, "https://museum.example@other.example", only misleads the reader of a link.
    return ["http:", "https:"].includes(url.protocol) && !url.username && !url.password ? url.href : null;
  } catch {
    return null;
  }
}

/** Returns the addresses of the scanner's files and of the bundle. @param {HTMLElement} element */
function placesOf(element) {
  const base = assetsBase(element.getAttribute("assets") ?? undefined);
  return { base, bundle: bundleAddress(element.getAttribute("bundle") ?? undefined, base) };
}
