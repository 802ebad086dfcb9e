// The person's own photograph, judged instead of the camera's picture.
import { withMatrix } from "../page/placing.js";
import { withImage } from "../page/rectified.js";
import { ImageScanner } from "../page/scanner.js";
import { withCode } from "../shared/errors.js";

/** @typedef {import("../page/options.js").Result} Result */
/** @typedef {{results: Result[], outcome: import("../page/options.js").OneVerdict["outcome"]}} Answer */
/** @typedef {{bundle: string | undefined, assets: string | undefined}} Addresses */
/** @typedef {{error: import("../shared/errors.js").ScannerError}} Fault */

export class OwnPhoto {
  #situation;
  /** @type {import("../shared/protocol.js").Progress | null} */
  loading = null;
  /** @type {Blob | null} the photograph given last */
  #file = null;
  #onChange;

  /**
   * @param {import("./situation.js").Situation} situation
   * @param {() => void} onChange called with every change of `loading`
   */
  constructor(situation, onChange) {
    this.#situation = situation;
    this.#onChange = onChange;
  }

  /** Begins with a photograph, which takes the place of an earlier one. @param {Blob} file */
  begin(file) {
    this.#situation.photo = "checking";
    this.#file = file;
  }

  /** Whether nothing has taken the place of a photograph that is being judged. @param {Blob} file */
  #current(file) {
    return this.#situation.photo === "checking" && this.#file === file;
  }

  /**
   * Judges the photograph. Resolves to null where something else has taken its place.
   * @param {Blob} file
   * @param {Addresses} addresses
   * @param {boolean} multiple true: finds every picture of the photograph
   * @param {HTMLImageElement} shown shows the photograph
   * @returns {Promise<Answer | Fault | null>}
   */
  async judge(file, addresses, multiple, shown) {
    const answer = await this.#answer(file, addresses, multiple, shown);
    return this.#current(file) ? answer : null;
  }

  /**
   * @param {Blob} file
   * @param {Addresses} addresses
   * @param {boolean} multiple
   * @param {HTMLImageElement} shown
   * @returns {Promise<Answer | Fault>}
   */
  async #answer(file, addresses, multiple, shown) {
    try {
      const onProgress = (/** @type {OwnPhoto["loading"]} */ loading) => this.#load(loading);
      const options = { ...addresses, onProgress };
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
      this.#load(null);
    }
  }

  /** @param {OwnPhoto["loading"]} loading */
  #load(loading) {
    this.loading = loading;
    this.#onChange();
  }
}
