// ImageScanner: a camera, a scan region and the recogniser, as one small state machine (docs/state-machine.md).

import { withCode } from "../shared/errors.js";
import { assetsBase, bundleAddress } from "./addresses.js";
import { aborted, listCameras } from "./camera.js";
import { FrameJudge } from "./frame-judge.js";
import { tell } from "./listeners.js";
import { LiveVideo } from "./live-video.js";
import { RemoteScanner } from "./remote-scanner.js";
import { ScannerClient } from "./scanner-client.js";
import { Sightings } from "./sightings.js";
import { STOPPED, StatusBoard } from "./status.js";
import { scanImage } from "./stills.js";

/** @typedef {import("./options.js").Options} Options */
/** @typedef {import("./options.js").Region} Region */
/** @typedef {import("./options.js").Result} Result */
/** @typedef {import("./status.js").State} State */
/** @typedef {import("./status.js").Status} Status */

/** Waits before each attempt to get a lost camera back. */
const REOPEN_MILLISECONDS = [300, 1000, 2500];

export class ImageScanner {
  #options;
  #remote;
  #live;
  #frames;
  #sightings;
  #status;
  /** One per start. Every way to end a start aborts it, so that no late step switches the camera on again. */
  #run = new AbortController();
  /** @type {Promise<void> | null} */
  #starting = null;
  /** The present loop over frames. A quick resume after a pause makes a new one, at which the old loop ends. */
  #loop = {};
  #preferred;

  /**
   * Throws a TypeError where `video` is no <video> element.
   * @param {HTMLVideoElement} video
   * @param {(result: Result) => void} onMatch called once for each appearance of a picture
   * @param {Options} [options]
   */
  constructor(video, onMatch, options = {}) {
    if (typeof video?.play !== "function") {
      throw new TypeError(
        `ImageScanner needs a <video> element, such as document.querySelector("video"), got ${video}`,
      );
    }
    this.#options = { ...options };
    this.#status = new StatusBoard(options.onState);
    this.#sightings = new Sightings(onMatch, this.#options);
    this.#preferred = options.preferredCamera ?? "environment";
    const assets = assetsBase(options.assets);
    const client = ScannerClient.shared(assets);
    if (options.snapshot === false) client.keepNoSnapshot();
    this.#remote = new RemoteScanner(client, bundleAddress(options.bundle, assets), { memory: true });
    this.#live = new LiveVideo(video, () => this.#lost());
    this.#frames = new FrameJudge(this.#live, this.#remote, options.canvas ?? null);
    this.#frames.regions.set(options.region);
    document.addEventListener("visibilitychange", this.#onVisibility);
  }

  static listCameras() {
    return listCameras();
  }

  static async hasCamera() {
    return (await listCameras().catch(() => [])).length > 0;
  }

  /**
   * Judges one still picture. Where nothing is found, `id` is null and `outcome` gives the reason. Rejects with a
   * ScannerError where the picture cannot be read.
   * @param {import("./stills.js").Source} source
   * @param {import("./stills.js").StillOptions} [options]
   */
  static scanImage(source, options) {
    return scanImage(source, options);
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

  /** Milliseconds since a picture was recognised; Infinity if none was since scanning began. For the element's use. */
  get millisecondsSinceFind() {
    return this.#sightings.sinceFind;
  }

  /**
   * Loads the recogniser without opening the camera. Call it early for a quick start. Rejects with a ScannerError.
   * @returns {Promise<void>}
   */
  async load() {
    if (this.state === "destroyed") return;
    await this.#openRemote();
  }

  /**
   * Opens the camera and scans. Goes on from "paused"; does nothing while it scans. Resolves once it scans, or when a
   * call such as `stop` has ended the start. Rejects with a ScannerError.
   * @returns {Promise<void>}
   */
  start() {
    return this.#told(this.#start());
  }

  /** Goes on after pause, as start does. */
  resume() {
    return this.start();
  }

  /** Freezes the picture and judges no frames; the camera stays on. */
  pause() {
    if (this.state === "scanning") this.#live.pause();
    else if (this.state === "suspended")
      this.#end(); // the lost camera need not come back
    else return;
    this.#status.set({ state: "paused", waiting: null, hint: null });
  }

  /** Stops scanning and switches the camera off, from any state. */
  stop() {
    if (this.state === "destroyed") return;
    this.#end();
    this.#status.set(STOPPED);
  }

  /** Stops for good and frees everything except the worker, which the page's other scanners share. */
  destroy() {
    if (this.state === "destroyed") return;
    this.#end();
    document.removeEventListener("visibilitychange", this.#onVisibility);
    this.#remote.close();
    this.#status.set({ ...STOPPED, state: "destroyed" });
  }

  /**
   * Changes the camera now, or for the next start. Rejects as `start` does.
   * @param {string} camera "environment", "user", an id or a label
   * @returns {Promise<void>}
   */
  setCamera(camera) {
    return this.#told(this.#changeCamera(camera));
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

  async #start() {
    switch (this.state) {
      case "destroyed":
      case "scanning":
        return;
      case "starting":
      case "suspended":
        // While the start waits for a tap, a second call comes from the tap.
        if (this.#status.now.waiting === "tap") this.#live.resume();
        return this.state === "starting" ? (this.#starting ?? undefined) : undefined;
      case "paused":
        return this.#resume();
      default:
        this.#starting = this.#begin();
        return this.#starting;
    }
  }

  #newRun() {
    this.#run = new AbortController();
    return this.#run;
  }

  async #begin() {
    const run = this.#newRun();
    this.#status.set({ state: "starting", waiting: "camera", hint: null });
    try {
      // Camera and recogniser come up side by side.
      await Promise.all([this.#openRemote(), this.#openCamera(run.signal)]);
      if (run.signal.aborted) throw aborted();
      await this.#remote.reset(); // forgets the frames of an earlier start
      if (run.signal.aborted) throw aborted();
      // While Python loaded, the camera may have ended or the person may have left the page.
      if (document.hidden || !this.#live.active) this.#away();
      else this.#scan(run.signal);
    } catch (error) {
      if (run.signal.aborted) return; // no failure: the call that aborted has set the state
      throw this.#failed(error, run);
    }
  }

  async #resume() {
    const { signal } = this.#run;
    if (!this.#live.active) {
      // The camera went away during the pause.
      this.#end();
      this.#starting = this.#begin();
      return this.#starting;
    }
    await this.#live.resume();
    if (!signal.aborted && this.state === "paused") this.#scan(signal);
  }

  /** @param {string} camera */
  async #changeCamera(camera) {
    this.#preferred = camera;
    if (!["starting", "scanning", "paused", "suspended"].includes(this.state)) return;
    const paused = this.state === "paused";
    this.#end();
    this.#status.pass({ state: "stopped", hint: null });
    await this.start();
    if (paused) this.pause();
  }

  async #openRemote() {
    const set = (/** @type {Status["loading"]} */ loading) =>
      this.state !== "destroyed" && this.#status.set({ loading });
    try {
      await this.#remote.open(set);
    } finally {
      set(null);
    }
  }

  /** @param {AbortSignal} signal */
  async #openCamera(signal) {
    await this.#live.open(this.#preferred, signal, this.#onTap);
    this.#status.set({ waiting: null });
  }

  #onTap = () => this.#status.set({ waiting: "tap" });

  /** @param {AbortSignal} signal */
  #scan(signal) {
    this.#frames.forget();
    this.#sightings.start();
    this.#status.set({ ...STOPPED, state: "scanning" });
    this.#judgeFrames(signal).catch((error) => {
      if (!signal.aborted) this.#failed(error, this.#run);
    });
  }

  /**
   * Judges frames with one in flight: takes the next only after the answer, and drops the frames between.
   * @param {AbortSignal} signal
   */
  async #judgeFrames(signal) {
    const interval = 1000 / (this.#options.maxScansPerSecond ?? 15);
    const loop = {};
    this.#loop = loop;
    const wanted = () => !signal.aborted && this.state === "scanning" && this.#loop === loop;
    while (wanted()) {
      const began = performance.now();
      await this.#live.nextFrame();
      if (!wanted()) return;
      const judged = await this.#frames.judge();
      if (!wanted()) return;
      const hint = judged && this.#sightings.heed(judged);
      if (judged && wanted()) this.#status.set({ hint });
      const rest = interval - (performance.now() - began);
      if (rest > 4) await new Promise((resolve) => setTimeout(resolve, rest - 4));
    }
  }

  /** Reacts to a camera that went away by itself. */
  #lost() {
    if (this.state === "paused") this.#live.rest();
    else if (this.state === "scanning") this.#away();
  }

  /** Closes the camera, and opens it again now or when the page is shown. */
  #away() {
    this.#suspend();
    if (!document.hidden) this.#reopen(REOPEN_MILLISECONDS);
  }

  #suspend() {
    this.#end();
    this.#status.set({ state: "suspended", waiting: null, hint: null });
  }

  /**
   * Gets the camera back, or fails.
   * @param {number[]} waits milliseconds before each attempt
   */
  async #reopen(waits) {
    const run = this.#newRun();
    try {
      await this.#live.reopen(this.#preferred, run.signal, this.#onTap, waits);
      this.#status.set({ waiting: null });
      if (!run.signal.aborted) this.#scan(run.signal);
    } catch (error) {
      if (!run.signal.aborted) this.#failed(error, run);
    }
  }

  /** Switches the camera off while the page is hidden, and gets it back when the page is shown. */
  #onVisibility = () => {
    if (!document.hidden) {
      if (this.state === "suspended") this.#reopen([0, ...REOPEN_MILLISECONDS]);
    } else if (this.state === "scanning" || this.state === "suspended") {
      this.#suspend(); // also ends an attempt to get the camera back
    } else if (this.state === "paused") {
      this.#live.rest();
    }
  };

  /**
   * Ends the run with an error, tells the page once, and returns the error.
   * @param {unknown} error
   * @param {AbortController} run
   */
  #failed(error, run) {
    const known = withCode(error, "runtime-failed", "The scanner failed.");
    run.abort();
    this.#live.close();
    // The next start opens a new scanner in the worker.
    if (known.code === "runtime-failed" || known.code === "bundle-invalid") this.#remote.close();
    this.#status.set({ ...STOPPED, state: "failed" });
    tell(this.#options.onError, known);
    return known;
  }

  #end() {
    this.#run.abort();
    this.#starting = null;
    this.#live.close();
  }
}
