// Addresses of the site's files and of the bundle.

/** The folder around page/; of a module that a bundler moved, the folder of the file it is in now. */
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
 * @param {string} base what `assetsBase` returned
 */
export function bundleAddress(bundle, base) {
  return bundle ? new URL(bundle, document.baseURI).href : new URL("hashes/references.json", base).href;
}
