// ImageScanner: a camera, a scan region and the recogniser. Its states are those of state-machine.js.

import { assetsBase, bundleAddress } from "./addresses.js";
import { listCameras } from "./camera.js";
import { CameraSource } from "./camera-source.js";
import { FrameJudge } from "./frame-judge.js";
import { LiveVideo } from "./live-video.js";
import { Recording } from "./recording.js";
import { RemoteScanner } from "./remote-scanner.js";
import { ScannerClient } from "./scanner-client.js";
import { Sightings } from "./sightings.js";
import { StateMachine } from "./state-machine.js";
import { StatusBoard } from "./status.js";
import { scanImage } from "./stills.js";

/** @typedef {import("./options.js").Options} Options */
/** @typedef {import("./options.js").Region} Region */
/** @typedef {import("./options.js").Result} Result */
/** @typedef {import("./status.js").State} State */

/** States in which pictures are in sight, or come back into sight. */
const SEEING = ["scanning", "paused", "suspended"];
/** Pictures of one frame that are told at most: more than anybody can show to a camera. */
const ALL = 1000;

export class ImageScanner {
  #options;
  #live;
  #frames;
  #sightings;
  #status;
  #states;
  #source;
  #recording;

  /**
   * Throws a TypeError where `video` is no <video> element.
   * @param {HTMLVideoElement} video
   * @param {(result: Result) => void} onMatch called once for each appearance of a picture; with `multiple`, for each
   *   picture in sight
   * @param {Options} [options]
   */
  constructor(video, onMatch, options = {}) {
    if (typeof video?.play !== "function" || !("videoWidth" in video)) {
      throw new TypeError(
        `ImageScanner needs a <video> element, such as document.querySelector("video"), got ${video}`,
      );
    }
    this.#options = { ...options };
    this.#status = new StatusBoard((status) => {
      this.#recording.state(status);
      if (!SEEING.includes(status.state)) this.#sightings.end();
      options.onState?.(status);
    });
    const assets = assetsBase(options.assets);
    const client = ScannerClient.shared(assets);
    if (options.snapshot === false) client.startPlainly();
    const remote = new RemoteScanner(client, bundleAddress(options.bundle, assets), {
      memory: true,
      most: options.multiple ? ALL : options.onMove || options.onLost ? 1 : null,
    });
    this.#recording = new Recording(video, remote);
    this.#source = new CameraSource(this.#options);
    this.#live = new LiveVideo(video, this.#source, () => this.#states.lost());
    this.#frames = new FrameJudge(this.#live, remote, this.#recording, options.canvas ?? null);
    this.#frames.regions.set(options.region);
    this.#sightings = new Sightings(onMatch, this.#options, this.#frames.regions, video);
    this.#states = new StateMachine({
      live: this.#live,
      source: this.#source,
      remote,
      frames: this.#frames,
      sightings: this.#sightings,
      status: this.#status,
      recording: this.#recording,
      options: this.#options,
    });
  }

  static listCameras() {
    return listCameras();
  }

  static async hasCamera() {
    return (await listCameras().catch(() => [])).length > 0;
  }

  /** Judges one still picture, as stills.js says. */
  static scanImage = scanImage;

  /**
   * Ends the worker and its Python, and frees their memory; resolves when they are gone. Every scanner of the page that
   * runs stops, as by `stop()`. A `load()` or `scanImage()` under way rejects with "aborted". The next `start()`,
   * `load()` or `scanImage()` starts a new worker.
   * @param {{assets?: string}} [options] `assets`: ends the worker of this site alone
   */
  static async unload({ assets } = {}) {
    ScannerClient.unload(assets === undefined ? null : assetsBase(assets));
  }

  /** @returns {State} */
  get state() {
    return this.#status.now.state;
  }

  get status() {
    return { ...this.#status.now };
  }

  /** The camera in use, or null. */
  get camera() {
    return this.#live.camera;
  }

  /** Whether the scanner opens cameras itself: without the option `stream`. For the element's use. */
  get opensCameras() {
    return !this.#source.given;
  }

  /** Milliseconds since a picture was recognised; Infinity if none was since scanning began. For the element's use. */
  get millisecondsSinceFind() {
    return this.#sightings.sinceFind;
  }

  /** The frames judged last, if anybody asked for them. For the element's use. */
  get recording() {
    return this.#recording;
  }

  /**
   * Records the frames judged in the next seconds, at most 10. Resolves to a zip for `phash-scanner replay`. Nothing is
   * sent anywhere. Rejects with "invalid-argument".
   * @param {number} seconds
   * @returns {Promise<Blob>}
   */
  record(seconds) {
    return this.#recording.during(seconds);
  }

  /**
   * Loads the recogniser without opening the camera. Call it early for a quick start. Rejects with a ScannerError.
   * @returns {Promise<void>}
   */
  load() {
    return this.#states.load();
  }

  /**
   * Opens the camera and scans. Goes on from "paused"; does nothing while it scans. Resolves once it scans, or when a
   * call such as `stop` has ended the start. Rejects with a ScannerError.
   * @returns {Promise<void>}
   */
  start() {
    return this.#told(this.#states.start());
  }

  /** Goes on after pause, as start does. */
  resume() {
    return this.start();
  }

  /** Freezes the picture and judges no frames; the camera stays on. */
  pause() {
    this.#states.pause();
  }

  /** Stops scanning and switches the camera off, from any state. */
  stop() {
    this.#states.stop();
  }

  /** Stops for good and frees everything except the worker, which the page's other scanners share. */
  destroy() {
    this.#states.destroy();
  }

  /**
   * Changes the camera now, or for the next start. Rejects as `start` does.
   * @param {string} camera "environment", "user", an id or a label
   * @returns {Promise<void>}
   */
  setCamera(camera) {
    return this.#told(this.#states.setCamera(camera));
  }

  /**
   * Changes the scan region from the next frame on.
   * @param {Region | Region[] | null} region null: the visible part of the video
   */
  setRegion(region) {
    this.#frames.regions.set(region);
  }

  /** Resolves to whether the camera has a torch. */
  async hasFlash() {
    return this.#live.hasTorch();
  }

  isFlashOn() {
    return this.#live.torch;
  }

  /** Resolves to whether the torch is lit now. */
  toggleFlash() {
    return this.#live.toggleTorch();
  }

  /** Resolves to whether the camera zooms. */
  async hasZoom() {
    return this.#live.zoomRange() !== null;
  }

  /** Returns the camera's present zoom factor, or null where it cannot zoom. */
  getZoom() {
    return this.#live.zoom;
  }

  /** Returns the camera's least and greatest zoom and the step between zooms, or null where it cannot zoom. */
  zoomRange() {
    return this.#live.zoomRange();
  }

  /**
   * Resolves to whether the camera accepted the zoom.
   * @param {number} zoom
   */
  setZoom(zoom) {
    return this.#live.setZoom(zoom);
  }

  /**
   * Returns the promise. Where an onError hears of every failure, the site need not catch the rejection.
   * @param {Promise<void>} promise
   */
  #told(promise) {
    if (this.#options.onError) promise.catch(() => {});
    return promise;
  }
}
