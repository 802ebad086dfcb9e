// Decides on the view that the element shows.

/** @typedef {"welcome" | "asking" | "tap" | "loading" | "scanning" | "paused" | "suspended" | "checking" | "found" | "missed" | "error"} View */
/**
 * @typedef {object} Shown
 * @property {unknown} error null: none
 * @property {"checking" | "missed" | null} photo stage of the person's own photograph
 * @property {boolean} found a find fills the view
 * @property {boolean} allowed true: the camera is allowed already
 */

/**
 * @param {import("../page/status.js").Status} status
 * @param {Shown} shown
 * @returns {View}
 */
export function viewOf({ state, waiting }, { error, photo, found, allowed }) {
  if (error) return "error";
  if (photo) return photo;
  if (found) return "found";
  if (waiting === "tap") return "tap";
  switch (state) {
    case "starting":
      return waiting === "camera" && !allowed ? "asking" : "loading";
    case "scanning":
    case "paused":
    case "suspended":
      return state;
    default:
      return "welcome";
  }
}
