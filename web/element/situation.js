// What has happened so far, and decides on the view: a find, an error, a photograph, a camera allowed or missing.
import { viewOf } from "./view.js";

/** @typedef {import("../page/options.js").Result} Result */
/** @typedef {import("../shared/errors.js").ScannerError} ScannerError */
/** @typedef {import("../page/status.js").Status} Status */

export class Situation {
  /** @type {Result | null} */
  result = null;
  /** @type {ScannerError | null} */
  error = null;
  /** Stage of the person's own photograph. @type {"checking" | "missed" | null} */
  photo = null;
  /** The photograph given last. @type {Blob | null} */
  #file = null;
  /** Progress of what a photograph waits for. @type {import("../shared/protocol.js").Progress | null} */
  photoLoading = null;
  /** True where the camera is allowed already: "Please allow the camera" would then be wrong. */
  allowed = false;
  /** True without a camera to go back to: the element then offers another photo. */
  cameraless = false;

  /** Key of the words for the error. */
  get problem() {
    return this.error?.words ?? this.error?.code ?? "";
  }

  /**
   * Returns the view to show.
   * @param {Status} status
   * @param {boolean} live true: a find is shown on the camera's picture, which goes on
   */
  view(status, live) {
    const { error, photo, allowed, result } = this;
    return viewOf(status, { error, photo, allowed, found: result !== null && !live });
  }

  /** Begins with a photograph, which takes the place of an earlier one. @param {Blob} file */
  check(file) {
    this.photo = "checking";
    this.#file = file;
  }

  /** Whether nothing has taken the place of a photograph that is being judged. @param {Blob} file */
  checks(file) {
    return this.photo === "checking" && this.#file === file;
  }

  /** Takes find, photograph and error out of view. */
  clear() {
    this.result = this.photo = this.error = null;
  }

  /** Notes that the camera works. */
  cameraWorks() {
    this.allowed = true;
    this.cameraless = false;
  }

  /** Puts an error into view. @param {ScannerError} error */
  fail(error) {
    this.clear();
    this.error = error;
    if (error.code === "permission-denied") this.allowed = false;
    if (["no-camera", "insecure-context"].includes(error.code)) this.cameraless = true;
  }
}
