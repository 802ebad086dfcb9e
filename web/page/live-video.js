// Plays the camera in the page's <video>: opens it, waits for its frames, notices its loss, closes it.

import { ScannerError, withCode } from "../shared/errors.js";
import { aborted, hasTorch, presentZoom, setTorch, setZoom, zoomRange } from "./camera.js";
import { isRunning } from "./camera-source.js";
import { FrameWatch } from "./frame-watch.js";

/** Time in which a muted camera (a call came in, another app took it) may come back by itself. */
const MUTED_MILLISECONDS = 3000;
/** Longest wait for the first frame. Some phones open a camera, light and all, that never shows one. */
const FIRST_FRAME_MILLISECONDS = 10_000;
/** Most interruptions by others in a row that are mended unasked. Whoever goes on interrupting means it. */
const MOST_INTERRUPTIONS = 5;
/** Time without an interruption after which the next one counts as the first. */
const CALM_MILLISECONDS = 5000;
/** Failures of an attempt to get the camera back that no further attempt mends. */
const FINAL = ["permission-denied", "invalid-argument", "camera-lost"];

/**
 * A disturbance from outside: the video was paused, or shows another source; the camera ended, or sends no frames.
 * @typedef {"interrupted" | "lost"} Trouble
 */

export class LiveVideo {
  #source;
  #onLost;
  #frames;
  /** @type {MediaStream | null} */
  #stream = null;
  /**
   * The tracks that were opened. Another script may take one out of the stream, and the track's light stays on.
   * @type {MediaStreamTrack[]}
   */
  #tracks = [];
  /** Whether the site itself had put the stream into the video, where it then stays. */
  #wasThere = false;
  /** Ends the listening to the present stream's tracks. */
  #listening = new AbortController();
  #torch = false;
  #interruptions = 0;
  #interrupted = -Infinity;

  /**
   * @param {HTMLVideoElement} video
   * @param {import("./camera-source.js").CameraSource} source
   * @param {() => void} onLost called when the camera goes away by itself
   */
  constructor(video, source, onLost) {
    this.video = video;
    this.#source = source;
    this.#onLost = onLost;
    this.#frames = new FrameWatch(video);
  }

  /** Whether the camera is on. */
  get active() {
    return isRunning(this.#stream);
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
    const stream = await this.#source.open(preferred, signal);
    if (signal.aborted) {
      // The call that aborted could not see this stream yet.
      this.#source.close(stream.getTracks());
      throw aborted();
    }
    this.#stream = stream;
    this.#tracks = stream.getTracks();
    this.#torch = false;
    this.#listen(stream);
    await this.#show(stream, signal, onTap);
  }

  /** @param {MediaStream} stream */
  #listen(stream) {
    this.#listening.abort();
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    for (const track of stream.getVideoTracks()) {
      const lost = () => signal.aborted || this.#onLost();
      track.addEventListener("ended", lost, { signal });
      if (this.#source.given) continue; // it goes on by itself when its owner unmutes it; nobody else could open it
      track.addEventListener("mute", () => setTimeout(() => track.muted && lost(), MUTED_MILLISECONDS), { signal });
    }
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
        if (FINAL.includes(cause.code)) throw cause;
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
  async #show(stream, signal, onTap) {
    const video = this.video;
    // Without all three, iPhones open their own full-screen player or do not play at all.
    video.playsInline = true;
    video.muted = true;
    video.autoplay = true;
    this.#wasThere = this.#source.given && video.srcObject === stream;
    await this.#play(signal, onTap);
    const shown = () => video.readyState >= 2 && video.videoWidth > 0;
    await orSilence(until(video, "loadeddata", shown, signal), signal);
  }

  /**
   * Plays the camera, after a tap where the browser wants one. Throws a ScannerError.
   * @param {AbortSignal} signal
   * @param {() => void} onTap
   */
  async #play(signal, onTap) {
    try {
      this.#connect();
      await orSilence(this.video.play(), signal); // play() never settles without frames
    } catch (error) {
      if (signal.aborted) throw aborted();
      if (error instanceof ScannerError) throw error;
      // Low Power Mode: video plays only after a tap. AbortError is no refusal: a newer source or a pause came between.
      if (error instanceof DOMException && error.name === "NotAllowedError") await this.#tapped(signal, onTap);
    }
  }

  /**
   * @param {AbortSignal} signal
   * @param {() => void} onTap
   */
  #tapped(signal, onTap) {
    onTap();
    return until(this.video, "playing", () => !this.video.paused && this.#connected, signal);
  }

  /** Whether the video is given the camera's picture: others may change its source or switch the track off. */
  get #connected() {
    return this.video.srcObject === this.#stream && (this.#source.given || this.#tracks.every((one) => one.enabled));
  }

  #connect() {
    if (!this.#source.given) for (const track of this.#tracks) track.enabled = true;
    if (this.video.srcObject !== this.#stream) this.video.srcObject = this.#stream;
  }

  /** Plays on, after a tap or a pause. */
  async resume() {
    this.#interruptions = 0;
    this.#frames.restart();
    this.#connect();
    await this.video.play().catch(() => {});
  }

  /** @returns {Trouble | null} */
  get trouble() {
    if (!this.active) return "lost";
    if (this.video.paused || !this.#connected) return "interrupted";
    // A stream of the site may show a still picture, which needs no frames.
    return this.#frames.silent && !this.#source.given ? "lost" : null;
  }

  /**
   * Plays on after others paused the video or gave it another source: at once, or after a tap where the browser wants
   * one or the others do not leave off. Throws a ScannerError.
   * @param {AbortSignal} signal
   * @param {() => void} onTap
   */
  async playOn(signal, onTap) {
    const now = performance.now();
    this.#interruptions = now - this.#interrupted < CALM_MILLISECONDS ? this.#interruptions + 1 : 1;
    this.#interrupted = now;
    this.#frames.restart();
    if (this.#interruptions > MOST_INTERRUPTIONS) await this.#tapped(signal, onTap);
    else await this.#play(signal, onTap);
  }

  /** Freezes the picture; the camera stays on. */
  pause() {
    this.video.pause();
  }

  /** Switches the camera off; the video keeps its last picture. */
  rest() {
    this.#source.close(this.#tracks);
    this.#torch = false;
  }

  close() {
    this.rest();
    this.#listening.abort();
    if (this.#stream && this.video.srcObject === this.#stream && !this.#wasThere) this.video.srcObject = null;
    this.#stream = null;
  }

  /** Begins to wait for frames. */
  watchFrames() {
    this.#frames.restart();
  }

  /** Resolves at the video's next frame, or after a short wait. */
  nextFrame() {
    return this.#frames.next();
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
