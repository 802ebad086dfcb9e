// What a scanner tells of itself.

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
