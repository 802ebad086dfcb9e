// The addresses that a site gave a reference: its page and its thumbnail.
import { assetsBase, bundleAddress } from "../page/addresses.js";

/** @typedef {import("../shared/protocol.js").Reference} Reference */

/**
 * Returns the address of the find's own small picture, if it has one.
 * @param {HTMLElement} element whose attributes say where the bundle lies
 * @param {Reference | null} reference
 */
export function thumbnailOf(element, reference) {
  return resolved(element, reference?.thumbnail)?.href;
}

/**
 * Returns the find's address if it is one that may be followed, or null: a bundle must not be able to run script.
 * @param {HTMLElement} element
 * @param {Reference | null} reference
 */
export function linkOf(element, reference) {
  const url = resolved(element, reference?.url);
  return url && ["http:", "https:"].includes(url.protocol) ? url.href : null;
}

/**
 * Returns an address of the bundle, which may be written as seen from the bundle's own place, or null.
 * @param {HTMLElement} element
 * @param {unknown} address
 */
function resolved(element, address) {
  if (typeof address !== "string") return null;
  const assets = assetsBase(element.getAttribute("assets") ?? undefined);
  try {
    return new URL(address, bundleAddress(element.getAttribute("bundle") ?? undefined, assets));
  } catch {
    return null;
  }
}
