// Whether the camera moves: each scan region compared with what it looked like when its turn was last.
import { greySamples } from "../shared/grey.js";

/** @typedef {import("../shared/protocol.js").Box} Box */
/** @typedef {{moving: boolean, still: boolean}} Motion  neither: something changed, as in a steady hand */

/** Samples along each side by which one frame is compared with the next. */
const GLANCE = 24;
/** A change of mean grey from one look at a region to the next that only a moving camera makes. */
const MOVED_GREY = 12;
/** A change of the samples from one look to the next that a camera's noise makes too (at 10 grey levels a pixel: 4). */
const STILL_GREY = 5;

/** The last look at each of several scan regions: one region is brighter than another. */
export class RegionMotion {
  /** @type {Float32Array[]} */
  #glances = [];

  forget() {
    this.#glances = [];
  }

  /**
   * Returns how a region changed since its last turn; the first look at it is a still one.
   * @param {number} turn which of the scan regions
   * @param {Float32Array} now what `glance` made of it
   * @returns {Motion}
   */
  compare(turn, now) {
    const before = this.#glances[turn] ?? now;
    this.#glances[turn] = now;
    return { moving: Math.abs(mean(now) - mean(before)) > MOVED_GREY, still: change(before, now) < STILL_GREY };
  }
}

/**
 * Returns a few grey levels of the scan region.
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
