// Keeps bundles open in Python. Each is read and held once, however many scanners use it.

/** @typedef {{handle: Promise<number>, holders: number}} Held */

export class OpenBundles {
  /** @type {Map<string, Held>} by address */
  #held = new Map();
  #open;
  #close;

  /**
   * @param {(url: string) => Promise<number>} open returns Python's handle
   * @param {(handle: number) => Promise<unknown>} close
   */
  constructor(open, close) {
    this.#open = open;
    this.#close = close;
  }

  /**
   * Resolves to the handle of the bundle at an address. Call `release` when the bundle is no longer needed.
   * @param {string} url
   */
  async hold(url) {
    const held = this.#held.get(url) ?? { handle: this.#open(url), holders: 0 };
    this.#held.set(url, held);
    held.holders++;
    try {
      return await held.handle;
    } catch (error) {
      if (this.#held.get(url) === held) this.#held.delete(url); // the next call fetches the bundle anew
      throw error;
    }
  }

  /**
   * Gives up one hold on a bundle; giving up the last one closes the bundle.
   * @param {string} url
   */
  async release(url) {
    const held = this.#held.get(url);
    if (!held || --held.holders > 0) return;
    this.#held.delete(url);
    await this.#close(await held.handle);
  }
}
