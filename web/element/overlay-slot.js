// The slot "overlay" of an element. Only an element with something in the slot loads the scripts that lay it on pictures.
import { OnDemand } from "./on-demand.js";

/** @typedef {import("../page/options.js").Result} Result */
/** @typedef {import("./overlays.js").Overlays} Overlays */

export class OverlaySlot {
  #host;
  /** @type {OnDemand<Overlays>} */
  #overlays;
  /** Whether there was an overlay at the last `use`; null before the first. @type {boolean | null} */
  #used = null;

  /**
   * @param {import("./overlays.js").Surroundings} around
   * @param {() => void} onFirst called when the first overlay comes, or the last one goes, after `use`
   */
  constructor(around, onFirst) {
    this.#host = around.inside.host;
    const bring = async () => new (await import("./overlays.js")).Overlays(around);
    this.#overlays = new OnDemand(bring, "overlays.js", "lays no overlay on pictures");
    around.inside.find(".overlays slot").addEventListener("slotchange", () => {
      this.tell((overlays) => overlays.draw());
      if (this.#used !== null && this.#used !== this.present) onFirst();
    });
  }

  /** Whether the element has an overlay. */
  get present() {
    return this.#host.querySelector(":scope > [slot=overlay]") !== null;
  }

  /** Loads the scripts, where they are needed. */
  use() {
    this.#used = this.present;
    if (this.#used) this.#overlays.want();
  }

  /**
   * Tells the overlays something, in the order of the calls, as soon as their script is there.
   * @param {(overlays: Overlays) => void} act
   */
  tell(act) {
    this.#overlays.tell(act);
  }
}
