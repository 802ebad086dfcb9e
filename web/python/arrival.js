// A file while it comes in: its beginning may be used before the rest is here.

/** The bytes of one file, as far as they have come. */
export class Arrival {
  #bytes;
  #length = 0;
  #ended = false;
  /** @type {(() => void)[]} */
  #waiting = [];

  /** @param {number} size expected, in bytes; another size costs a copy */
  constructor(size) {
    this.#bytes = new Uint8Array(size);
  }

  /** @param {Uint8Array} piece that has come */
  add(piece) {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
    this.#wake();
  }

  /** Tells those who wait that no more comes. */
  end() {
    this.#ended = true;
    this.#wake();
  }

  /** Returns what has come. @returns {ArrayBuffer} */
  whole() {
    const { buffer } = this.#bytes;
    return this.#length === buffer.byteLength ? buffer : buffer.slice(0, this.#length);
  }

  /**
   * Resolves to the first bytes once they are here; they are not checked yet. Throws an Error where the file ends before.
   * @param {number} count
   */
  async first(count) {
    while (this.#length < count) {
      if (this.#ended) throw new Error(`expected a file of at least ${count} bytes, found ${this.#length}`);
      await /** @type {Promise<void>} */ (new Promise((resolve) => this.#waiting.push(resolve)));
    }
    return this.#bytes.slice(0, count);
  }

  #wake() {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
