// Explains why a file is no picture that this browser reads, by looking into it.
import { ScannerError } from "../shared/errors.js";
import { forbiddenBy, violationAt } from "../shared/violations.js";

/** @typedef {import("../shared/errors.js").Words} Words */

/** Bytes at a file's start that tell its kind. */
const HEAD = 512;
/** Most pixels of a photo that browsers decode. */
const MOST_MEGAPIXELS = 100;

/** @type {[kind: RegExp, sentence: string, words: Words][]} the first that fits the file's start, one byte a letter */
const KINDS = [
  [/^%PDF-/, "it is a PDF, not a picture. Take a screenshot of its page, and choose that.", "unreadable.pdf"],
  [
    /^.{4}ftyp(hei[cxms]|hev[cxms]|mif1|msf1)/s,
    "it is a HEIC photo, which this browser does not read. Choose a JPEG instead: on an iPhone, set Camera, Formats to " +
      "Most Compatible, or take a screenshot of the photo.",
    "unreadable.heic",
  ],
  [
    /^(\xff\xd8\xff|\x89PNG|GIF8|RIFF.{4}WEBP|.{4}ftypavi[fs]|BM)/s,
    "it is damaged, or larger than this browser reads. Choose another photo, of at most " +
      `${MOST_MEGAPIXELS} megapixels.`,
    "unreadable.damaged",
  ],
];
const UNKNOWN = "it is no picture, or of a kind that this browser cannot open. Use a JPEG or PNG.";

/**
 * Returns the error for a file that the browser does not read.
 * @param {Blob} file
 * @param {unknown} cause the browser's own error
 */
export async function unreadable(file, cause) {
  if (file.size === 0) {
    return error("the file is empty. Choose another, or let it download whole first.", "unreadable.empty", cause);
  }
  let head;
  try {
    head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  } catch (gone) {
    return error("the file was changed or removed after it was chosen. Choose it again.", "unreadable", gone);
  }
  const letters = String.fromCharCode(...head);
  const known = KINDS.find(([kind]) => kind.test(letters));
  if (known) return error(known[1], known[2], cause);
  const name = /** @type {File} */ (file).name ?? "";
  // A file that calls itself a picture and is none is no text that somebody took for a picture.
  if (/hei[cf]/i.test(file.type) || /\.hei[cf]$/i.test(name)) return error(KINDS[1][1], KINDS[1][2], cause);
  if (!/^image\//.test(file.type) && isText(head)) {
    return error("it is text, not a picture. Choose a JPEG or PNG.", "unreadable.writing", cause);
  }
  return error(UNKNOWN, "unreadable", cause);
}

/**
 * Returns the error for a picture at an address that could not be fetched.
 * @param {string} address
 * @param {unknown} cause
 */
export async function unreachable(address, cause) {
  const violation = await violationAt(address);
  const foreign = new URL(address).origin !== self.origin;
  const remedy = violation
    ? forbiddenBy(violation, new URL(address).origin)
    : `Check the address and the connection.${foreign ? " Its host must send Access-Control-Allow-Origin." : ""}`;
  return new ScannerError(
    "runtime-failed",
    `The picture could not be read: ${address} could not be fetched. ${remedy}`,
    cause,
    "site-fault",
  );
}

/** Returns whether the bytes are UTF-8 without control characters. @param {Uint8Array} bytes */
function isText(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells text from other files
    return !/[\x00-\x08\x0e-\x1f]/.test(text);
  } catch {
    return false;
  }
}

/**
 * @param {string} reason
 * @param {Words} words
 * @param {unknown} cause
 */
function error(reason, words, cause) {
  return new ScannerError("runtime-failed", `The picture could not be read: ${reason}`, cause, words);
}
