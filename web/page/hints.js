// Chooses the advice for a person whose picture is not recognised.

/** @typedef {import("../shared/protocol.js").Quality} Quality */
/** @typedef {import("../shared/protocol.js").Verdict} Verdict */
/** @typedef {import("./motion.js").Motion} Motion */
/** @typedef {import("./status.js").Hint} Hint */

/** Time without a match before the first hint. */
const HINT_AFTER_MILLISECONDS = 5000;
/** Shortest time for which a hint stays: nobody can follow flickering advice. */
const HINT_STAYS_MILLISECONDS = 2500;
/** Time without a match after which the person may be holding a picture that is not in the bundle. */
const UNKNOWN_AFTER_MILLISECONDS = 12_000;
/** Time for which a look that found only a part of a picture counts. Python looks again every 4 s. */
const NEAR_MILLISECONDS = 6000;

/** Advice about one picture that is held before the camera. @type {Hint[]} */
const OF_ONE = ["closer", "fit", "unknown"];

/** Remembers the time without a match and the hint shown last. */
export class Hints {
  #several;
  /** Whether a picture was matched since scanning began. */
  #matched = false;
  /** @type {Hint | null} */
  #said = null;
  #saidAt = 0;
  #waitingSince = 0;
  #alikeAt = -Infinity;
  #nearAt = -Infinity;

  /**
   * @param {boolean} [several] true: the person sweeps over many pictures. After the first match, no advice then says
   *   how to hold one picture, or that it may be unknown: a sweep goes over tables and strangers, too.
   */
  constructor(several = false) {
    this.#several = several;
  }

  /** @param {number} now milliseconds, at a match: the wait for the next match begins */
  matched(now) {
    this.#matched = true;
    this.#waitFrom(now);
  }

  /** @param {number} now */
  start(now) {
    this.#alikeAt = this.#nearAt = -Infinity;
    this.#matched = false;
    this.#waitFrom(now);
  }

  /** @param {number} now */
  #waitFrom(now) {
    this.#said = null;
    this.#waitingSince = now;
  }

  /**
   * Returns the hint to show after a frame without a match, or null.
   * @param {Verdict} verdict
   * @param {Motion} motion
   * @param {number} now
   */
  after(verdict, motion, now) {
    if (verdict.outcome === "ambiguous") this.#alikeAt = now;
    if (verdict.near) this.#nearAt = now;
    const waited = now - this.#waitingSince;
    if (waited < HINT_AFTER_MILLISECONDS || now - this.#saidAt < HINT_STAYS_MILLISECONDS) return this.#said;
    // "unknown" takes turns with other advice, which may still help.
    const long = waited > UNKNOWN_AFTER_MILLISECONDS && this.#said !== "unknown";
    const alike = now - this.#alikeAt < HINT_STAYS_MILLISECONDS;
    const near = now - this.#nearAt < NEAR_MILLISECONDS;
    const said = alike ? "alike" : near ? "back" : advice(verdict.quality, { ...motion, long });
    this.#said = this.#several && this.#matched && OF_ONE.includes(said) ? null : said;
    this.#saidAt = now;
    return this.#said;
  }
}

/**
 * Returns the one piece of advice that would help most while nothing is recognised.
 * @param {Quality} quality
 * @param {object} [seen]
 * @param {boolean} [seen.moving] the region changed a lot since the frame before
 * @param {boolean} [seen.still] the region did not change since the frame before
 * @param {boolean} [seen.long] earlier advice has not helped, so "unknown" may be the answer
 * @returns {Exclude<Hint, "alike" | "back">}
 */
export function advice(quality, { moving = false, still = false, long = false } = {}) {
  // docs/decisions/why-this-advice.md has the measurements behind each number.
  if (quality.brightness < 45) return "light";
  // A white page passes 0.12 without any glare, but its mean is higher still.
  if (quality.glare > 0.12 && quality.brightness < 235) return "glare";
  if (moving) return "steady";
  if (quality.contrast < 14) return "closer";
  // A blur that spoils the hash lies below 0.3. So do a few large flat shapes, however sharp they are, so "steady" is
  // right only where something moves.
  const smooth = quality.sharpness < 0.3;
  if (long) return "unknown";
  if (smooth && !still) return "steady";
  // 0.2 tells small pictures from large ones. A busy ground looks like a large picture; the words of "fit" suit both.
  return quality.rim < 0.2 && !smooth ? "closer" : "fit";
}
