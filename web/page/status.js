// The status of a scanner. Tells the site of each change.
import { tell } from "./listeners.js";

/** @typedef {"stopped" | "starting" | "scanning" | "paused" | "suspended" | "failed" | "destroyed"} State */
/** @typedef {"light" | "glare" | "closer" | "back" | "steady" | "fit" | "unknown" | "alike"} Hint */
/**
 * loading: progress while the recogniser loads, else null
 * waiting: the start waits for the person's permission ("camera"), or for a tap that lets the video play ("tap": call
 *   start() in the tap's handler), else null
 * hint: advice while scanning finds nothing, else null
 * @typedef {{state: State, loading: import("../shared/protocol.js").Progress | null, waiting: "camera" | "tap" | null,
 *   hint: Hint | null}} Status
 */

/** @type {Readonly<Status>} the status of a new scanner, and of one after `stop()` */
export const STOPPED = Object.freeze({ state: "stopped", loading: null, waiting: null, hint: null });

/** Holds the status of one scanner, and tells the site of each change. */
export class StatusBoard {
  /** @type {Status} */
  #now = STOPPED;
  #onState;

  /** @param {((status: Status) => void) | undefined} onState */
  constructor(onState) {
    this.#onState = onState;
  }

  get now() {
    return this.#now;
  }

  /**
   * Changes the status, and tells the site if a value differs.
   * @param {Partial<Status>} change
   */
  set(change) {
    const before = this.#now;
    this.pass(change);
    const keys = /** @type {(keyof Status)[]} */ (Object.keys(change));
    if (keys.some((key) => before[key] !== this.#now[key])) tell(this.#onState, { ...this.#now });
  }

  /**
   * Changes the status without telling the site, for a state that lasts a moment.
   * @param {Partial<Status>} change
   */
  pass(change) {
    this.#now = { ...this.#now, ...change };
  }
}
