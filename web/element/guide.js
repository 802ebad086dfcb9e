// The guide, a square on the page into which people fit a picture, and its scan regions.

/** Largest height of the element, in CSS px, on a phone held sideways. Its width is at least 1.5 times its height. */
const LOW = 520;

/** Shapes of pictures in the guide, [width, height] in its sides. Their scan regions take turns. */
const SHAPES = [
  [1, 1],
  [0.69, 1],
  [1, 0.69],
];

/**
 * Returns the scan regions of the guide, and whether the element is laid out sideways. The numbers repeat .guide of
 * style.js, because not every view has a guide to measure.
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
