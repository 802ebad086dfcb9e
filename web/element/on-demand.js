// A part of the element whose script only some elements load.
import { tellOnce } from "./own-words.js";

/** @template Part */
export class OnDemand {
  #bring;
  #lacking;
  /** @type {Promise<Part | null> | null} */
  #coming = null;
  /** The part, once its script is loaded. @type {Part | null} */
  part = null;

  /**
   * @param {() => Promise<Part>} bring loads the script and makes the part
   * @param {string} file name of the script in this folder, for messages
   * @param {string} lacking words for an element without the part, such as "shows no list of finds"
   */
  constructor(bring, file, lacking) {
    this.#bring = bring;
    this.#lacking = { file, lacking };
  }

  /** Loads the script, unless it is loaded or under way. A script that did not come is asked for anew. */
  want() {
    this.#coming ??= this.#load();
  }

  /**
   * Tells the part something, in the order of the calls, as soon as the part is there.
   * @param {(part: Part) => void} act
   */
  tell(act) {
    if (this.part) act(this.part);
    else this.#coming?.then((part) => part && act(part));
  }

  async #load() {
    try {
      this.part = await this.#bring();
    } catch (error) {
      this.#coming = null;
      const { file, lacking } = this.#lacking;
      tellOnce(
        `${lacking}: expected element/${file} beside the scanner's other files, found no such script (${error}). ` +
          "Publish the file, or check the network.",
      );
    }
    return this.part;
  }
}
