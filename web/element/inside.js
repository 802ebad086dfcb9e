// The element's inside: its shadow tree, by the classes of markup.js.
import { appendMarkup } from "./build-markup.js";
import { MARKUP } from "./markup.js";
import { STYLE } from "./style.js";

/** @typedef {import("./words/en.js").Strings} Strings */

export class Inside {
  #root;

  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    this.#root = host.attachShadow({ mode: "open" });
    this.add(MARKUP, STYLE);
  }

  /**
   * Adds parts behind those that are there.
   * @param {string} markup
   * @param {string} css
   */
  add(markup, css) {
    appendMarkup(this.#root, markup);
    try {
      // A constructed sheet needs no 'unsafe-inline' in the page's Content-Security-Policy.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      this.#root.adoptedStyleSheets = [...this.#root.adoptedStyleSheets, sheet];
    } catch {
      const style = document.createElement("style"); // Safari before 16.4
      style.textContent = css;
      this.#root.append(style);
    }
  }

  /**
   * @template {HTMLElement} [T=HTMLElement]
   * @param {string} selector
   */
  find(selector) {
    return /** @type {T} */ (this.#root.querySelector(selector));
  }

  /**
   * @param {string} selector
   * @returns {NodeListOf<HTMLElement>}
   */
  all(selector) {
    return this.#root.querySelectorAll(selector);
  }

  /**
   * @param {string} selector of the buttons
   * @param {() => void} act
   */
  onPress(selector, act) {
    for (const found of this.all(selector)) found.addEventListener("click", act);
  }

  /**
   * @param {string} selector
   * @param {boolean} shown
   */
  show(selector, shown) {
    for (const found of this.all(selector)) found.hidden = !shown;
  }

  /**
   * Fills in every word that has changed.
   * @param {Strings} words
   */
  fillWords(words) {
    for (const node of this.all("[data-text]")) {
      const text = words[/** @type {keyof Strings} */ (node.dataset.text)];
      if (node.textContent !== text) node.textContent = text;
    }
  }

  /**
   * Changes the words of a part; the next `fillWords` keeps the change.
   * @param {string} selector
   * @param {keyof Strings} key
   * @param {Strings} words
   */
  word(selector, key, words) {
    const node = this.find(selector);
    node.dataset.text = key;
    node.textContent = words[key];
  }

  /** Returns a number with one digit after the point, as the language in use writes it. @param {number} value */
  number(value) {
    const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
    return value.toLocaleString(this.find(".stage").lang || "en", digits);
  }

  /** @param {string} selector of the part at which keyboard and screen reader go on */
  focus(selector) {
    this.find(selector).focus({ preventScroll: true });
  }

  /** @param {string} text for people who hear the page */
  speak(text) {
    this.find(".spoken").textContent = text;
  }
}
