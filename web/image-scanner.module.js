// The module twin of image-scanner.js: everything a site imports.
export { ScannerError } from "./errors.js";
export { ImageScanner, imageScannerStart, imageScannerStop } from "./scanner.js";
