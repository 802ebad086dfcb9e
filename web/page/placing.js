// Places things of the page on a picture: from pixels of a judged frame to CSS px of the element that shows the frame.
import { ownSize, shownPicture } from "./frames.js";
import { projection } from "./projection.js";

/** @typedef {import("./projection.js").Corners} Corners */
/** @typedef {import("../shared/protocol.js").Size} Size */
/** @typedef {HTMLVideoElement | HTMLImageElement | HTMLCanvasElement} Shown  an element that shows the frame */
/** @typedef {(width: number, height: number) => string | null} Matrix */

/** Least height of each triangle between three corners, in px. Between flatter corners nothing can be seen. */
const LEAST_HEIGHT = 1;

/**
 * Returns four corners of a frame in CSS px from the top left of the box of the element that shows the frame. The
 * corners follow `object-fit`, and the transforms of the element itself, such as a mirror's.
 * @param {Corners} corners in pixels of the frame
 * @param {Size} frame
 * @param {Shown} shown
 * @returns {Corners}
 */
export function shownCorners(corners, frame, shown) {
  const { picture } = shownPicture(shown, ownSize(shown));
  const { edge, turn } = ownBox(shown);
  return corners.map(([x, y]) => {
    const across = edge.left + picture.left + (x / frame.width) * picture.width;
    const down = edge.top + picture.top + (y / frame.height) * picture.height;
    return turn(across, down);
  });
}

/**
 * Returns the distance of an element's content box from its border box, and the map of the element's own transforms.
 * @param {Shown} shown
 */
function ownBox(shown) {
  const style = getComputedStyle(shown);
  const edge = {
    left: shown.clientLeft + (Number.parseFloat(style.paddingLeft) || 0),
    top: shown.clientTop + (Number.parseFloat(style.paddingTop) || 0),
  };
  const matrix = transformOf(style);
  const [originX, originY] = style.transformOrigin.split(" ").map((length) => Number.parseFloat(length) || 0);
  const turn = (/** @type {number} */ x, /** @type {number} */ y) => {
    const point = matrix?.transformPoint({ x: x - originX, y: y - originY }) ?? {
      x: x - originX,
      y: y - originY,
      w: 1,
    };
    return /** @type {[number, number]} */ ([point.x / point.w + originX, point.y / point.w + originY]);
  };
  return { edge, turn };
}

/**
 * Returns the map of the CSS properties with which pages mirror and turn a video, about its transform-origin; null: none.
 * @param {CSSStyleDeclaration} style
 */
function transformOf({ transform, scale, rotate }) {
  const parts = [];
  if (rotate && rotate !== "none") parts.push(`rotate(${rotate})`);
  if (scale && scale !== "none") parts.push(`scale(${scale.split(" ").slice(0, 2).join(", ")})`);
  if (transform && transform !== "none") parts.push(transform);
  if (parts.length === 0) return null;
  try {
    return new DOMMatrix(parts.join(" "));
  } catch {
    return null; // a turn about another axis than the page's: the picture is not seen straight on in any case
  }
}

/**
 * Returns the CSS transform, a `matrix3d(...)`, that maps an element of width x height CSS px onto four corners. The
 * element lies at the top left of the corners' box, with `transform-origin: 0 0`. Returns null where the element or the
 * corners enclose nothing, or the corners are those of no picture: no convex quadrilateral.
 * @param {Corners} corners in CSS px
 * @param {number} width
 * @param {number} height
 */
export function matrixOnto(corners, width, height) {
  if (!(width > 0 && height > 0) || !isConvex(corners)) return null;
  const { across, down, depth } = projection(corners);
  const values = [
    [across[0] / width, down[0] / width, 0, depth[0] / width],
    [across[1] / height, down[1] / height, 0, depth[1] / height],
    [0, 0, 1, 0],
    [across[2], down[2], 0, 1],
  ];
  return `matrix3d(${values
    .flat()
    .map((value) => Number(value.toPrecision(10)))
    .join(", ")})`;
}

/**
 * Returns whether four corners are those of a convex quadrilateral, none of them nearly on the line of its neighbours.
 * @param {Corners} corners
 */
export function isConvex(corners) {
  const turns = corners.map(([x, y], at) => {
    const [[nextX, nextY], [lastX, lastY]] = [corners[(at + 1) % 4], corners[(at + 2) % 4]];
    const area = (nextX - x) * (lastY - y) - (nextY - y) * (lastX - x);
    return area / Math.hypot(lastX - x, lastY - y);
  });
  return turns.every((turn) => turn >= LEAST_HEIGHT) || turns.every((turn) => turn <= -LEAST_HEIGHT);
}

/**
 * Returns a result with the method `matrix`, which no copy of the result takes along.
 * @template {{corners: Corners | null, frame: Size}} T
 * @param {T} result
 * @param {Shown | null} shown the element that shows the frame; null: `matrix` maps onto the frame itself
 * @returns {T & {matrix: Matrix}}
 */
export function withMatrix(result, shown) {
  const matrix = (/** @type {number} */ width, /** @type {number} */ height) => {
    requireSize(width, height);
    const { corners, frame } = result;
    return corners && matrixOnto(shown ? shownCorners(corners, frame, shown) : corners, width, height);
  };
  return Object.defineProperty(/** @type {any} */ (result), "matrix", { value: matrix, configurable: true });
}

/**
 * Throws a TypeError where a size is no pair of numbers.
 * @param {unknown} width
 * @param {unknown} height
 */
function requireSize(width, height) {
  if (Number.isFinite(width) && Number.isFinite(height)) return;
  throw new TypeError(
    "result.matrix needs the width and height in CSS px of the element to place, such as " +
      `result.matrix(element.offsetWidth, element.offsetHeight), got ${width} and ${height}`,
  );
}
