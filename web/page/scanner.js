// ImageScanner: a camera, a scan region and the recogniser, as one small state machine (docs/state-machine.md).
import { aborted, closeCamera, hasTorch, listCameras, openCamera, setTorch, setZoom, zoomRange } from "./camera.js";
import { ScannerError, withCode } from "../shared/errors.js";
import { FrameGrabber, ownSize, regionInFrame, shownPicture } from "./frames.js";
import { advice, change, glance } from "../shared/quality.js";
import { ScannerClient } from "./scanner-client.js";

/** @typedef {import("./scanner-client.js").Verdict} Verdict */
/** @typedef {import("./scanner-client.js").Reference} Reference */
/** @typedef {import("./frames.js").Box} Box */
/** @typedef {"stopped" | "starting" | "scanning" | "paused" | "suspended" | "failed" | "destroyed"} State */
/** @typedef {"light" | "glare" | "closer" | "steady" | "fit" | "unknown" | "alike"} Hint */
/**
 * What a site is told. `loading` while bytes come in, `waiting` for what the start waits on ("camera": the person's
 * permission; "tap": a tap that lets the video play: call start() from it), `hint` while scanning finds nothing.
 * @typedef {{state: State, loading: import("../python/runtime.js").Progress | null, waiting: "camera" | "tap" | null,
 *   hint: Hint | null}} Status
 */
/**
 * @typedef {{id: string, distance: number, margin: number | null, corners: [number, number][] | null,
 *   reference: Reference | null, milliseconds: number, frame: {width: number, height: number}}} Result
 */
/** @typedef {{width: number, height: number, top?: number}} Region  CSS px; `top` from the video's top, else centred */
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
 * @property {(verdict: Verdict, frame: {width: number, height: number}) => void} [onFrame] every judged frame
 * @property {HTMLCanvasElement | null} [canvas] frames are drawn here
 * @property {string} [assets] address of the assembled site's files; otherwise where this script lies
 * @property {boolean} [snapshot] false: do not keep Python's memory in this browser (30 MB, for a quick next start)
 */

/** Where the site's files lie, unless told: the folder around page/, or that of the file a bundler put this into. */
const HERE = import.meta.url.replace(/(?:page\/)?[^/]*$/, "");

/** A picture that was out of sight for this long may be reported again. */
const GONE_MILLISECONDS = 1500;
/** A hint comes after this long without a match, and stays for a while: flickering advice helps nobody. */
const HINT_AFTER_MILLISECONDS = 5000;
const HINT_STAYS_MILLISECONDS = 2500;
/** Who has followed all advice for this long may be holding a picture that is not in the bundle. */
const UNKNOWN_AFTER_MILLISECONDS = 12_000;
/** A muted camera (a call came in, another app took it) usually comes back by itself. */
const MUTED_MILLISECONDS = 3000;
/** Waits before each attempt to get a lost camera back. */
const REOPEN_MILLISECONDS = [300, 1000, 2500];
/** Some phones open a camera, light and all, that then shows nothing. */
const FIRST_FRAME_MILLISECONDS = 10_000;
/** A change of mean grey from one look at a region to the next that only a moving camera makes. */
const MOVED_GREY = 12;
/** A change of the samples from one look to the next that a camera's noise makes too (at 10 grey levels a pixel: 4). */
const STILL_GREY = 5;

export class ImageScanner {
  #video;
  #onMatch;
  #options;
  #client;
  #grabber;
  /** @type {Status} */
  #status = { state: "stopped", loading: null, waiting: null, hint: null };
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {number | null} */
  #handle = null;
  /** @type {Promise<number> | null} */
  #opening = null;
  /** One per start: aborted by whatever ends it, so that nothing late can switch anything on again. */
  #run = new AbortController();
  /** @type {Promise<void> | null} */
  #starting = null;
  #torch = false;
  #preferred;
  /** @type {{id: string, seen: number} | null} the picture in sight, already reported */
  #inSight = null;
  #lastMatch = 0;
  #hintSince = 0;
  /** @type {number[]} mean grey of each scan region when its turn was last: one region is brighter than another */
  #brightness = [];
  /** @type {Float32Array[]} what each scan region looked like when its turn was last */
  #glances = [];
  #lastAlike = -Infinity;
  #turn = 0;

  /**
   * @param {HTMLVideoElement} video
   * @param {(result: Result) => void} onMatch called once for each appearance of a picture
   * @param {Options} [options]
   */
  constructor(video, onMatch, options = {}) {
    if (typeof video?.play !== "function") throw new TypeError(`a scanner needs a <video> element, got ${video}`);
    this.#video = video;
    this.#onMatch = onMatch;
    this.#options = { ...options };
    this.#preferred = options.preferredCamera ?? "environment";
    this.#client = ScannerClient.shared(assetsBase(options.assets));
    if (options.snapshot === false) this.#client.keepNoSnapshot();
    this.#grabber = new FrameGrabber(options.canvas ?? null);
    document.addEventListener("visibilitychange", this.#onVisibility);
  }

  /** @returns {State} */
  get state() {
    return this.#status.state;
  }

  get status() {
    return { ...this.#status };
  }

  /**
   * Loads the recogniser, without the camera: the sooner the better, a page may call it at once.
   * @returns {Promise<void>}
   */
  async load() {
    if (this.state === "destroyed") return;
    await this.#openBundle();
  }

  /**
   * Opens the camera and scans. Resolves when scanning, or when something else (stop) was asked meanwhile; rejects
   * with a ScannerError. From "paused" it goes on, from a state in which it runs already it does nothing.
   * @returns {Promise<void>}
   */
  start() {
    const promise = this.#start();
    // Who gave an onError has been told; the rejection is for those who await.
    if (this.#options.onError) promise.catch(() => {});
    return promise;
  }

  /** Same as start: goes on after pause. */
  resume() {
    return this.start();
  }

  /** Rests; the picture freezes and the camera stays ready. */
  pause() {
    if (this.state === "scanning") this.#video.pause();
    else if (this.state === "suspended") this.#end(); // the camera that is away need not come back
    else return;
    this.#set({ state: "paused", waiting: null, hint: null });
  }

  /** Stops and switches the camera off, in whatever state. */
  stop() {
    if (this.state === "destroyed") return;
    this.#end();
    this.#set({ state: "stopped", loading: null, waiting: null, hint: null });
  }

  /** Stops for good and lets go of everything but the worker, which other scanners of the page share. */
  destroy() {
    if (this.state === "destroyed") return;
    this.#end();
    document.removeEventListener("visibilitychange", this.#onVisibility);
    const opening = this.#opening;
    this.#opening = this.#handle = null;
    opening?.then((handle) => this.#client.closeBundle(handle)).catch(() => {});
    this.#set({ state: "destroyed", loading: null, waiting: null, hint: null });
  }

  /**
   * Changes the camera now, or for the next start.
   * @param {string} camera "environment", "user", an id or a label
   * @returns {Promise<void>}
   */
  setCamera(camera) {
    const promise = this.#changeCamera(camera);
    if (this.#options.onError) promise.catch(() => {}); // as in start
    return promise;
  }

  /** @param {string} camera */
  async #changeCamera(camera) {
    this.#preferred = camera;
    if (!["starting", "scanning", "paused", "suspended"].includes(this.state)) return;
    const paused = this.state === "paused";
    this.#end();
    this.#status = { ...this.#status, state: "stopped", hint: null }; // for a moment only: nobody needs to be told
    await this.start();
    if (paused) this.pause();
  }

  /** The camera in use, or null. */
  get camera() {
    const track = this.#stream?.getVideoTracks()[0];
    if (!track) return null;
    const { deviceId = "", facingMode } = track.getSettings();
    return { id: deviceId, label: track.label, facingMode };
  }

  async hasFlash() {
    return hasTorch(this.#stream);
  }

  isFlashOn() {
    return this.#torch;
  }

  /** Resolves to whether the torch is lit now. */
  async toggleFlash() {
    if (!hasTorch(this.#stream)) return false;
    const wish = !this.#torch;
    if (await setTorch(this.#stream, wish)) this.#torch = wish;
    return this.#torch;
  }

  /** What the camera can zoom, or null. */
  zoomRange() {
    return zoomRange(this.#stream);
  }

  /**
   * Resolves to whether the camera took the zoom.
   * @param {number} zoom
   */
  setZoom(zoom) {
    return setZoom(this.#stream, zoom);
  }

  /**
   * Changes the scan region; takes effect with the next frame.
   * @param {Region | Region[] | null} region
   */
  setRegion(region) {
    this.#options.region = region ?? undefined;
  }

  static listCameras() {
    return listCameras();
  }

  static async hasCamera() {
    return (await listCameras().catch(() => [])).length > 0;
  }

  /**
   * Judges one still picture. "Nothing found" is a value: `id` is null and `outcome` says why.
   * @param {Blob | HTMLImageElement | HTMLCanvasElement | HTMLVideoElement | ImageBitmap | string | URL} source
   * @param {{bundle?: string, assets?: string, onProgress?: (progress: import("../python/runtime.js").Progress) => void}} [options]
   * @returns {Promise<Verdict & {frame: {width: number, height: number}}>}
   */
  static async scanImage(source, options = {}) {
    const base = assetsBase(options.assets);
    const client = ScannerClient.shared(base);
    const loading = client.load(options.onProgress);
    loading.catch(() => {}); // awaited below; a picture that cannot be read is told first
    const drawable = await toDrawable(source);
    await loading;
    const bundle = await client.keptBundle(bundleAddress(options.bundle, base));
    const grabber = new FrameGrabber();
    let best = null;
    // Where in the photograph the picture is, nobody knows: all of it first, then squares in the middle.
    for (const share of [null, 1, 0.8, 0.6]) {
      const frame = grabbed(grabber, drawable);
      const side = Math.round(Math.min(frame.width, frame.height) * (share ?? 1));
      const region = share
        ? { left: (frame.width - side) >> 1, top: (frame.height - side) >> 1, width: side, height: side }
        : { left: 0, top: 0, width: frame.width, height: frame.height };
      const size = { width: frame.width, height: frame.height };
      const verdict = await client.scanFrame(bundle.handle, frame, region, true);
      best = better(best, { ...verdict, frame: size });
      if (best.outcome === "match") break;
    }
    if (drawable instanceof ImageBitmap && source instanceof Blob) drawable.close();
    return /** @type {Verdict & {frame: {width: number, height: number}}} */ (best);
  }

  async #start() {
    switch (this.state) {
      case "destroyed":
      case "scanning":
        return;
      case "starting":
      case "suspended":
        // A second call while a tap is waited for is that tap.
        if (this.#status.waiting === "tap") this.#video.play().catch(() => {});
        return this.state === "starting" ? (this.#starting ?? undefined) : undefined;
      case "paused":
        return this.#resume();
      default:
        this.#starting = this.#begin();
        return this.#starting;
    }
  }

  async #begin() {
    const run = (this.#run = new AbortController());
    this.#set({ state: "starting", waiting: "camera", hint: null });
    try {
      // Camera and recogniser come up side by side.
      await Promise.all([this.#openBundle(), this.#openStream(run.signal)]);
      if (run.signal.aborted) throw aborted();
      await this.#client.reset(/** @type {number} */ (this.#handle)); // nothing of an earlier start counts
      if (run.signal.aborted) throw aborted();
      // Python may take longer than the camera lasts, or than the person stays.
      if (document.hidden || !this.#stream?.active) this.#away();
      else this.#scan(run.signal);
    } catch (error) {
      if (run.signal.aborted) return; // stopped meanwhile: not a failure, and whoever did so set the state
      throw this.#failed(error, run);
    }
  }

  async #resume() {
    const { signal } = this.#run;
    if (!this.#stream?.active) {
      // The camera went away while resting.
      this.#end();
      this.#starting = this.#begin();
      return this.#starting;
    }
    await this.#video.play().catch(() => {});
    if (!signal.aborted && this.state === "paused") this.#scan(signal);
  }

  async #openBundle() {
    if (this.#handle !== null) return this.#handle;
    this.#opening ??= Promise.all([
      this.#client.openBundle(bundleAddress(this.#options.bundle, assetsBase(this.#options.assets))),
      this.#client.load((loading) => this.state !== "destroyed" && this.#set({ loading })),
    ]).then(([{ handle }]) => (this.#handle = handle));
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = null; // the next start tries again
      throw error;
    } finally {
      if (this.state !== "destroyed") this.#set({ loading: null });
    }
  }

  /** @param {AbortSignal} signal */
  async #openStream(signal) {
    const stream = await openCamera(this.#preferred, signal);
    if (signal.aborted) {
      // In between: whoever ended this could not see the stream yet.
      closeCamera(stream);
      throw aborted();
    }
    this.#stream = stream;
    this.#torch = false;
    for (const track of stream.getVideoTracks()) {
      track.addEventListener("ended", () => this.#stream === stream && this.#lost());
      track.addEventListener("mute", () => {
        setTimeout(() => track.muted && this.#stream === stream && this.#lost(), MUTED_MILLISECONDS);
      });
    }
    await this.#play(stream, signal);
  }

  /**
   * @param {MediaStream} stream
   * @param {AbortSignal} signal
   */
  async #play(stream, signal) {
    const video = this.#video;
    // Without all three, iPhones open their own full-screen player or do not play at all.
    video.playsInline = true;
    video.muted = true;
    video.autoplay = true;
    video.srcObject = stream;
    try {
      await orSilence(video.play(), signal); // without frames it never settles
    } catch (error) {
      if (signal.aborted) throw aborted();
      if (error instanceof ScannerError) throw error;
      if (error instanceof DOMException && error.name === "NotAllowedError") {
        // Low Power Mode: video plays only after a tap.
        this.#set({ waiting: "tap" });
        await until(video, "playing", () => !video.paused, signal);
      }
      // AbortError: a newer source or the page's own pause() came in between; frames will tell.
    }
    const shown = () => video.readyState >= 2 && video.videoWidth > 0;
    await orSilence(until(video, "loadeddata", shown, signal), signal);
    this.#set({ waiting: null });
  }

  /** @param {AbortSignal} signal */
  #scan(signal) {
    this.#inSight = null;
    this.#brightness = [];
    this.#glances = [];
    this.#lastAlike = -Infinity;
    this.#lastMatch = performance.now();
    this.#set({ state: "scanning", loading: null, waiting: null, hint: null });
    this.#frames(signal).catch((error) => {
      if (!signal.aborted) this.#failed(error, this.#run);
    });
  }

  /**
   * One frame in flight: the next is asked for only after the answer, what the camera shows meanwhile is never seen.
   * @param {AbortSignal} signal
   */
  async #frames(signal) {
    const video = this.#video;
    const interval = 1000 / (this.#options.maxScansPerSecond ?? 15);
    const wanted = () => !signal.aborted && this.state === "scanning";
    // A pause followed by a quick resume must not leave two loops.
    const loop = (this.#loop = {});
    while (wanted() && this.#loop === loop) {
      const began = performance.now();
      await nextFrame(video);
      if (!wanted() || this.#loop !== loop) return;
      // Read anew for every frame: the phone may have been turned, or the camera not have come up yet.
      const { videoWidth, videoHeight } = video;
      if (videoWidth > 0 && video.readyState >= 2) {
        const frame = this.#grabber.grab(video, videoWidth, videoHeight);
        const size = { width: frame.width, height: frame.height };
        const { turn, box } = this.#regionFor(size);
        const now = glance(new Uint8Array(frame.pixels), frame.width, box); // before the pixels go to the worker
        const still = change(this.#glances[turn] ?? now, now) < STILL_GREY;
        this.#glances[turn] = now;
        const verdict = await this.#client.scanFrame(/** @type {number} */ (this.#handle), frame, box);
        if (!wanted() || this.#loop !== loop) return;
        this.#judged(verdict, size, turn, still);
      }
      const rest = interval - (performance.now() - began);
      if (rest > 4) await new Promise((resolve) => setTimeout(resolve, rest - 4));
    }
  }
  #loop = {};

  /** @param {{width: number, height: number}} frame */
  #regionFor(frame) {
    const { videoWidth: width, videoHeight: height } = this.#video;
    const { element, picture } = shownPicture(this.#video, { width, height });
    const regions = [this.#options.region ?? []].flat();
    const turn = this.#turn++ % Math.max(1, regions.length);
    const region = regions[turn];
    const box = region
      ? {
          left: (element.width - region.width) / 2,
          top: region.top ?? (element.height - region.height) / 2,
          width: region.width,
          height: region.height,
        }
      : { left: 0, top: 0, ...element };
    return { turn, box: regionInFrame(box, picture, frame) };
  }

  /**
   * @param {Verdict} verdict
   * @param {{width: number, height: number}} frame
   * @param {number} turn which of the scan regions it was
   * @param {boolean} still that region looks as it did before
   */
  #judged(verdict, frame, turn, still) {
    const now = performance.now();
    const { brightness } = verdict.quality;
    const moving = Math.abs(brightness - (this.#brightness[turn] ?? brightness)) > MOVED_GREY;
    this.#brightness[turn] = brightness;
    tell(this.#options.onFrame, verdict, frame);
    if (verdict.outcome === "match" && verdict.id !== null) {
      const known = this.#inSight?.id === verdict.id;
      this.#inSight = { id: verdict.id, seen: now };
      this.#lastMatch = now;
      if (this.#status.hint) this.#set({ hint: null });
      if (!known || this.#options.repeat) {
        const { id, margin, corners, reference, milliseconds } = verdict;
        const distance = verdict.distance ?? 0;
        tell(this.#onMatch, { id, distance, margin, corners, reference, milliseconds, frame });
      }
      return;
    }
    if (verdict.outcome === "ambiguous") this.#lastAlike = now;
    if (this.#inSight && now - this.#inSight.seen > GONE_MILLISECONDS) this.#inSight = null;
    if (now - this.#lastMatch < HINT_AFTER_MILLISECONDS || now - this.#hintSince < HINT_STAYS_MILLISECONDS) return;
    // In turn with the other advice, which may still be what helps.
    const long = now - this.#lastMatch > UNKNOWN_AFTER_MILLISECONDS && this.#status.hint !== "unknown";
    const alike = now - this.#lastAlike < HINT_STAYS_MILLISECONDS;
    const hint = alike ? "alike" : advice(verdict.quality, { moving, still, long });
    this.#hintSince = now;
    if (hint !== this.#status.hint) this.#set({ hint });
  }

  /** The camera went away by itself. */
  #lost() {
    if (this.state === "paused") this.#rest();
    else if (this.state === "scanning") this.#away();
  }

  /** Lets go of the camera until the page is looked at, or until it can be had again. */
  #away() {
    this.#suspend();
    if (!document.hidden) this.#reopen(REOPEN_MILLISECONDS);
  }

  /** While paused: the light goes off, the picture stays; going on opens the camera again. */
  #rest() {
    closeCamera(this.#stream);
    this.#torch = false;
  }

  #suspend() {
    this.#end();
    this.#set({ state: "suspended", waiting: null, hint: null });
  }

  /**
   * Gets the camera back, or says so.
   * @param {number[]} waits milliseconds before each attempt
   */
  async #reopen(waits) {
    const run = (this.#run = new AbortController());
    for (const [attempt, wait] of waits.entries()) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (run.signal.aborted) return;
      try {
        await this.#openStream(run.signal);
        if (!run.signal.aborted) this.#scan(run.signal);
        return;
      } catch (error) {
        if (run.signal.aborted) return;
        this.#release();
        const known = withCode(error, "camera-lost", "The camera was lost.");
        const denied = known.code === "permission-denied";
        if (!denied && attempt < waits.length - 1) continue;
        const text = "The camera was lost and did not come back. Close other apps that use it, then start again.";
        this.#failed(denied ? known : new ScannerError("camera-lost", text, known), run);
        return;
      }
    }
  }

  /** A hidden page has no business with the camera; shown again, it gets it back. */
  #onVisibility = () => {
    if (!document.hidden) {
      if (this.state === "suspended") this.#reopen([0, ...REOPEN_MILLISECONDS]);
    } else if (this.state === "scanning" || this.state === "suspended") {
      this.#suspend(); // also what is under way to get the camera back
    } else if (this.state === "paused") {
      this.#rest();
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
    this.#release();
    // A worker that broke took the open bundles with it.
    if (known.code === "runtime-failed" || known.code === "bundle-invalid") this.#handle = this.#opening = null;
    this.#set({ state: "failed", loading: null, waiting: null, hint: null });
    tell(this.#options.onError, known);
    return known;
  }

  #end() {
    this.#run.abort();
    this.#starting = null;
    this.#release();
  }

  #release() {
    closeCamera(this.#stream);
    if (this.#stream && this.#video.srcObject === this.#stream) this.#video.srcObject = null;
    this.#stream = null;
    this.#torch = false;
  }

  /** @param {Partial<Status>} change */
  #set(change) {
    const before = this.#status;
    this.#status = { ...before, ...change };
    const changed = Object.keys(change).some(
      (key) => before[/** @type {keyof Status} */ (key)] !== this.#status[/** @type {keyof Status} */ (key)],
    );
    if (changed) tell(this.#options.onState, { ...this.#status });
  }
}

/** @type {{scanner: ImageScanner, reject: (error: ScannerError) => void} | null} */
let single = null;

/**
 * Scans until a picture is recognised: the call of the 2022 library.
 * @param {number} width of the scan region in CSS px; it is centred across the video
 * @param {number} height
 * @param {number} top distance of the region from the video's top, in CSS px
 * @param {HTMLVideoElement} video
 * @param {HTMLCanvasElement} canvas frames are drawn here
 * @returns {Promise<string>} the first id recognised; by then the camera is off
 */
export function imageScannerStart(width, height, top, video, canvas) {
  const wrong = wrongArgument(width, height, top, video, canvas);
  if (wrong) return Promise.reject(wrong);
  imageScannerStop();
  return new Promise((resolve, reject) => {
    const options = { region: { width, height, top }, canvas };
    const end = (/** @type {() => void} */ then) => {
      if (single?.scanner === scanner) single = null;
      scanner.destroy();
      then();
    };
    const scanner = new ImageScanner(video, ({ id }) => end(() => resolve(id)), {
      ...options,
      onError: (error) => end(() => reject(error)),
      onState: ({ state }) => {
        const outside = state === "scanning" && outsideOf(video, top, height);
        if (outside) end(() => reject(outside));
      },
    });
    single = { scanner, reject };
    scanner.start();
  });
}

/**
 * Returns the error that names the first of imageScannerStart's arguments that cannot be meant, or null.
 * @param {unknown} width
 * @param {unknown} height
 * @param {unknown} top
 * @param {unknown} video
 * @param {unknown} canvas
 */
function wrongArgument(width, height, top, video, canvas) {
  const is = (/** @type {unknown} */ value, /** @type {string} */ name) => value instanceof Element && value.localName === name;
  const more = "a number of CSS px above 0, such as 200";
  /** @type {[name: string, value: unknown, allowed: boolean, wanted: string][]} */
  const rules = [
    ["width", width, Number.isFinite(width) && Number(width) > 0, more],
    ["height", height, Number.isFinite(height) && Number(height) > 0, more],
    ["top", top, Number.isFinite(top), "a number of CSS px from the video's top, such as 100"],
    ["video", video, is(video, "video"), 'a <video> element, such as document.querySelector("video")'],
    ["canvas", canvas, canvas == null || is(canvas, "canvas"), 'a <canvas> element, such as document.querySelector("canvas")'],
  ];
  const broken = rules.find(([, , allowed]) => !allowed);
  if (!broken) return null;
  const [name, value, , wanted] = broken;
  return new ScannerError("invalid-argument", `imageScannerStart needs ${wanted}, as ${name}, but got ${shown(value)}.`);
}

/**
 * Returns the error of a scan region that shows nothing of the video's picture, or null. To be asked once the picture is
 * there: many videos get their size from it.
 * @param {HTMLVideoElement} video
 * @param {number} top
 * @param {number} height of the region
 */
function outsideOf(video, top, height) {
  const { element, picture } = shownPicture(video, ownSize(video));
  const first = Math.max(0, picture.top);
  const end = Math.min(element.height, picture.top + picture.height);
  if (top < end && top + height > first) return null;
  const [least, most] = [Math.round(first - height), Math.round(end)];
  return new ScannerError(
    "invalid-argument",
    `imageScannerStart was given ${top} as top: that puts the scan region outside the video's picture. ` +
      `It must be more than ${least} and less than ${most} CSS px.`,
  );
}

/** @param {unknown} value as a person would write it */
function shown(value) {
  if (typeof value === "string") return `the string ${JSON.stringify(value)}`;
  return value instanceof Element ? `a <${value.localName}> element` : String(value);
}

/** Ends what imageScannerStart began: the camera goes off, its promise rejects with the code "aborted". */
export function imageScannerStop() {
  const stopping = single;
  single = null;
  stopping?.scanner.destroy();
  stopping?.reject(aborted());
}

/** @param {string | undefined} assets */
export function assetsBase(assets) {
  const base = new URL(assets ?? HERE, document.baseURI).href;
  return base.endsWith("/") ? base : `${base}/`;
}

/**
 * @param {string | undefined} bundle
 * @param {string} base
 */
export function bundleAddress(bundle, base) {
  return bundle ? new URL(bundle, document.baseURI).href : new URL("hashes/references.json", base).href;
}

/**
 * Calls a site's own function. A fault in it is the site's: it goes where uncaught errors go, and the scanner goes on.
 * @template {unknown[]} A
 * @param {((...told: A) => void) | undefined} listener
 * @param {A} told
 */
function tell(listener, ...told) {
  try {
    listener?.(...told);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/**
 * Resolves with the video's next frame, or a quarter second later: a hidden video announces no frames everywhere.
 * @param {HTMLVideoElement} video
 * @returns {Promise<void>}
 */
function nextFrame(video) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 250);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    // Firefox has had it since 132.
    if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(done);
    else requestAnimationFrame(done);
  });
}

/**
 * @param {EventTarget} target
 * @param {string} event
 * @param {() => boolean} holds already
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
 * Waits for what comes with the camera's first frame, but not for ever.
 * @param {Promise<void>} shown
 * @param {AbortSignal} signal
 */
async function orSilence(shown, signal) {
  const silence = async () => {
    // A hidden page is shown nothing anywhere.
    do await new Promise((resolve) => setTimeout(resolve, FIRST_FRAME_MILLISECONDS));
    while (document.hidden && !signal.aborted);
    throw new ScannerError(
      "camera-in-use",
      "The camera was opened but shows nothing. Close other apps that use it, then start again.",
    );
  };
  await Promise.race([shown, silence()]);
}

/**
 * @param {Blob | HTMLImageElement | HTMLCanvasElement | HTMLVideoElement | ImageBitmap | string | URL} source
 * @returns {Promise<import("./frames.js").Drawable>}
 */
async function toDrawable(source) {
  try {
    if (source instanceof Blob) return await createImageBitmap(source);
    if (source instanceof HTMLImageElement) {
      await source.decode();
    } else if (typeof source === "string" || source instanceof URL) {
      const image = new Image();
      image.crossOrigin = "anonymous"; // or its pixels cannot be read
      image.src = String(source);
      await image.decode();
      return image;
    }
    return source;
  } catch (error) {
    throw withCode(error, "runtime-failed", "The picture could not be read: this browser cannot open it, or it is none.");
  }
}

/**
 * @param {FrameGrabber} grabber
 * @param {import("./frames.js").Drawable} drawable
 */
function grabbed(grabber, drawable) {
  const { width, height } = ownSize(drawable);
  if (!(width > 0 && height > 0)) {
    throw new ScannerError("runtime-failed", "The picture could not be read: there is nothing in it, or not yet.");
  }
  try {
    return grabber.grab(drawable, width, height);
  } catch (error) {
    // Shown without crossorigin="anonymous", or its host does not allow this page to read it.
    throw withCode(error, "runtime-failed", "The picture could not be read: it comes from another site.");
  }
}

/**
 * @template {Verdict} T
 * @param {T | null} before
 * @param {T} now
 * @returns {T}
 */
function better(before, now) {
  if (!before || now.outcome === "match") return now;
  return (now.distance ?? 999) < (before.distance ?? 999) ? now : before;
}
