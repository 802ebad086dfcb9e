// Turns a video or picture into the pixels of one frame, and CSS pixels into frame pixels.
import { ScannerError } from "../shared/errors.js";
import { requireHonestPixels } from "./pixel-probe.js";

/** @typedef {import("../shared/protocol.js").Box} Box */
/** @typedef {import("../shared/protocol.js").Frame} Frame */
/** @typedef {import("../shared/protocol.js").Size} Size */
/**
 * @typedef {HTMLVideoElement | HTMLImageElement | HTMLCanvasElement | OffscreenCanvas | ImageBitmap | VideoFrame} Drawable
 */

/** Longest side of a camera's frames, in px. A hash needs 192 px of the picture; 640 leaves room around the picture. */
const LONGEST_SIDE = 640;
/** Most pixels of a photo's frame: no canvas of an iPhone holds more. */
const MOST_PIXELS = 4096 * 4096;
/** Most pixels, in millions, of a picture that browsers draw. */
const MOST_MEGAPIXELS = 268;

/**
 * Returns the size of a camera's frame: the shape of the camera's picture, with no side above LONGEST_SIDE.
 * @param {Size} own size of the camera's picture in px
 * @returns {Size}
 */
export function frameSize({ width, height }) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * Returns the size of a photo's frame: the photo's own, or one of the photo's shape with at most MOST_PIXELS.
 * @param {Size} own size of the photo in px
 * @returns {Size}
 */
export function stillSize({ width, height }) {
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
  // Rounded down, because a canvas fails at a single pixel too many.
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) };
}

/**
 * Returns the box of a picture in its element's content box, in CSS px, as `object-fit` and `object-position` place the
 * picture. With `cover` the picture's box is larger than the element's.
 * @param {{width: number, height: number}} element
 * @param {{width: number, height: number}} picture
 * @param {string} fit value of object-fit
 * @param {string} position computed object-position, e.g. "50% 50%"
 * @returns {Box}
 */
export function pictureBox(element, picture, fit, position) {
  const contain = Math.min(element.width / picture.width, element.height / picture.height);
  const cover = Math.max(element.width / picture.width, element.height / picture.height);
  const scale = { cover, none: 1, "scale-down": Math.min(1, contain) }[fit] ?? contain;
  const width = fit === "fill" ? element.width : picture.width * scale;
  const height = fit === "fill" ? element.height : picture.height * scale;
  const [x = "50%", y = "50%"] = position.split(" ");
  return {
    left: offset(x, element.width - width),
    top: offset(y, element.height - height),
    width,
    height,
  };
}

/**
 * Returns the distance, in CSS px, of a picture from the start of its element's box.
 * @param {string} value "25%" or "12px"
 * @param {number} free CSS px left over, negative when the picture overhangs
 */
function offset(value, free) {
  const number = Number.parseFloat(value);
  if (Number.isNaN(number)) return free / 2;
  return value.endsWith("%") ? (free * number) / 100 : number;
}

/**
 * Returns the scan region in frame pixels, whole numbers inside the frame, at least 1 x 1.
 * @param {Box} region in CSS px, from the element's content box
 * @param {Box} picture box of the video's picture, from `pictureBox`
 * @param {{width: number, height: number}} frame
 * @returns {Box}
 */
export function regionInFrame(region, picture, frame) {
  const scaleX = frame.width / picture.width;
  const scaleY = frame.height / picture.height;
  const clamp = (/** @type {number} */ v, /** @type {number} */ most) => Math.min(Math.max(Math.round(v), 0), most);
  const left = clamp((region.left - picture.left) * scaleX, frame.width - 1);
  const top = clamp((region.top - picture.top) * scaleY, frame.height - 1);
  const right = clamp((region.left + region.width - picture.left) * scaleX, frame.width);
  const bottom = clamp((region.top + region.height - picture.top) * scaleY, frame.height);
  return { left, top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
}

/**
 * Returns the size of an element's content box and the box of the picture in it, in CSS px. An element without a box on
 * the page counts as large as its picture, so that scan regions keep their meaning.
 * @param {HTMLElement} element
 * @param {{width: number, height: number}} own size of the picture
 * @returns {{element: {width: number, height: number}, picture: Box}}
 */
export function shownPicture(element, own) {
  const style = getComputedStyle(element);
  const width = element.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
  const height = element.clientHeight - Number.parseFloat(style.paddingTop) - Number.parseFloat(style.paddingBottom);
  if (!(width > 0 && height > 0)) return { element: own, picture: { left: 0, top: 0, ...own } };
  const box = { width, height };
  return { element: box, picture: pictureBox(box, own, style.objectFit, style.objectPosition) };
}

/**
 * Returns the size of a picture in its own pixels; 0 x 0 until the picture has loaded.
 * @param {Drawable} drawable
 */
export function ownSize(drawable) {
  // Told apart by their properties, because an element of another window is no instance of this window's classes.
  if ("videoWidth" in drawable) return { width: drawable.videoWidth, height: drawable.videoHeight };
  if ("naturalWidth" in drawable) return { width: drawable.naturalWidth, height: drawable.naturalHeight };
  if ("displayWidth" in drawable) return { width: drawable.displayWidth, height: drawable.displayHeight };
  return { width: drawable.width, height: drawable.height };
}

/**
 * Throws a ScannerError for a picture of more pixels than browsers draw: a larger one comes out empty, without an error.
 * @param {Size} own size of the picture in px
 */
export function requireDrawable({ width, height }) {
  if (width * height <= MOST_MEGAPIXELS * 1e6) return;
  throw new ScannerError(
    "runtime-failed",
    `The picture could not be read: it has ${width} x ${height} pixels, and browsers draw at most ${MOST_MEGAPIXELS} ` +
      "million. Reduce it first.",
    undefined,
    "unreadable.large",
  );
}

/** Returns whether a picture has no pixel that covers the paper behind it. @param {Drawable} drawable */
export function isClear(drawable) {
  return thumbnailOf(drawable).every((value) => value === 0);
}

/** Returns whether a picture is of one colour all over. @param {Drawable} drawable */
export function isOneColour(drawable) {
  return thumbnailOf(drawable).every((value, at, values) => value === values[at % 4]);
}

/** Returns a small copy of a picture, RGBA. @param {Drawable} drawable */
function thumbnailOf(drawable) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.drawImage(drawable, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height).data;
}

/** Draws sources into one canvas and hands out their pixels. */
export class FrameGrabber {
  #canvas;
  /** @type {CanvasRenderingContext2D | null} */
  #context = null;
  #paper;

  /**
   * @param {HTMLCanvasElement | null} [canvas] the page's own, on which frames are drawn; otherwise a hidden one
   * @param {string} [paper] colour behind a picture that lets it through; cameras need none
   */
  constructor(canvas = null, paper = "") {
    this.#canvas = canvas;
    this.#paper = paper;
  }

  /**
   * Returns the source as a frame. The frame owns its buffer, which may be transferred. Throws "pixels-blocked".
   * @param {Drawable} source
   * @param {Size} size of this frame; the next may differ, because phones get turned
   * @returns {Frame}
   */
  grab(source, { width, height }) {
    requireHonestPixels();
    this.#context ??= contextOf(this.#canvas);
    const context = this.#context;
    if (context.canvas.width !== width) context.canvas.width = width;
    if (context.canvas.height !== height) context.canvas.height = height;
    if (this.#paper) {
      context.fillStyle = this.#paper;
      context.fillRect(0, 0, width, height);
    }
    context.drawImage(source, 0, 0, width, height);
    const pixels = context.getImageData(0, 0, width, height).data.buffer;
    return { width, height, pixels: /** @type {ArrayBuffer} */ (pixels) };
  }

  /** Frees the canvas's memory at once. iPhones keep the memory of canvases that are merely dropped. */
  release() {
    if (this.#context) this.#context.canvas.width = this.#context.canvas.height = 0;
  }
}

/**
 * Returns the context on which frames are drawn.
 * @param {HTMLCanvasElement | null} canvas the page's own; one with a context of another kind is left alone
 * @returns {CanvasRenderingContext2D}
 */
function contextOf(canvas) {
  const options = { willReadFrequently: true, alpha: false };
  const context = canvas?.getContext("2d", options) ?? document.createElement("canvas").getContext("2d", options);
  return /** @type {CanvasRenderingContext2D} */ (context);
}
