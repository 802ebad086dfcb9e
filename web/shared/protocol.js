// The messages between page and worker: {id, action, ...} one way, {id, result} or {id, error} and {progress} the other.
// Types only: nothing here runs.

/** @typedef {{width: number, height: number}} Size */
/** @typedef {{left: number, top: number, width: number, height: number}} Box */
/** @typedef {{width: number, height: number, pixels: ArrayBuffer}} Frame  RGBA, row by row */
/** @typedef {{id: string, [field: string]: unknown}} Reference  its id and the site's own fields */
/**
 * Bytes of all files together, as they come over the line.
 * @typedef {{stage: "download" | "python" | "core", loaded: number, total: number}} Progress
 */
/**
 * How the scan region of a frame looks.
 *
 * brightness: mean grey, 0..255
 * contrast: standard deviation of grey, 0..127
 * sharpness: mean step between neighbouring samples over the mean step between samples four apart: 0.25 where all is
 *   one blur, 1 where nothing is smooth
 * glare: share of samples blown out to white, 0..1
 * rim: share of the cells along the region's rim in which there is something to see, 0..1: how far the picture, or a
 *   busy ground, reaches out
 * @typedef {{brightness: number, contrast: number, sharpness: number, glare: number, rim: number}} Quality
 */
/**
 * @typedef {{outcome: "match" | "no_match" | "no_detail" | "ambiguous", id: string | null, distance: number | null,
 *   margin: number | null, corners: [number, number][] | null, reference: Reference | null, milliseconds: number,
 *   quality: Quality}} Verdict
 */
/**
 * One entry for each action of the worker: the message, and the result.
 * @typedef {object} Actions
 * @property {(message: {base: string, snapshots: boolean}) => Promise<void>} load starts Python, once
 * @property {(message: {url: string, memory: boolean}) => Promise<number>} openScanner the handle of a scanner over the
 *   bundle at an address; `memory` false: each frame is judged on its own
 * @property {(message: {scanner: number}) => Promise<void>} closeScanner the last scanner of a bundle lets go of it
 * @property {(message: {scanner: number}) => Promise<void>} reset forgets earlier frames
 * @property {(message: {scanner: number, region: Box} & Frame) => Promise<Verdict>} scanFrame
 * @property {(message: {url: string}) => Promise<Reference[]>} catalogue every reference of the bundle at an address
 */

export {};
