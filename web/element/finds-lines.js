// The lines of the list of finds: a small picture, the title, and the buttons that correct the number of copies.
import { appendMarkup } from "./build-markup.js";
import { fill } from "./fill.js";
import { linkOf, thumbnailOf } from "./find-links.js";
import { LINE } from "./finds-markup.js";
import { titleOf } from "./panels.js";

/** @typedef {import("./finds-list.js").Line} Line */
/** @typedef {import("./words/en.js").Strings} Strings */

export class FindsLines {
  #element;
  #list;
  #acts;
  /** Elements of the lines. @type {Map<Line, HTMLElement>} */
  #items = new Map();

  /**
   * @param {import("./image-scanner-element.js").ImageScannerElement} element
   * @param {HTMLElement} list
   * @param {{change: (line: Line, by: number) => void, remove: (line: Line) => void}} acts what the buttons of a line do
   */
  constructor(element, list, acts) {
    this.#element = element;
    this.#list = list;
    this.#acts = acts;
  }

  /**
   * Brings the lines up to date.
   * @param {readonly Line[]} lines
   * @param {Strings} words
   */
  render(lines, words) {
    const list = this.#list;
    for (const [line, item] of this.#items) {
      if (lines.includes(line)) continue;
      item.remove();
      this.#items.delete(line);
    }
    const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 8;
    for (const [at, line] of lines.entries()) {
      const item = this.#items.get(line) ?? this.#itemOf(line);
      if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
      this.#renderLine(item, line, words);
    }
    if (atEnd) this.showLast(); // a person who reads further up stays there
  }

  showLast() {
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  /** Lets a line shine for a moment, because it has grown. @param {Line} line */
  mark(line) {
    const item = this.#items.get(line);
    item?.classList.remove("new");
    if (item) void item.offsetWidth; // else the browser would not begin the animation anew
    item?.classList.add("new");
  }

  /** @param {Line} line */
  #itemOf(line) {
    const list = document.createElement("ul");
    appendMarkup(list, LINE.trim());
    const item = /** @type {HTMLElement} */ (list.firstElementChild);
    item.querySelector(".find-view")?.append(this.viewOf(line));
    item.addEventListener("animationend", () => item.classList.remove("new"));
    const onPress = (/** @type {string} */ name, /** @type {() => void} */ act) =>
      item.querySelector(name)?.addEventListener("click", act);
    onPress(".find-more", () => this.#acts.change(line, 1));
    onPress(".find-less", () => {
      this.#acts.change(line, -1);
      if (line.count === 1) /** @type {HTMLElement} */ (item.querySelector(".find-remove")).focus();
    });
    onPress(".find-remove", () => this.#acts.remove(line));
    this.#items.set(line, item);
    return item;
  }

  /**
   * @param {HTMLElement} item
   * @param {Line} line
   * @param {Strings} words
   */
  #renderLine(item, line, words) {
    const element = this.#element;
    const title = titleOf(line);
    const url = linkOf(element, line.reference);
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (item.querySelector(name));
    const link = /** @type {HTMLAnchorElement} */ (part(".find-link"));
    link.hidden = !url;
    if (url) link.href = url;
    part(".find-title").hidden = url !== null;
    for (const name of [".find-link", ".find-title"]) part(name).textContent = title;
    part(".find-id").textContent = line.id;
    part(".find-id").hidden = !element.details;
    part(".find-count").textContent = String(line.count);
    part(".find-less").hidden = line.count === 1;
    part(".find-remove").hidden = line.count > 1;
    const label = (/** @type {string} */ name, /** @type {string} */ words) =>
      part(name).setAttribute("aria-label", fill(words, { title }));
    label(".find-more", words.findsMore);
    label(".find-less", words.findsLess);
    label(".find-remove", words.findsRemove);
  }

  /** Returns a small picture of a find: the site's, else what the camera saw. @param {Line} line */
  viewOf({ reference, seen }) {
    const address = thumbnailOf(this.#element, reference);
    const own = seen instanceof HTMLCanvasElement ? copyOf(seen) : null;
    const kept = typeof seen === "string" ? seen : undefined;
    if (!address && own) return own;
    const image = Object.assign(new Image(), { alt: "", referrerPolicy: "no-referrer" });
    let spare = address ? kept : undefined;
    image.onerror = () => {
      if (own) return image.replaceWith(own);
      if (spare) image.src = spare;
      else image.removeAttribute("src");
      spare = undefined;
    };
    image.src = address ?? kept ?? "";
    return image;
  }
}

/** @param {HTMLCanvasElement} canvas */
function copyOf(canvas) {
  const copy = document.createElement("canvas");
  Object.assign(copy, { width: canvas.width, height: canvas.height });
  copy.getContext("2d")?.drawImage(canvas, 0, 0);
  return copy;
}
