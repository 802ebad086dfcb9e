// Writes a frame as a PNG, pixel for pixel. A canvas may not: browsers that protect from tracking alter what it saves.
import { crc32 } from "./crc32.js";

/** @typedef {import("../shared/protocol.js").Frame} Frame */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Filter that writes each byte as the difference from the pixel to its left: camera pictures shrink by half. */
const SUB = 1;

/**
 * Resolves to a PNG of a frame's colours. Frames are opaque: their alpha is left out.
 * @param {Frame} frame
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function toPng({ width, height, pixels }) {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8); // bits a channel
  header.setUint8(9, 2); // RGB
  const rows = filtered(new Uint8Array(pixels), width, height);
  const parts = [
    Uint8Array.from(SIGNATURE),
    chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("IDAT", await deflated(rows)),
    chunk("IEND", new Uint8Array(0)),
  ];
  return joined(parts);
}

/**
 * Returns the rows of a picture, each with its filter in front.
 * @param {Uint8Array} pixels RGBA
 * @param {number} width
 * @param {number} height
 */
function filtered(pixels, width, height) {
  const rows = new Uint8Array(height * (1 + 3 * width));
  let [from, to] = [0, 0];
  for (let row = 0; row < height; row++) {
    rows[to++] = SUB;
    let [red, green, blue] = [0, 0, 0];
    for (let column = 0; column < width; column++, from += 4) {
      rows[to++] = pixels[from] - red;
      rows[to++] = pixels[from + 1] - green;
      rows[to++] = pixels[from + 2] - blue;
      [red, green, blue] = [pixels[from], pixels[from + 1], pixels[from + 2]];
    }
  }
  return rows;
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function deflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * Returns a chunk: length, name, content and checksum.
 * @param {string} name
 * @param {Uint8Array} content
 */
function chunk(name, content) {
  const bytes = new Uint8Array(12 + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, 8 + content.length)));
  return bytes;
}

/**
 * Returns arrays of bytes as one.
 * @param {Uint8Array[]} parts
 */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
