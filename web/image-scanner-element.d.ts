import { ImageScanner, type Result, type ScannerError, type Status } from "./image-scanner.module.js";

export { ImageScanner };

export type View =
  | "welcome"
  | "asking"
  | "tap"
  | "loading"
  | "scanning"
  | "paused"
  | "suspended"
  | "checking"
  | "found"
  | "missed"
  | "error";

/** <image-scanner>: the whole scanner with its interface. See docs/javascript.md. */
export class ImageScannerElement extends HTMLElement {
  readonly scanner: ImageScanner | null;
  readonly status: Status;
  readonly view: View;
  get strings(): Record<string, string>;
  /** Replaces some of the words. */
  set strings(words: Record<string, string>);
  start(): Promise<void>;
  resume(): Promise<void>;
  pause(): void;
  stop(): void;
  /** Recognises a photograph instead of the camera's picture. */
  scanPhoto(file: Blob): Promise<void>;
}

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
