// The source of a scanner's picture: a camera that the scanner opens, or a MediaStream of the site.
import { ScannerError } from "../shared/errors.js";
import { openCamera, requireCameraSupport } from "./camera.js";
import { checkConstraints, withoutChoice } from "./constraints.js";

export class CameraSource {
  /** @type {MediaTrackConstraints} */
  #constraints;
  #stream;

  /** @param {{constraints?: MediaTrackConstraints | null, stream?: MediaStream | null}} options */
  constructor({ constraints, stream }) {
    this.#constraints = constraints ?? {};
    this.#stream = stream ?? null;
  }

  /** Whether the site gave a stream of its own, which the scanner never stops. */
  get given() {
    return this.#stream !== null;
  }

  /** Throws a ScannerError where no camera can be had on any terms. */
  require() {
    if (this.#stream === null) {
      checkConstraints(this.#constraints);
      requireCameraSupport();
    } else if (videoTracks(this.#stream).length === 0) {
      const got = "getVideoTracks" in Object(this.#stream) ? "one without a video track" : String(this.#stream);
      throw new ScannerError("invalid-argument", `The option stream takes a MediaStream with video, but got ${got}.`);
    }
  }

  /** From now on `preferred` chooses the camera, whatever the site's constraints say. */
  forgetChoice() {
    this.#constraints = withoutChoice(this.#constraints);
  }

  /**
   * Returns a running stream. Throws a ScannerError.
   * @param {import("./camera.js").PreferredCamera} preferred
   * @param {AbortSignal} signal
   * @returns {Promise<MediaStream>}
   */
  async open(preferred, signal) {
    this.require();
    if (this.#stream === null) return openCamera(preferred, signal, this.#constraints);
    if (isRunning(this.#stream)) return this.#stream;
    const text = "The video of the MediaStream given as the option stream has ended. Give a new stream.";
    throw new ScannerError("camera-lost", text);
  }

  /** Switches a camera off. @param {MediaStreamTrack[]} tracks of a stream that `open` returned */
  close(tracks) {
    if (!this.given) for (const track of tracks) track.stop();
  }
}

/** @param {Partial<MediaStream> | null} stream @returns {MediaStreamTrack[]} none where a script gave no stream */
function videoTracks(stream) {
  return stream?.getVideoTracks?.() ?? [];
}

/** Whether a stream still has video. @param {MediaStream | null} stream */
export function isRunning(stream) {
  return videoTracks(stream).some(({ readyState }) => readyState === "live");
}
