// Lays the elements of the slot "overlay" on the pictures in sight, and takes them away with the pictures.
import { FrameClock } from "../page/frame-clock.js";
import { matrixOnto } from "../page/placing.js";
import { OverlayMotion } from "./overlay-motion.js";

/** @typedef {import("../page/options.js").Result} Result */
/** @typedef {import("../page/placing.js").Corners} Corners */
/**
 * @typedef {object} Surroundings
 * @property {import("./inside.js").Inside} inside
 * @property {import("./shown-picture.js").ShownPicture} picture
 */
/** A picture in sight. @typedef {{result: Result, motion: OverlayMotion}} Sight */

/** Longer side of an overlay without a size of its own, in CSS px, before it is laid on a picture. */
const LONGER_SIDE = 400;
/** Time in which an overlay appears. */
const FADE_MILLISECONDS = 160;
/** Views in which the picture behind the panels is in sight. */
const SEEING = ["scanning", "found"];

export class Overlays {
  #inside;
  #picture;
  /** The pictures in sight by track, the one found first in front. @type {Map<number, Sight>} */
  #sights = new Map();
  /** The track on whose picture each overlay lies. @type {Map<HTMLElement, number>} */
  #laid = new Map();
  #still = matchMedia("(prefers-reduced-motion: reduce)");
  #seeing = true;
  #clock;
  #endGlide = () => {};
  /** Whether `draw` is due. */
  #due = false;

  /** @param {Surroundings} around */
  constructor({ inside, picture }) {
    this.#inside = inside;
    this.#picture = picture;
    this.#clock = FrameClock.of(picture.video);
    this.draw();
  }

  /** Takes a picture that appears, or its corners in the present frame. @param {Result} result */
  seen(result) {
    const { track, corners, time } = result;
    if (!corners) return;
    const known = this.#sights.get(track);
    if (known) {
      known.result = result;
      known.motion.heed(corners, time, this.#clock.time);
    } else {
      this.#sights.set(track, { result, motion: new OverlayMotion(corners, time) });
    }
    this.#drawSoon();
  }

  /** Takes the overlay of a picture away. @param {Pick<Result, "track">} result */
  lost({ track }) {
    this.#sights.delete(track);
    this.#drawSoon();
  }

  clear() {
    this.#sights.clear();
    this.draw();
  }

  /** Lets overlays rest while their pictures are behind a panel. @param {string} view */
  show(view) {
    this.#seeing = SEEING.includes(view);
    this.draw();
  }

  /** Lays every overlay once after all pictures of a frame were told. */
  #drawSoon() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      this.draw();
    });
  }

  /** Lays every overlay, now and, while a picture moves, with every frame of the camera. */
  draw() {
    this.#endGlide();
    this.#choose();
    const now = this.#clock.time; // of the frame in sight: an overlay ahead of its frame would swim on the picture
    // All layout is read before any style is written: the browser then lays the page out once.
    const matrices = [...this.#laid].map(([overlay, track]) => {
      const sight = this.#sights.get(track);
      return { overlay, matrix: sight ? this.#matrixOf(overlay, sight, now) : null };
    });
    for (const { overlay, matrix } of matrices) overlay.style.setProperty("--on-picture", matrix ?? "scale(0)");
    this.#inside.find(".stage").toggleAttribute("data-overlaid", this.#laid.size > 0);
    const glides = [...new Set(this.#laid.values())].some((track) => this.#sights.get(track)?.motion.glides(now));
    this.#endGlide = glides && !this.#still.matches ? this.#clock.next(() => this.draw()) : () => {};
  }

  /**
   * Chooses the picture of each overlay. An overlay with `data-id` lies on the picture of this id that was found first. The
   * others share out the pictures that have no overlay of their own, and each keeps its picture until it is lost.
   */
  #choose() {
    const slot = /** @type {HTMLSlotElement} */ (this.#inside.find(".overlays slot"));
    const overlays = /** @type {HTMLElement[]} */ (slot.assignedElements());
    const own = new Set(overlays.map(({ dataset }) => dataset.id));
    const sights = this.#seeing ? [...this.#sights.values()].map(({ result }) => result) : [];
    const free = sights.filter(({ id }) => !own.has(id)).map(({ track }) => track);
    const kept = overlays.filter(({ dataset }) => dataset.id === undefined).map((one) => this.#laid.get(one));
    const open = free.filter((track) => !kept.includes(track));
    const chosen = new Map();
    for (const overlay of overlays) {
      const before = this.#laid.get(overlay) ?? -1;
      const { id } = overlay.dataset;
      const named = sights.find((one) => one.id === id)?.track;
      const track = id !== undefined ? named : free.includes(before) ? before : open.shift();
      if (track !== undefined) chosen.set(overlay, track);
      else hide(overlay);
    }
    for (const overlay of this.#laid.keys()) if (!overlays.includes(overlay)) release(overlay);
    const before = this.#laid;
    this.#laid = chosen;
    for (const [overlay, track] of chosen) if (before.get(overlay) !== track) this.#appear(overlay, track);
  }

  /**
   * @param {HTMLElement} overlay
   * @param {number} track
   */
  #appear(overlay, track) {
    const { result } = /** @type {Sight} */ (this.#sights.get(track));
    const [width, height] = sizeOf(result);
    overlay.style.setProperty("--picture-width", `${width}px`);
    overlay.style.setProperty("--picture-height", `${height}px`);
    overlay.toggleAttribute("data-in-sight", true);
    overlay.inert = false;
    for (const video of videosOf(overlay)) {
      // A browser plays a video unasked only without sound and, on iPhones, within the page.
      video.muted = video.playsInline = true;
      video.play().catch(() => {}); // a video that came without a source stays still
    }
    if (!this.#still.matches) overlay.animate?.([{ opacity: 0 }, {}], { duration: FADE_MILLISECONDS });
  }

  /**
   * Returns the CSS transform that lays an overlay on its picture, or null where none does.
   * @param {HTMLElement} overlay
   * @param {Sight} sight
   * @param {number} now
   */
  #matrixOf(overlay, { result: { frame }, motion }, now) {
    const corners = this.#still.matches ? motion.measured : motion.at(now);
    const placed = this.#picture.place({ corners, frame });
    return placed && matrixOnto(placed, overlay.offsetWidth, overlay.offsetHeight);
  }
}

/**
 * Returns the size of an overlay with the shape of a picture: the bundle's, else the one in sight.
 * @param {Result} result
 */
function sizeOf({ reference, corners }) {
  const side = (/** @type {number} */ one, /** @type {number} */ other) => {
    const [[x, y], [otherX, otherY]] = /** @type {Corners} */ ([corners?.[one], corners?.[other]]);
    return Math.hypot(otherX - x, otherY - y);
  };
  const known = Number(reference?.aspect);
  const aspect = known > 0 ? known : (side(0, 1) + side(3, 2)) / (side(0, 3) + side(1, 2));
  return [Math.round(LONGER_SIDE * Math.min(1, aspect)), Math.round(LONGER_SIDE / Math.max(1, aspect))];
}

/** Hides an overlay from eyes, fingers, keyboard and screen reader. @param {HTMLElement} overlay */
function hide(overlay) {
  if (overlay.inert) return;
  for (const video of videosOf(overlay)) video.pause();
  overlay.toggleAttribute("data-in-sight", false);
  overlay.inert = true;
}

/** Undoes all that was done to an element that is no overlay any more. @param {HTMLElement} overlay */
function release(overlay) {
  hide(overlay);
  overlay.inert = false;
  for (const name of ["--on-picture", "--picture-width", "--picture-height"]) overlay.style.removeProperty(name);
}

/** @param {HTMLElement} overlay */
function videosOf(overlay) {
  const inner = [...overlay.querySelectorAll("video")];
  return overlay.localName === "video" ? [/** @type {HTMLVideoElement} */ (overlay), ...inner] : inner;
}
