// Tells a page of the element's view and of its scanner's status: by two attributes, and by events.
import { STOPPED, sameStatus } from "../page/status.js";
import { fire } from "./fire.js";

/** @typedef {import("../page/status.js").Status} Status */
/** @typedef {import("./view.js").View} View */

export class Told {
  #element;
  /** The status told last. @type {Status} */
  #status = STOPPED;

  /** @param {HTMLElement & {view: View, status: Status}} element */
  constructor(element) {
    this.#element = element;
  }

  /** Sets the attributes `view` and `state`. */
  mark() {
    for (const name of /** @type {const} */ (["view", "state"])) {
      const value = this.#now(name);
      if (this.#element.getAttribute(name) !== value) this.#element.setAttribute(name, value);
    }
  }

  /**
   * Reacts to a change of one of the two attributes: a morph removes what the server does not know.
   * @param {"view" | "state"} name
   * @param {string | null} value
   */
  changed(name, value) {
    // A morph's loop over the attributes must be over before one is added.
    if (value !== this.#now(name)) queueMicrotask(() => this.mark());
  }

  /** Fires `state`, unless the status was told before. @param {Status} status */
  state(status) {
    if (sameStatus(status, this.#status)) return;
    this.#status = status;
    fire(this.#element, "state", { ...status });
  }

  /** @param {"view" | "state"} name */
  #now(name) {
    const { view, status } = this.#element;
    return name === "view" ? view : status.state;
  }
}
