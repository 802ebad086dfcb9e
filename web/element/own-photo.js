// The person's own photograph, judged instead of the camera's picture.
import { ImageScanner } from "../page/scanner.js";
import { withCode } from "../shared/errors.js";

/** @typedef {Awaited<ReturnType<typeof ImageScanner.scanImage>>} Verdict */
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
   * @param {{bundle: string | undefined, assets: string | undefined}} addresses
   * @returns {Promise<{verdict: Verdict} | Fault | null>}
   */
  async judge(file, addresses) {
    const answer = await this.#answer(file, addresses);
    return this.#current(file) ? answer : null;
  }

  /**
   * @param {Blob} file
   * @param {{bundle: string | undefined, assets: string | undefined}} addresses
   * @returns {Promise<{verdict: Verdict} | Fault>}
   */
  async #answer(file, addresses) {
    try {
      const onProgress = (/** @type {OwnPhoto["loading"]} */ loading) => this.#load(loading);
      return { verdict: await ImageScanner.scanImage(file, { ...addresses, onProgress }) };
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
