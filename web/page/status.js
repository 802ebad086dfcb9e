// The status of a scanner, told to the site once for each change.
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

/**
 * Whether two statuses are equal, value by value.
 * @param {Status} one
 * @param {Status} other
 */
export function sameStatus(one, other) {
  const same = one.state === other.state && one.waiting === other.waiting && one.hint === other.hint;
  return same && sameProgress(one.loading, other.loading);
}

/**
 * @param {Status["loading"]} one
 * @param {Status["loading"]} other
 */
function sameProgress(one, other) {
  if (!one || !other) return one === other;
  return one.stage === other.stage && one.loaded === other.loaded && one.total === other.total;
}

/** Holds the status of one scanner, and tells the site of each status that differs from the one told before. */
export class StatusBoard {
  /** @type {Status} */
  #now = STOPPED;
  /** @type {Status} */
  #told = STOPPED;
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
    this.pass(change);
    if (sameStatus(this.#now, this.#told)) return;
    this.#told = this.#now;
    tell(this.#onState, { ...this.#now });
  }

  /**
   * Changes the status without telling the site, for a state that lasts a moment.
   * @param {Partial<Status>} change
   */
  pass(change) {
    this.#now = { ...this.#now, ...change };
  }
}
