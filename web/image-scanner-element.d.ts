import type { Result, Status } from "./image-scanner.module.js";
import type { ImageScannerElement } from "./image-scanner-element-class.js";

export { ImageScanner } from "./image-scanner.module.js";
export { ImageScannerElement, type View } from "./image-scanner-element-class.js";

declare global {
  interface HTMLElementTagNameMap {
    "image-scanner": ImageScannerElement;
  }
  interface HTMLElementEventMap {
    match: CustomEvent<Result>;
    ready: CustomEvent<void>;
    state: CustomEvent<Status>;
  }
}
