// The picture behind all panels, with the outline of the find: the camera's, frozen or live, or a photograph.
import { frameSize, ownSize } from "../page/frames.js";
import { shownCorners } from "../page/placing.js";

/** @typedef {Pick<import("../page/options.js").Result, "corners" | "frame">} Place */

/** Space between the top of the view and a find, in CSS px. */
const MARGIN = 12;

export class ShownPicture {
  #inside;

  /** @param {import("./inside.js").Inside} inside */
  constructor(inside) {
    this.#inside = inside;
    this.video = /** @type {HTMLVideoElement} */ (inside.find("video"));
    this.still = /** @type {HTMLImageElement} */ (inside.find("img.still"));
    this.frozen = /** @type {HTMLCanvasElement} */ (inside.find("canvas.frozen"));
  }

  /** Mirrors a camera that faces the person. @param {() => boolean} isFront tells whether the camera in use does */
  mirrorFrontCamera(isFront) {
    // People know themselves mirrored. Mirroring before the first frame keeps the picture from flipping in sight.
    for (const type of ["loadstart", "loadedmetadata"]) {
      this.video.addEventListener(type, () => this.video.classList.toggle("mirrored", isFront()));
    }
  }

  /** Copies the camera's present picture, which stays in sight when the camera goes off. */
  freeze() {
    const canvas = this.frozen;
    Object.assign(canvas, frameSize(ownSize(this.video)));
    canvas.getContext("2d")?.drawImage(this.video, 0, 0, canvas.width, canvas.height);
    canvas.classList.toggle("mirrored", this.video.classList.contains("mirrored"));
    canvas.hidden = false;
  }

  /** @param {Blob | null} file a photograph to show instead of the camera, or null */
  showStill(file) {
    if (this.still.src) URL.revokeObjectURL(this.still.src);
    this.still.hidden = !file;
    this.frozen.hidden = true;
    if (file) this.still.src = URL.createObjectURL(file);
    else this.still.removeAttribute("src");
  }

  /** Draws the outline. @param {Place | null} found null: none */
  outline(found) {
    const points = found ? this.pointsOf(found) : [];
    this.#inside.find(".outline polygon").setAttribute("points", points.join(" "));
    if (points.length === 0) return;
    // The picture rises above the card of a find, but not out of the view.
    const top = Math.min(...points.map((point) => Number(point.split(",")[1])));
    this.#inside.find(".stage").style.setProperty("--room-above", `${Math.max(0, top - MARGIN)}px`);
  }

  /**
   * Returns the corners of a find on the picture in sight, as points of the outline; none where there is no picture.
   * @param {Place} found
   * @returns {string[]}
   */
  pointsOf(found) {
    return (this.place(found) ?? []).map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`);
  }

  /**
   * Returns the corners of a find in CSS px of the picture in sight; null where there is no picture.
   * @param {Place} found
   */
  place({ corners, frame }) {
    const shown = this.#shown();
    return corners && ownSize(shown).width > 0 ? shownCorners(corners, frame, shown) : null;
  }

  /**
   * Shows a small picture of the find.
   * @param {Place} found
   * @param {string | undefined} address of the site's own picture; undefined: cuts the find from the picture in sight
   */
  showThumbnail(found, address) {
    const image = /** @type {HTMLImageElement} */ (this.#inside.find("img.thumbnail"));
    image.hidden = !address;
    this.#inside.show("canvas.thumbnail", false);
    image.onerror = () => {
      image.hidden = true;
      this.#cutThumbnail(found);
    };
    if (address) image.src = address;
    else this.#cutThumbnail(found);
  }

  /** @param {Place} found */
  #cutThumbnail({ corners, frame }) {
    const canvas = /** @type {HTMLCanvasElement} */ (this.#inside.find("canvas.thumbnail"));
    const source = this.#shown();
    const context = canvas.getContext("2d");
    const own = ownSize(source);
    if (!own.width || !context || !corners) return;
    const scale = own.width / frame.width;
    const xs = corners.map(([x]) => x * scale);
    const ys = corners.map(([, y]) => y * scale);
    const [left, top] = [Math.max(0, Math.min(...xs)), Math.max(0, Math.min(...ys))];
    const width = Math.min(own.width, Math.max(...xs)) - left;
    const height = Math.min(own.height, Math.max(...ys)) - top;
    if (width < 8 || height < 8) return;
    Object.assign(canvas, { width: Math.round(width), height: Math.round(height) });
    context.drawImage(source, left, top, width, height, 0, 0, canvas.width, canvas.height);
    canvas.hidden = false;
  }

  /** Returns the element in sight: a photograph, the frozen frame, or the camera. */
  #shown() {
    return [this.still, this.frozen].find((one) => !one.hidden) ?? this.video;
  }
}
