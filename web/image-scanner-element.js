// Defines <image-scanner>. The class alone, not defined, is element/image-scanner-element.js.
import { ImageScannerElement } from "./element/image-scanner-element.js";

export { ImageScanner } from "./page/scanner.js";
export { ImageScannerElement };

// A server that renders pages has no custom elements: there the import does nothing.
if (globalThis.customElements && !customElements.get("image-scanner")) {
  customElements.define("image-scanner", ImageScannerElement);
}
