// The wishes that getUserMedia gets: the scanner's own, and in their place those of the site.
import { ScannerError } from "../shared/errors.js";

/** Ideal, because laptops and simulated cameras fail on exact sizes. Without this wish iPhones give 480p. */
const SIZE = { width: { ideal: 1920 }, height: { ideal: 1080 } };
/** Constraints that choose one camera among several. */
const CHOOSING = ["deviceId", "groupId", "facingMode"];
const NUMBERS = ["width", "height", "aspectRatio", "frameRate", "zoom"];

/** @typedef {import("./camera.js").CameraInfo} CameraInfo */
/** @typedef {import("./camera.js").PreferredCamera} PreferredCamera */

/**
 * Returns the constraints for the preferred camera. A constraint of the site replaces the scanner's of that name.
 * @param {PreferredCamera} preferred
 * @param {MediaTrackConstraints} own the site's
 * @param {CameraInfo[]} cameras
 * @returns {MediaTrackConstraints}
 */
export function wishFor(preferred, own, cameras) {
  if (choosesCamera(own)) return { ...SIZE, ...own };
  const camera = cameras.find(({ id }) => id === preferred) ?? cameras.find(({ label }) => label === preferred);
  if (camera?.id) return { deviceId: { exact: camera.id }, ...SIZE, ...own };
  const facing = preferred === "user" ? "user" : "environment";
  return { facingMode: { ideal: facing }, ...SIZE, ...own };
}

/** Whether the constraints choose one camera among several. @param {MediaTrackConstraints} own */
export function choosesCamera(own) {
  return CHOOSING.some((name) => name in own);
}

/**
 * Returns the constraints without those that choose a camera.
 * @param {MediaTrackConstraints} own
 * @returns {MediaTrackConstraints}
 */
export function withoutChoice(own) {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !CHOOSING.includes(name)));
}

/**
 * Throws "invalid-argument" for constraints that browsers would refuse, or take and ignore.
 * @param {unknown} own
 */
export function checkConstraints(own) {
  const fault = faultOf(own);
  if (!fault) return;
  throw new ScannerError(
    "invalid-argument",
    `The option constraints takes constraints of a camera, such as { width: { ideal: 1280 } }, but ${fault}.`,
  );
}

/** @param {unknown} own */
function faultOf(own) {
  if (typeof own !== "object" || own === null || Array.isArray(own)) return `got ${String(own)}`;
  const wrapped = ["video", "audio"].find((name) => name in own);
  if (wrapped) return `got an object with "${wrapped}": give the constraints of the video alone`;
  const wrong = Object.entries(own).find(([name, value]) => NUMBERS.includes(name) && !isNumeric(name, value));
  return wrong && `${wrong[0]} is ${JSON.stringify(wrong[1])}, which is no number and no { min, ideal, max, exact }`;
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function isNumeric(name, value) {
  if (name === "zoom" && typeof value === "boolean") return true; // asks for a camera that can zoom
  const parts = typeof value === "object" && value !== null ? Object.values(value) : [value];
  return parts.every((part) => part === undefined || (typeof part === "number" && Number.isFinite(part)));
}

/**
 * Returns the browser's refusal of the site's own constraints as a ScannerError, or null for another failure.
 * @param {unknown} error
 * @param {MediaTrackConstraints} own
 */
export function refusedConstraints(error, own) {
  if (Object.keys(own).length === 0) return null;
  const { name, message, constraint } = /** @type {{name?: string, message?: string, constraint?: string}} */ (error);
  if (name === "TypeError") {
    const text = `The browser does not understand the option constraints: ${message}. Correct it, or leave it out.`;
    return new ScannerError("invalid-argument", text, error);
  }
  if (name !== "OverconstrainedError") return null;
  const unmet = constraint ? `the constraint "${constraint}" of the option constraints` : "the option constraints";
  const text = `No camera of this device meets ${unmet}. Give an ideal value instead of an exact one, or leave it out.`;
  return new ScannerError("no-camera", text, error);
}
