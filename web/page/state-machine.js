// The states of a scanner, and every way from one to another (docs/state-machine.md).

import { ScannerError, withCode } from "../shared/errors.js";
import { aborted } from "./camera.js";
import { tell } from "./listeners.js";
import { Pace } from "./pace.js";
import { judgeFrames } from "./scan-loop.js";
import { STOPPED } from "./status.js";
import { Visibility } from "./visibility.js";
import { requireWorkers } from "./worker-start.js";

/** @typedef {import("./status.js").Status} Status */

/** Waits before each attempt to get a lost camera back. */
const REOPEN_MILLISECONDS = [300, 1000, 2500];
/** Time of scanning below which a camera that goes away counts as one that did not come back. */
const BRIEF_MILLISECONDS = 10_000;
/** Most times in a row that a camera may go away after so brief a time. */
const MOST_BRIEF = 3;

/**
 * The parts that the states steer.
 * @typedef {object} Parts
 * @property {import("./live-video.js").LiveVideo} live
 * @property {import("./camera-source.js").CameraSource} source
 * @property {import("./remote-scanner.js").RemoteScanner} remote
 * @property {import("./frame-judge.js").FrameJudge} frames
 * @property {import("./sightings.js").Sightings} sightings
 * @property {import("./status.js").StatusBoard} status
 * @property {import("./recording.js").Recording} recording
 * @property {import("./options.js").Options} options
 */

export class StateMachine {
  #live;
  #source;
  #remote;
  #frames;
  #sightings;
  #status;
  #recording;
  #options;
  #visibility;
  /** One per start. Every way to end a start aborts it, so that no late step switches the camera on again. */
  #run = new AbortController();
  /** @type {Promise<void> | null} */
  #starting = null;
  /** The present loop over frames. A quick resume after a pause makes a new one, at which the old loop ends. */
  #loop = {};
  #preferred;
  /** Whether the present start has come as far as scanning. */
  #scanned = false;
  #scanningSince = 0;
  #briefScans = 0;

  /** @param {Parts} parts */
  constructor({ live, source, remote, frames, sightings, status, recording, options }) {
    this.#live = live;
    this.#source = source;
    this.#remote = remote;
    this.#frames = frames;
    this.#sightings = sightings;
    this.#status = status;
    this.#recording = recording;
    this.#options = options;
    this.#preferred = options.preferredCamera ?? "environment";
    this.#visibility = new Visibility(live.video, options.stopWhenHidden === true, (hidden) =>
      hidden ? this.#hide() : this.#show(),
    );
  }

  get state() {
    return this.#status.now.state;
  }

  async load() {
    if (this.state === "destroyed") return;
    await this.#openRemote();
  }

  async start() {
    switch (this.state) {
      case "destroyed":
        return;
      case "scanning":
        // A person who calls this sees that nothing goes on: others have paused the video, or ended the camera.
        if (this.#live.active) this.#live.resume();
        else this.lost();
        return;
      case "starting":
      case "suspended":
        // While the start waits for a tap, a second call comes from the tap.
        if (this.#status.now.waiting === "tap") {
          if (!this.#live.active) return this.#beginAnew(); // the camera went away meanwhile: no tap could play it
          this.#live.resume();
        }
        return this.state === "starting" ? (this.#starting ?? undefined) : undefined;
      case "paused":
        return this.#resume();
      default:
        this.#starting = this.#begin();
        return this.#starting;
    }
  }

  pause() {
    if (this.state === "scanning") this.#live.pause();
    else if (this.state === "suspended")
      this.#end(); // the lost camera need not come back
    else return;
    this.#status.set({ state: "paused", waiting: null, hint: null });
  }

  stop() {
    if (this.state === "destroyed") return;
    this.#end();
    this.#rest();
    this.#status.set(STOPPED);
  }

  destroy() {
    if (this.state === "destroyed") return;
    this.#end();
    this.#rest();
    this.#remote.close();
    this.#status.set({ ...STOPPED, state: "destroyed" });
  }

  /** @param {string} camera */
  async setCamera(camera) {
    if (this.state === "destroyed") return;
    if (this.#source.given) {
      const text = "setCamera chooses no camera for a scanner with the option stream. Make a scanner without it.";
      const error = new ScannerError("invalid-argument", text);
      tell(this.#options.onError, error);
      throw error;
    }
    this.#preferred = camera;
    this.#source.forgetChoice();
    if (!["starting", "scanning", "paused", "suspended"].includes(this.state)) return;
    const paused = this.state === "paused";
    this.#end();
    this.#status.pass({ state: "stopped", hint: null });
    await this.start();
    if (paused) this.pause();
  }

  /** Reacts to a camera that went away by itself. */
  lost() {
    if (this.state === "paused") return this.#live.rest();
    if (this.state !== "scanning") return;
    // A camera that has shown a picture we know does work, however often it is unplugged.
    const brief =
      performance.now() - this.#scanningSince < BRIEF_MILLISECONDS && this.#sightings.sinceFind === Infinity;
    this.#briefScans = brief ? this.#briefScans + 1 : 0;
    if (this.#briefScans <= MOST_BRIEF) return this.#away();
    const text = "The camera goes away as soon as it is back. Close other apps that use it, then start again.";
    this.#failed(new ScannerError("camera-lost", text), this.#run);
  }

  #newRun() {
    this.#run = new AbortController();
    return this.#run;
  }

  async #begin() {
    const run = this.#newRun();
    this.#scanned = false;
    this.#briefScans = 0;
    this.#visibility.watch();
    this.#remote.runs(this.#unloaded);
    this.#status.set({ state: "starting", waiting: this.#source.given ? null : "camera", hint: null });
    try {
      requireWorkers();
      this.#source.require();
      if (this.#visibility.hidden()) {
        this.#suspend();
        return void (await this.#openRemote());
      }
      // Camera and recogniser come up side by side.
      await Promise.all([this.#openRemote(), this.#openCamera(run.signal)]);
      if (run.signal.aborted) throw aborted();
      await this.#remote.reset(); // forgets the frames of an earlier start
      if (run.signal.aborted) throw aborted();
      // While Python loaded, the camera may have ended.
      if (this.#live.active) this.#scan(run.signal, true);
      else this.#away();
    } catch (error) {
      if (run.signal.aborted) return; // no failure: the call that aborted has set the state
      throw this.#failed(error, run);
    }
  }

  async #resume() {
    const { signal } = this.#run;
    if (!this.#live.active) return this.#beginAnew(); // the camera went away during the pause
    try {
      await Promise.all([this.#openRemote(), this.#live.resume()]);
    } catch (error) {
      if (signal.aborted) return;
      throw this.#failed(error, this.#run);
    }
    if (!signal.aborted && this.state === "paused") this.#scan(signal, true);
  }

  #beginAnew() {
    this.#end();
    this.#starting = this.#begin();
    return this.#starting;
  }

  async #openRemote() {
    let over = false; // Python may go on loading after the bundle has failed
    const set = (/** @type {Status["loading"]} */ loading) =>
      !over && this.state !== "destroyed" && this.#status.set({ loading });
    try {
      await this.#remote.open(set);
    } finally {
      set(null);
      over = true;
    }
  }

  /** @param {AbortSignal} signal */
  async #openCamera(signal) {
    await this.#live.open(this.#preferred, signal, this.#onTap);
    this.#status.set({ waiting: null });
  }

  #onTap = () => this.#status.set({ waiting: "tap" });

  /**
   * @param {AbortSignal} signal
   * @param {boolean} anew false: goes on after an interruption
   */
  #scan(signal, anew) {
    this.#scanned = true;
    this.#scanningSince = performance.now();
    this.#frames.forget();
    this.#sightings.start(anew);
    this.#live.watchFrames();
    this.#status.set({ ...STOPPED, state: "scanning" });
    const loop = {};
    this.#loop = loop;
    const pace = new Pace();
    const wanted = () => {
      this.#visibility.hidden(); // suspends the scan of a video that was hidden a moment ago
      return !signal.aborted && this.state === "scanning" && this.#loop === loop;
    };
    judgeFrames({
      live: this.#live,
      frames: this.#frames,
      wanted,
      perSecond: () => this.#options.maxScansPerSecond ?? pace.perSecond,
      onTrouble: (trouble) => (trouble === "lost" ? this.lost() : this.#playOn(signal)),
      onJudged: (judged) => {
        pace.heed(judged.verdict.matches ?? [], performance.now());
        const hint = this.#sightings.heed(judged);
        if (wanted()) this.#status.set({ hint });
      },
    }).catch((error) => {
      if (!signal.aborted) this.#failed(error, this.#run);
    });
  }

  /**
   * Gets a video going again that others paused or gave another source.
   * @param {AbortSignal} signal
   */
  async #playOn(signal) {
    const onTap = () => this.#status.set({ state: "suspended", waiting: "tap", hint: null });
    try {
      await this.#live.playOn(signal, onTap);
      if (!signal.aborted && this.state === "suspended") this.#scan(signal, false);
    } catch {
      if (!signal.aborted) this.lost();
    }
  }

  /** Closes the camera, and opens it again now or when people can see it. */
  #away() {
    this.#suspend();
    if (!this.#visibility.hidden()) this.#reopen(REOPEN_MILLISECONDS);
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
      // The worker may have broken meanwhile, at the work of another scanner of the page.
      await Promise.all([this.#openRemote(), this.#live.reopen(this.#preferred, run.signal, this.#onTap, waits)]);
      this.#status.set({ waiting: null });
      if (!run.signal.aborted) this.#scan(run.signal, false);
    } catch (error) {
      if (!run.signal.aborted) this.#failed(error, run);
    }
  }

  /** Switches the camera off when people can no longer see its picture. */
  #hide() {
    // Also ends an attempt to open the camera or to get it back.
    if (["starting", "scanning", "suspended"].includes(this.state)) this.#suspend();
    else if (this.state === "paused") this.#live.rest();
  }

  /** Switches the camera on again when people can see its picture. */
  #show() {
    if (this.state !== "suspended") return;
    if (this.#scanned) this.#reopen([0, ...REOPEN_MILLISECONDS]);
    else {
      this.#starting = this.#begin();
      this.#starting.catch(() => {}); // onError has heard of it
    }
  }

  /**
   * Ends the run with an error, tells the page once, and returns the error.
   * @param {unknown} error
   * @param {AbortController} run
   */
  #failed(error, run) {
    const known = withCode(error, "runtime-failed", "The scanner failed.");
    this.#recording.error(known);
    run.abort();
    this.#live.close();
    this.#rest();
    // The next start opens a new scanner in the worker.
    if (known.code === "runtime-failed" || known.code === "bundle-invalid") this.#remote.close();
    this.#status.set({ ...STOPPED, state: "failed" });
    tell(this.#options.onError, known);
    return known;
  }

  #unloaded = () => this.stop();

  /** Listens no longer for what ends or hides a scanner that runs. */
  #rest() {
    this.#visibility.rest();
    this.#remote.rests(this.#unloaded);
  }

  #end() {
    this.#run.abort();
    this.#starting = null;
    this.#live.close();
  }
}
