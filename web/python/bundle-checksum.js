// Checksums of texts, for reports.

/** Longest text that is checked: a larger bundle would need its memory twice. */
const MOST_LETTERS = 64e6;

/**
 * Resolves to the SHA-256 of a text's UTF-8 in hex digits; to null for a very long text, and on a page without https.
 * @param {string} text
 * @returns {Promise<string | null>}
 */
export async function sha256(text) {
  if (!globalThis.crypto?.subtle || text.length > MOST_LETTERS) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
