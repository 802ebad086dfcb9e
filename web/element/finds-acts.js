// The buttons of the list of finds: copy, save, clear, and undo.
import { fill } from "./fill.js";
import { asCsv, asJson, asText } from "./finds-text.js";
import { download } from "./report.js";

/** @typedef {import("./finds.js").Find} Find */
/** @typedef {import("./inside.js").Inside} Inside */
/** @typedef {import("./words/en.js").Strings} Strings */

/** Time for which undo is offered, unless the person is at its button. */
const UNDO_MILLISECONDS = 12_000;
const COPIED_MILLISECONDS = 2500;

export class FindsActs {
  #inside;
  #words;
  #list;
  /** @type {(() => void) | null} */
  #undo = null;
  #timer = 0;

  /**
   * @param {Inside} inside
   * @param {() => Strings} words
   * @param {object} list
   * @param {() => Find[]} list.finds
   * @param {() => void} list.clear
   * @param {() => void} list.onUndone
   * @param {() => void} list.onForgotten called when undo is no longer offered
   */
  constructor(inside, words, list) {
    this.#inside = inside;
    this.#words = words;
    this.#list = list;
    inside.onPress(".finds-copy", () => this.#copy());
    inside.onPress(".finds-csv", () => download(fileOf(asCsv(list.finds()), "csv", "text/csv")));
    inside.onPress(".finds-json", () => download(fileOf(asJson(list.finds()), "json", "application/json")));
    inside.onPress(".finds-clear", () => {
      list.clear();
      inside.focus(".finds-undo button");
    });
    inside.onPress(".finds-undo button", () => {
      const undo = this.#undo;
      this.forget();
      undo?.();
      list.onUndone();
      inside.focus(".finds-bar");
    });
  }

  /** Whether undo is offered. */
  get pending() {
    return this.#undo !== null;
  }

  /**
   * Offers to undo what was just done.
   * @param {() => void} undo
   * @param {string} text that says what was done
   */
  offerUndo(undo, text) {
    this.#undo = undo;
    this.#inside.find(".finds-undone").textContent = text;
    this.#inside.speak(text);
    this.#wait();
  }

  /** Offers undo no longer. */
  forget() {
    clearTimeout(this.#timer);
    this.#undo = null;
  }

  /** @param {Strings} words */
  render(words) {
    this.#inside.show(".finds-undo", this.pending);
    for (const format of ["CSV", "JSON"]) {
      const button = this.#inside.find(`.finds-${format.toLowerCase()}`);
      button.setAttribute("aria-label", fill(words.saveFinds, { format }));
    }
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#inside.find(".finds-undo").matches(":hover, :has(:focus-visible)")) return this.#wait();
      this.forget();
      this.#list.onForgotten();
    }, UNDO_MILLISECONDS);
  }

  async #copy() {
    const text = asText(this.#list.finds());
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return download(fileOf(text, "txt", "text/plain")); // in-app browsers often forbid the clipboard
    }
    const { copied, copyFinds } = this.#words();
    this.#inside.speak(copied);
    this.#inside.find(".finds-copy").textContent = copied;
    setTimeout(() => (this.#inside.find(".finds-copy").textContent = copyFinds), COPIED_MILLISECONDS);
  }
}

/**
 * @param {string} text
 * @param {string} ending
 * @param {string} type
 */
function fileOf(text, ending, type) {
  const day = new Date().toLocaleDateString("sv"); // Swedish dates are those of ISO 8601
  return new File([text], `finds-${day}.${ending}`, { type: `${type};charset=utf-8` });
}
