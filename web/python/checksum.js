// SHA-256 checksums of files and texts, computed by the browser.

/** Longest text that is checked: a larger bundle would need its memory twice. */
const MOST_LETTERS = 64e6;

/**
 * Returns what is wrong with a file, or "".
 * @param {ArrayBuffer} bytes
 * @param {string | undefined} expected SHA-256 in hex; undefined: any file is right
 */
export async function faultOf(bytes, expected) {
  const found = expected === undefined ? null : await sha256(bytes);
  if (found === null || found === expected) return "";
  return `expected the checksum ${expected}, found ${found} of ${bytes.byteLength} bytes`;
}

/**
 * Resolves to the SHA-256 of a text's UTF-8 in hex; to null for a very long text, and on plain http.
 * @param {string} text
 */
export async function sha256OfText(text) {
  return text.length > MOST_LETTERS || !canDigest() ? null : sha256(new TextEncoder().encode(text));
}

/** Whether this browser computes checksums here: on plain http there is no crypto.subtle. */
function canDigest() {
  return Boolean(globalThis.crypto?.subtle);
}

/** Resolves to the SHA-256 of bytes in hex; to null on plain http. @param {BufferSource} bytes */
async function sha256(bytes) {
  if (!canDigest()) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
