// The finds of an element with the attribute `multiple`. Only such an element loads the scripts that outline the pictures
// in sight and list what was found.
import { fire } from "./fire.js";
import { OnDemand } from "./on-demand.js";

/** @typedef {import("../page/options.js").Result} Result */
/** @typedef {import("./finds-panel.js").FindsPanel} FindsPanel */
/**
 * A line of the list.
 * @typedef {object} Find
 * @property {string} id
 * @property {number} count copies: as many as the camera saw at once, and each photo's, corrected by the person
 * @property {string} title the reference's title, else the id
 * @property {string | null} url address of the picture's page
 * @property {import("../shared/protocol.js").Reference | null} reference
 */

export class Finds {
  #element;
  /** @type {OnDemand<FindsPanel>} */
  #panel;
  #wanted = false;

  /** @param {import("./finds-panel.js").Surroundings} around */
  constructor(around) {
    this.#element = around.element;
    const bring = async () => new (await import("./finds-panel.js")).FindsPanel(around);
    this.#panel = new OnDemand(bring, "finds-panel.js", "shows no list of finds");
  }

  /** Every line of the list, the oldest first. @returns {Find[]} */
  get all() {
    return this.#wanted ? (this.#panel.part?.all ?? []) : [];
  }

  /** @param {boolean} wanted true: the element has the attribute */
  use(wanted) {
    this.#wanted = wanted;
    if (wanted) this.#panel.want();
    this.tell((panel) => panel.use(this.#wanted));
  }

  /** @param {readonly Result[]} results of a frame */
  seen(results) {
    this.tell((panel) => panel.seen(results));
  }

  /** @param {Result} result of a picture that appears */
  appeared(result) {
    this.tell((panel) => panel.appeared(result));
    fire(this.#element, "match", result);
  }

  /** @param {Result} result of a picture that is lost */
  lost(result) {
    this.tell((panel) => panel.lost(result));
    fire(this.#element, "lost", result);
  }

  /** @param {readonly Result[]} results of the photo in sight */
  photographed(results) {
    this.tell((panel) => panel.photographed(results));
    for (const result of results) fire(this.#element, "match", result);
  }

  /**
   * Tells the panel something, in the order of the calls, as soon as the panel is there.
   * @param {(panel: FindsPanel) => void} act
   */
  tell(act) {
    this.#panel.tell(act);
  }
}
