import type { ImageScanner, imageScannerStart, imageScannerStop } from "./image-scanner.module.js";

declare global {
  interface Window {
    ImageScanner: typeof ImageScanner;
    imageScannerStart: typeof imageScannerStart;
    imageScannerStop: typeof imageScannerStop;
  }
}
