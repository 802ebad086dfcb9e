// Remembers the picture recognised last, and the time.

/** Time out of sight after which a picture may be reported again. */
const GONE_MILLISECONDS = 1500;

export class LastFind {
  /** @type {string | null} id of the picture in sight */
  #id = null;
  #at = -Infinity;
  /** Number of the appearances so far. */
  number = 0;

  forget() {
    this.#id = null;
    this.#at = -Infinity;
  }

  /**
   * Records a match; returns whether the picture was out of sight before.
   * @param {string} id
   * @param {number} now milliseconds
   */
  saw(id, now) {
    const appears = this.#id !== id;
    if (appears) this.number++;
    this.#id = id;
    this.#at = now;
    return appears;
  }

  /** Records a frame without a match. @param {number} now milliseconds */
  missed(now) {
    if (this.ago(now) > GONE_MILLISECONDS) this.#id = null;
  }

  /**
   * Returns the milliseconds since a picture was recognised, or Infinity.
   * @param {number} now
   */
  ago(now) {
    return now - this.#at;
  }
}
