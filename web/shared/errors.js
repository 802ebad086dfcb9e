// The failures that a page can meet. Sites act on an error's code, which never changes; people read its message.

import { excerpt } from "./quoting.js";

/**
 * @typedef {"insecure-context" | "permission-denied" | "no-camera" | "camera-in-use" | "camera-lost"
 *   | "unsupported-browser" | "runtime-failed" | "bundle-invalid" | "invalid-argument" | "aborted"} ErrorCode
 */

/** Characters. Each text of others in a message is cut much shorter; the whole is cut in case one was forgotten. */
const LONGEST_MESSAGE = 1000;

/** An error with a stable `code`; its message names the fault and the remedy. */
export class ScannerError extends Error {
  /**
   * @param {ErrorCode} code
   * @param {string} message
   * @param {unknown} [cause] the browser's own error
   */
  constructor(code, message, cause) {
    super(excerpt(message, LONGEST_MESSAGE), cause === undefined ? undefined : { cause });
    this.name = "ScannerError";
    /** @type {ErrorCode} */
    this.code = code;
  }
}

/**
 * Returns `error` if it is a ScannerError, else a new ScannerError with the given code, caused by `error`.
 * @param {unknown} error
 * @param {ErrorCode} code
 * @param {string} what the sentence to put before the browser's own words
 */
export function withCode(error, code, what) {
  if (error instanceof ScannerError) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new ScannerError(code, `${what} (${excerpt(said)})`, error);
}
