// Tells whether the camera moves, by comparing each scan region with the region's own last look.
import { greySamples } from "../shared/grey.js";

/** @typedef {import("../shared/protocol.js").Box} Box */
/** @typedef {{moving: boolean, still: boolean}} Motion  both false: a small change, as in a steady hand */

/** Samples along each side of a look at a region. */
const GLANCE = 24;
/** Change of a region's mean grey, 0..255, from one look to the next, above which the camera counts as moving. */
const MOVED_GREY = 12;
/** Mean change of a region's samples, 0..255, below which the camera counts as still: noise in poor light makes 4. */
const STILL_GREY = 5;

/** Keeps the last look at each scan region. One region is brighter than another, so each has its own. */
export class RegionMotion {
  /** @type {Float32Array[]} */
  #glances = [];

  forget() {
    this.#glances = [];
  }

  /**
   * Returns the change of a region since its last turn. The first look at a region counts as still.
   * @param {number} turn index of the scan region
   * @param {Float32Array} now `glance` at the region
   * @returns {Motion}
   */
  compare(turn, now) {
    const before = this.#glances[turn] ?? now;
    this.#glances[turn] = now;
    return { moving: Math.abs(mean(now) - mean(before)) > MOVED_GREY, still: change(before, now) < STILL_GREY };
  }
}

/**
 * Returns one look at a scan region: GLANCE x GLANCE grey levels, 0..255, row by row.
 * @param {Uint8Array | Uint8ClampedArray} pixels RGBA
 * @param {number} width of the frame
 * @param {Box} region in frame pixels
 */
export function glance(pixels, width, region) {
  return greySamples(pixels, width, region, GLANCE, GLANCE, 0.5);
}

/**
 * Returns the mean difference of two glances, 0..255.
 * @param {Float32Array} before
 * @param {Float32Array} now
 */
export function change(before, now) {
  return now.reduce((sum, value, at) => sum + Math.abs(value - before[at]), 0) / now.length;
}

/** @param {Float32Array} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
