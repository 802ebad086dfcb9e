// Writes a zip whose files are stored, not compressed: pictures are compressed already.
import { crc32 } from "./crc32.js";

/** @typedef {{path: string, content: Uint8Array<ArrayBuffer>}} File  `path` in ASCII letters */

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;

/**
 * Returns a zip of files, at most 65,535 and 4 GB in all.
 * @param {File[]} files
 * @param {Date} date of each file
 */
export function toZip(files, date) {
  /** @type {BlobPart[]} */
  const parts = [];
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const directory = [];
  let at = 0;
  for (const { path, content } of files) {
    const facts = factsOf(path, content, date);
    const local = record(LOCAL, [[20, 2], ...facts], path);
    // Zeros: length of the comment, disk, attributes inside and outside.
    directory.push(record(CENTRAL, [[20, 2], [20, 2], ...facts, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]], path));
    parts.push(local, content);
    at += local.length + content.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = record(
    END,
    [
      [0, 2],
      [0, 2],
      [files.length, 2],
      [files.length, 2],
      [size, 4],
      [at, 4],
      [0, 2],
    ],
    "",
  );
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}

/**
 * Returns the fields that both records of a file have, each with its size in bytes.
 * @param {string} path
 * @param {Uint8Array} content
 * @param {Date} date
 * @returns {[value: number, size: number][]}
 */
function factsOf(path, content, date) {
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
  const day = ((date.getFullYear() - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate();
  const { length } = content;
  // Zeros: flags, the method (stored), and the length of extra fields.
  return [
    [0, 2],
    [0, 2],
    [time, 2],
    [day, 2],
    [crc32(content), 4],
    [length, 4],
    [length, 4],
    [path.length, 2],
    [0, 2],
  ];
}

/**
 * Returns a record: its signature, its fields from the lowest byte on, and a path.
 * @param {number} signature
 * @param {[value: number, size: number][]} fields
 * @param {string} path
 */
function record(signature, fields, path) {
  const all = /** @type {[number, number][]} */ ([[signature, 4], ...fields]);
  const bytes = new Uint8Array(all.reduce((sum, [, size]) => sum + size, 0) + path.length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [value, size] of all) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  bytes.set(new TextEncoder().encode(path), at);
  return bytes;
}
