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
