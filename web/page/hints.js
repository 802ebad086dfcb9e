// Advice for somebody whose picture is not recognised.

/** @typedef {import("../shared/protocol.js").Quality} Quality */
/** @typedef {import("../shared/protocol.js").Verdict} Verdict */
/** @typedef {import("./motion.js").Motion} Motion */
/** @typedef {import("./status.js").Hint} Hint */

/** A hint comes after this long without a match, and stays for a while: flickering advice helps nobody. */
const HINT_AFTER_MILLISECONDS = 5000;
const HINT_STAYS_MILLISECONDS = 2500;
/** A person who has followed all advice for this long may be holding a picture that is not in the bundle. */
const UNKNOWN_AFTER_MILLISECONDS = 12_000;

/** Remembers since when nothing was recognised, and what was said meanwhile. */
export class Hints {
  /** @type {Hint | null} */
  #said = null;
  #saidAt = 0;
  #waitingSince = 0;
  #alikeAt = -Infinity;

  /** @param {number} now a match, or the start of scanning: from here on somebody waits */
  waitFrom(now) {
    this.#said = null;
    this.#waitingSince = now;
  }

  /** @param {number} now */
  start(now) {
    this.#alikeAt = -Infinity;
    this.waitFrom(now);
  }

  /**
   * Returns what to advise after a frame without a match, or null.
   * @param {Verdict} verdict
   * @param {Motion} motion
   * @param {number} now
   */
  after(verdict, motion, now) {
    if (verdict.outcome === "ambiguous") this.#alikeAt = now;
    const waited = now - this.#waitingSince;
    if (waited < HINT_AFTER_MILLISECONDS || now - this.#saidAt < HINT_STAYS_MILLISECONDS) return this.#said;
    // In turn with the other advice, which may still be what helps.
    const long = waited > UNKNOWN_AFTER_MILLISECONDS && this.#said !== "unknown";
    const alike = now - this.#alikeAt < HINT_STAYS_MILLISECONDS;
    this.#said = alike ? "alike" : advice(verdict.quality, { ...motion, long });
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
 * @param {boolean} [seen.long] advice has been given for a while, and just now
 * @returns {Exclude<Hint, "alike">}
 */
export function advice(quality, { moving = false, still = false, long = false } = {}) {
  // Below 45 a phone's picture is mostly noise; a printed page in a lit room lies between 80 and 180.
  if (quality.brightness < 45) return "light";
  // A white page fills far more than a tenth without any glare, but then it is sharp and not burnt in one patch.
  if (quality.glare > 0.12 && quality.brightness < 235) return "glare";
  if (moving) return "steady";
  if (quality.contrast < 14) return "closer";
  // Demo pictures and phone photographs, with a camera's noise: 0.36 to 0.56 sharp, 0.27 to 0.31 where a blur of more
  // than a sixtieth of the region spoils the hash. A few large flat shapes have 0.25 however sharp they are, and nothing at
  // their rim: the hand is to blame only if something moves.
  const smooth = quality.sharpness < 0.3;
  if (long) return "unknown";
  if (smooth && !still) return "steady";
  // The ten demo pictures on a plain ground: 0 up to three quarters of the region's size, 0.29 and more from nine tenths
  // to nearly twice. A busy ground looks like a large picture: the words for "fit" are right for both.
  return quality.rim < 0.2 && !smooth ? "closer" : "fit";
}
