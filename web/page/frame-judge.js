// Gets the worker's verdict on the camera's present picture, one frame at a time.
import { FrameClock } from "./frame-clock.js";
import { FrameGrabber, frameSize } from "./frames.js";
import { glance, RegionMotion } from "./motion.js";
import { ScanRegions } from "./scan-regions.js";

/** @typedef {import("../shared/protocol.js").Frame} Frame */
/** @typedef {import("../shared/protocol.js").Verdict} Verdict */
/** @typedef {{verdict: Verdict, frame: Frame, motion: import("./motion.js").Motion, time: number}} Judged */

export class FrameJudge {
  #live;
  #scanner;
  #recording;
  #grabber;
  #motion = new RegionMotion();

  /**
   * @param {import("./live-video.js").LiveVideo} live
   * @param {import("./remote-scanner.js").RemoteScanner} scanner
   * @param {import("./recording.js").Recording} recording gets each frame with its verdict
   * @param {HTMLCanvasElement | null} canvas the page's own, on which frames are drawn, or null
   */
  constructor(live, scanner, recording, canvas) {
    this.#live = live;
    this.#scanner = scanner;
    this.#recording = recording;
    this.#grabber = new FrameGrabber(canvas);
    this.regions = new ScanRegions(live.video);
  }

  /** Forgets earlier frames, so that the next one counts as still. */
  forget() {
    this.#motion.forget();
  }

  /**
   * Judges the camera's present picture; resolves to null while the camera shows nothing.
   * @returns {Promise<Judged | null>}
   */
  async judge() {
    const own = this.#live.size;
    if (!own) return null;
    const size = frameSize(own);
    const { time } = FrameClock.of(this.#live.video);
    const frame = this.#grabber.grab(this.#live.video, size);
    const { turn, box } = this.regions.next(size);
    // Read now: scanFrame transfers the pixels away.
    const motion = this.#motion.compare(turn, glance(new Uint8Array(frame.pixels), frame.width, box));
    const keep = this.#recording.keeping(frame, box);
    try {
      const { pixels, noted, ...verdict } = await this.#scanner.scanFrame(frame, box, keep !== null);
      keep?.({ verdict, noted });
      return { verdict, frame: { ...size, pixels }, motion, time };
    } catch (error) {
      keep?.({ error });
      throw error;
    }
  }
}
