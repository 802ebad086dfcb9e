// Finds out whether the browser hands out the pixels that were drawn. Browsers that hide how a device draws (Tor,
// LibreWolf, Firefox with resistFingerprinting, canvas blockers) hand out noise or white instead.
import { ScannerError } from "../shared/errors.js";

/** Side of the probe in px, in squares of two colours. */
const SIDE = 16;
const SQUARE = 4;
const COLOURS = [
  [200, 40, 90],
  [30, 160, 220],
];
/** Difference of a colour value, 0 to 255, that counts as wrong. Many browsers add a faint noise, which does no harm. */
const WRONG = 24;
/** Share of wrong colour values above which pictures cannot be recognised. */
const MOST_WRONG = 0.1;

/** True once the browser has proved honest: no browser changes its mind to the worse while a page is open. */
let honest = false;

/** Throws "pixels-blocked" where the browser hands out other pixels than those drawn. */
export function requireHonestPixels() {
  honest ||= wrongShare() <= MOST_WRONG;
  if (!honest) {
    throw new ScannerError(
      "pixels-blocked",
      "This browser hands out noise instead of a canvas's pixels, to keep pages from telling devices apart. Allow this " +
        "page to read canvas data (an icon beside the address, or the settings of the browser or the extension that " +
        "blocks it), then start again, or use another browser.",
    );
  }
}

/** Returns the share of colour values, 0..1, that come back wrong from a canvas. */
function wrongShare() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return 0; // no canvas at all, as under jsdom: the frame's own canvas reports that
  const colourAt = (/** @type {number} */ x, /** @type {number} */ y) =>
    COLOURS[(Math.floor(x / SQUARE) + Math.floor(y / SQUARE)) % 2];
  for (let y = 0; y < SIDE; y += SQUARE) {
    for (let x = 0; x < SIDE; x += SQUARE) {
      context.fillStyle = `rgb(${colourAt(x, y).join(" ")})`;
      context.fillRect(x, y, SQUARE, SQUARE);
    }
  }
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  let wrong = 0;
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    const colour = colourAt(pixel % SIDE, Math.floor(pixel / SIDE));
    for (let part = 0; part < 3; part++) {
      if (Math.abs(data[4 * pixel + part] - colour[part]) > WRONG) wrong++;
    }
  }
  return wrong / (3 * SIDE * SIDE);
}
