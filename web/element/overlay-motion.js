// Where a picture is between two fits: its corners, smoothed while it rests, and moved on while it moves.

/** @typedef {import("../page/placing.js").Corners} Corners */

/** Movement of the corners from one fit to the next, in sides of the picture, up to which a picture counts as still. */
const RESTS = 0.0015;
/** Movement, in sides of the picture, from which on all of the speed counts. */
const MOVES = 0.004;
/** Share of a new fit that a still picture takes over: evens the noise of fits out. */
const CALM_SHARE = 0.3;
/** Share of a new speed in the speed. A slower one counts in full: a hand that stops is hardly run past. */
const SPEED_SHARE = 0.6;
/**
 * Longest time for which corners are moved on, in milliseconds. With a fit every 65 ms, no frame is older. A hand changes
 * its way in a longer time: moving on for 300 ms puts an overlay farther off than leaving it where it is.
 */
const LONGEST_AHEAD = 150;

export class OverlayMotion {
  /** The corners of the last fit. @type {Corners} */
  measured;
  /** The corners of the last fit, smoothed. @type {Corners} */
  #smooth;
  /** Speed of each corner in frame px a millisecond. @type {Corners} */
  #speed;
  #time;
  /** Longest time after the last fit's frame for which the corners move on. */
  #most = 0;

  /**
   * @param {Corners} corners
   * @param {number} time at which the frame was taken, in milliseconds
   */
  constructor(corners, time) {
    this.measured = this.#smooth = corners;
    this.#speed = corners.map(() => [0, 0]);
    this.#time = time;
  }

  /**
   * Takes the corners of a later frame.
   * @param {Corners} corners
   * @param {number} time at which the frame was taken
   * @param {number} now time at which the frame in sight was taken
   */
  heed(corners, time, now) {
    const elapsed = Math.max(time - this.#time, 1);
    const side = Math.sqrt(Math.abs(areaOf(corners))) || 1;
    // A picture that was out of sight for a while has no speed.
    const old = elapsed > 5 * LONGEST_AHEAD;
    const moving = old ? 0 : share(meanMove(this.measured, corners) / side);
    const away = share(meanMove(this.#smooth, corners) / side);
    const speed = mixed(this.measured, corners, (from, to) => (to - from) / elapsed);
    const slower = length(meanOf(speed)) < length(meanOf(this.#speed));
    this.#speed = mix(this.#speed, speed, slower ? 1 : SPEED_SHARE, moving);
    this.#smooth = mix(this.#smooth, corners, CALM_SHARE + (1 - CALM_SHARE) * away, 1);
    this.measured = corners;
    this.#time = time;
    // At most until the next fit is due.
    this.#most = Math.min(now - time + elapsed, LONGEST_AHEAD);
  }

  /** Returns the corners in a frame taken at a time, as the speed of the last fits foretells. @param {number} now */
  at(now) {
    const ahead = Math.min(Math.max(now - this.#time, 0), this.#most);
    return mixed(this.#smooth, this.#speed, (place, speed) => place + speed * ahead);
  }

  /** Returns whether the corners move on after a time. @param {number} now */
  glides(now) {
    return now - this.#time < this.#most && this.#speed.some(([x, y]) => Math.hypot(x, y) * LONGEST_AHEAD > 0.05);
  }
}

/** Returns how surely a movement is one, 0 to 1. @param {number} move in sides */
function share(move) {
  return Math.min(1, Math.max(0, (move - RESTS) / (MOVES - RESTS)));
}

/**
 * @param {Corners} first
 * @param {Corners} second
 * @param {(one: number, other: number) => number} by
 * @returns {Corners}
 */
function mixed(first, second, by) {
  return first.map(([x, y], at) => [by(x, second[at][0]), by(y, second[at][1])]);
}

/**
 * Returns `before` with a share of `next` in it, all of it times a factor.
 * @param {Corners} before
 * @param {Corners} next
 * @param {number} share
 * @param {number} factor
 */
function mix(before, next, share, factor) {
  return mixed(before, next, (one, other) => (one + (other - one) * share) * factor);
}

/**
 * Returns how far the corners moved together: noise moves each on its own.
 * @param {Corners} from
 * @param {Corners} to
 */
function meanMove(from, to) {
  const moves = mixed(from, to, (one, other) => other - one);
  const together = length(meanOf(moves));
  const apart = moves.reduce((sum, move) => sum + length(move), 0) / moves.length;
  return Math.max(together, apart - together);
}

/** @param {Corners} vectors */
function meanOf(vectors) {
  return [0, 1].map((axis) => vectors.reduce((sum, vector) => sum + vector[axis], 0) / vectors.length);
}

/** @param {number[]} vector */
function length(vector) {
  return Math.hypot(...vector);
}

/** @param {Corners} corners */
function areaOf(corners) {
  return corners.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = corners[(at + 1) % corners.length];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);
}
