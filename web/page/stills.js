// Judges one still picture on its own, with all its pixels.
import { ScannerError, withCode } from "../shared/errors.js";
import { assetsBase, bundleAddress } from "./addresses.js";
import { FrameGrabber, ownSize, stillSize } from "./frames.js";
import { canvasOf, rectified, withImage } from "./rectified.js";
import { RemoteScanner } from "./remote-scanner.js";
import { ScannerClient } from "./scanner-client.js";

/** @typedef {import("../shared/protocol.js").Verdict} Verdict */
/** @typedef {import("../shared/protocol.js").Size} Size */
/** @typedef {import("./frames.js").Drawable} Drawable */
/** @typedef {Blob | HTMLImageElement | HTMLCanvasElement | HTMLVideoElement | ImageBitmap | string | URL} Source */
/**
 * @typedef {{bundle?: string, assets?: string, onProgress?: (progress: import("../shared/protocol.js").Progress) => void}}
 *   StillOptions
 */

/** @type {Map<string, RemoteScanner>} open scanners by the addresses of site and bundle, kept for the next photo */
const scanners = new Map();

/**
 * Judges one still picture. Where nothing is found, `id` is null and `outcome` gives the reason. Rejects with a
 * ScannerError where the picture cannot be read.
 * @param {Source} source
 * @param {StillOptions} [options]
 * @returns {Promise<Verdict & {frame: Size, image: () => HTMLCanvasElement | null}>}
 */
export async function scanImage(source, options = {}) {
  const scanner = scannerFor(options);
  const opening = scanner.open(options.onProgress);
  opening.catch(() => {}); // awaited below: a picture that cannot be read is the first error to report
  const drawable = await toDrawable(source);
  try {
    await opening;
    const frame = pixelsOf(drawable);
    const { width, height } = frame;
    const { pixels, noted, ...verdict } = await scanner.scanFrame(frame, { left: 0, top: 0, width, height });
    // Rectified now: the answer would otherwise hold all pixels of the photo.
    const seen = verdict.corners && rectified({ width, height, pixels }, verdict.corners);
    return withImage({ ...verdict, frame: { width, height } }, () => seen && canvasOf(seen));
  } finally {
    if (drawable instanceof ImageBitmap && drawable !== source) drawable.close();
  }
}

/** @param {StillOptions} options */
function scannerFor({ bundle, assets }) {
  const base = assetsBase(assets);
  const url = bundleAddress(bundle, base);
  const key = JSON.stringify([base, url]);
  const known = scanners.get(key);
  if (known) return known;
  const scanner = new RemoteScanner(ScannerClient.shared(base), url, { memory: false });
  scanners.set(key, scanner);
  return scanner;
}

/**
 * @param {Source} source
 * @returns {Promise<Drawable>}
 */
async function toDrawable(source) {
  try {
    if (source instanceof Blob) return await createImageBitmap(source);
    if (source instanceof HTMLImageElement) {
      await source.decode();
    } else if (typeof source === "string" || source instanceof URL) {
      const image = new Image();
      image.crossOrigin = "anonymous"; // without it the pixels of another origin cannot be read
      image.src = String(source);
      await image.decode();
      return image;
    }
    return source;
  } catch (error) {
    throw withCode(
      error,
      "runtime-failed",
      "The picture could not be read: it is no picture, or of a kind that this browser cannot open. Use a JPEG or PNG.",
    );
  }
}

/** @param {Drawable} drawable */
function pixelsOf(drawable) {
  const own = ownSize(drawable);
  if (!(own.width > 0 && own.height > 0)) {
    throw new ScannerError(
      "runtime-failed",
      "The picture could not be read: its width or height is 0. Wait until it has loaded.",
    );
  }
  const grabber = new FrameGrabber();
  try {
    return grabber.grab(drawable, stillSize(own));
  } catch (error) {
    throw withCode(
      error,
      "runtime-failed",
      "The picture could not be read: it comes from another site. " +
        'Show it with crossorigin="anonymous", from a host that allows this page to read it.',
    );
  } finally {
    grabber.release();
  }
}
