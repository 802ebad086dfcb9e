// The words that an element says: those of the page's language, with the site's own in the place of some.
import { LANGUAGES, languageFor, loadWords, wordsOf } from "./languages.js";
import { checkedWords, parsedWords, tellOnce } from "./own-words.js";
import { ENGLISH } from "./words/en.js";

/** @typedef {import("./words/en.js").Strings} Strings */
/** @typedef {import("./own-words.js").OwnWords} OwnWords */

/** A child of the element with words in JSON. The attribute `slot` marks it, as it marks other children. */
const CHILD = 'script[slot="words"]';

export class WordsInUse {
  #element;
  #onChange;
  /** @type {OwnWords} */
  #replaced = {};
  /** The attribute `words`, and its words: null until they have arrived. */
  #attribute = { value: "", words: /** @type {OwnWords | null} */ ({}) };
  /** The child with words, and its words. */
  #child = { text: "", words: /** @type {OwnWords} */ ({}) };

  /**
   * @param {HTMLElement} element
   * @param {() => void} onChange called when words have arrived or changed
   */
  constructor(element, onChange) {
    this.#element = element;
    this.#onChange = onChange;
    // The parser may add the child, and the child's text, after the element.
    const observer = globalThis.MutationObserver && new MutationObserver(() => this.#childChanged() && onChange());
    observer?.observe(element, { childList: true, characterData: true, subtree: true });
  }

  /** The language of the words, as a tag. Without words in any language that is wanted, it is English. */
  get language() {
    const wanted = languagesWanted(this.#element);
    const found = languageFor(wanted);
    if (!found && wanted.length > 0) tellMissing(wanted);
    return found ?? "en";
  }

  /** Whether all words are loaded. Until then the words of `all` are English. */
  get loaded() {
    return wordsOf(this.language) !== null && this.#fromAttribute() !== null;
  }

  /** Every word. @returns {Strings} */
  get all() {
    const { language } = this;
    const words = wordsOf(language);
    if (!words) loadWords(language).then(this.#onChange);
    this.#childChanged();
    return { ...(words ?? ENGLISH), ...this.#fromAttribute(), ...this.#child.words, ...this.#replaced };
  }

  /** Replaces some words; nullish: none. @param {OwnWords | null | undefined} words */
  replace(words) {
    this.#replaced = checkedWords(words ?? {}, "the property strings");
  }

  /** Returns the words of the attribute, or null before they have arrived. */
  #fromAttribute() {
    const value = this.#element.getAttribute("words")?.trim() ?? "";
    if (value !== this.#attribute.value) {
      const inline = value === "" ? {} : value.startsWith("{") ? parsedWords(value, "the attribute words") : null;
      this.#attribute = { value, words: inline };
      if (!inline) this.#fetch(value);
    }
    return this.#attribute.words;
  }

  /** @param {string} address of a JSON file, relative to the page */
  async #fetch(address) {
    const words = await fetchedWords(address, this.#element.ownerDocument.baseURI);
    if (this.#attribute.value !== address) return; // the attribute has changed meanwhile
    this.#attribute.words = words;
    this.#onChange();
  }

  /** Reads the child with words anew; returns whether it has changed. */
  #childChanged() {
    const child = [...this.#element.children].find((one) => one.matches(CHILD));
    const text = child?.textContent?.trim() ?? "";
    if (text === this.#child.text) return false;
    this.#child = { text, words: text === "" ? {} : parsedWords(text, `the child ${CHILD}`) };
    return true;
  }
}

/**
 * Returns the words in a JSON file; without the file, none.
 * @param {string} address
 * @param {string} base
 */
async function fetchedWords(address, base) {
  let fault;
  try {
    const answer = await fetch(new URL(address, base));
    if (answer.ok) return parsedWords(await answer.text(), address);
    fault = `status ${answer.status}`;
  } catch (error) {
    fault = error;
  }
  tellOnce(
    `goes on without the words in ${address}: expected a JSON file at this address, found none (${fault}). ` +
      "Correct the attribute words.",
  );
  return {};
}

/**
 * Returns the language tags that an element should speak, the best one first: the page's, else the visitor's.
 * @param {HTMLElement} element
 * @returns {readonly string[]}
 */
function languagesWanted(element) {
  /** @type {Element | undefined} */
  let from = element;
  while (from) {
    const tag = from.closest("[lang]")?.getAttribute("lang");
    if (tag) return [tag];
    const root = from.getRootNode();
    from = root instanceof ShadowRoot ? root.host : undefined;
  }
  return navigator.languages?.length ? navigator.languages : [navigator.language].filter(Boolean);
}

/** @param {readonly string[]} wanted */
function tellMissing(wanted) {
  tellOnce(
    `has no words in ${wanted.map((tag) => `"${tag}"`).join(" or ")}, and speaks English. It has words in ` +
      `${LANGUAGES.join(", ")}. Give it your own with the attribute words="my-words.json": see docs/javascript.md.`,
    "info",
  );
}
