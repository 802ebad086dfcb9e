/** Recognise printed pictures with the camera, in the page. See docs/javascript.md. */

export type ErrorCode =
  | "insecure-context"
  | "permission-denied"
  | "no-camera"
  | "camera-in-use"
  | "camera-lost"
  | "unsupported-browser"
  | "runtime-failed"
  | "bundle-invalid"
  | "invalid-argument"
  | "pixels-blocked"
  | "aborted";

/**
 * Tells a fault of the page, which only the site's owner can mend, from a fault of the device or the person; a bundle
 * that did not come; and a picture that cannot be read by its kind.
 */
export type ErrorWords =
  | "site-fault"
  | "unreachable"
  | "unreadable"
  | "unreadable.damaged"
  | "unreadable.empty"
  | "unreadable.heic"
  | "unreadable.large"
  | "unreadable.pdf"
  | "unreadable.writing";

/** An error with a stable `code`; its message names the fault and the remedy. */
export class ScannerError extends Error {
  constructor(code: ErrorCode, message: string, cause?: unknown, words?: ErrorWords);
  readonly code: ErrorCode;
  /** Key of the element's words for this error; undefined: the words of the code. */
  readonly words: ErrorWords | undefined;
}

export type State = "stopped" | "starting" | "scanning" | "paused" | "suspended" | "failed" | "destroyed";

/** Progress of loading. `loaded` and `total` are bytes of all files together, compressed as they come over the line. */
export interface Progress {
  stage: "download" | "python" | "core";
  loaded: number;
  total: number;
}

export interface Status {
  state: State;
  /** Progress while the recogniser loads, else null. */
  loading: Progress | null;
  /** The start waits for permission ("camera") or for a tap ("tap": call `start()` in the tap's handler); else null. */
  waiting: "camera" | "tap" | null;
  /** Advice for the person after 5 s of scanning without a match, else null. */
  hint: "light" | "glare" | "closer" | "back" | "steady" | "fit" | "unknown" | "alike" | null;
}

/** A reference of the bundle: its id and the site's own fields, from references.json in the folder of pictures. */
export interface Reference {
  id: string;
  title?: string;
  /** Address of the picture's page. A relative address starts at the bundle's folder. */
  url?: string;
  /** Address of a small picture. A relative address starts at the bundle's folder. */
  thumbnail?: string;
  [field: string]: unknown;
}

export interface Size {
  width: number;
  height: number;
}

export interface Result {
  id: string;
  /** Hamming distance in bits, 0 to 144; 0 means equal hashes. */
  distance: number;
  /** Distance of the nearest other reference minus `distance`, in bits; null where there is no other. */
  margin: number | null;
  /** The picture's top left, top right, bottom right and bottom left corner: [x, y] in pixels of `frame`. */
  corners: [number, number][] | null;
  reference: Reference | null;
  /** Milliseconds that Python took for the frame. */
  milliseconds: number;
  /**
   * Number of the appearance, from 1 on: a picture that was lost and is found again has another one. In a photo, the
   * number of the picture.
   */
  track: number;
  /** Size of the judged frame in px. */
  frame: Size;
  /**
   * Page time, as `performance.now()` gives it, at which the camera took the frame; in browsers that cannot tell, at
   * which the page read it.
   */
  time: number;
  /** Returns what the camera saw of the picture, upright, at most 640 px along the longer side; null without corners. */
  image(): HTMLCanvasElement | null;
  /**
   * Returns the CSS transform, `matrix3d(...)`, that lays an element of width x height CSS px on the picture: an element
   * with `transform-origin: 0 0` at the top left of the box of the video, or of the image that was judged. For a file or
   * an address: on the photo at its own size. Null where nothing can be laid: no corners, or an element without a size.
   */
  matrix(width: number, height: number): string | null;
}

/** The look of a frame's scan region. */
export interface Quality {
  /** Mean grey level, 0 to 255. */
  brightness: number;
  /** Standard deviation of the grey levels, 0 to 127. */
  contrast: number;
  /** From 0.25 (all blurred) to 1 (nothing smooth). */
  sharpness: number;
  /** Share of the region blown out to white, 0 to 1. */
  glare: number;
  /** Share of the region's rim that has detail, 0 to 1. */
  rim: number;
}

/**
 * The answer for one frame, match or not. Without a match `id` is null and `distance` is the distance of the nearest
 * reference, or null where none was compared.
 */
export interface Verdict {
  outcome: "match" | "no_match" | "no_detail" | "ambiguous";
  id: string | null;
  distance: number | null;
  margin: number | null;
  corners: [number, number][] | null;
  reference: Reference | null;
  milliseconds: number;
  /** Whether a look at the camera's frame, every 4 s without a match, found only a part of a reference. */
  near: boolean;
  quality: Quality;
  /** With `multiple`, `onMove` or `onLost`: every picture in sight, the best first. */
  matches?: Result[];
}

/** The answer for a photo: its one picture, or the reason for none. */
export interface StillVerdict extends Omit<Verdict, "matches"> {
  /** Size of the judged photo in px. */
  frame: Size;
  /** Returns the picture, upright; null where none was found. */
  image(): HTMLCanvasElement | null;
  /** Returns the CSS transform that lays an element on the picture, as `Result.matrix` does; null where none was found. */
  matrix(width: number, height: number): string | null;
  /** Page time, as `performance.now()` gives it, at which the photo was taken over. */
  time: number;
}

/** The answer for a photo with `multiple`: every picture, the best first. Without one, `outcome` gives the reason. */
export interface StillVerdicts extends Pick<Verdict, "outcome" | "milliseconds" | "quality"> {
  matches: Result[];
  /** Size of the judged photo in px. */
  frame: Size;
}

/** A photo: the browser decodes files and addresses, and turns photos upright. */
export type StillSource =
  | Blob
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLVideoElement
  | VideoFrame
  | ImageBitmap
  | ImageData
  | string
  | URL;

export interface StillOptions {
  /** Address of the bundle; by default hashes/references.json below `assets`. */
  bundle?: string;
  /** Address of the assembled site's files; by default the folder of the script. */
  assets?: string;
  onProgress?: (progress: Progress) => void;
}

/** A scan region in CSS px, centred across the video. `top` counts from the video's top; by default centred, too. */
export interface Region extends Size {
  top?: number;
}

/** "environment" (default), "user", a camera's id or its label. */
export type CameraName = "environment" | "user" | (string & {});

export interface Options {
  /** Address of the bundle; by default hashes/references.json below `assets`. */
  bundle?: string;
  /** Scan region; by default the visible part of the video. Several regions take turns, one per frame. */
  region?: Region | Region[];
  preferredCamera?: CameraName;
  /**
   * Own constraints of the camera, such as `{ width: { ideal: 1280 } }`. Each replaces the scanner's of its name; one
   * that chooses a camera (`deviceId`, `facingMode`) overrules `preferredCamera`.
   */
  constraints?: MediaTrackConstraints | null;
  /** Own stream, which is scanned instead of a camera. The scanner never stops it. */
  stream?: MediaStream | null;
  /** True: the camera goes off while the video cannot be seen, and on again when it is shown. Default false. */
  stopWhenHidden?: boolean;
  /** Default 15. */
  maxScansPerSecond?: number;
  /** True: reports a picture on every frame with a match. By default once per appearance. */
  repeat?: boolean;
  /** True: reports every picture in sight, once per appearance, and goes on. By default one picture at a time. */
  multiple?: boolean;
  /** Called with each frame that shows a reported picture again: its corners there. The scanner then follows pictures. */
  onMove?: (result: Result) => void;
  /** Called with the last result of a picture that was not seen for half a second, or whose scan has ended. */
  onLost?: (result: Result) => void;
  /** Called with every error, also with an error of `start()`. */
  onError?: (error: ScannerError) => void;
  /** Called with every change of the status. */
  onState?: (status: Status) => void;
  /** Called with every judged frame, match or not. */
  onFrame?: (verdict: Verdict, frame: Size) => void;
  /** Canvas on which every frame is drawn, at most 640 px along the longer side. */
  canvas?: HTMLCanvasElement | null;
  /** Address of the assembled site's files; by default the folder of the script. */
  assets?: string;
  /**
   * False: starts Python without the snapshot of its memory that the site ships. This is several times slower, and
   * tells whether a fault is the snapshot's.
   */
  snapshot?: boolean;
}

export interface CameraInfo {
  id: string;
  label: string;
}

export class ImageScanner {
  /** Throws a TypeError where `video` is no <video> element. */
  constructor(video: HTMLVideoElement, onMatch: (result: Result) => void, options?: Options);
  readonly state: State;
  readonly status: Status;
  /** The camera in use, or null. */
  readonly camera: { id: string; label: string; facingMode?: string } | null;
  /** Loads the recogniser without opening the camera. Call it early for a quick start. */
  load(): Promise<void>;
  /**
   * Opens the camera and scans. Resolves once it scans, or when a call such as `stop` has ended the start; rejects with
   * a ScannerError.
   */
  start(): Promise<void>;
  /** Goes on after `pause`, as `start` does. */
  resume(): Promise<void>;
  /** Freezes the picture; the camera stays on. */
  pause(): void;
  /** Stops scanning and switches the camera off. */
  stop(): void;
  /** Stops for good and frees everything except the worker, which the page's other scanners share. */
  destroy(): void;
  /** Changes to "environment", "user", an id or a label, now or for the next start. Rejects as `start` does. */
  setCamera(camera: CameraName): Promise<void>;
  /**
   * Records the frames judged in the next seconds, at most 10. Resolves to a zip that shows what went wrong: frames,
   * verdicts, browser, versions. `phash-scanner replay` judges its frames again. Nothing is sent anywhere. Rejects with
   * "invalid-argument".
   */
  record(seconds: number): Promise<Blob>;
  /** Changes the scan region from the next frame on; null: the visible part of the video. */
  setRegion(region: Region | Region[] | null): void;
  /** Resolves to whether the camera has a torch. */
  hasFlash(): Promise<boolean>;
  isFlashOn(): boolean;
  /** Resolves to whether the torch is lit now. */
  toggleFlash(): Promise<boolean>;
  /** Resolves to whether the camera zooms. */
  hasZoom(): Promise<boolean>;
  /** The camera's present zoom factor, or null where it cannot zoom. */
  getZoom(): number | null;
  /** The zoom factors of the camera, or null where it cannot zoom. */
  zoomRange(): { min: number; max: number; step: number } | null;
  /** Resolves to whether the camera accepted the zoom. */
  setZoom(zoom: number): Promise<boolean>;
  /** Labels are empty until the person has allowed a camera. */
  static listCameras(): Promise<CameraInfo[]>;
  static hasCamera(): Promise<boolean>;
  /**
   * Ends the worker and its Python, and frees their memory. Every scanner of the page that runs stops, as by `stop()`; a
   * `load()` or `scanImage()` under way rejects with "aborted". The next `start()`, `load()` or `scanImage()` starts a new
   * worker. With `assets`, only the worker of that site ends.
   */
  static unload(options?: { assets?: string }): Promise<void>;
  /**
   * Judges a still picture with all its pixels; the browser first reduces one of more than 4096 x 4096. `frame` is the
   * size that was judged. Where nothing is found, `id` is null and `outcome` gives the reason. Rejects with a
   * ScannerError where the picture cannot be read. With `multiple`, the answer lists every picture of the photo.
   */
  static scanImage(source: StillSource, options: StillOptions & { multiple: true }): Promise<StillVerdicts>;
  static scanImage(source: StillSource, options?: StillOptions & { multiple?: false }): Promise<StillVerdict>;
}

/**
 * Scans until a picture is recognised, switches the camera off and resolves with the picture's id. Rejects with a
 * ScannerError.
 *
 * `width`, `height` and `top` of the scan region are CSS px. The region is centred across the video; `top` counts from
 * the video's top. Frames are drawn on `canvas`.
 */
export function imageScannerStart(
  width: number,
  height: number,
  top: number,
  video: HTMLVideoElement,
  canvas: HTMLCanvasElement,
): Promise<string>;

/** Switches the camera off; the promise of `imageScannerStart` rejects with the code "aborted". */
export function imageScannerStop(): void;
