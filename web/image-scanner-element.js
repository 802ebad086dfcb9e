// The script tag of the element: defines <image-scanner>. The class alone is element/image-scanner-element.js.
import { ImageScanner, ImageScannerElement } from "./element/image-scanner-element.js";

export { ImageScanner, ImageScannerElement };

// A server that renders pages has no custom elements: there the import does nothing.
if (globalThis.customElements && !customElements.get("image-scanner")) {
  customElements.define("image-scanner", ImageScannerElement);
}
