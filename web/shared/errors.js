// The failures that a page can meet. Sites act on an error's code, which never changes; people read its message.

import { excerpt } from "./quoting.js";

/**
 * @typedef {"insecure-context" | "permission-denied" | "no-camera" | "camera-in-use" | "camera-lost"
 *   | "unsupported-browser" | "runtime-failed" | "bundle-invalid" | "invalid-argument" | "pixels-blocked" | "aborted"} ErrorCode
 */
/**
 * Keys of the element's words where the code alone would blame the wrong thing: a fault of the page, which only the
 * site's owner can mend; a bundle that did not come; or a picture that cannot be read, by its kind.
 * @typedef {"site-fault" | "unreachable" | "unreadable" | `unreadable.${"damaged" | "empty" | "heic" | "large" | "pdf" | "writing"}`} Words
 */

/** Characters. Each text of others in a message is cut much shorter; the whole is cut in case one was forgotten. */
const LONGEST_MESSAGE = 1000;

/** An error with a stable `code`; its message names the fault and the remedy. */
export class ScannerError extends Error {
  /**
   * @param {ErrorCode} code
   * @param {string} message
   * @param {unknown} [cause] the browser's own error
   * @param {Words} [words] key of the element's words; by default the code
   */
  constructor(code, message, cause, words) {
    super(excerpt(message, LONGEST_MESSAGE), cause === undefined ? undefined : { cause });
    this.name = "ScannerError";
    /** @type {ErrorCode} */
    this.code = code;
    /** @type {Words | undefined} */
    this.words = words;
  }
}

/**
 * Returns `error` if it is a ScannerError, else a new ScannerError with the given code, caused by `error`.
 * @param {unknown} error
 * @param {ErrorCode} code
 * @param {string} what the sentence to put before the browser's own words
 * @param {Words} [words] key of the element's words; by default the code
 */
export function withCode(error, code, what, words) {
  if (error instanceof ScannerError) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new ScannerError(code, `${what} (${excerpt(said)})`, error, words);
}
