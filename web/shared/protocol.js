// The messages between page and worker. The page posts {id, action, ...}; the worker answers {id, result} or
// {id, error: {code, message, words}}, and posts {progress} while it loads. An answer {id, error, broken: true} is the worker's last: Python has
// broken, and the page starts another worker for the next question. Types only: nothing here runs.

/** @typedef {{width: number, height: number}} Size */
/** @typedef {{left: number, top: number, width: number, height: number}} Box */
/** @typedef {{width: number, height: number, pixels: ArrayBuffer}} Frame  RGBA, row by row */
/**
 * A reference's id and the site's own fields. The builder accepts only texts for the three that are named; the bundle of
 * another maker may hold anything.
 * @typedef {{id: string, title?: string, url?: string, thumbnail?: string, [field: string]: unknown}} Reference
 */
/**
 * `loaded` and `total` are bytes of all files together, compressed as they come over the line.
 * @typedef {{stage: "download" | "python" | "core", loaded: number, total: number}} Progress
 */
/**
 * The look of a frame's scan region.
 *
 * brightness: mean grey, 0..255
 * contrast: standard deviation of grey, 0..127
 * sharpness: mean grey step between neighbouring samples, divided by the mean step between samples four apart: from
 *   0.25 (all blurred) to 1 (nothing smooth)
 * glare: share of samples blown out to white, 0..1
 * rim: share of the cells along the region's rim that have detail, 0..1; high where the picture, or a busy ground,
 *   reaches the rim
 * @typedef {{brightness: number, contrast: number, sharpness: number, glare: number, rim: number}} Quality
 */
/**
 * A picture in sight, with its corners in the frame that was judged.
 *
 * track: number of the appearance: a picture that was lost and is found again has another number
 * sure: the frame shows the picture so clearly that the frame alone would name it
 * @typedef {{track: number, id: string, distance: number, margin: number | null, corners: [number, number][],
 *   reference: Reference, sure: boolean}} Match
 */
/**
 * matches: every picture in sight, the best first; only of a scanner that was opened with `most`
 * near: a look at the camera's frame found only a part of a reference; a look follows every 4 s without a match
 * @typedef {{outcome: "match" | "no_match" | "no_detail" | "ambiguous", id: string | null, distance: number | null,
 *   margin: number | null, corners: [number, number][] | null, reference: Reference | null, milliseconds: number,
 *   near: boolean, quality: Quality, matches?: Match[]}} Verdict
 */
/**
 * All that a recording needs to judge a frame again. The values are Python's (scanner/noted.py).
 *
 * memory: before the frame; null for a scanner that judges each frame on its own
 * pieces: times that the search went on in the frame
 * @typedef {object} Noted
 * @property {{frames: number, shape: number[] | null,
 *   middle?: {frame: number, pieces: number} | null, search: {frame: number, pieces: number} | null,
 *   part?: {frame: number} | null, tracks?: {before: number | null}} | null} memory
 * @property {number} pieces
 */
/**
 * The makers of a verdict: versions, the checksum of the site's build, and of the bundle's file; null where unknown.
 * @typedef {object} Makers
 * @property {Record<string, string | null>} versions of Python, numpy and Pyodide
 * @property {string | null} build
 * @property {string | null} sha256 of the bundle
 */
/**
 * One entry for each action of the worker: the message, and the result.
 * @typedef {object} Actions
 * @property {(message: {base: string, snapshots: boolean}) => Promise<void>} load starts Python, once
 * @property {(message: {url: string, memory: boolean, most?: number | null}) => Promise<number>} openScanner opens a
 *   scanner over the bundle at `url` and returns the scanner's handle; `memory` false: judges each frame on its own;
 *   `most`: pictures of one frame that are told at most, in `matches`; null: one verdict, and no `matches`
 * @property {(message: {scanner: number}) => Promise<void>} closeScanner closes a scanner, and with the last scanner of
 *   a bundle the bundle
 * @property {(message: {scanner: number}) => Promise<void>} reset forgets earlier frames
 * @property {(message: {scanner: number, region: Box, noted: boolean} & Frame) =>
 *   Promise<Verdict & {pixels: ArrayBuffer, noted: Noted | null}>} scanFrame judges one frame, and gives its pixels back
 * @property {(message: {scanner: number}) => Promise<Makers>} makers tells who makes the verdicts of a scanner
 * @property {(message: {url: string}) => Promise<Reference[]>} catalogue returns every reference of the bundle at `url`
 */

export {};
