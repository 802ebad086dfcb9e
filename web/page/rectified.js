// The picture between four corners of a frame, upright.

/** @typedef {import("../shared/protocol.js").Frame} Frame */
/** @typedef {[number, number][]} Corners  top left, top right, bottom right and bottom left */

/** Longest side of a rectified picture, in px. */
const LONGEST_SIDE = 640;
/** Most samples along each side of a pixel: a photo's 4000 px become 640 without jagged edges. */
const MOST_SAMPLES = 4;

/**
 * Returns what the camera saw between the corners, upright. Its sides are as long as the outline's longer sides, and at
 * most LONGEST_SIDE. Places beyond the frame show the frame's rim.
 * @param {Frame} frame
 * @param {Corners} corners in pixels of the frame, which reaches from (0, 0) to (width, height)
 * @returns {ImageData}
 */
export function rectified(frame, corners) {
  const side = (/** @type {number} */ one, /** @type {number} */ other) =>
    Math.hypot(corners[one][0] - corners[other][0], corners[one][1] - corners[other][1]);
  const [across, down] = [Math.max(side(0, 1), side(3, 2)), Math.max(side(0, 3), side(1, 2))];
  const shrink = Math.min(1, LONGEST_SIDE / Math.max(across, down, 1));
  const picture = new ImageData(Math.max(1, Math.round(across * shrink)), Math.max(1, Math.round(down * shrink)));
  const samples = Math.min(MOST_SAMPLES, Math.ceil(1 / shrink));
  const place = projection(corners);
  const colours = new Uint8Array(frame.pixels);
  const sum = new Float64Array(3);
  for (let row = 0, at = 0; row < picture.height; row++) {
    for (let column = 0; column < picture.width; column++, at += 4) {
      sum.fill(0);
      for (let below = 0.5; below < samples; below++) {
        for (let right = 0.5; right < samples; right++) {
          const [x, y] = place((column + right / samples) / picture.width, (row + below / samples) / picture.height);
          addSample(sum, colours, frame, x, y);
        }
      }
      for (let channel = 0; channel < 3; channel++) picture.data[at + channel] = sum[channel] / samples ** 2;
      picture.data[at + 3] = 255;
    }
  }
  return picture;
}

/**
 * Returns a result with the method `image`, which no copy of the result takes along: a result can still be posted to a
 * worker, or kept as JSON.
 * @template {object} T
 * @param {T} result
 * @param {() => HTMLCanvasElement | null} image
 * @returns {T & {image: () => HTMLCanvasElement | null}}
 */
export function withImage(result, image) {
  return Object.defineProperty(/** @type {any} */ (result), "image", { value: image });
}

/** @param {ImageData} picture */
export function canvasOf(picture) {
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
  return canvas;
}

/**
 * Returns the projective map from the unit square to four corners. After Heckbert, "Fundamentals of Texture Mapping and
 * Image Warping" (1989), section 2.2.3.
 * @param {Corners} corners
 * @returns {(x: number, y: number) => [number, number]}
 */
function projection([first, second, third, fourth]) {
  const minus = (/** @type {number[]} */ one, /** @type {number[]} */ other) => [one[0] - other[0], one[1] - other[1]];
  const cross = (/** @type {number[]} */ one, /** @type {number[]} */ other) => one[0] * other[1] - one[1] * other[0];
  const [right, down] = [minus(second, third), minus(fourth, third)];
  const rest = [first[0] - second[0] + third[0] - fourth[0], first[1] - second[1] + third[1] - fourth[1]];
  const area = cross(right, down) || 1e-9;
  const [g, h] = [cross(rest, down) / area, cross(right, rest) / area];
  return (x, y) => {
    const depth = Math.max(g * x + h * y + 1, 1e-6);
    const along = (/** @type {0 | 1} */ axis) =>
      ((second[axis] - first[axis] + g * second[axis]) * x +
        (fourth[axis] - first[axis] + h * fourth[axis]) * y +
        first[axis]) /
      depth;
    return [along(0), along(1)];
  };
}

/**
 * Adds the frame's colour at a place, bilinear between pixels.
 * @param {Float64Array} sum of red, green and blue
 * @param {Uint8Array} colours RGBA
 * @param {import("../shared/protocol.js").Size} frame
 * @param {number} x
 * @param {number} y
 */
function addSample(sum, colours, { width, height }, x, y) {
  const clamped = (/** @type {number} */ value, /** @type {number} */ size) =>
    Math.min(Math.max(value - 0.5, 0), size - 1);
  const [left, top] = [clamped(x, width), clamped(y, height)];
  const [column, row] = [Math.floor(left), Math.floor(top)];
  const [across, down] = [left - column, top - row];
  const next = column + 1 < width ? 4 : 0;
  const below = row + 1 < height ? 4 * width : 0;
  const at = 4 * (row * width + column);
  for (let channel = 0; channel < 3; channel++) {
    const here = at + channel;
    const above = colours[here] + (colours[here + next] - colours[here]) * across;
    const under = colours[here + below] + (colours[here + below + next] - colours[here + below]) * across;
    sum[channel] += above + (under - above) * down;
  }
}
