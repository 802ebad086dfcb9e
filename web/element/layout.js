// Lays the guide out in the element's box, and gives its scan regions to the scanner.
import { guideIn, shapeOf } from "./guide.js";

/** @typedef {import("./inside.js").Inside} Inside */

export class Layout {
  #inside;
  /** Shape of the guide. */
  #shape = shapeOf([]);

  /** @param {Inside} inside */
  constructor(inside) {
    this.#inside = inside;
  }

  /**
   * Lets the guide take the shape of the catalogue's pictures.
   * @param {Parameters<typeof shapeOf>[0]} references
   */
  shapeFor(references) {
    this.#shape = shapeOf(references);
    const { style } = this.#inside.find(".guide");
    for (const [at, name] of ["--across", "--down"].entries()) style.setProperty(name, String(this.#shape[at]));
  }

  /**
   * Returns whether the element has a box to lay out.
   * @param {import("../page/scanner.js").ImageScanner | null} scanner
   */
  apply(scanner) {
    const host = this.#inside.host.getBoundingClientRect();
    if (!scanner || host.width === 0) return false;
    const { sideways, regions } = guideIn(host, this.#shape);
    this.#inside.find(".stage").toggleAttribute("data-sideways", sideways);
    // The guide frames one picture; several may be anywhere in sight.
    scanner.setRegion(this.#inside.host.hasAttribute("multiple") ? null : regions);
    return true;
  }
}
