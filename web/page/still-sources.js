// Turns whatever a site or a person hands over as a picture into something that a canvas can draw.
import { ScannerError } from "../shared/errors.js";
import { isClear, isOneColour, ownSize, requireDrawable } from "./frames.js";
import { endedJpeg } from "./jpeg-end.js";
import { sizedSvg } from "./svg.js";
import { unreachable, unreadable } from "./unreadable.js";
import { kindOf, shown } from "./values.js";

/** @typedef {import("./frames.js").Drawable} Drawable */
/**
 * @typedef {Blob | HTMLImageElement | HTMLCanvasElement | OffscreenCanvas | HTMLVideoElement | VideoFrame | ImageBitmap
 *   | ImageData | string | URL} Source
 */
/**
 * @typedef {object} Still a picture that can be drawn
 * @property {Drawable} drawable
 * @property {() => void} release frees what was made of the source, and leaves the source alone
 */

const KEPT = () => {};

/**
 * Returns the picture at once if the source shows it already, else a promise for it. The pixels of a canvas, a video or
 * a video frame are those of now: the caller may draw on, or close it. Throws a ScannerError, or rejects with one.
 * @param {Source} source
 * @returns {Still | Promise<Still>}
 */
export function stillOf(source) {
  switch (kindOf(source)) {
    case "Blob":
    case "File":
      return ofBlob(/** @type {Blob} */ (source));
    case "String":
    case "URL":
      return ofAddress(String(source));
    case "HTMLImageElement":
      return ofImage(/** @type {HTMLImageElement} */ (source));
    case "ImageData":
      return ofImageData(/** @type {ImageData} */ (source));
    case "HTMLCanvasElement":
    case "OffscreenCanvas":
    case "HTMLVideoElement":
    case "VideoFrame":
    case "ImageBitmap":
      return { drawable: /** @type {Drawable} */ (source), release: KEPT };
    default:
      throw new ScannerError(
        "invalid-argument",
        "scanImage needs a picture (a Blob or File, an <img>, <canvas> or <video> element, an OffscreenCanvas, " +
          `ImageBitmap, ImageData or VideoFrame, or an address), but got ${shown(source)}.`,
      );
  }
}

/**
 * Reads a file as an <img> shows it. A policy may forbid pages their own blobs in an <img>; the browser's other reader
 * then takes the kinds that it knows.
 * @param {Blob} blob
 * @returns {Promise<Still>}
 */
async function ofBlob(blob) {
  const file = await sizedSvg(blob)
    .then(endedJpeg)
    .catch(() => blob); // the file is gone, and `unreadable` says so
  const address = URL.createObjectURL(file);
  const image = new Image();
  const release = () => {
    image.removeAttribute("src");
    URL.revokeObjectURL(address);
  };
  try {
    if (await shows(image, address)) return { drawable: image, release };
    release();
  } catch (error) {
    release();
    throw error;
  }
  try {
    const bitmap = await createImageBitmap(file);
    return { drawable: bitmap, release: () => bitmap.close() };
  } catch (error) {
    throw await unreadable(blob, error);
  }
}

/**
 * @param {string} address
 * @returns {Promise<Still>}
 */
async function ofAddress(address) {
  const image = new Image();
  image.crossOrigin = "anonymous"; // without it the pixels of another origin cannot be read
  const still = { drawable: image, release: KEPT };
  const shown = await shows(image, address);
  if (shown && !isSvg(address)) return still;
  const { href } = new URL(address, document.baseURI);
  let response;
  try {
    response = await fetch(href); // the answer itself tells why it is no picture
  } catch (error) {
    if (shown) return still; // an SVG, in its own size
    throw await unreachable(href, error);
  }
  if (!response.ok) {
    throw new ScannerError(
      "runtime-failed",
      `The picture could not be read: ${href} was answered with status ${response.status}, expected 200. Check the ` +
        "address.",
      undefined,
      "site-fault",
    );
  }
  if (/^text\/html/.test(response.headers.get("content-type") ?? "")) {
    throw new ScannerError(
      "runtime-failed",
      `The picture could not be read: ${href} was answered with a web page (text/html), expected a picture. Check the ` +
        "address.",
      undefined,
      "site-fault",
    );
  }
  return ofBlob(await response.blob());
}

/**
 * Loads an address into an <img>; resolves to whether the <img> shows anything. Throws a ScannerError where the picture
 * is too large to be decoded.
 * @param {HTMLImageElement} image
 * @param {string} address
 */
async function shows(image, address) {
  const loaded = new Promise((resolve) => {
    image.onload = () => resolve(true);
    image.onerror = () => resolve(false);
  });
  image.src = address;
  if (!(await loaded) || image.naturalWidth === 0) return false;
  requireDrawable(ownSize(image));
  const decoded = await image.decode().then(
    () => true,
    () => false,
  );
  return comesOut(image, decoded);
}

/**
 * Returns whether a canvas gets anything of an image. Browsers show the whole part of a damaged picture. Some then refuse
 * to decode it, and some decode nothing at all.
 * @param {HTMLImageElement} image
 * @param {boolean} decoded whether the browser decoded it without complaint
 */
function comesOut(image, decoded) {
  try {
    return !(decoded ? isClear(image) : isOneColour(image));
  } catch {
    return true; // the browser keeps the pixels to itself: reading them tells the reason
  }
}

/**
 * @param {HTMLImageElement} image
 * @returns {Promise<Still>}
 */
async function ofImage(image) {
  if (!image.currentSrc && !image.src && !image.srcset) {
    throw new ScannerError("runtime-failed", "The picture could not be read: the <img> has no src. Give it one.");
  }
  try {
    await image.decode();
  } catch (error) {
    // Browsers show the whole part of a damaged picture, and still refuse to decode it.
    if (!(image.complete && image.naturalWidth > 0)) {
      throw new ScannerError(
        "runtime-failed",
        "The picture could not be read: the <img> shows none. Check that its src is a picture that this browser opens.",
        error,
      );
    }
  }
  const readAnew = isSvg(image.currentSrc) || image.naturalWidth === 0 || !comesOut(image, true);
  return readAnew ? ofAddress(image.currentSrc || image.src) : { drawable: image, release: KEPT };
}

/** Returns whether the answer of an address is most likely an SVG. @param {string} address */
function isSvg(address) {
  return /^data:image\/svg|^[^?#]*\.svg([?#]|$)/i.test(address);
}

/**
 * @param {ImageData} data
 * @returns {Still}
 */
function ofImageData(data) {
  const canvas = document.createElement("canvas");
  const release = () => {
    canvas.width = canvas.height = 0; // iPhones keep the memory of canvases that are merely dropped
  };
  Object.assign(canvas, { width: data.width, height: data.height });
  try {
    canvas.getContext("2d")?.putImageData(data, 0, 0);
  } catch (error) {
    release();
    throw new ScannerError(
      "runtime-failed",
      "The picture could not be read: the buffer of the ImageData was transferred elsewhere. Make a new one.",
      error,
    );
  }
  return { drawable: canvas, release };
}
