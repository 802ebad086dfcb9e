// Tells whether a file is exactly the expected one.

/**
 * Returns what is wrong with a file, or "".
 * @param {ArrayBuffer} bytes
 * @param {string | undefined} expected SHA-256 in hex; undefined: any file is right
 */
export async function faultOf(bytes, expected) {
  if (expected === undefined || !globalThis.crypto?.subtle) return ""; // plain http has no crypto.subtle
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return found === expected ? "" : `expected the checksum ${expected}, found ${found} of ${bytes.byteLength} bytes`;
}
