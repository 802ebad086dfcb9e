// The options a site gives a scanner, and the result it gets. Types only: nothing here runs.

/** @typedef {import("../shared/protocol.js").Size} Size */
/** @typedef {import("../shared/errors.js").ScannerError} ScannerError */
/** @typedef {import("./scan-regions.js").Region} Region */
/** @typedef {import("./status.js").Status} Status */
/**
 * A verdict on one frame, without the list of pictures in sight.
 * @typedef {Omit<import("../shared/protocol.js").Verdict, "matches">} OneVerdict
 */
/**
 * time: the page's time, as performance.now() gives it, at which the camera took the frame; in
 *   browsers that cannot tell, at which the page read it
 * track: number of the appearance, from 1 on; in a photo, of the picture
 * image: returns what the camera saw of the picture, upright, or null without corners
 * matrix: returns the CSS transform that lays an element of a size on the picture in sight, or null where none does
 * @typedef {Omit<OneVerdict, "outcome" | "near" | "quality"> & {id: string, distance: number, track: number, frame: Size,
 *   time: number, image: () => HTMLCanvasElement | null, matrix: import("./placing.js").Matrix}} Result
 */
/**
 * matches: with `multiple`, `onMove` or `onLost`: every picture in sight, the best first
 * @typedef {OneVerdict & {matches?: Result[]}} Verdict
 */
/**
 * @typedef {object} Options
 * @property {string} [bundle] address of the bundle; by default hashes/references.json below `assets`
 * @property {Region | Region[]} [region] by default the visible part of the video; several regions take turns, one per
 *   frame, so that pictures of several shapes each fill one
 * @property {string} [preferredCamera] "environment" (default), "user", a camera's id or its label
 * @property {MediaTrackConstraints | null} [constraints] the site's own constraints of the camera; each replaces the
 *   scanner's of its name, and one that chooses a camera overrules `preferredCamera`
 * @property {MediaStream | null} [stream] the site's own stream, which is scanned instead of a camera and never stopped
 * @property {boolean} [stopWhenHidden] true: the camera goes off while the video cannot be seen, as in a closed dialog,
 *   and on again when the video is shown
 * @property {number} [maxScansPerSecond] default 15
 * @property {boolean} [repeat] true: reports a picture on every frame with a match; by default once per appearance
 * @property {boolean} [multiple] true: reports every picture in sight, and goes on
 * @property {(result: Result) => void} [onMove] called with each frame that shows a picture again
 * @property {(result: Result) => void} [onLost] called with the last result of a picture that was not seen for half a
 *   second, or whose scan has ended
 * @property {(error: ScannerError) => void} [onError] called with every error, also with an error of `start`
 * @property {(status: Status) => void} [onState] called with every change of the status
 * @property {(verdict: Verdict, frame: Size) => void} [onFrame] called with every judged frame, match or not
 * @property {HTMLCanvasElement | null} [canvas] every frame is drawn on it
 * @property {string} [assets] address of the assembled site's files; by default the folder of the script
 * @property {boolean} [snapshot] false: starts Python without the snapshot of its memory that the site ships: several
 *   times slower, to tell whether a fault is the snapshot's
 */

export {};
