// Passes the progress of loading on at a pace that a page can follow.

/** Least time between two values that are passed on: ten a second. */
const PACE_MILLISECONDS = 100;

/** @typedef {import("../shared/protocol.js").Progress} Progress */

/** Passes the first value on at once, then at most ten a second. Of values that come faster, the last is passed on. */
export class Paced {
  #tell;
  /** @type {Progress | null} */
  #kept = null;
  #at = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(progress: Progress) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /** @param {Progress} progress */
  give(progress) {
    this.#kept = progress;
    const wait = this.#at + PACE_MILLISECONDS - performance.now();
    if (wait <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), wait);
  }

  /** Passes on what is kept back, now. */
  flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const progress = this.#kept;
    if (!progress) return;
    this.#kept = null;
    this.#at = performance.now();
    this.#tell(progress);
  }
}
