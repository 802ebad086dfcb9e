// The module twin of image-scanner.js: everything a site imports.
export { imageScannerStart, imageScannerStop } from "./page/image-scanner-start.js";
export { ImageScanner } from "./page/scanner.js";
export { ScannerError } from "./shared/errors.js";
