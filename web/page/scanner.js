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
  /** One per start: aborted by whatever ends it, so that nothing late can switch anything on again. */
  #run = new AbortController();
  /** @type {Promise<void> | null} */
  #starting = null;
  /** One per way into "scanning": a pause followed by a quick resume must not leave two loops. */
  #loop = {};
  #preferred;

  /**
   * @param {HTMLVideoElement} video
   * @param {(result: Result) => void} onMatch called once for each appearance of a picture
   * @param {Options} [options]
   */
  constructor(video, onMatch, options = {}) {
    if (typeof video?.play !== "function") throw new TypeError(`a scanner needs a <video> element, got ${video}`);
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
   * Judges one still picture. "Nothing found" is a value: `id` is null and `outcome` says why.
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

  /** Milliseconds since a picture was recognised; Infinity: never since scanning began. For the element. */
  get millisecondsSinceFind() {
    return this.#sightings.sinceFind;
  }

  /**
   * Loads the recogniser, without the camera: the sooner the better, a page may call it at once.
   * @returns {Promise<void>}
   */
  async load() {
    if (this.state === "destroyed") return;
    await this.#openRemote();
  }

  /**
   * Opens the camera and scans. Resolves when scanning, or when something else (stop) was asked meanwhile; rejects
   * with a ScannerError. From "paused" it goes on, from a state in which it runs already it does nothing.
   * @returns {Promise<void>}
   */
  start() {
    return this.#told(this.#start());
  }

  /** Goes on after pause, as start does. */
  resume() {
    return this.start();
  }

  /** Rests; the picture freezes and the camera stays ready. */
  pause() {
    if (this.state === "scanning") this.#live.pause();
    else if (this.state === "suspended")
      this.#end(); // the camera that is away need not come back
    else return;
    this.#status.set({ state: "paused", waiting: null, hint: null });
  }

  /** Stops and switches the camera off, in whatever state. */
  stop() {
    if (this.state === "destroyed") return;
    this.#end();
    this.#status.set(STOPPED);
  }

  /** Stops for good and lets go of everything but the worker, which other scanners of the page share. */
  destroy() {
    if (this.state === "destroyed") return;
    this.#end();
    document.removeEventListener("visibilitychange", this.#onVisibility);
    this.#remote.close();
    this.#status.set({ ...STOPPED, state: "destroyed" });
  }

  /**
   * Changes the camera now, or for the next start.
   * @param {string} camera "environment", "user", an id or a label
   * @returns {Promise<void>}
   */
  setCamera(camera) {
    return this.#told(this.#changeCamera(camera));
  }

  /**
   * Changes the scan region; takes effect with the next frame.
   * @param {Region | Region[] | null} region
   */
  setRegion(region) {
    this.#frames.regions.set(region);
  }

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

  /** The least and the most that the camera can zoom, or null. */
  zoomRange() {
    return this.#live.zoomRange();
  }

  /**
   * Resolves to whether the camera took the zoom.
   * @param {number} zoom
   */
  setZoom(zoom) {
    return this.#live.setZoom(zoom);
  }

  /**
   * A site with an onError has been told of a failure; the rejection is for callers that await.
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
        // A second call while a tap is waited for is that tap.
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
      await this.#remote.reset(); // nothing of an earlier start counts
      if (run.signal.aborted) throw aborted();
      // Python may take longer than the camera lasts, or than the person stays.
      if (document.hidden || !this.#live.active) this.#away();
      else this.#scan(run.signal);
    } catch (error) {
      if (run.signal.aborted) return; // stopped meanwhile: not a failure, and whoever did so set the state
      throw this.#failed(error, run);
    }
  }

  async #resume() {
    const { signal } = this.#run;
    if (!this.#live.active) {
      // The camera went away while resting.
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
   * Has one frame in flight: asks for the next only after the answer, and never sees the frames between.
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

  /** The camera went away by itself. */
  #lost() {
    if (this.state === "paused") this.#live.rest();
    else if (this.state === "scanning") this.#away();
  }

  /** Lets go of the camera until the page is looked at, or until it can be had again. */
  #away() {
    this.#suspend();
    if (!document.hidden) this.#reopen(REOPEN_MILLISECONDS);
  }

  #suspend() {
    this.#end();
    this.#status.set({ state: "suspended", waiting: null, hint: null });
  }

  /**
   * Gets the camera back, or says so.
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

  /** A hidden page has no business with the camera; shown again, it gets it back. */
  #onVisibility = () => {
    if (!document.hidden) {
      if (this.state === "suspended") this.#reopen([0, ...REOPEN_MILLISECONDS]);
    } else if (this.state === "scanning" || this.state === "suspended") {
      this.#suspend(); // also what is under way to get the camera back
    } else if (this.state === "paused") {
      this.#live.rest();
    }
  };

  /**
   * Ends the run with an error, which the page is told once; returns it.
   * @param {unknown} error
   * @param {AbortController} run
   */
  #failed(error, run) {
    const known = withCode(error, "runtime-failed", "The scanner failed.");
    run.abort();
    this.#live.close();
    // The next start opens a new one.
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
