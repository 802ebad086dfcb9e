// One scanner in the worker, as the page holds it: opened when it is wanted, gone when its worker breaks.
import { ScannerError } from "../shared/errors.js";

/** @typedef {import("../shared/protocol.js").Box} Box */
/** @typedef {import("../shared/protocol.js").Frame} Frame */
/** @typedef {import("../shared/protocol.js").Progress} Progress */

export class RemoteScanner {
  #client;
  #url;
  #memory;
  /** @type {Promise<number> | null} */
  #opening = null;
  /** @type {number | null} */
  #handle = null;
  /** The worker's life in which it was opened: a later worker gives its handles out anew. */
  #life = {};

  /**
   * @param {import("./scanner-client.js").ScannerClient} client
   * @param {string} url of the bundle
   * @param {{memory: boolean}} options `memory` false: each frame is judged on its own
   */
  constructor(client, url, { memory }) {
    this.#client = client;
    this.#url = url;
    this.#memory = memory;
  }

  /**
   * Loads the recogniser and opens the scanner, once; after a failure it tries again.
   * @param {(progress: Progress) => void} [onProgress]
   * @returns {Promise<void>}
   */
  async open(onProgress) {
    if (this.#life !== this.#client.life) this.#opening = this.#handle = null;
    this.#life = this.#client.life;
    this.#opening ??= Promise.all([
      this.#client.openScanner(this.#url, this.#memory),
      this.#client.load(onProgress),
    ]).then(([handle]) => (this.#handle = handle));
    const opening = this.#opening;
    try {
      await opening;
    } catch (error) {
      if (this.#opening === opening) this.#opening = null;
      throw error;
    }
  }

  /** Lets go of it, also of one that is still being opened; `open` makes a new one. */
  close() {
    const [opening, life] = [this.#opening, this.#life];
    this.#opening = this.#handle = null;
    const release = async (/** @type {number} */ handle) => {
      if (life === this.#client.life) await this.#client.closeScanner(handle);
    };
    opening?.then(release).catch(() => {});
  }

  /** Forgets earlier frames. */
  async reset() {
    await this.#client.reset(this.#held());
  }

  /**
   * Judges one frame; its buffer is transferred away.
   * @param {Frame} frame
   * @param {Box} region in frame pixels
   */
  async scanFrame(frame, region) {
    return this.#client.scanFrame(this.#held(), frame, region);
  }

  #held() {
    if (this.#handle === null || this.#life !== this.#client.life) {
      throw new ScannerError("runtime-failed", "The recogniser is not running. Start again.");
    }
    return this.#handle;
  }
}
