// The options a site gives a scanner, and the result it gets. Types only: nothing here runs.

/** @typedef {import("../shared/protocol.js").Verdict} Verdict */
/** @typedef {import("../shared/protocol.js").Size} Size */
/** @typedef {import("../shared/errors.js").ScannerError} ScannerError */
/** @typedef {import("./scan-regions.js").Region} Region */
/** @typedef {import("./status.js").Status} Status */
/** @typedef {Omit<Verdict, "outcome" | "quality"> & {id: string, distance: number, frame: Size}} Result */
/**
 * @typedef {object} Options
 * @property {string} [bundle] address of the bundle; otherwise hashes/references.json of the site's files
 * @property {Region | Region[]} [region] otherwise the whole video, as far as it is shown; several take turns, one a
 *   frame: a picture fills one of them best
 * @property {string} [preferredCamera] "environment" (default), "user", a camera's id or its label
 * @property {number} [maxScansPerSecond] 15 unless told
 * @property {boolean} [repeat] report a picture on every frame it is seen in, not once per appearance
 * @property {(error: ScannerError) => void} [onError]
 * @property {(status: Status) => void} [onState]
 * @property {(verdict: Verdict, frame: Size) => void} [onFrame] every judged frame
 * @property {HTMLCanvasElement | null} [canvas] frames are drawn here
 * @property {string} [assets] address of the assembled site's files; otherwise where this script lies
 * @property {boolean} [snapshot] false: do not keep Python's memory in this browser (30 MB, for a quick next start)
 */

export {};
