// Measures the look of a frame, so that the page can advise "more light" instead of nothing.
import { greySamples } from "../shared/grey.js";

/** @typedef {import("../shared/protocol.js").Box} Box */
/** @typedef {import("../shared/protocol.js").Quality} Quality */

/** Samples along each side: enough to see a blur of 1/100 of the region, and half a millisecond of work. */
const SAMPLES = 96;
/** Cells along each side of a region. Its rim is one cell wide. */
const CELLS = 8;
/** Grey level from which a sample counts as blown out. */
const WHITE = 250;

/**
 * Returns brightness, contrast, sharpness, glare and detail at the rim of a scan region.
 * @param {Uint8Array | Uint8ClampedArray} pixels RGBA
 * @param {number} width of the frame
 * @param {Box} region in frame pixels
 * @returns {Quality}
 */
export function measureQuality(pixels, width, region) {
  const columns = Math.min(SAMPLES, region.width);
  const rows = Math.min(SAMPLES, region.height);
  const grey = greySamples(pixels, width, region, columns, rows);
  const { mean, deviation } = spread(grey, columns, 0, 0, columns, rows);
  const far = meanStep(grey, columns, rows, 4);
  return {
    brightness: mean,
    contrast: deviation,
    sharpness: far === 0 ? 0 : meanStep(grey, columns, rows, 1) / far,
    glare: grey.filter((value) => value > WHITE).length / grey.length,
    rim: detailAtRim(grey, columns, rows, deviation),
  };
}

/**
 * Returns mean and standard deviation of the samples in a box.
 * @param {Float32Array} grey
 * @param {number} columns
 * @param {number} left
 * @param {number} top
 * @param {number} right
 * @param {number} bottom
 */
function spread(grey, columns, left, top, right, bottom) {
  let [sum, squares] = [0, 0];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const value = grey[row * columns + column];
      sum += value;
      squares += value * value;
    }
  }
  const count = (right - left) * (bottom - top);
  if (count === 0) return { mean: 0, deviation: 0 };
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}

/**
 * Returns the mean grey step between samples at a distance.
 * @param {Float32Array} grey
 * @param {number} columns
 * @param {number} rows
 * @param {number} distance in samples, along both axes
 */
function meanStep(grey, columns, rows, distance) {
  let sum = 0;
  let count = 0;
  for (let row = distance; row < rows; row++) {
    for (let column = distance; column < columns; column++) {
      const at = row * columns + column;
      sum += Math.abs(grey[at] - grey[at - distance]) + Math.abs(grey[at] - grey[at - distance * columns]);
      count += 2;
    }
  }
  return count ? sum / count : 0;
}

/**
 * Returns the share of the cells along the rim that have detail, 0..1.
 * @param {Float32Array} grey
 * @param {number} columns
 * @param {number} rows
 * @param {number} contrast of the whole region
 */
function detailAtRim(grey, columns, rows, contrast) {
  // Detail has more than a quarter of the region's contrast. Paper, cloth and a camera's noise stay below 4.
  const least = Math.max(4, contrast / 4);
  const edge = (/** @type {number} */ cell, /** @type {number} */ samples) => Math.floor((cell * samples) / CELLS);
  let [cells, busy] = [0, 0];
  for (let down = 0; down < CELLS; down++) {
    for (let across = 0; across < CELLS; across++) {
      if (down % (CELLS - 1) !== 0 && across % (CELLS - 1) !== 0) continue;
      const [left, top] = [edge(across, columns), edge(down, rows)];
      const [right, bottom] = [edge(across + 1, columns), edge(down + 1, rows)];
      cells++;
      if (spread(grey, columns, left, top, right, bottom).deviation > least) busy++;
    }
  }
  return busy / cells;
}
