// Tells the site's listeners of judged frames and of pictures that appear, move and are lost, and chooses the advice.
import { Appearances, middleOf } from "./appearances.js";
import { Hints } from "./hints.js";
import { LastFind } from "./last-find.js";
import { tell } from "./listeners.js";
import { withMatrix } from "./placing.js";
import { imageIn, imageOf, withImage } from "./rectified.js";

/** @typedef {import("./options.js").Options} Options */
/** @typedef {import("./options.js").Result} Result */
/** @typedef {import("./options.js").Verdict} Verdict */
/** @typedef {import("../shared/protocol.js").Frame} Frame */
/** @typedef {import("../shared/protocol.js").Match} Match */

export class Sightings {
  #hints;
  #lastFind = new LastFind();
  #appearances = new Appearances();
  /** The result told last of each appearance in sight. @type {Map<number, Result>} */
  #told = new Map();
  #onMatch;
  #options;
  #regions;
  #video;
  #began = 0;

  /**
   * @param {(result: Result) => void} onMatch
   * @param {Pick<Options, "onFrame" | "onLost" | "onMove" | "multiple" | "repeat">} options
   * @param {import("./scan-regions.js").ScanRegions} regions
   * @param {HTMLVideoElement} video
   */
  constructor(onMatch, options, regions, video) {
    this.#onMatch = onMatch;
    this.#options = options;
    this.#hints = new Hints(options.multiple);
    this.#regions = regions;
    this.#video = video;
  }

  /** Milliseconds since a picture was recognised; Infinity if none was since scanning began. */
  get sinceFind() {
    const now = performance.now();
    const ago = this.#lastFind.ago(now);
    return ago > now - this.#began ? Infinity : ago;
  }

  /**
   * Scanning begins.
   * @param {boolean} anew true: a picture in sight appears anew, unless the scanner tells several; false: scanning was
   *   interrupted, and a picture that was in sight a moment ago is still the same appearance
   */
  start(anew) {
    this.#began = performance.now();
    if (anew) this.#lastFind.forget();
    else this.#lastFind.missed(this.#began);
    if (anew && !this.#options.multiple) this.end();
    this.#appearances.start(this.#began);
    this.#hints.start(this.#began);
  }

  /** Scanning ends: every picture in sight is lost. */
  end() {
    this.#lose(this.#appearances.end());
  }

  /**
   * Tells the site of a judged frame; returns the hint to show, or null.
   * @param {import("./frame-judge.js").Judged} judged
   */
  heed({ verdict: { matches, ...verdict }, frame, motion, time }) {
    const now = performance.now();
    if (matches) return this.#heedAll(verdict, this.#toTell(matches, frame), { frame, motion, time }, now);
    const { id } = verdict;
    const appears = id !== null && this.#lastFind.saw(id, now);
    if (id === null) this.#lastFind.missed(now);
    tell(this.#options.onFrame, verdict, sizeOf(frame));
    if (id === null) return this.#hints.after(verdict, motion, now);
    this.#hints.matched(now);
    if (appears || this.#options.repeat) {
      const { distance, corners } = verdict;
      const found = { ...verdict, id, distance: distance ?? 0, track: this.#lastFind.number, time };
      tell(this.#onMatch, this.#resultOf(found, frame, imageOf(frame, corners)));
    }
    return null;
  }

  /**
   * @param {Omit<import("../shared/protocol.js").Verdict, "matches">} verdict
   * @param {Match[]} matches
   * @param {Pick<import("./frame-judge.js").Judged, "frame" | "motion" | "time">} judged
   * @param {number} now
   */
  #heedAll(verdict, matches, { frame, motion, time }, now) {
    const { seen, appeared, lost } = this.#appearances.heed(matches, now);
    if (matches.length > 0) this.#lastFind.saw(matches[0].id, now);
    const results = seen.map((sight) => {
      const found = { ...sight.match, track: sight.track, milliseconds: verdict.milliseconds, time };
      const image = appeared.includes(sight) ? imageOf : imageIn; // a result of an appearance is kept for long
      return this.#resultOf(found, frame, image(frame, sight.match.corners));
    });
    for (const result of results) this.#told.set(result.track, result);
    tell(this.#options.onFrame, { ...verdict, matches: results }, sizeOf(frame));
    for (const [at, result] of results.entries()) {
      const appears = appeared.includes(seen[at]);
      if (appears || this.#options.repeat) tell(this.#onMatch, result);
      if (!appears) tell(this.#options.onMove, result);
    }
    this.#lose(lost);
    if (!this.#appearances.any) return this.#hints.after(verdict, motion, now);
    this.#hints.matched(now);
    return null;
  }

  /**
   * @param {Omit<Result, "frame" | "image" | "matrix">} found
   * @param {Frame} frame
   * @param {Result["image"]} image
   * @returns {Result}
   */
  #resultOf({ id, distance, margin, corners, reference, milliseconds, track, time }, frame, image) {
    const result = { id, distance, margin, corners, reference, milliseconds, track, time, frame: sizeOf(frame) };
    return withMatrix(withImage(result, image), this.#video);
  }

  /** @param {{track: number}[]} lost appearances that have ended */
  #lose(lost) {
    for (const { track } of lost) {
      const result = this.#told.get(track);
      this.#told.delete(track);
      if (result) tell(this.#options.onLost, result);
    }
  }

  /**
   * Returns the pictures that are told. With `multiple`, a picture appears in a scan region only: elsewhere, the page may
   * show nothing of the frame. A picture that has appeared may leave the regions.
   * @param {Match[]} matches
   * @param {Frame} frame
   */
  #toTell(matches, frame) {
    if (!this.#options.multiple || matches.length === 0) return matches;
    const boxes = this.#regions.all(frame);
    return matches.filter((match) => this.#appearances.follows(match) || boxes.some(holds(middleOf(match.corners))));
  }
}

/** @param {[number, number]} point in frame pixels */
function holds([x, y]) {
  return (/** @type {import("../shared/protocol.js").Box} */ { left, top, width, height }) =>
    x >= left && x <= left + width && y >= top && y <= top + height;
}

/** @param {Frame} frame */
function sizeOf({ width, height }) {
  return { width, height };
}
