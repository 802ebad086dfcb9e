// Resolves the addresses that a site gave a reference: its page and its thumbnail.
import { assetsBase, bundleAddress, linkAddress, thumbnailAddress } from "../page/addresses.js";

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
 * Returns the address of the reference's page, or null where it has none that a page may open.
 * @param {HTMLElement} element
 * @param {Reference | null} reference
 */
export function linkOf(element, reference) {
  return linkAddress(reference?.url, placesOf(element).bundle);
}

/** Returns the address of the bundle. @param {HTMLElement} element */
export function bundleOf(element) {
  return placesOf(element).bundle;
}

/** Returns the addresses of the scanner's files and of the bundle. @param {HTMLElement} element */
function placesOf(element) {
  const base = assetsBase(element.getAttribute("assets") ?? undefined);
  return { base, bundle: bundleAddress(element.getAttribute("bundle") ?? undefined, base) };
}
