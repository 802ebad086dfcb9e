// Exports everything that a site imports. image-scanner.js offers it to pages with classic scripts.
export { imageScannerStart, imageScannerStop } from "./page/image-scanner-start.js";
export { ImageScanner } from "./page/scanner.js";
export { ScannerError } from "./shared/errors.js";
