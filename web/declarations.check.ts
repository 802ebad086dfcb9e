// Fails the type check where a declaration promises something that the modules do not have. Never runs.
import type { ImageScannerElement } from "./element/image-scanner-element.js";
import type * as declared from "./image-scanner.module.js";
import type * as element from "./image-scanner-element-class.js";
import { imageScannerStart, imageScannerStop } from "./page/image-scanner-start.js";
import { ImageScanner } from "./page/scanner.js";
import type { ErrorCode, ScannerError } from "./shared/errors.js";

export const promised: {
  element: Pick<
    element.ImageScannerElement,
    "start" | "stop" | "pause" | "resume" | "saveReport" | "scanPhoto" | "status" | "view" | "constraints" | "stream"
  >;
  scanner: declared.ImageScanner;
  error: declared.ScannerError;
} = {
  element: {} as ImageScannerElement,
  scanner: {} as ImageScanner,
  error: {} as ScannerError,
};

export const statics: {
  [name in "listCameras" | "hasCamera" | "scanImage" | "unload"]: (typeof declared.ImageScanner)[name];
} = ImageScanner;

export const calls: Pick<typeof declared, "imageScannerStart" | "imageScannerStop"> = {
  imageScannerStart,
  imageScannerStop,
};

type Same<A, B> = [A, B] extends [B, A] ? true : never;

export const codes: Same<ErrorCode, declared.ErrorCode> = true;
export const views: Same<ImageScannerElement["view"], element.View> = true;
export const status: Same<ImageScanner["status"], declared.Status> = true;
export const verdicts: Same<
  Awaited<ReturnType<typeof ImageScanner.scanImage>>,
  Awaited<ReturnType<typeof declared.ImageScanner.scanImage>>
> = true;
export const options: Same<ConstructorParameters<typeof ImageScanner>[2], declared.Options | undefined> = true;
