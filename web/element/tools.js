// The buttons around the picture: torch, next camera, copy the address, choose a photo.
import { ImageScanner } from "../page/scanner.js";
import { platform } from "./platform.js";
import { rememberCamera } from "./remembered-camera.js";
import { offerZoom } from "./zoom.js";

const COPIED_MILLISECONDS = 2500;

/** @typedef {import("./inside.js").Inside} Inside */

/**
 * Shows the torch button for a camera with a torch, the slider for a camera that zooms, and the button for the next
 * camera where there are two.
 * @param {Inside} inside
 * @param {ImageScanner | null} scanner
 */
export async function offerTools(inside, scanner) {
  if (!scanner) return;
  offerZoom(inside, scanner);
  inside.show(".torch", await scanner.hasFlash());
  showTorch(inside, scanner.isFlashOn());
  const cameras = await ImageScanner.listCameras().catch(() => []);
  inside.show(".switch", scanner.opensCameras && cameras.length >= 2);
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
 * @param {() => import("./words/en.js").Strings} words
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
    input.value = ""; // lets a person choose one photo twice
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
  // An Android either takes a photo or offers one to choose, so it gets two buttons. Other phones offer both at once.
  if (platform().device === "android") {
    inside.show(".shoot", true);
    for (const words of inside.all("[data-text=takePhoto]")) words.dataset.text = "choosePhoto";
  }
}
