// The projective map from the unit square to four corners.

/** @typedef {[number, number][]} Corners  top left, top right, bottom right and bottom left */

/**
 * Returns the projective map from the unit square to four corners. With `depth[0] * x + depth[1] * y + 1` as divisor,
 * `across` and `down` give a place in the frame as factors of x, y and 1. After Heckbert, "Fundamentals of Texture
 * Mapping and Image Warping" (1989), section 2.2.3.
 * @param {Corners} corners
 */
export function projection([first, second, third, fourth]) {
  const minus = (/** @type {number[]} */ one, /** @type {number[]} */ other) => [one[0] - other[0], one[1] - other[1]];
  const cross = (/** @type {number[]} */ one, /** @type {number[]} */ other) => one[0] * other[1] - one[1] * other[0];
  const [right, down] = [minus(second, third), minus(fourth, third)];
  const rest = [first[0] - second[0] + third[0] - fourth[0], first[1] - second[1] + third[1] - fourth[1]];
  const area = cross(right, down) || 1e-9;
  const [g, h] = [cross(rest, down) / area, cross(right, rest) / area];
  const along = (/** @type {0 | 1} */ axis) => [
    second[axis] - first[axis] + g * second[axis],
    fourth[axis] - first[axis] + h * fourth[axis],
    first[axis],
  ];
  return { across: along(0), down: along(1), depth: [g, h] };
}
