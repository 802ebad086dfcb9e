// Judges one still picture on its own, with all its pixels.
import { ScannerError, withCode } from "../shared/errors.js";
import { assetsBase, bundleAddress } from "./addresses.js";
import { FrameGrabber, isClear, ownSize, requireDrawable, stillSize } from "./frames.js";
import { withMatrix } from "./placing.js";
import { imageOf, withImage } from "./rectified.js";
import { RemoteScanner } from "./remote-scanner.js";
import { ScannerClient } from "./scanner-client.js";
import { stillOf } from "./still-sources.js";
import { elementName, kindOf } from "./values.js";

/** @typedef {import("../shared/protocol.js").Size} Size */
/** @typedef {import("./frames.js").Drawable} Drawable */
/** @typedef {import("./still-sources.js").Source} Source */
/** @typedef {import("./options.js").OneVerdict} OneVerdict */
/** @typedef {import("./options.js").Result} Result */
/**
 * @typedef {object} StillOptions
 * @property {string} [bundle]
 * @property {string} [assets]
 * @property {boolean} [multiple] true: finds every picture of the photo
 * @property {(progress: import("../shared/protocol.js").Progress) => void} [onProgress]
 */
/** The answer for a photo. @typedef {OneVerdict & Pick<Result, "frame" | "image" | "matrix" | "time">} StillVerdict */
/**
 * The answer for a photo with `multiple`: every picture, the best first. Without one, `outcome` gives the reason.
 * @typedef {Pick<OneVerdict, "outcome" | "milliseconds" | "quality"> & {matches: Result[], frame: Size}} StillVerdicts
 */

/** Pictures of one photo that are told at most. */
const ALL = 1000;

/** The colour that builders lay transparent pictures on, too. */
const PAPER = "#fff";

/** @type {Map<string, RemoteScanner>} open scanners by the addresses of site and bundle and by `most`, kept for the next photo */
const scanners = new Map();

/**
 * Judges one still picture. Where nothing is found, `id` is null and `outcome` gives the reason; with `multiple`, `matches`
 * is empty. Rejects with a ScannerError where the picture cannot be read.
 * @overload
 * @param {Source} source
 * @param {StillOptions & {multiple: true}} options
 * @returns {Promise<StillVerdicts>}
 */
/**
 * @overload
 * @param {Source} source
 * @param {StillOptions & {multiple?: false}} [options]
 * @returns {Promise<StillVerdict>}
 */
/**
 * @param {Source} source
 * @param {StillOptions} [options]
 * @returns {Promise<StillVerdict | StillVerdicts>}
 */
export async function scanImage(source, options = {}) {
  const still = stillOf(source);
  // A canvas and a video are drawn now, because they may show something else by the time Python has come.
  const present = still instanceof Promise ? null : pixelsOf(still);
  const scanner = scannerFor(options);
  const opening = scanner.open(options.onProgress);
  opening.catch(() => {}); // awaited below: a picture that cannot be read is the first error to report
  const frame = present ?? pixelsOf(await still);
  const time = performance.now();
  await opening;
  const { width, height } = frame;
  const { pixels, noted, matches, ...verdict } = await scanner.scanFrame(frame, { left: 0, top: 0, width, height });
  const size = { width, height };
  const shown = elementName(source) ? /** @type {HTMLImageElement} */ (source) : null;
  const withMethods = (/** @type {any} */ result) =>
    withMatrix(withImage(result, imageOf({ ...size, pixels }, result.corners)), shown);
  if (!matches) return withMethods({ ...verdict, time, frame: size });
  const { outcome, milliseconds, quality } = verdict;
  const results = matches.map(({ id, distance, margin, corners, reference }, at) => {
    return withMethods({ id, distance, margin, corners, reference, milliseconds, track: at + 1, time, frame: size });
  });
  return { outcome, matches: results, milliseconds, quality, frame: size };
}

/** @param {StillOptions} options */
function scannerFor({ bundle, assets, multiple }) {
  const base = assetsBase(assets);
  const url = bundleAddress(bundle, base);
  const most = multiple ? ALL : null;
  const key = JSON.stringify([base, url, most]);
  const known = scanners.get(key);
  if (known) return known;
  const scanner = new RemoteScanner(ScannerClient.shared(base), url, { memory: false, most });
  scanners.set(key, scanner);
  return scanner;
}

/**
 * Returns the pixels of a picture, and releases it.
 * @param {import("./still-sources.js").Still} still
 */
function pixelsOf({ drawable, release }) {
  const grabber = new FrameGrabber(null, PAPER);
  try {
    const own = ownSize(drawable);
    if (!(own.width > 0 && own.height > 0)) throw unreadable(emptyOf(drawable));
    requireDrawable(own);
    const frame = grabber.grab(drawable, stillSize(own));
    if (isWhite(frame) && isClear(drawable)) throw unreadable(clear(drawable));
    return frame;
  } catch (error) {
    throw withCode(error, "runtime-failed", undrawable(drawable, error), "unreadable");
  } finally {
    grabber.release();
    release();
  }
}

/** Returns the error for a picture that shows nothing. @param {string} sentences */
function unreadable(sentences) {
  return new ScannerError("runtime-failed", sentences, undefined, "unreadable");
}

/** Returns whether every value of a frame is 255. @param {import("../shared/protocol.js").Frame} frame */
function isWhite({ pixels }) {
  return new Uint8Array(pixels).every((value) => value === 255);
}

/** Returns the sentences for a picture that lets all of the paper through. @param {Drawable} drawable */
function clear(drawable) {
  const said = `The picture could not be read: the ${kindOf(drawable)} is clear all over. `;
  return /Canvas/.test(kindOf(drawable))
    ? `${said}A WebGL canvas keeps its pixels only until the page is painted: scan it right after drawing, or make its ` +
        "context with preserveDrawingBuffer: true."
    : `${said}Use one that shows something.`;
}

/** Returns the sentences for a picture without pixels. @param {Drawable} drawable */
function emptyOf(drawable) {
  const kind = kindOf(drawable);
  const said = "The picture could not be read: its width or height is 0. ";
  if (kind === "ImageBitmap") return `${said}The ImageBitmap was closed or transferred: scan it before.`;
  if (kind === "VideoFrame") return `${said}The VideoFrame was closed or transferred: scan it before.`;
  if (kind === "OffscreenCanvas") return `${said}The OffscreenCanvas is empty or was transferred: scan it before.`;
  return `${said}Wait until it has loaded.`;
}

/**
 * Returns the sentences for a picture that a canvas does not draw or hand out.
 * @param {Drawable} drawable
 * @param {unknown} error the browser's own
 */
function undrawable(drawable, error) {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "SecurityError") {
    return (
      "The picture could not be read: it comes from another site, or is an SVG that holds a web page. Show it with " +
      'crossorigin="anonymous", from a host that allows this page to read it.'
    );
  }
  return `The picture could not be read: this browser does not draw this ${kindOf(drawable)}.`;
}
