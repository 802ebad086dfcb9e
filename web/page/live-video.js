// Plays the camera in the page's <video>: opens it, waits for its frames, notices its loss, closes it.

import { ScannerError, withCode } from "../shared/errors.js";
import { aborted, closeCamera, hasTorch, openCamera, presentZoom, setTorch, setZoom, zoomRange } from "./camera.js";

/** Time in which a muted camera (a call came in, another app took it) may come back by itself. */
const MUTED_MILLISECONDS = 3000;
/** Longest wait for the first frame. Some phones open a camera, light and all, that never shows one. */
const FIRST_FRAME_MILLISECONDS = 10_000;

export class LiveVideo {
  #onLost;
  /** @type {MediaStream | null} */
  #stream = null;
  #torch = false;

  /**
   * @param {HTMLVideoElement} video
   * @param {() => void} onLost called when the camera goes away by itself
   */
  constructor(video, onLost) {
    this.video = video;
    this.#onLost = onLost;
  }

  /** Whether the camera is on. */
  get active() {
    return this.#stream?.active === true;
  }

  /** The camera in use, or null. */
  get camera() {
    const track = this.#stream?.getVideoTracks()[0];
    if (!track) return null;
    const { deviceId = "", facingMode } = track.getSettings();
    return { id: deviceId, label: track.label, facingMode };
  }

  /**
   * Opens a camera; resolves when the video shows its first frame. Throws a ScannerError.
   * @param {string} preferred
   * @param {AbortSignal} signal
   * @param {() => void} onTap called where the video plays only after a tap
   */
  async open(preferred, signal, onTap) {
    const stream = await openCamera(preferred, signal);
    if (signal.aborted) {
      // The call that aborted could not see this stream yet.
      closeCamera(stream);
      throw aborted();
    }
    this.#stream = stream;
    this.#torch = false;
    for (const track of stream.getVideoTracks()) {
      const lost = () => this.#stream === stream && this.#onLost();
      track.addEventListener("ended", lost);
      track.addEventListener("mute", () => setTimeout(() => track.muted && lost(), MUTED_MILLISECONDS));
    }
    await this.#play(stream, signal, onTap);
  }

  /**
   * Opens a lost camera again. Throws "camera-lost" after the last attempt.
   * @param {string} preferred
   * @param {AbortSignal} signal
   * @param {() => void} onTap
   * @param {number[]} waits milliseconds before each attempt
   */
  async reopen(preferred, signal, onTap, waits) {
    let /** @type {ScannerError | undefined} */ cause;
    for (const wait of waits) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (signal.aborted) throw aborted();
      try {
        return await this.open(preferred, signal, onTap);
      } catch (error) {
        if (signal.aborted) throw aborted();
        this.close();
        cause = withCode(error, "camera-lost", "The camera was lost.");
        if (cause.code === "permission-denied") throw cause;
      }
    }
    const text = "The camera was lost and did not come back. Close other apps that use it, then start again.";
    throw new ScannerError("camera-lost", text, cause);
  }

  /**
   * @param {MediaStream} stream
   * @param {AbortSignal} signal
   * @param {() => void} onTap
   */
  async #play(stream, signal, onTap) {
    const video = this.video;
    // Without all three, iPhones open their own full-screen player or do not play at all.
    video.playsInline = true;
    video.muted = true;
    video.autoplay = true;
    video.srcObject = stream;
    try {
      await orSilence(video.play(), signal); // play() never settles without frames
    } catch (error) {
      if (signal.aborted) throw aborted();
      if (error instanceof ScannerError) throw error;
      if (error instanceof DOMException && error.name === "NotAllowedError") {
        // Low Power Mode: video plays only after a tap.
        onTap();
        await until(video, "playing", () => !video.paused, signal);
      }
      // AbortError: a newer source or the page's own pause() came in between; the wait below decides.
    }
    const shown = () => video.readyState >= 2 && video.videoWidth > 0;
    await orSilence(until(video, "loadeddata", shown, signal), signal);
  }

  /** Plays on, after a tap or a pause. */
  async resume() {
    await this.video.play().catch(() => {});
  }

  /** Freezes the picture; the camera stays on. */
  pause() {
    this.video.pause();
  }

  /** Switches the camera off; the video keeps its last picture. */
  rest() {
    closeCamera(this.#stream);
    this.#torch = false;
  }

  close() {
    this.rest();
    if (this.#stream && this.video.srcObject === this.#stream) this.video.srcObject = null;
    this.#stream = null;
  }

  /** Resolves at the video's next frame, or after 250 ms: some browsers announce no frames of a hidden video. */
  nextFrame() {
    const video = this.video;
    return /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        const timer = setTimeout(resolve, 250);
        const done = () => {
          clearTimeout(timer);
          resolve();
        };
        // Firefox before 132 has no requestVideoFrameCallback.
        if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(done);
        else requestAnimationFrame(done);
      })
    );
  }

  /** The present size of the camera's picture in px, or null without one. Turning the phone changes it. */
  get size() {
    const { videoWidth: width, videoHeight: height, readyState } = this.video;
    return width > 0 && readyState >= 2 ? { width, height } : null;
  }

  hasTorch() {
    return hasTorch(this.#stream);
  }

  get torch() {
    return this.#torch;
  }

  /** Resolves to whether the torch is lit now. */
  async toggleTorch() {
    if (!this.hasTorch()) return false;
    const wish = !this.#torch;
    if (await setTorch(this.#stream, wish)) this.#torch = wish;
    return this.#torch;
  }

  zoomRange() {
    return zoomRange(this.#stream);
  }

  get zoom() {
    return presentZoom(this.#stream);
  }

  /** @param {number} zoom */
  setZoom(zoom) {
    return setZoom(this.#stream, zoom);
  }
}

/**
 * Resolves once `holds` is true, now or at an event. Throws "aborted".
 * @param {EventTarget} target
 * @param {string} event
 * @param {() => boolean} holds
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function until(target, event, holds, signal) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(aborted());
    if (holds()) return resolve();
    const check = () => holds() && resolve();
    target.addEventListener(event, check, { signal });
    signal.addEventListener("abort", () => reject(aborted()), { once: true });
  });
}

/**
 * Resolves with `shown`, or throws "camera-in-use" when the camera has shown nothing for too long.
 * @param {Promise<void>} shown
 * @param {AbortSignal} signal
 */
async function orSilence(shown, signal) {
  const silence = async () => {
    // A hidden page goes on waiting: no browser shows it a frame.
    do await new Promise((resolve) => setTimeout(resolve, FIRST_FRAME_MILLISECONDS));
    while (document.hidden && !signal.aborted);
    throw new ScannerError(
      "camera-in-use",
      "The camera was opened but shows nothing. Close other apps that use it, then start again.",
    );
  };
  await Promise.race([shown, silence()]);
}
