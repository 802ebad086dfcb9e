// Describes device and camera for a report, and leaves out all that names a person or a single device.

/** Labels that Android gives cameras. Others may hold a person's name, such as "Anna's iPhone Camera". */
const NAMELESS = /^camera2? \d+, facing (back|front)$/;
/** Settings of a camera that a report has: no ids. */
const SETTINGS = ["width", "height", "frameRate", "facingMode", "zoom", "torch", "focusMode"];

/** Returns browser and screen. */
export function describeDevice() {
  const { userAgent, hardwareConcurrency, language } = navigator;
  const { deviceMemory } = /** @type {{deviceMemory?: number}} */ (navigator);
  const screen = { width: globalThis.screen?.width, height: globalThis.screen?.height, pixelRatio: devicePixelRatio };
  return { userAgent, language, hardwareConcurrency, deviceMemory, screen };
}

/**
 * Returns the settings of the camera that a video shows, or null without a camera.
 * @param {HTMLVideoElement} video
 */
export function describeCamera(video) {
  const source = /** @type {MediaStream | null} */ (video.srcObject);
  const [track] = source?.getVideoTracks?.() ?? [];
  if (!track) return null;
  const settings = /** @type {Record<string, unknown>} */ (track.getSettings());
  const label = NAMELESS.test(track.label) ? track.label : undefined;
  return { label, ...Object.fromEntries(SETTINGS.map((name) => [name, settings[name]])) };
}
