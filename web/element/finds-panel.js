// The list of finds below the camera's picture: it grows while one sweeps over a table, and can be corrected and saved.
import { appendMarkup } from "./build-markup.js";
import { fill } from "./fill.js";
import { bundleOf, linkOf } from "./find-links.js";
import { FindsActs } from "./finds-acts.js";
import { keepLines, keptLines } from "./finds-kept.js";
import { FindsLines } from "./finds-lines.js";
import { FindsList } from "./finds-list.js";
import { AGAIN, PANEL } from "./finds-markup.js";
import { FindsOutlines } from "./finds-outlines.js";
import { FINDS_STYLE } from "./finds-style.js";
import { fire } from "./fire.js";
import { titleOf } from "./panels.js";

/** @typedef {import("../page/options.js").Result} Result */
/** @typedef {import("./finds.js").Find} Find */
/** @typedef {import("./finds-list.js").Line} Line */
/** @typedef {import("./words/en.js").Strings} Strings */

/** Time for which finds are collected before they are spoken, so that all of one look are heard. */
const SPOKEN_MILLISECONDS = 600;
/** Longest side of a small view of what the camera saw, in px. */
const VIEW_SIDE = 96;
/** Views in which an empty list has its place already: else the camera's picture would jump at the first find. */
const CAMERA_VIEWS = ["loading", "scanning", "paused", "suspended"];

/**
 * The parts of the element that the panel needs.
 * @typedef {object} Surroundings
 * @property {import("./image-scanner-element.js").ImageScannerElement} element
 * @property {import("./inside.js").Inside} inside
 * @property {import("./shown-picture.js").ShownPicture} picture
 * @property {() => void} onLayout called when the list takes more or less room
 */

export class FindsPanel {
  #around;
  #list = new FindsList();
  #outlines;
  #panel;
  #bundle = "";
  #on = false;
  #open = false;
  /** The line that grew last. @type {Line | null} */
  #latest = null;
  /** The pictures of the present frame. @type {readonly Result[]} */
  #inSight = [];
  /** Titles still to be spoken. @type {Map<string, string>} */
  #unspoken = new Map();
  #acts;
  #lines;

  /** @param {Surroundings} around */
  constructor(around) {
    this.#around = around;
    const { element, inside, picture } = around;
    inside.add(PANEL, FINDS_STYLE);
    appendMarkup(inside.find(".foot"), AGAIN);
    inside.onPress(".finds-again", () => element.start());
    this.#panel = inside.find(".finds");
    this.#outlines = new FindsOutlines(inside.find(".outline"), picture);
    inside.onPress(".finds-bar", () => this.#toggle(!this.#open));
    this.#acts = new FindsActs(inside, () => element.strings, {
      finds: () => this.all,
      clear: () => this.#undoable(this.#list.clear(), element.strings.findsCleared),
      onUndone: () => this.#changed(null),
      onForgotten: () => this.render(),
    });
    this.#lines = new FindsLines(element, inside.find(".finds-list"), {
      change: (line, by) => this.#correct(line, by),
      remove: (line) => {
        const removed = fill(element.strings.findsRemoved, { title: titleOf(line) });
        this.#undoable(this.#list.remove(line.id, performance.now()), removed);
        inside.focus(".finds-undo button");
      },
    });
    this.#panel.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape" || !this.#open) return;
      this.#toggle(false);
      inside.focus(".finds-bar");
    });
  }

  /** Every line, as sites read it. @returns {Find[]} */
  get all() {
    return this.#list.lines.map(({ id, count, reference }) => {
      const title = titleOf({ id, reference });
      return { id, count, title, url: linkOf(this.#around.element, reference), reference };
    });
  }

  /**
   * Follows the element's attributes: shows or hides the list, and takes up the kept one of another bundle.
   * @param {boolean} on
   */
  use(on) {
    this.#on = on;
    const bundle = bundleOf(this.#around.element);
    if (on && bundle !== this.#bundle) {
      const empty = this.#list.lines.length === 0;
      this.#bundle = bundle;
      this.#list.replace(keptLines(bundle));
      this.#latest = this.#list.lines.at(-1) ?? null;
      if (!empty || this.#latest) this.#told();
    }
    if (!on) this.#outlines.clear();
    this.render();
  }

  /** Takes the pictures of a frame. @param {readonly Result[]} results */
  seen(results) {
    this.#inSight = results;
    this.#list.seen(results, performance.now());
    this.#outlines.show(results);
  }

  /** @param {Result} result of a picture that appears */
  appeared(result) {
    const copies = this.#inSight.filter(({ id }) => id === result.id).length;
    this.#grown(this.#list.appeared(result, copies), result);
  }

  /** @param {Result} result of a picture that is lost */
  lost(result) {
    this.#outlines.lose(result);
  }

  /** Takes the pictures of a photo, which is shown, and opens the list. @param {readonly Result[]} results */
  photographed(results) {
    this.#outlines.clear();
    this.#outlines.show(results);
    for (const result of results) this.#grown(this.#list.photographed(result), result);
    this.#toggle(true);
  }

  /** Takes every outline away. */
  clearOutlines() {
    this.#outlines.clear();
  }

  /** Draws every outline in its place, as after a change of the element's size. */
  drawOutlines() {
    this.#outlines.draw();
  }

  /** Removes every line, for a site. */
  clear() {
    if (this.#list.lines.length === 0) return;
    this.#list.clear();
    this.#acts.forget();
    this.#changed(null);
  }

  /** Brings words and lines up to date. */
  render() {
    const { element, inside } = this.#around;
    const words = element.strings;
    const empty = this.#list.lines.length === 0;
    if (empty) this.#open = false;
    const shown = this.#on && (!empty || this.#acts.pending || CAMERA_VIEWS.includes(element.view));
    const stage = inside.find(".stage");
    const before = stage.dataset.list;
    const now = shown ? (this.#open ? "open" : "bar") : undefined;
    this.#panel.hidden = !shown;
    this.#panel.lang = stage.lang;
    this.#panel.classList.toggle("open", this.#open);
    if (now) stage.dataset.list = now;
    else delete stage.dataset.list;
    stage.toggleAttribute("data-list-empty", empty);
    inside.word(".foot .photo span", element.view === "found" ? "anotherPhoto" : "photo", words);
    this.#renderBar(words);
    this.#lines.render(this.#list.lines, words);
    this.#acts.render(words);
    if (before !== now) this.#around.onLayout();
  }

  /** @param {Strings} words */
  #renderBar(words) {
    const { inside } = this.#around;
    const bar = /** @type {HTMLButtonElement} */ (inside.find(".finds-bar"));
    bar.disabled = this.#list.lines.length === 0;
    bar.setAttribute("aria-expanded", String(this.#open));
    const latest = this.#list.lines.length > 0 ? this.#latest : null;
    inside.find(".finds-title").textContent = latest ? titleOf(latest) : "";
    inside.find(".finds-count").textContent = fill(words.finds, { count: this.#list.copies });
    const [view] = inside.find(".finds-latest").children;
    if (!latest) view?.remove();
    else if (/** @type {any} */ (view)?.line !== latest) {
      inside.find(".finds-latest").replaceChildren(Object.assign(this.#lines.viewOf(latest), { line: latest }));
    }
  }

  /**
   * @param {Line | null} line that has grown, or null
   * @param {Result} result
   */
  #grown(line, result) {
    if (!line) return;
    line.seen ??= smallView(result.image());
    if (this.#unspoken.size === 0) setTimeout(() => this.#speak(), SPOKEN_MILLISECONDS);
    this.#unspoken.set(line.id, line.count > 1 ? `${titleOf(line)}, ${line.count}` : titleOf(line));
    this.#changed(line);
  }

  #speak() {
    const { element, inside } = this.#around;
    inside.speak(`${element.strings.found}: ${[...this.#unspoken.values()].join("; ")}`);
    this.#unspoken.clear();
  }

  /**
   * @param {Line} line
   * @param {number} by
   */
  #correct(line, by) {
    this.#list.change(line.id, by);
    this.#around.inside.speak(`${titleOf(line)}, ${line.count}`);
    this.#changed(null);
  }

  /**
   * @param {() => void} undo
   * @param {string} text that says what was done
   */
  #undoable(undo, text) {
    this.#acts.offerUndo(undo, text);
    this.#changed(null);
  }

  /** @param {Line | null} line that has grown, or null */
  #changed(line) {
    const { lines } = this.#list;
    if (line || !this.#latest || !lines.includes(this.#latest)) this.#latest = line ?? lines.at(-1) ?? null;
    keepLines(this.#bundle, lines);
    this.render();
    if (line && this.#open) this.#lines.mark(line);
    this.#told();
  }

  #told() {
    fire(this.#around.element, "finds", this.all);
  }

  /** @param {boolean} open */
  #toggle(open) {
    this.#open = open;
    this.#acts.forget();
    this.render();
    this.#lines.showLast();
  }
}

/** @param {HTMLCanvasElement | null} view what the camera saw */
function smallView(view) {
  if (!view) return null;
  const scale = Math.min(1, VIEW_SIDE / Math.max(view.width, view.height));
  const small = document.createElement("canvas");
  small.width = Math.max(1, Math.round(view.width * scale));
  small.height = Math.max(1, Math.round(view.height * scale));
  const context = small.getContext("2d");
  if (context) context.imageSmoothingQuality = "high";
  context?.drawImage(view, 0, 0, small.width, small.height);
  return small;
}
