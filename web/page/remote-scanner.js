// The page's hold on one scanner in the worker. A worker that breaks takes the scanner along; `open` opens a new one.
import { ScannerError } from "../shared/errors.js";

/** @typedef {import("../shared/protocol.js").Box} Box */
/** @typedef {import("../shared/protocol.js").Frame} Frame */
/** @typedef {import("../shared/protocol.js").Progress} Progress */

export class RemoteScanner {
  #client;
  #url;
  #memory;
  #most;
  /** @type {Promise<number> | null} */
  #opening = null;
  /** @type {number | null} */
  #handle = null;
  /** The life of the worker that opened the scanner. A later worker gives equal handles to other scanners. */
  #life = {};

  /**
   * @param {import("./scanner-client.js").ScannerClient} client
   * @param {string} url of the bundle
   * @param {object} options
   * @param {boolean} options.memory false: judges each frame on its own
   * @param {number | null} [options.most] pictures of one frame that are told at most, in `matches`; null: one verdict,
   *   and no `matches`
   */
  constructor(client, url, { memory, most = null }) {
    this.#client = client;
    this.#url = url;
    this.#memory = memory;
    this.#most = most;
  }

  /** Pictures of one frame that are told at most, in `matches`; null: one verdict, and no `matches`. */
  get most() {
    return this.#most;
  }

  /**
   * Loads the recogniser and opens the scanner, once. A call after a failure tries again. Throws a ScannerError.
   * @param {(progress: Progress) => void} [onProgress]
   * @returns {Promise<void>}
   */
  async open(onProgress) {
    if (this.#life !== this.#client.life) this.#opening = this.#handle = null;
    this.#life = this.#client.life;
    this.#opening ??= Promise.all([
      this.#client.openScanner(this.#url, this.#memory, this.#most),
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

  /** Closes the scanner, also one that is still opening; `open` opens a new one. */
  close() {
    const [opening, life] = [this.#opening, this.#life];
    this.#opening = this.#handle = null;
    const release = async (/** @type {number} */ handle) => {
      if (life === this.#client.life) await this.#client.closeScanner(handle);
    };
    opening?.then(release).catch(() => {});
  }

  /** Calls `stop` when the worker is unloaded, until `rests`. @param {() => void} stop */
  runs(stop) {
    this.#client.runs(stop);
  }

  /** @param {() => void} stop as given to `runs` */
  rests(stop) {
    this.#client.rests(stop);
  }

  /** Forgets earlier frames. */
  async reset() {
    await this.#client.reset(this.#held());
  }

  /**
   * Judges one frame, whose buffer is transferred to the worker and comes back as `pixels`. Throws a ScannerError.
   * @param {Frame} frame
   * @param {Box} region in frame pixels
   * @param {boolean} [noted] true: the answer has all that a recording needs to judge the frame again
   */
  async scanFrame(frame, region, noted = false) {
    return this.#client.scanFrame(this.#held(), frame, region, noted);
  }

  /** Resolves to the makers of the verdicts. Throws a ScannerError. */
  async makers() {
    return this.#client.makers(this.#held());
  }

  #held() {
    if (this.#handle === null || this.#life !== this.#client.life) {
      throw new ScannerError("runtime-failed", "The recogniser is not running. Start again.");
    }
    return this.#handle;
  }
}
