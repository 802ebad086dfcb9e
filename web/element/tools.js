// The buttons around the picture: torch, next camera, copy the address, choose a photo.
import { ImageScanner } from "../page/scanner.js";
import { platform } from "./platform.js";
import { rememberCamera } from "./remembered-camera.js";

const COPIED_MILLISECONDS = 2500;

/** @typedef {import("./inside.js").Inside} Inside */

/**
 * Shows the buttons that this camera and this device have a use for.
 * @param {Inside} inside
 * @param {ImageScanner | null} scanner
 */
export async function offerTools(inside, scanner) {
  if (!scanner) return;
  inside.show(".torch", await scanner.hasFlash());
  showTorch(inside, scanner.isFlashOn());
  const cameras = await ImageScanner.listCameras().catch(() => []);
  inside.show(".switch", cameras.length >= 2);
}

/**
 * @param {Inside} inside
 * @param {ImageScanner | null} scanner
 */
export async function toggleTorch(inside, scanner) {
  showTorch(inside, (await scanner?.toggleFlash()) === true);
}

/**
 * @param {Inside} inside
 * @param {boolean} lit
 */
function showTorch(inside, lit) {
  inside.find(".torch").setAttribute("aria-pressed", String(lit));
}

/**
 * @param {Inside} inside
 * @param {ImageScanner | null} scanner
 */
export async function nextCamera(inside, scanner) {
  const cameras = await ImageScanner.listCameras().catch(() => []);
  const at = cameras.findIndex(({ id }) => id === scanner?.camera?.id);
  const next = cameras[(at + 1) % cameras.length];
  if (!scanner || !next) return;
  if (next.label) rememberCamera(next.label);
  await scanner.setCamera(next.id).catch(() => {});
  offerTools(inside, scanner);
}

/**
 * @param {Inside} inside
 * @param {() => import("./strings.js").Strings} words
 */
export async function copyAddress(inside, words) {
  try {
    await navigator.clipboard.writeText(location.href);
    inside.word(".copy span", "copied", words());
    setTimeout(() => inside.word(".copy span", "copy", words()), COPIED_MILLISECONDS);
  } catch {
    prompt(words().copy, location.href); // in-app browsers often forbid the clipboard
  }
}

/**
 * Lets people choose a photo, or take one.
 * @param {Inside} inside
 * @param {(file: Blob) => void} onPhoto
 */
export function offerPhotos(inside, onPhoto) {
  const input = /** @type {HTMLInputElement} */ (inside.find(".file"));
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    input.value = ""; // the same photo may be chosen again
    if (file) onPhoto(file);
  });
  inside.onPress(".photo, .another", () => {
    input.removeAttribute("capture");
    input.click();
  });
  inside.onPress(".shoot", () => {
    input.setAttribute("capture", "environment");
    input.click();
  });
  // Other phones offer both where one is asked for a picture; Androids do one or the other.
  if (platform().device === "android") {
    inside.show(".shoot", true);
    for (const words of inside.all("[data-text=takePhoto]")) words.dataset.text = "choosePhoto";
  }
}
