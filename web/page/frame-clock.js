// The time at which the frame was taken that a video shows, on the page's clock.

/** Longest time, in milliseconds, from the frame announced last to the frame in sight. */
const FARTHEST_MILLISECONDS = 1000;
/** Milliseconds by which two times of one frame may differ, as whole microseconds and as a fraction of seconds. */
const ROUNDING_MILLISECONDS = 1;

export class FrameClock {
  /** @type {WeakMap<HTMLVideoElement, FrameClock>} */
  static #clocks = new WeakMap();

  #video;
  /** Whether the browser can tell which frame a video shows. Without that, a frame counts as taken when it is read. */
  #exact;
  /** The page's time less the video's own time; null before the first frame of a camera. @type {number | null} */
  #offset = null;
  /** The video's own time of the frame announced last. */
  #announced = 0;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
    this.#exact = "VideoFrame" in globalThis && "requestVideoFrameCallback" in video;
    video.addEventListener("emptied", () => (this.#offset = null));
  }

  /**
   * Returns the one clock of a video.
   * @param {HTMLVideoElement} video
   */
  static of(video) {
    let clock = FrameClock.#clocks.get(video);
    if (!clock) {
      clock = new FrameClock(video);
      FrameClock.#clocks.set(video, clock);
    }
    return clock;
  }

  /** Takes what the browser announces with a frame. @param {VideoFrameCallbackMetadata} metadata */
  heed({ mediaTime, captureTime, presentationTime }) {
    this.#announced = 1000 * mediaTime;
    // Without the time of the camera, a frame that was presented soon tells the offset best.
    const offset = (captureTime ?? presentationTime) - this.#announced;
    this.#offset = Math.min(offset, this.#offset ?? Infinity);
  }

  /** The page's time at which the frame in sight was taken; now, where the browser cannot tell. */
  get time() {
    const own = this.#ownTime();
    return own === null || this.#offset === null ? performance.now() : own + this.#offset;
  }

  /** The video's own time of the frame in sight, in milliseconds, or null. */
  #ownTime() {
    if (!this.#exact) return null;
    try {
      const frame = new VideoFrame(this.#video);
      const own = frame.timestamp / 1000;
      frame.close();
      // Firefox gives 0 as the time of every frame of a camera, and WebKitGTK 60 s: neither can be a frame in sight.
      const later = own - this.#announced;
      return later > -ROUNDING_MILLISECONDS && later < FARTHEST_MILLISECONDS ? own : this.#announced;
    } catch {
      return null; // no frame yet
    }
  }

  /**
   * Calls a function before the page is drawn with the video's next frame. Returns a function that calls this off.
   * @param {() => void} act
   */
  next(act) {
    const video = this.#video;
    if (!this.#exact) {
      const request = requestAnimationFrame(() => act());
      return () => cancelAnimationFrame(request);
    }
    const request = video.requestVideoFrameCallback((_now, metadata) => {
      this.heed(metadata);
      act();
    });
    return () => video.cancelVideoFrameCallback(request);
  }
}
