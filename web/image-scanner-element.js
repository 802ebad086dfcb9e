// Defines <image-scanner>. element/image-scanner-element.js exports the class and defines no element.
import { ImageScannerElement } from "./element/image-scanner-element.js";

export { ImageScanner } from "./page/scanner.js";
export { ImageScannerElement };

// A server that renders pages has no custom elements: there the import does nothing.
if (globalThis.customElements && !customElements.get("image-scanner")) {
  customElements.define("image-scanner", ImageScannerElement);
}
