// Keeps bundles open in Python. Each is read and held once, however many scanners use it.

/** @typedef {{handle: number, opening: Promise<void>, open: boolean, holders: number}} Held */

export class OpenBundles {
  /** @type {Map<string, Held>} by address */
  #held = new Map();
  #open;
  #close;

  /**
   * @param {(url: string, handle: number) => Promise<void>} open gives a bundle its handle in Python
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
    const held = this.#held.get(url) ?? this.#begin(url);
    held.holders++;
    try {
      await held.opening;
      return held.handle;
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
    await held.opening;
    await this.#close(held.handle);
  }

  /** Returns address and handle of every bundle that is open. */
  list() {
    return [...this.#held].filter(([, { open }]) => open).map(([url, { handle }]) => ({ url, handle }));
  }

  /** @param {string} url */
  #begin(url) {
    const handle = newHandle();
    const opening = this.#open(url, handle).then(() => {
      held.open = true;
    });
    const held = { handle, opening, open: false, holders: 0 };
    this.#held.set(url, held);
    return held;
  }
}

let handles = 0;

/** Returns a handle that nothing else has, or had in an earlier Python of this worker. */
export function newHandle() {
  return ++handles;
}
