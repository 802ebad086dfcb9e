// Reads words that a site gives in the place of the element's: their keys, and the JSON that holds them.
import { ENGLISH } from "./words/en.js";

/** @typedef {Partial<import("./words/en.js").Strings>} OwnWords */

/** Endings of an error's key: words for one kind of device, and words for any. */
const ENDING = /\.(?:ios|android|desktop|text)$/;

/** Texts told already: an element renders often. @type {Set<string>} */
const told = new Set();

/**
 * Tells a site's author something, once.
 * @param {string} text
 * @param {"warn" | "info"} level
 */
export function tellOnce(text, level = "warn") {
  if (told.has(text)) return;
  told.add(text);
  console[level](`<image-scanner> ${text}`);
}

/**
 * Returns the words of a text of JSON; a mistake is told, and what is mistaken is left out.
 * @param {string} text
 * @param {string} place of the text, for messages
 */
export function parsedWords(text, place) {
  try {
    return checkedWords(JSON.parse(text), place);
  } catch (error) {
    tellOnce(`ignores the words in ${place}: expected JSON such as {"start": "Go"}, found otherwise (${error}).`);
    return {};
  }
}

/**
 * Returns those words that the element has a use for; every other one is told.
 * @param {unknown} words
 * @param {string} place of the words, for messages
 * @returns {OwnWords}
 */
export function checkedWords(words, place) {
  if (typeof words !== "object" || words === null || Array.isArray(words)) {
    tellOnce(`ignores the words in ${place}: expected an object such as {"start": "Go"}, found ${kindOf(words)}.`);
    return {};
  }
  const good = Object.entries(words).filter(([key, word]) => {
    const known = isKey(key);
    if (!known) tellOnce(`has no word "${key}" (in ${place}): ${meant(key)}`);
    else if (typeof word !== "string") {
      tellOnce(`ignores the word "${key}" in ${place}: expected a text, found ${kindOf(word)}.`);
    }
    return known && typeof word === "string";
  });
  return Object.fromEntries(good);
}

/** @param {string} key */
function isKey(key) {
  const error = key.replace(ENDING, "");
  const isError = [".text", ".desktop"].some((ending) => Object.hasOwn(ENGLISH, error + ending));
  return Object.hasOwn(ENGLISH, key) || (error !== key && isError);
}

/** @param {string} key that is none @returns {string} the likely cure */
function meant(key) {
  const near = Object.keys(ENGLISH)
    .map((each) => ({ each, edits: editsBetween(key.toLowerCase(), each.toLowerCase()) }))
    .reduce((best, one) => (one.edits < best.edits ? one : best));
  if (near.edits <= Math.max(2, key.length / 3)) return `is "${near.each}" meant?`;
  return `expected one of ${Object.keys(ENGLISH).slice(0, 5).join(", ")}, … (all keys: phash-scanner/strings).`;
}

/**
 * Returns the Levenshtein distance of two texts.
 * @param {string} one
 * @param {string} other
 */
function editsBetween(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (let at = 0; at < other.length; at++) {
      next.push(Math.min(row[at] + Number(letter !== other[at]), row[at + 1] + 1, next[at] + 1));
    }
    row = next;
  }
  return row[other.length];
}

/** @param {unknown} value */
function kindOf(value) {
  return value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
