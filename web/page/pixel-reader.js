// Reads the pixels of a canvas, again and again into one buffer. getImageData makes a new buffer for each frame; Chromium
// collects them at its own times, so that a page that scans took up to 20 MB more.

/** Formats of a VideoFrame whose copy as RGBA converts no colours. */
const PACKED = ["RGBA", "RGBX", "BGRA", "BGRX"];

export class PixelReader {
  /** A buffer that nobody reads any more. @type {ArrayBuffer | null} */
  #spare = null;
  /** Whether this browser copies what getImageData reads; null until a frame with colours has shown it. */
  #copies = "VideoFrame" in globalThis ? null : false;

  /** Takes a buffer back for a later frame. @param {ArrayBuffer} buffer that nobody reads any more */
  giveBack(buffer) {
    this.#spare = buffer;
  }

  /**
   * Resolves to the canvas's present pixels, RGBA.
   * @param {CanvasRenderingContext2D} context
   * @returns {Promise<ArrayBuffer>}
   */
  async read(context) {
    const { width, height } = context.canvas;
    const spare = this.#spare;
    this.#spare = null;
    if (this.#copies === false || spare?.byteLength !== 4 * width * height) return pixelsOf(context);
    if (this.#copies) return (await copied(context.canvas, spare)) ? spare : pixelsOf(context);
    const pixels = pixelsOf(context);
    this.#copies = (await copied(context.canvas, spare)) && isEqual(pixels, spare) && (hasColours(pixels) || null);
    return pixels;
  }
}

/** Returns a canvas's present pixels, RGBA, in a new buffer. @param {CanvasRenderingContext2D} context */
export function pixelsOf(context) {
  const { width, height } = context.canvas;
  return /** @type {ArrayBuffer} */ (context.getImageData(0, 0, width, height).data.buffer);
}

/**
 * Copies a canvas's pixels; resolves to whether the browser could.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayBuffer} buffer
 */
async function copied(canvas, buffer) {
  let picture;
  try {
    picture = new VideoFrame(canvas, { timestamp: 0, alpha: "discard" });
    if (!PACKED.includes(picture.format ?? "")) return false;
    await picture.copyTo(buffer, { format: "RGBA" });
    return true;
  } catch {
    return false; // WebKit, for one
  } finally {
    picture?.close();
  }
}

/** @param {ArrayBuffer} one @param {ArrayBuffer} other of the same length */
function isEqual(one, other) {
  const values = new Uint32Array(other);
  return new Uint32Array(one).every((value, at) => value === values[at]);
}

/** Returns whether red and blue differ anywhere: only then would a copy that mixes them up show. @param {ArrayBuffer} pixels */
function hasColours(pixels) {
  return new Uint8Array(pixels).some((value, at, values) => at % 4 === 0 && value !== values[at + 2]);
}
