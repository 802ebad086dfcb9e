// The picture recognised last, and the time.

/** A picture that was out of sight for this long may be reported again. */
const GONE_MILLISECONDS = 1500;

export class LastFind {
  /** @type {string | null} the picture in sight */
  #id = null;
  #at = -Infinity;

  forget() {
    this.#id = null;
    this.#at = -Infinity;
  }

  /**
   * Returns whether the picture appears with this frame, and was not in sight before.
   * @param {string} id
   * @param {number} now
   */
  saw(id, now) {
    const appears = this.#id !== id;
    this.#id = id;
    this.#at = now;
    return appears;
  }

  /** @param {number} now a frame without a match */
  missed(now) {
    if (this.ago(now) > GONE_MILLISECONDS) this.#id = null;
  }

  /**
   * Returns the milliseconds since a picture was recognised; Infinity: never.
   * @param {number} now
   */
  ago(now) {
    return now - this.#at;
  }
}
