// Addresses of the site's files and of the bundle.

/** The folder that holds page/. In a bundler's output, the folder of the file into which this module was bundled. */
const HERE = import.meta.url.replace(/(?:page\/)?[^/]*$/, "");

/**
 * Returns the address of the assembled site's files, ending in "/".
 * @param {string | undefined} assets as the page wrote it
 */
export function assetsBase(assets) {
  const base = new URL(assets ?? HERE, document.baseURI).href;
  return base.endsWith("/") ? base : `${base}/`;
}

/**
 * Returns the address of the bundle.
 * @param {string | undefined} bundle as the page wrote it
 * @param {string} base as `assetsBase` returns it
 */
export function bundleAddress(bundle, base) {
  return bundle ? new URL(bundle, document.baseURI).href : new URL("hashes/references.json", base).href;
}

/** Most characters of a thumbnail's address. Longer ones come from broken or hostile bundles, and slow the page down. */
const LONGEST_ADDRESS = 65_536;

/**
 * Returns the address of a reference's thumbnail, or undefined where the page may not show it. A thumbnail must come from
 * an origin that the site's owner has named: the page's own, the bundle's, the scanner's files', or one in `allowed`. A
 * picture inside the bundle itself, as a data: address, needs no request.
 * @param {unknown} thumbnail as the bundle has it: an address, which may be relative to the bundle's own
 * @param {string} bundle address of the bundle
 * @param {{base: string, allowed: string | null}} owner `base` as `assetsBase` returns it; `allowed`: origins, separated
 *   by spaces
 */
export function thumbnailAddress(thumbnail, bundle, { base, allowed }) {
  if (typeof thumbnail !== "string" || thumbnail.length > LONGEST_ADDRESS) return undefined;
  const url = parsed(thumbnail, bundle);
  if (url?.protocol === "data:") return /^data:image\//i.test(url.href) ? url.href : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol)) return undefined;
  const named = [document.baseURI, bundle, base, ...(allowed?.split(/\s+/) ?? [])];
  return named.some((address) => parsed(address)?.origin === url.origin) ? url.href : undefined;
}

/**
 * Returns the address of a reference's page if it is http or https, else null: a bundle must not be able to run script.
 * @param {unknown} address as the bundle has it
 * @param {string} bundle address of the bundle
 */
export function linkAddress(address, bundle) {
  const url = typeof address === "string" ? parsed(address, bundle) : null;
  // A name before the host, "https://museum.example@other.example", only misleads the reader of a link.
  return url && ["http:", "https:"].includes(url.protocol) && !url.username && !url.password ? url.href : null;
}

/** @param {string} address @param {string} [base] */
function parsed(address, base) {
  try {
    return new URL(address, base);
  } catch {
    return null;
  }
}
