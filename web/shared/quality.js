// What a frame looks like to the scanner, so that the page can say "more light" instead of nothing.

/** @typedef {import("../page/frames.js").Box} Box */
/**
 * brightness: mean grey of the scan region, 0..255
 * contrast: standard deviation of grey, 0..127
 * sharpness: mean step between neighbouring samples over the mean step between samples four apart: 0.25 where all is
 *   one blur, 1 where nothing is smooth
 * glare: share of samples blown out to white, 0..1
 * rim: share of the cells along the region's rim in which there is something to see, 0..1: how far the picture, or a
 *   busy ground, reaches out
 * @typedef {{brightness: number, contrast: number, sharpness: number, glare: number, rim: number}} Quality
 */

/** Samples along each side: enough to see a blur of 1/100 of the region, half a millisecond of work. */
const SAMPLES = 96;
/** Each sample is the mean of this many pixels squared: the camera's own noise would pass for sharpness. */
const PATCH = 3;
/** Samples along each side for comparing a frame with the one before. */
const GLANCE = 24;
/** Cells along each side in which detail is looked for: the rim is then an eighth of the region wide. */
const CELLS = 8;

/**
 * Returns how bright, sharp and glaring the scan region is.
 * @param {Uint8Array | Uint8ClampedArray} pixels RGBA
 * @param {number} width of the frame
 * @param {Box} region in frame pixels
 * @returns {Quality}
 */
export function measureQuality(pixels, width, region) {
  const columns = Math.min(SAMPLES, region.width);
  const rows = Math.min(SAMPLES, region.height);
  const grey = new Float32Array(columns * rows);
  let sum = 0;
  let squares = 0;
  let white = 0;
  for (let row = 0; row < rows; row++) {
    const y = region.top + Math.floor((row * region.height) / rows);
    for (let column = 0; column < columns; column++) {
      const x = region.left + Math.floor((column * region.width) / columns);
      const value = meanGrey(pixels, width, x, y, region);
      grey[row * columns + column] = value;
      sum += value;
      squares += value * value;
      if (value > 250) white++;
    }
  }
  const count = columns * rows;
  const brightness = sum / count;
  const contrast = Math.sqrt(Math.max(0, squares / count - brightness * brightness));
  const far = meanStep(grey, columns, rows, 4);
  const sharpness = far === 0 ? 0 : meanStep(grey, columns, rows, 1) / far;
  return { brightness, contrast, sharpness, glare: white / count, rim: detailAtRim(grey, columns, rows, contrast) };
}

/**
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

/**
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
 * @param {Float32Array} grey
 * @param {number} columns
 * @param {number} rows
 * @param {number} contrast of all of it
 */
function detailAtRim(grey, columns, rows, contrast) {
  // A quarter of the whole's contrast; less than 4 is paper, cloth or the camera's own noise.
  const least = Math.max(4, contrast / 4);
  let cells = 0;
  let busy = 0;
  for (let down = 0; down < CELLS; down++) {
    for (let across = 0; across < CELLS; across++) {
      if (down % (CELLS - 1) !== 0 && across % (CELLS - 1) !== 0) continue;
      let [count, sum, squares] = [0, 0, 0];
      for (let row = Math.floor((down * rows) / CELLS); row < Math.floor(((down + 1) * rows) / CELLS); row++) {
        for (let column = Math.floor((across * columns) / CELLS); column < Math.floor(((across + 1) * columns) / CELLS); column++) {
          const value = grey[row * columns + column];
          count++;
          sum += value;
          squares += value * value;
        }
      }
      cells++;
      if (count && Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) > least) busy++;
    }
  }
  return busy / cells;
}

/**
 * Returns a few grey levels of the scan region, by which one frame is compared with the next.
 * @param {Uint8Array | Uint8ClampedArray} pixels RGBA
 * @param {number} width of the frame
 * @param {Box} region in frame pixels
 */
export function glance(pixels, width, region) {
  const place = (/** @type {number} */ cell, /** @type {number} */ size) => Math.floor(((cell + 0.5) * size) / GLANCE);
  return Float32Array.from({ length: GLANCE * GLANCE }, (_, at) => {
    const x = region.left + place(at % GLANCE, region.width);
    return meanGrey(pixels, width, x, region.top + place(Math.floor(at / GLANCE), region.height), region);
  });
}

/**
 * Returns the mean difference of two glances, 0..255.
 * @param {Float32Array} before
 * @param {Float32Array} now
 */
export function change(before, now) {
  return now.reduce((sum, value, at) => sum + Math.abs(value - before[at]), 0) / now.length;
}

/**
 * Returns the one piece of advice that would help most while nothing is recognised.
 * @param {Quality} quality
 * @param {object} [seen]
 * @param {boolean} [seen.moving] the region changed a lot since the frame before
 * @param {boolean} [seen.still] the region did not change since the frame before
 * @param {boolean} [seen.long] advice has been given for a while, and just now
 * @returns {"light" | "glare" | "closer" | "steady" | "fit" | "unknown"}
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
