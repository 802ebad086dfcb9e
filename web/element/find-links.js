// Resolves the addresses that a site gave a reference: its page and its thumbnail.
import { assetsBase, bundleAddress } from "../page/addresses.js";

/** @typedef {import("../shared/protocol.js").Reference} Reference */

/**
 * Returns the address of the reference's thumbnail, or undefined.
 * @param {HTMLElement} element its attributes name the bundle
 * @param {Reference | null} reference
 */
export function thumbnailOf(element, reference) {
  return resolved(element, reference?.thumbnail)?.href;
}

/**
 * Returns the reference's address if it is http or https, else null: a bundle must not be able to run script.
 * @param {HTMLElement} element
 * @param {Reference | null} reference
 */
export function linkOf(element, reference) {
  const url = resolved(element, reference?.url);
  return url && ["http:", "https:"].includes(url.protocol) ? url.href : null;
}

/**
 * Returns an address in the bundle, which may be relative to the bundle's own address, as a URL or null.
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
