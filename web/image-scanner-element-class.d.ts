import type { ImageScanner, Status } from "./image-scanner.module.js";

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

/**
 * The class of <image-scanner>: the whole scanner with its interface. See docs/javascript.md.
 *
 * Importing it defines nothing: `customElements.define("my-scanner", class extends ImageScannerElement {})`.
 */
export class ImageScannerElement extends HTMLElement {
  /** The scanner inside, while the element is in a document. */
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
