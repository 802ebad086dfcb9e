// Judges the person's own photograph, in the place of the camera's picture.
import { withMatrix } from "../page/placing.js";
import { withImage } from "../page/rectified.js";
import { ImageScanner } from "../page/scanner.js";
import { withCode } from "../shared/errors.js";

/** @typedef {import("../page/options.js").Result} Result */
/** @typedef {{results: Result[], outcome: import("../page/options.js").OneVerdict["outcome"]}} Answer */
/** @typedef {{error: import("../shared/errors.js").ScannerError}} Fault */
/**
 * @typedef {object} Wishes
 * @property {string | undefined} bundle address of the bundle
 * @property {string | undefined} assets address of the assembled site's files
 * @property {boolean} multiple true: finds every picture of the photograph
 * @property {(loading: import("../shared/protocol.js").Progress | null) => void} onProgress
 */

/**
 * Returns the pictures found in a photograph, or the error that kept it from being judged.
 * @param {Blob} file
 * @param {Wishes} wishes
 * @param {HTMLImageElement} shown shows the photograph
 * @returns {Promise<Answer | Fault>}
 */
export async function judgedPhoto(file, { multiple, ...options }, shown) {
  try {
    if (multiple) {
      const { matches, outcome } = await ImageScanner.scanImage(file, { ...options, multiple });
      return { results: matches.map((result) => withMatrix(result, shown)), outcome };
    }
    const { id, distance, image, matrix, outcome, ...place } = await ImageScanner.scanImage(file, options);
    const found = (/** @type {string} */ id) => {
      return withMatrix(withImage({ ...place, id, distance: distance ?? 0, track: 1 }, image), shown);
    };
    return { results: id === null ? [] : [found(id)], outcome };
  } catch (error) {
    return { error: withCode(error, "runtime-failed", "The photo could not be read.", "unreadable") };
  } finally {
    options.onProgress(null);
  }
}
