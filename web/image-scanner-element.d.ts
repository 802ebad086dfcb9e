import type { ImageScannerElement } from "./image-scanner-element-class.js";

export type * from "./image-scanner.module.js";
export { ImageScanner } from "./image-scanner.module.js";
export {
  type Find,
  type ImageScannerAttributes,
  ImageScannerElement,
  type ImageScannerEventMap,
  type ImageScannerProperties,
  type View,
} from "./image-scanner-element-class.js";

declare global {
  interface HTMLElementTagNameMap {
    "image-scanner": ImageScannerElement;
  }
}
