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
  | "aborted";

/** An error with a stable `code`; its message says what happened and what to do. */
export class ScannerError extends Error {
  constructor(code: ErrorCode, message: string, cause?: unknown);
  readonly code: ErrorCode;
}

export type State = "stopped" | "starting" | "scanning" | "paused" | "suspended" | "failed" | "destroyed";

/** Bytes are those of all files together, as they come over the line: compressed. */
export interface Progress {
  stage: "download" | "python" | "core";
  loaded: number;
  total: number;
}

export interface Status {
  state: State;
  /** While bytes come in. */
  loading: Progress | null;
  /** What the start waits on: the person's permission, or a tap (call `start()` from it). */
  waiting: "camera" | "tap" | null;
  /** Advice, while scanning has found nothing for a while. */
  hint: "light" | "glare" | "closer" | "steady" | "fit" | "unknown" | "alike" | null;
}

/** A reference of the bundle: its id and the site's own fields, such as `url` and `title`. */
export interface Reference {
  id: string;
  [field: string]: unknown;
}

export interface Size {
  width: number;
  height: number;
}

export interface Result {
  id: string;
  /** Bits that differ, 0 to 144; below the bundle's threshold. */
  distance: number;
  /** The nearest other reference's distance minus `distance`; null where there is no other. */
  margin: number | null;
  /** Four [x, y] in pixels of `frame`, where the picture was found. */
  corners: [number, number][] | null;
  reference: Reference | null;
  /** Time in Python. */
  milliseconds: number;
  frame: Size;
}

/** How the scan region of a frame looks: grey levels 0..255, shares 0..1. */
export interface Quality {
  brightness: number;
  contrast: number;
  sharpness: number;
  glare: number;
  /** Share of the region's rim in which there is something to see. */
  rim: number;
}

/** The answer for one frame, match or not. */
export interface Verdict {
  outcome: "match" | "no_match" | "no_detail" | "ambiguous";
  id: string | null;
  distance: number | null;
  margin: number | null;
  corners: [number, number][] | null;
  reference: Reference | null;
  milliseconds: number;
  quality: Quality;
}

/** In CSS px, centred across the video; `top` from the video's top, centred without it. */
export interface Region extends Size {
  top?: number;
}

export interface Options {
  /** Address of the bundle; otherwise hashes/references.json of the site's files. */
  bundle?: string;
  /** Otherwise the whole video, as far as it is shown. Several take turns, one a frame. */
  region?: Region | Region[];
  /** "environment" (default), "user", a camera's id or its label. */
  preferredCamera?: string;
  /** 15 unless told. */
  maxScansPerSecond?: number;
  /** Report a picture on every frame it is seen in, not once per appearance. */
  repeat?: boolean;
  onError?: (error: ScannerError) => void;
  onState?: (status: Status) => void;
  /** Every judged frame. */
  onFrame?: (verdict: Verdict, frame: Size) => void;
  /** Frames are drawn here. */
  canvas?: HTMLCanvasElement | null;
  /** Address of the assembled site's files; otherwise where the script lies. */
  assets?: string;
  /** False: do not keep Python's memory in this browser (30 MB, for a quick next start). */
  snapshot?: boolean;
}

export interface CameraInfo {
  id: string;
  label: string;
}

export class ImageScanner {
  constructor(video: HTMLVideoElement, onMatch: (result: Result) => void, options?: Options);
  readonly state: State;
  readonly status: Status;
  /** The camera in use. */
  readonly camera: { id: string; label: string; facingMode?: string } | null;
  /** Loads the recogniser without the camera. */
  load(): Promise<void>;
  /** Resolves when scanning, or when stopped meanwhile; rejects with a ScannerError. */
  start(): Promise<void>;
  resume(): Promise<void>;
  pause(): void;
  stop(): void;
  destroy(): void;
  setCamera(camera: string): Promise<void>;
  setRegion(region: Region | Region[] | null): void;
  hasFlash(): Promise<boolean>;
  isFlashOn(): boolean;
  /** Resolves to whether the torch is lit now. */
  toggleFlash(): Promise<boolean>;
  zoomRange(): { min: number; max: number; step: number } | null;
  /** Resolves to whether the camera took it. */
  setZoom(zoom: number): Promise<boolean>;
  static listCameras(): Promise<CameraInfo[]>;
  static hasCamera(): Promise<boolean>;
  /**
   * Judges a still picture with all its pixels, up to 4096 x 4096; `frame` is the size that was judged.
   * "Nothing found" is a value: `id` is null and `outcome` says why.
   */
  static scanImage(
    source: Blob | HTMLImageElement | HTMLCanvasElement | HTMLVideoElement | ImageBitmap | string | URL,
    options?: { bundle?: string; assets?: string; onProgress?: (progress: Progress) => void },
  ): Promise<Verdict & { frame: Size }>;
}

/** Resolves with the first id recognised; by then the camera is off. */
export function imageScannerStart(
  width: number,
  height: number,
  top: number,
  video: HTMLVideoElement,
  canvas: HTMLCanvasElement,
): Promise<string>;

/** The promise of `imageScannerStart` rejects with the code "aborted"; the camera goes off. */
export function imageScannerStop(): void;

declare global {
  interface Window {
    // Made by the classic script, image-scanner.js.
    ImageScanner: typeof ImageScanner;
    imageScannerStart: typeof imageScannerStart;
    imageScannerStop: typeof imageScannerStop;
  }
}
