// Keeps a find in sight: frozen until the person goes on or, with `continuous`, on the moving picture.

/** @typedef {import("../page/options.js").Result} Result */
/** @typedef {import("../page/scanner.js").ImageScanner} ImageScanner */

/** With `continuous`: time the outline stays without a match. Single frames may miss a picture in sight. */
const OUTLINE_MILLISECONDS = 600;
/** With `continuous`: time the card stays without a match. */
const CARD_MILLISECONDS = 3000;
/** Time after a find at which the camera goes off. */
const REST_MILLISECONDS = 30_000;

export class AfterFind {
  #picture;
  #scanner;
  #restTimer = 0;

  /**
   * @param {import("./shown-picture.js").ShownPicture} picture
   * @param {() => ImageScanner | null} scanner
   */
  constructor(picture, scanner) {
    this.#picture = picture;
    this.#scanner = scanner;
  }

  /** Pauses on the find; the camera goes off after a while. */
  hold() {
    this.release();
    this.#scanner()?.pause();
    this.#restTimer = setTimeout(() => this.#scanner()?.stop(), REST_MILLISECONDS);
  }

  /** Leaves the camera on. */
  release() {
    clearTimeout(this.#restTimer);
  }

  /**
   * Keeps the outline on the picture in sight; returns whether the find's picture has gone.
   * @param {import("../page/options.js").Verdict} verdict
   * @param {Result["frame"]} frame
   */
  follow({ id, corners }, frame) {
    if (id !== null) {
      this.#picture.outline({ corners, frame });
      return false;
    }
    const gone = this.#scanner()?.millisecondsSinceFind ?? Infinity;
    if (gone > OUTLINE_MILLISECONDS) this.#picture.outline(null);
    return gone > CARD_MILLISECONDS;
  }
}
