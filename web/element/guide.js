// The guide on the page, for people to fit a picture into, and its scan regions.

/** CSS px: a box as low as this and half as wide again is a phone held sideways. */
const LOW = 520;

/** Shapes a picture in the square frame may have; they take turns. */
const SHAPES = [
  [1, 1],
  [0.69, 1],
  [1, 0.69],
];

/**
 * Returns the scan regions of the guide, and whether it is laid out sideways. As .guide in style.js; computed, because
 * the guide is not there in every view.
 * @param {{width: number, height: number}} host the element's box, in CSS px
 */
export function guideIn({ width, height }) {
  const sideways = height <= LOW && width >= 1.5 * height;
  const side = sideways ? 0.72 * height : Math.min(0.8 * width, 0.58 * height, 460);
  const middle = (sideways ? 0.5 : 0.46) * height;
  const regions = SHAPES.map(([across, down]) => {
    return { width: side * across, height: side * down, top: middle - (side * down) / 2 };
  });
  return { sideways, regions };
}
