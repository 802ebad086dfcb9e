// The picture between four corners of a frame, upright.
import { projection } from "./projection.js";

/** @typedef {import("../shared/protocol.js").Frame} Frame */
/** @typedef {import("./projection.js").Corners} Corners */

/** Longest side of a rectified picture, in px. */
const LONGEST_SIDE = 640;
/** Most samples along each side of a pixel. More would keep a page busy for longer than people overlook. */
const MOST_SAMPLES = 2;

/**
 * Returns the smallest upright box of a frame that holds the corners, and the corners in it: all that `rectified` needs.
 * The pixels are a copy, unless the box is the whole frame.
 * @param {Frame} frame
 * @param {Corners} corners
 * @returns {{frame: Frame, corners: Corners}}
 */
export function cutOut({ width, height, pixels }, corners) {
  const [left, right] = span(corners, 0, width);
  const [top, bottom] = span(corners, 1, height);
  const size = { width: right - left, height: bottom - top };
  const whole = size.width === width && size.height === height;
  const copied = whole ? pixels : new ArrayBuffer(4 * size.width * size.height);
  for (let row = top; row < bottom && !whole; row++) {
    const line = new Uint8Array(pixels, 4 * (row * width + left), 4 * size.width);
    new Uint8Array(copied).set(line, 4 * (row - top) * size.width);
  }
  const moved = corners.map(([x, y]) => /** @type {[number, number]} */ ([x - left, y - top]));
  return { frame: { ...size, pixels: copied }, corners: moved };
}

/**
 * Returns the first pixel between the corners along an axis, and the first beyond them. A place between the middles of
 * two pixels takes its colour from both.
 * @param {Corners} corners
 * @param {0 | 1} axis
 * @param {number} size of the frame
 */
function span(corners, axis, size) {
  const values = corners.map((corner) => corner[axis]);
  const first = Math.min(Math.max(Math.floor(Math.min(...values) - 0.5), 0), size - 1);
  const end = Math.max(Math.min(Math.floor(Math.max(...values) - 0.5) + 2, size), first + 1);
  return [first, end];
}

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
  const { across: u, down: v, depth: w } = projection(corners);
  const colours = new Uint8Array(frame.pixels);
  const sum = new Float64Array(3);
  for (let row = 0, at = 0; row < picture.height; row++) {
    for (let column = 0; column < picture.width; column++, at += 4) {
      sum.fill(0);
      for (let below = 0.5; below < samples; below++) {
        const y = (row + below / samples) / picture.height;
        for (let right = 0.5; right < samples; right++) {
          const x = (column + right / samples) / picture.width;
          const depth = Math.max(w[0] * x + w[1] * y + 1, 1e-6);
          const frameX = (u[0] * x + u[1] * y + u[2]) / depth;
          const frameY = (v[0] * x + v[1] * y + v[2]) / depth;
          addSample(sum, colours, frame, frameX, frameY);
        }
      }
      for (let channel = 0; channel < 3; channel++) picture.data[at + channel] = sum[channel] / samples ** 2;
      picture.data[at + 3] = 255;
    }
  }
  return picture;
}

/**
 * Returns the method `image` of a result: draws the picture between the corners, upright, whenever it is called. It keeps
 * the pixels between the corners, and no others.
 * @param {Frame} frame
 * @param {Corners | null} corners
 * @returns {() => HTMLCanvasElement | null}
 */
export function imageOf(frame, corners) {
  if (!corners) return () => null;
  const cut = cutOut(frame, corners);
  return () => canvasOf(rectified(cut.frame, cut.corners));
}

/**
 * Returns the method `image` of a result that is seldom asked for its image or kept: it holds the whole frame.
 * @param {Frame} frame
 * @param {Corners} corners
 * @returns {() => HTMLCanvasElement | null}
 */
export function imageIn(frame, corners) {
  return () => canvasOf(rectified(frame, corners));
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
function canvasOf(picture) {
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
  return canvas;
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
  const left = Math.min(Math.max(x - 0.5, 0), width - 1);
  const top = Math.min(Math.max(y - 0.5, 0), height - 1);
  const column = Math.floor(left);
  const row = Math.floor(top);
  const across = left - column;
  const down = top - row;
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
