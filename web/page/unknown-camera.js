// Tells a site's author of a camera that the device does not have.
import { quoted } from "../shared/quoting.js";

/** @typedef {import("./camera.js").CameraInfo} CameraInfo */

/** @type {Set<string>} cameras told of already */
const told = new Set();

/**
 * Tells on the console, once, where the preferred camera is none of the device's.
 * @param {string} preferred no facing
 * @param {CameraInfo[]} cameras of the device
 * @param {string} opened label of the camera that was opened instead
 */
export function tellUnknownCamera(preferred, cameras, opened) {
  const labels = cameras.map(({ label }) => label).filter(Boolean);
  const known = cameras.some(({ id, label }) => id === preferred || label === preferred);
  if (known || labels.length === 0 || told.has(preferred)) return; // without labels the browser does not tell
  told.add(preferred);
  console.warn(
    `ImageScanner: this device has no camera ${quoted(preferred)}, and ${quoted(opened)} was opened instead. Expected ` +
      `"environment", "user", or the id or label of a camera. Its cameras: ${labels.map((one) => quoted(one)).join(", ")}.`,
  );
}
