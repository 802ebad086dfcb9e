// The call of the 2022 library, imageScannerStart: a promise for the first picture recognised.

import { ScannerError } from "../shared/errors.js";
import { aborted } from "./camera.js";
import { ownSize, shownPicture } from "./frames.js";
import { ImageScanner } from "./scanner.js";
import { elementName, shown } from "./values.js";

/** @type {{scanner: ImageScanner, reject: (error: ScannerError) => void} | null} the call under way: one at a time */
let single = null;

/**
 * Scans until a picture is recognised, then switches the camera off. Rejects with a ScannerError.
 * @param {number} width of the scan region in CSS px; it is centred across the video
 * @param {number} height
 * @param {number} top distance of the region from the video's top, in CSS px
 * @param {HTMLVideoElement} video
 * @param {HTMLCanvasElement} canvas every frame is drawn on it
 * @returns {Promise<string>} id of the picture
 */
export function imageScannerStart(width, height, top, video, canvas) {
  const wrong = wrongArgument(width, height, top, video, canvas);
  if (wrong) return Promise.reject(wrong);
  imageScannerStop();
  return new Promise((resolve, reject) => {
    const end = (/** @type {() => void} */ then) => {
      if (single?.scanner === scanner) single = null;
      scanner.destroy();
      then();
    };
    const scanner = new ImageScanner(video, ({ id }) => end(() => resolve(id)), {
      region: { width, height, top },
      canvas,
      onError: (error) => end(() => reject(error)),
      onState: ({ state }) => {
        if (state === "stopped") return end(() => reject(aborted())); // by ImageScanner.unload()
        const outside = state === "scanning" && outsideOf(video, top, height);
        if (outside) end(() => reject(outside));
      },
    });
    single = { scanner, reject };
    scanner.start();
  });
}

/** Switches the camera off; the promise of imageScannerStart rejects with the code "aborted". */
export function imageScannerStop() {
  const stopping = single;
  single = null;
  stopping?.scanner.destroy();
  stopping?.reject(aborted());
}

/**
 * Returns an error that names the first unusable argument of imageScannerStart, or null.
 * @param {unknown} width
 * @param {unknown} height
 * @param {unknown} top
 * @param {unknown} video
 * @param {unknown} canvas
 */
function wrongArgument(width, height, top, video, canvas) {
  const is = (/** @type {unknown} */ value, /** @type {string} */ name) => elementName(value) === name;
  const more = "a number of CSS px above 0, such as 200";
  /** @type {[name: string, value: unknown, allowed: boolean, wanted: string][]} */
  const rules = [
    ["width", width, Number.isFinite(width) && Number(width) > 0, more],
    ["height", height, Number.isFinite(height) && Number(height) > 0, more],
    ["top", top, Number.isFinite(top), "a number of CSS px from the video's top, such as 100"],
    ["video", video, is(video, "video"), 'a <video> element, such as document.querySelector("video")'],
    [
      "canvas",
      canvas,
      canvas == null || is(canvas, "canvas"),
      'a <canvas> element, such as document.querySelector("canvas")',
    ],
  ];
  const broken = rules.find(([, , allowed]) => !allowed);
  if (!broken) return null;
  const [name, value, , wanted] = broken;
  return new ScannerError(
    "invalid-argument",
    `imageScannerStart needs ${wanted}, as ${name}, but got ${shown(value)}.`,
  );
}

/**
 * Returns an error where the scan region lies outside the video's picture, or null. Call it once the picture has come:
 * many videos get their size from the picture.
 * @param {HTMLVideoElement} video
 * @param {number} top
 * @param {number} height of the region
 */
function outsideOf(video, top, height) {
  const { element, picture } = shownPicture(video, ownSize(video));
  const first = Math.max(0, picture.top);
  const end = Math.min(element.height, picture.top + picture.height);
  if (top < end && top + height > first) return null;
  const [least, most] = [Math.round(first - height), Math.round(end)];
  return new ScannerError(
    "invalid-argument",
    `imageScannerStart was given ${top} as top, which puts the scan region outside the video's picture. ` +
      `Give a top of more than ${least} and less than ${most} CSS px.`,
  );
}
