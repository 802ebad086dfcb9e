// Finds the part of the frame inside the box on the page. Several boxes take turns, one per frame.
import { regionInFrame, shownPicture } from "./frames.js";

/** @typedef {import("../shared/protocol.js").Box} Box */
/** @typedef {import("../shared/protocol.js").Size} Size */
/** @typedef {{width: number, height: number, top?: number}} Region  CSS px; `top` from the video's top, else centred */

export class ScanRegions {
  #video;
  /** @type {Region[]} */
  #regions = [];
  #turn = 0;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
  }

  /** @param {Region | Region[] | null | undefined} regions null, undefined or []: the visible part of the video */
  set(regions) {
    this.#regions = [regions ?? []].flat();
  }

  /**
   * Returns the scan region whose turn it is, in frame pixels.
   * @param {Size} frame
   * @returns {{turn: number, box: Box}}
   */
  next(frame) {
    const boxes = this.all(frame);
    const turn = this.#turn++ % boxes.length;
    return { turn, box: boxes[turn] };
  }

  /**
   * Returns every scan region, in frame pixels.
   * @param {Size} frame
   */
  all(frame) {
    const { videoWidth: width, videoHeight: height } = this.#video;
    const { element, picture } = shownPicture(this.#video, { width, height });
    const regions = this.#regions.length > 0 ? this.#regions : [undefined];
    return regions.map((region) => regionInFrame(boxIn(element, region), picture, frame));
  }
}

/**
 * Returns the box of a scan region in the video's content box.
 * @param {Size} element
 * @param {Region | undefined} region
 * @returns {Box} CSS px
 */
function boxIn(element, region) {
  if (!region) return { left: 0, top: 0, ...element };
  const { width, height, top = (element.height - height) / 2 } = region;
  return { left: (element.width - width) / 2, top, width, height };
}
