// The module twin of image-scanner.js: everything a site imports.
export { ScannerError } from "./shared/errors.js";
export { ImageScanner, imageScannerStart, imageScannerStop } from "./page/scanner.js";
