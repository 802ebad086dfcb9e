// The guide, a frame on the page into which people fit a picture, and its scan regions.

/** Largest height of the element, in CSS px, on a phone held sideways. Its width is at least 1.5 times its height. */
const LOW = 520;

/** A shape: [width, height] in sides of the guide, the longer one 1. @typedef {readonly [number, number]} Shape */

/** @type {Shape} */
const SQUARE = [1, 1];
/** Scan regions where pictures differ in shape. They take turns. @type {readonly Shape[]} */
const SHAPES = [SQUARE, [0.69, 1], [1, 0.69]];

/** Pictures are of one shape if their aspects differ from the median by at most this factor, for most of them. */
const ALIKE = 1.25;
/** Share of the pictures that must be of one shape. */
const MOST = 0.8;
/** Narrowest and widest guide: a panorama is shown in parts, or turned. */
const EXTREMES = [0.4, 2.5];

/**
 * Returns the shape of most pictures of a catalogue; a square where they differ, or where the bundle has no aspects.
 * @param {readonly import("../shared/protocol.js").Reference[]} references of the catalogue
 * @returns {Shape}
 */
export function shapeOf(references) {
  const aspects = references
    .map(({ aspect }) => (typeof aspect === "number" && aspect > 0 ? aspect : 0))
    .filter((aspect) => aspect > 0)
    .sort((one, other) => one - other);
  if (aspects.length < MOST * references.length || aspects.length === 0) return SQUARE;
  const median = aspects[Math.floor(aspects.length / 2)];
  const alike = aspects.filter((aspect) => Math.max(aspect / median, median / aspect) <= ALIKE).length;
  if (alike < MOST * aspects.length) return SQUARE;
  const aspect = Math.min(Math.max(median, EXTREMES[0]), EXTREMES[1]);
  return aspect < 1 ? [aspect, 1] : [1, 1 / aspect];
}

/**
 * Returns the scan regions of the guide, and whether the element is laid out sideways. The numbers repeat .guide of
 * style.js, because not every view has a guide to measure.
 * @param {{width: number, height: number}} host the element's box, in CSS px
 * @param {Shape} [shape] of the guide
 */
export function guideIn({ width, height }, shape = SQUARE) {
  const sideways = height <= LOW && width >= 1.5 * height;
  const side = sideways ? 0.72 * height : Math.min(0.8 * width, 0.58 * height, 460);
  const middle = (sideways ? 0.5 : 0.46) * height;
  // A picture that is square, or is held aslant, gets every third frame.
  const shapes = shape === SQUARE ? SHAPES : [shape, shape, SQUARE];
  const regions = shapes.map(([across, down]) => {
    return { width: side * across, height: side * down, top: middle - (side * down) / 2 };
  });
  return { sideways, regions };
}
