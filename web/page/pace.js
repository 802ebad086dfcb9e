// Says how many frames a second are judged: all of the camera's while a followed picture moves, else fewer, for the battery.

/** @typedef {import("../shared/protocol.js").Match} Match */

/** Most frames judged in a second while nothing moves. */
const CALM_PER_SECOND = 15;
/** Movement of a corner from one frame to the next, in frame px, from which on a picture moves. Fits of a still picture
 * differ by a tenth. */
const MOVED_PIXELS = 0.7;
/** Time after a movement for which a picture still counts as moving. */
const CALM_MILLISECONDS = 500;

export class Pace {
  /** Corners in the last frame, by the picture's number. @type {Map<number, Match["corners"]>} */
  #corners = new Map();
  #moved = -Infinity;
  #now = 0;

  /** Most frames to judge in a second. */
  get perSecond() {
    return this.#now - this.#moved < CALM_MILLISECONDS ? Infinity : CALM_PER_SECOND;
  }

  /**
   * Takes the pictures of a frame. A picture that is new counts as moving.
   * @param {Match[]} matches of a scanner that follows pictures; otherwise none
   * @param {number} now milliseconds
   */
  heed(matches, now) {
    this.#now = now;
    const moves = matches.some(({ track, corners }) => {
      const before = this.#corners.get(track);
      return !before || corners.some(([x, y], at) => Math.hypot(x - before[at][0], y - before[at][1]) > MOVED_PIXELS);
    });
    if (moves) this.#moved = now;
    this.#corners = new Map(matches.map(({ track, corners }) => [track, corners]));
  }
}
