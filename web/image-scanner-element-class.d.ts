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
 * Importing the class defines no element. Define one of your own:
 * `customElements.define("my-scanner", class extends ImageScannerElement {})`.
 */
export class ImageScannerElement extends HTMLElement {
  /** The scanner inside, while the element is in a document. */
  readonly scanner: ImageScanner | null;
  readonly status: Status;
  /** The view in sight; also the element's attribute `view`. */
  readonly view: View;
  /** Every word of the element, by its key in strings.js. */
  get strings(): Record<string, string>;
  /** Replaces the words given; all other words stay in the page's language. */
  set strings(words: Record<string, string>);
  /** Own constraints of the camera; see `Options.constraints`. A change makes the scanner anew. */
  constraints: MediaTrackConstraints | null;
  /** Own stream, scanned instead of a camera and never stopped. A change makes the scanner anew. */
  stream: MediaStream | null;
  /** Opens the camera and scans. Never rejects: the element shows the error and fires `error`. */
  start(): Promise<void>;
  resume(): Promise<void>;
  pause(): void;
  stop(): void;
  /**
   * Asks the person whether to save a report: a zip of the last 5 s of frames with their verdicts, browser and versions.
   * Resolves to whether the person has saved or shared it. Frames are kept only with the attribute `report`.
   */
  saveReport(): Promise<boolean>;
  /** Recognises a photograph instead of the camera's picture. Never rejects: the element shows the error. */
  scanPhoto(file: Blob): Promise<void>;
}
