// Joins the buttons and the ways to give a photo to what they do.
import { takeDrops } from "./given-photos.js";
import { copyAddress, nextCamera, offerPhotos, toggleTorch } from "./tools.js";
import { zoomBySlider } from "./zoom.js";

/**
 * @param {import("./inside.js").Inside} inside
 * @param {import("./image-scanner-element.js").ImageScannerElement} element
 */
export function joinButtons(inside, element) {
  const onPhoto = (/** @type {Blob} */ file) => void element.scanPhoto(file);
  inside.onPress(".start, .retry, .again, .tap, .go", () => element.start());
  inside.onPress(".torch", () => toggleTorch(inside, element.scanner));
  inside.onPress(".switch", () => nextCamera(inside, element.scanner));
  inside.onPress(".copy", () => copyAddress(inside, () => element.strings));
  offerPhotos(inside, onPhoto);
  takeDrops(element, inside, onPhoto);
  zoomBySlider(inside, () => element.scanner);
}
