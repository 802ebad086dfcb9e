// Waits for a video's frames, and notices a video that gets none.
import { FrameClock } from "./frame-clock.js";

/** Longest wait for one frame. WebKitGTK announces none, Firefox before 132 cannot. */
const FRAME_MILLISECONDS = 250;
/** Longest time without a new frame of a camera that works. */
const SILENT_MILLISECONDS = 3000;
/** Most time that counts between two waits. A page that was stopped, by `alert()` or by sleep, sees no frames either. */
const COUNTED_MILLISECONDS = 500;

export class FrameWatch {
  #video;
  #announced = 0;
  /** Frames that the browser had announced or counted at the last look. */
  #known = 0;
  /** Whether this browser has told of any frame; only then does silence mean something. */
  #told = false;
  #silentMilliseconds = 0;
  #looked = 0;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
  }

  /** Begins to count the silence anew. */
  restart() {
    this.#known = this.#frames;
    this.#silentMilliseconds = 0;
    this.#looked = performance.now();
  }

  /** Resolves at the video's next frame, or after a short wait. */
  async next() {
    await this.#announcement();
    const [now, frames] = [performance.now(), this.#frames];
    if (frames !== this.#known) {
      this.#told = true;
      this.#silentMilliseconds = 0;
    } else {
      this.#silentMilliseconds += Math.min(now - this.#looked, COUNTED_MILLISECONDS);
    }
    this.#known = frames;
    this.#looked = now;
  }

  /** Whether a video that had frames has had none for too long. */
  get silent() {
    return this.#told && this.#silentMilliseconds >= SILENT_MILLISECONDS;
  }

  get #frames() {
    return this.#announced + (this.#video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0);
  }

  #announcement() {
    const video = this.#video;
    return /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        if (!("requestVideoFrameCallback" in video)) {
          const timer = setTimeout(resolve, FRAME_MILLISECONDS);
          requestAnimationFrame(() => {
            clearTimeout(timer);
            resolve();
          });
          return;
        }
        const timer = setTimeout(() => {
          video.cancelVideoFrameCallback(request);
          resolve();
        }, FRAME_MILLISECONDS);
        const request = video.requestVideoFrameCallback((_now, metadata) => {
          clearTimeout(timer);
          FrameClock.of(video).heed(metadata);
          this.#announced++;
          resolve();
        });
      })
    );
  }
}
