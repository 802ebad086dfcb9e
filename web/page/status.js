// The status of a scanner, and the telling of it.
import { tell } from "./listeners.js";

/** @typedef {"stopped" | "starting" | "scanning" | "paused" | "suspended" | "failed" | "destroyed"} State */
/** @typedef {"light" | "glare" | "closer" | "steady" | "fit" | "unknown" | "alike"} Hint */
/**
 * `loading` while bytes come in, `waiting` for what the start waits on ("camera": the person's permission; "tap": a tap
 * that lets the video play: call start() from it), `hint` while scanning finds nothing.
 * @typedef {{state: State, loading: import("../shared/protocol.js").Progress | null, waiting: "camera" | "tap" | null,
 *   hint: Hint | null}} Status
 */

/** @type {Readonly<Status>} how every scanner begins, and what `stop()` leads to */
export const STOPPED = Object.freeze({ state: "stopped", loading: null, waiting: null, hint: null });

/** The status of one scanner, and the one who is told of its changes. */
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
   * Changes the status, and tells if it is another now.
   * @param {Partial<Status>} change
   */
  set(change) {
    const before = this.#now;
    this.pass(change);
    const keys = /** @type {(keyof Status)[]} */ (Object.keys(change));
    if (keys.some((key) => before[key] !== this.#now[key])) tell(this.#onState, { ...this.#now });
  }

  /**
   * Changes the status for a moment, and tells nobody.
   * @param {Partial<Status>} change
   */
  pass(change) {
    this.#now = { ...this.#now, ...change };
  }
}
