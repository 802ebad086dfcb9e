// Converts RGBA to grey, for advice and motion. Hashes depend on Python's own conversion, never on this one.

/** @typedef {import("./protocol.js").Box} Box */

/** Side, in pixels, of the square whose mean is one sample. Single pixels would pass a camera's noise for sharpness. */
const PATCH = 3;

/**
 * Returns the grey levels, 0..255, of places spread evenly over a region, row by row.
 * @param {Uint8Array | Uint8ClampedArray} pixels RGBA
 * @param {number} width of the frame
 * @param {Box} region in frame pixels
 * @param {number} columns
 * @param {number} rows
 * @param {number} [shift] position of each place in its cell: 0 at the left and top, 0.5 in the middle
 */
export function greySamples(pixels, width, region, columns, rows, shift = 0) {
  const grey = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const y = region.top + Math.floor(((row + shift) * region.height) / rows);
    for (let column = 0; column < columns; column++) {
      const x = region.left + Math.floor(((column + shift) * region.width) / columns);
      grey[row * columns + column] = meanGrey(pixels, width, x, y, region);
    }
  }
  return grey;
}

/**
 * Returns the mean grey level, 0..255, of the patch at (x, y), cut off at the region's right and bottom.
 * @param {Uint8Array | Uint8ClampedArray} pixels RGBA
 * @param {number} width
 * @param {number} x
 * @param {number} y
 * @param {Box} region
 */
function meanGrey(pixels, width, x, y, region) {
  const right = Math.min(x + PATCH, region.left + region.width);
  const bottom = Math.min(y + PATCH, region.top + region.height);
  let sum = 0;
  for (let row = y; row < bottom; row++) {
    for (let at = 4 * (row * width + x); at < 4 * (row * width + right); at += 4) {
      sum += 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
    }
  }
  return sum / ((right - x) * (bottom - y));
}
