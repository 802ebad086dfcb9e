// Addresses in a text, cut down to the names of their files: folders and queries may hold names and secrets.

/** An address with its scheme, without the full stop or colon of the sentence around it. */
const ADDRESS = /(?:blob:)?[a-z][a-z0-9+.-]*:\/\/[^\s"'<>()“”]*[^\s"'<>()“”.,:;]/gi;

/**
 * Returns a text with the file's name in place of each address.
 *
 * `The worker https://example.org/shop/worker.js failed: ...` becomes `The worker worker.js failed: ...`.
 * @param {string} text
 */
export function withoutAddresses(text) {
  return text.replace(ADDRESS, (address) => {
    const [, file] = /^[^:]+:(?:[^:/]+:)?\/\/[^/?#]*(?:\/[^?#]*)?\/([^/?#]*)/.exec(address) ?? [];
    return file || "(an address)";
  });
}
