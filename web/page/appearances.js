// Tells pictures from frame to frame: each one that appears, that is seen again, and that is lost.

/** @typedef {import("../shared/protocol.js").Match} Match */
/**
 * @typedef {object} Sight  one appearance of a picture
 * @property {number} track number of the appearance
 * @property {Match} match as seen last
 * @property {number} at time in milliseconds at which the picture was seen last
 * @property {number} missed frames since then
 */

/** Time out of sight after which a picture is lost. */
const LOST_MILLISECONDS = 500;
/** Frames without a picture before it is lost: a slow device judges a frame in half a second. */
const LOST_FRAMES = 2;

export class Appearances {
  /** @type {Sight[]} */
  #inSight = [];
  #number = 0;

  /** Whether a picture is in sight, or was a moment ago. */
  get any() {
    return this.#inSight.length > 0;
  }

  /** Returns whether a match is of an appearance in sight. @param {Match} match */
  follows({ track, id }) {
    return this.#inSight.some(({ match }) => match.track === track && match.id === id);
  }

  /** Scanning begins or goes on: time before does not count as out of sight. @param {number} now milliseconds */
  start(now) {
    for (const sight of this.#inSight) Object.assign(sight, { at: now, missed: 0 });
  }

  /** Returns the appearances that end because scanning ends. */
  end() {
    return this.#inSight.splice(0);
  }

  /**
   * Takes the pictures of a frame. The worker gives a picture that it lost for a moment another number; here it stays one
   * appearance.
   * @param {Match[]} matches
   * @param {number} now milliseconds
   * @returns {{seen: Sight[], appeared: Sight[], lost: Sight[]}} `seen`: one for each match, in the order of the matches
   */
  heed(matches, now) {
    const known = this.#inSight;
    const followed = new Map(known.map((sight) => [sight.match.track, sight]));
    /** @type {Sight[]} */
    const appeared = [];
    const seen = matches.map((match) => {
      const own = followed.get(match.track);
      return own?.match.id === match.id ? own : null;
    });
    const free = known.filter((sight) => !seen.includes(sight));
    const all = matches.map((match, at) => {
      const sight = seen[at] ?? takeNearest(free, match) ?? { track: ++this.#number, match, at: now, missed: 0 };
      if (!known.includes(sight)) appeared.push(sight);
      return Object.assign(sight, { match, at: now, missed: 0 });
    });
    for (const sight of free) sight.missed++;
    const lost = free.filter(({ at, missed }) => missed >= LOST_FRAMES && now - at >= LOST_MILLISECONDS);
    this.#inSight = [...known.filter((sight) => !lost.includes(sight)), ...appeared];
    return { seen: all, appeared, lost };
  }
}

/**
 * Takes the appearance of a match's reference that was nearest to the match out of a list; returns undefined if there is none.
 * @param {Sight[]} free
 * @param {Match} match
 */
function takeNearest(free, { id, corners }) {
  const [x, y] = middleOf(corners);
  const away = (/** @type {Sight} */ sight) => {
    const [across, down] = middleOf(sight.match.corners);
    return Math.hypot(across - x, down - y);
  };
  const [nearest] = free.filter(({ match }) => match.id === id).sort((one, other) => away(one) - away(other));
  if (nearest) free.splice(free.indexOf(nearest), 1);
  return nearest;
}

/**
 * Returns the mean of four corners.
 * @param {Match["corners"]} corners
 * @returns {[number, number]}
 */
export function middleOf(corners) {
  const sum = corners.reduce(([x, y], corner) => [x + corner[0], y + corner[1]], [0, 0]);
  return [sum[0] / corners.length, sum[1] / corners.length];
}
