// Tells the site's listeners of judged frames and of pictures that appear, and chooses the advice.
import { Hints } from "./hints.js";
import { LastFind } from "./last-find.js";
import { tell } from "./listeners.js";
import { imageOf, withImage } from "./rectified.js";

/** @typedef {import("./options.js").Options} Options */
/** @typedef {import("./options.js").Result} Result */

export class Sightings {
  #hints = new Hints();
  #lastFind = new LastFind();
  #onMatch;
  #options;
  #began = 0;

  /**
   * @param {(result: Result) => void} onMatch
   * @param {Pick<Options, "onFrame" | "repeat">} options
   */
  constructor(onMatch, options) {
    this.#onMatch = onMatch;
    this.#options = options;
  }

  /** Milliseconds since a picture was recognised; Infinity if none was since scanning began. */
  get sinceFind() {
    const now = performance.now();
    const ago = this.#lastFind.ago(now);
    return ago > now - this.#began ? Infinity : ago;
  }

  /**
   * Scanning begins.
   * @param {boolean} anew true: a picture in sight appears anew; false: scanning was interrupted, and a picture that was
   *   in sight a moment ago is still the same appearance
   */
  start(anew) {
    this.#began = performance.now();
    if (anew) this.#lastFind.forget();
    else this.#lastFind.missed(this.#began);
    this.#hints.start(this.#began);
  }

  /**
   * Tells the site of a judged frame; returns the hint to show, or null.
   * @param {import("./frame-judge.js").Judged} judged
   */
  heed({ verdict, frame: { width, height, pixels }, motion }) {
    const frame = { width, height };
    const now = performance.now();
    const { id, distance, margin, corners, reference, milliseconds } = verdict;
    const appears = id !== null && this.#lastFind.saw(id, now);
    if (id === null) this.#lastFind.missed(now);
    tell(this.#options.onFrame, verdict, frame);
    if (id === null) return this.#hints.after(verdict, motion, now);
    this.#hints.waitFrom(now);
    if (appears || this.#options.repeat) {
      const result = { id, distance: distance ?? 0, margin, corners, reference, milliseconds, frame };
      tell(this.#onMatch, withImage(result, imageOf({ ...frame, pixels }, corners)));
    }
    return null;
  }
}
