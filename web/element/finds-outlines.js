// Outlines every picture in sight.

/** @typedef {import("../page/options.js").Result} Result */

export class FindsOutlines {
  #svg;
  #picture;
  /** Outlines by track: an outline that moves on does not appear anew. @type {Map<number, Element>} */
  #drawn = new Map();
  /** The pictures in sight by track. @type {Map<number, Result>} */
  #shown = new Map();

  /**
   * @param {Element} svg
   * @param {import("./shown-picture.js").ShownPicture} picture
   */
  constructor(svg, picture) {
    this.#svg = svg;
    this.#picture = picture;
  }

  /** Shows pictures, or moves their outlines. @param {readonly Result[]} results */
  show(results) {
    for (const result of results) this.#shown.set(result.track, result);
    this.draw();
  }

  /** Takes the outline of a picture away. @param {Pick<Result, "track">} lost */
  lose({ track }) {
    this.#shown.delete(track);
    this.draw();
  }

  clear() {
    this.#shown.clear();
    this.draw();
  }

  /** Draws every outline anew, as after a change of the element's size. */
  draw() {
    for (const [track, polygon] of this.#drawn) {
      if (this.#shown.has(track)) continue;
      polygon.remove();
      this.#drawn.delete(track);
    }
    for (const [track, result] of this.#shown) {
      const polygon = this.#drawn.get(track) ?? document.createElementNS(this.#svg.namespaceURI, "polygon");
      this.#drawn.set(track, polygon);
      polygon.setAttribute("points", this.#picture.pointsOf(result).join(" "));
      if (!polygon.isConnected) this.#svg.append(polygon);
    }
  }
}
