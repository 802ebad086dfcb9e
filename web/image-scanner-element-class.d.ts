import type {
  CameraName,
  ImageScanner,
  Reference,
  Result,
  ScannerError,
  State,
  Status,
} from "./image-scanner.module.js";
import type { Language, Strings } from "./strings.js";

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

/** A line of the list of finds, which an element with `multiple` shows. */
export interface Find {
  id: string;
  /** Copies: as many as the camera saw at once, and those in each photo, as corrected by the person. */
  count: number;
  /** The reference's title, else its id. */
  title: string;
  /** Absolute address of the picture's page; null where it has none. */
  url: string | null;
  reference: Reference | null;
}

/** The events that <image-scanner> adds to those of every element. They bubble and cross shadow roots. */
export interface ImageScannerEventMap {
  /** A picture was recognised. `preventDefault()` keeps the attribute `open` from following the picture's `url`. */
  match: CustomEvent<Result>;
  /** With `multiple` or an overlay: a frame shows a picture that was told by `match` again; the result has its corners there. */
  move: CustomEvent<Result>;
  /** With `multiple` or an overlay: a picture was not seen for half a second, or its scan has ended. The result is the last one. */
  lost: CustomEvent<Result>;
  /** With `multiple`: the list of finds has changed. */
  finds: CustomEvent<Find[]>;
  /** Python and the bundle are loaded. */
  ready: CustomEvent<null>;
  /** The scanner's status has changed. */
  state: CustomEvent<Status>;
  /** The element shows another view. */
  view: CustomEvent<View>;
  /** The element shows an error. An ErrorEvent, which a browser fires at a window, is another thing. */
  error: CustomEvent<ScannerError>;
}

/** The events of every element whose names <image-scanner> does not use for its own. */
type OtherEventMap = Omit<HTMLElementEventMap, keyof ImageScannerEventMap>;

/**
 * The attributes that a page sets on <image-scanner>, by their names in HTML. An attribute whose type has `boolean` is
 * on where it is present.
 */
export interface ImageScannerAttributes {
  /** Address of the bundle; by default hashes/references.json beside the scanner's script. */
  bundle?: string | undefined;
  /** Address of the assembled site's files; by default the folder of the scanner's script. */
  assets?: string | undefined;
  /** "environment" (default), "user", a camera's id or its label. */
  camera?: CameraName | undefined;
  /** Language of the words; by default the `lang` of the nearest element around, then the browser's language. */
  lang?: Language | (string & {}) | undefined;
  /** By default the visitor's choice. */
  theme?: "light" | "dark" | undefined;
  /** Asks for the camera at once, without the explaining page. */
  autostart?: boolean | "" | undefined;
  /** Goes on scanning after a find. */
  continuous?: boolean | "" | undefined;
  /** Finds every picture in sight, goes on after a find, and lists all finds. */
  multiple?: boolean | "" | undefined;
  /** Follows the `url` of a picture when it is found, as a QR code would. */
  open?: boolean | "" | undefined;
  /** Offers "Report a problem". */
  report?: boolean | "" | undefined;
  /** Shows the ID and the distance of a found picture. */
  details?: boolean | "" | undefined;
  /** "off": starts Python without the snapshot of its memory that the site ships, which is slower. */
  snapshot?: "off" | undefined;
  /** "off": keeps the camera on while the element cannot be seen. */
  "stop-when-hidden"?: "off" | undefined;
  /** "off": shows no zoom slider. */
  zoom?: "off" | undefined;
  /** Other origins that may be asked for thumbnails, separated by spaces. */
  "thumbnails-from"?: string | undefined;
  /** The site's own words: the address of a JSON file, or JSON. */
  words?: string | undefined;
}

/** The properties of <image-scanner> that a page sets and whose names are no attribute's. */
export interface ImageScannerProperties {
  /** The site's own words, each in the place of the element's. */
  strings?: Partial<Strings> | null | undefined;
  /** Own constraints of the camera; see `Options.constraints`. */
  constraints?: MediaTrackConstraints | null | undefined;
  /** Own stream, scanned instead of a camera and never stopped. */
  stream?: MediaStream | null | undefined;
  /** False: keeps the camera on while the element cannot be seen. True by default. */
  stopWhenHidden?: boolean | "off" | null | undefined;
  /** Other origins that may be asked for thumbnails, separated by spaces. */
  thumbnailsFrom?: string | null | undefined;
}

/**
 * The class of <image-scanner>: the whole scanner with its interface. See docs/javascript.md.
 *
 * Importing the class defines no element. Define one of your own:
 * `customElements.define("my-scanner", class extends ImageScannerElement {})`.
 */
export class ImageScannerElement extends HTMLElement {
  /** The scanner inside, while the element is in a document. */
  readonly scanner: ImageScanner | null;
  /** The scanner's status. */
  readonly status: Status;
  /** The state of the scanner inside; also the element's attribute `state`. */
  readonly state: State;
  /** The view in sight; also the element's attribute `view`. */
  readonly view: View;
  // Attributes as properties: setting one sets its attribute; null and undefined remove it.
  /** Address of the bundle. */
  get bundle(): string | null;
  set bundle(address: string | null | undefined);
  /** Address of the assembled site's files. */
  get assets(): string | null;
  set assets(address: string | null | undefined);
  /** "environment" (default), "user", a camera's id or its label. */
  get camera(): string | null;
  set camera(camera: CameraName | null | undefined);
  /** By default the visitor's choice. */
  get theme(): string | null;
  set theme(theme: "light" | "dark" | null | undefined);
  /** Other origins that may be asked for thumbnails, separated by spaces. */
  get thumbnailsFrom(): string | null;
  set thumbnailsFrom(origins: string | null | undefined);
  /** The site's own words: the address of a JSON file, or JSON. An object is set as its JSON. */
  get words(): string | null;
  set words(words: string | Partial<Strings> | null | undefined);
  /** True: asks for the camera at once, without the explaining page. */
  get autostart(): boolean;
  set autostart(on: boolean | "" | null | undefined);
  /** True: goes on scanning after a find. */
  get continuous(): boolean;
  set continuous(on: boolean | "" | null | undefined);
  /** True: finds every picture in sight, goes on after a find, and lists all finds. */
  get multiple(): boolean;
  set multiple(on: boolean | "" | null | undefined);
  /** True: follows the `url` of a picture when it is found. */
  get open(): boolean;
  set open(on: boolean | "" | null | undefined);
  /** True: offers "Report a problem". */
  get report(): boolean;
  set report(on: boolean | "" | null | undefined);
  /** True: shows the ID and the distance of a found picture. */
  get details(): boolean;
  set details(on: boolean | "" | null | undefined);
  /** False: keeps nothing of Python in the visitor's browser. True by default. */
  get snapshot(): boolean;
  set snapshot(on: boolean | "off" | null | undefined);
  /** False: keeps the camera on while the element cannot be seen. True by default. */
  get stopWhenHidden(): boolean;
  set stopWhenHidden(on: boolean | "off" | null | undefined);
  /** False: shows no zoom slider. True by default. */
  get zoom(): boolean;
  set zoom(on: boolean | "off" | null | undefined);
  /** Every word of the element, by its key in strings.js. */
  get strings(): Strings;
  /** Replaces the words given; all other words stay in the page's language. */
  set strings(words: Partial<Strings> | null | undefined);
  /** With `multiple`: the list of finds, the oldest first. It stays until it is cleared or the browser's tab is closed. */
  readonly finds: Find[];
  /** Clears the list of finds. */
  clearFinds(): void;
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

  addEventListener<Name extends keyof ImageScannerEventMap>(
    type: Name,
    listener: (this: ImageScannerElement, event: ImageScannerEventMap[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Name extends keyof OtherEventMap>(
    type: Name,
    listener: (this: ImageScannerElement, event: OtherEventMap[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof ImageScannerEventMap>(
    type: Name,
    listener: (this: ImageScannerElement, event: ImageScannerEventMap[Name]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof OtherEventMap>(
    type: Name,
    listener: (this: ImageScannerElement, event: OtherEventMap[Name]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}
