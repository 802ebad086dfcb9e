// The slot "overlay" of an element. Only an element with something in the slot loads the scripts that lay it on pictures.
import { tellOnce } from "./own-words.js";

/** @typedef {import("../page/options.js").Result} Result */
/** @typedef {import("./overlays.js").Overlays} Overlays */

export class OverlaySlot {
  #around;
  /** @type {Overlays | null} */
  #overlays = null;
  /** @type {Promise<Overlays | null> | null} */
  #loading = null;
  /** Whether there was an overlay at the last `use`; null before the first. @type {boolean | null} */
  #used = null;

  /**
   * @param {import("./overlays.js").Surroundings} around
   * @param {() => void} onFirst called when the first overlay comes, or the last one goes, after `use`
   */
  constructor(around, onFirst) {
    this.#around = around;
    around.inside.find(".overlays slot").addEventListener("slotchange", () => {
      this.tell((overlays) => overlays.draw());
      if (this.#used !== null && this.#used !== this.present) onFirst();
    });
  }

  /** Whether the element has an overlay. */
  get present() {
    return this.#around.inside.host.querySelector(":scope > [slot=overlay]") !== null;
  }

  /** Loads the scripts, where they are needed. */
  use() {
    this.#used = this.present;
    if (this.#used) this.#loading ??= this.#load();
  }

  /**
   * Tells the overlays something, in the order of the calls, as soon as their script is there.
   * @param {(overlays: Overlays) => void} act
   */
  tell(act) {
    if (this.#overlays) act(this.#overlays);
    else this.#loading?.then((overlays) => overlays && act(overlays));
  }

  async #load() {
    try {
      const { Overlays } = await import("./overlays.js");
      this.#overlays = new Overlays(this.#around);
    } catch (error) {
      this.#loading = null; // the next start tries again
      tellOnce(
        `lays no overlay on pictures: expected element/overlays.js beside the scanner's other files, found no such ` +
          `script (${error}). Publish the file, or check the network.`,
      );
    }
    return this.#overlays;
  }
}
