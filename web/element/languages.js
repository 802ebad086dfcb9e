// Chooses a language, and loads its words. English is always there; a visitor downloads no other language in vain.
import { ENGLISH } from "./words/en.js";

/** @typedef {import("./words/en.js").Strings} Strings */

/** Bundlers and browsers find the files by these addresses, which are therefore written out. */
const FILES = {
  ja: () => import("./words/ja.js"),
  de: () => import("./words/de.js"),
  fr: () => import("./words/fr.js"),
  es: () => import("./words/es.js"),
  pt: () => import("./words/pt.js"),
  it: () => import("./words/it.js"),
  ko: () => import("./words/ko.js"),
  "zh-Hans": () => import("./words/zh-hans.js"),
  "zh-Hant": () => import("./words/zh-hant.js"),
};

/** @typedef {"en" | keyof typeof FILES} Language */

/** Languages with words, as tags of BCP 47. */
export const LANGUAGES = Object.freeze(/** @type {Language[]} */ (["en", ...Object.keys(FILES)]));

/** Words by language, as far as they are loaded. @type {Map<Language, Strings>} */
const loaded = new Map([["en", ENGLISH]]);
/** @type {Map<Language, Promise<void>>} */
const loading = new Map();

/**
 * Returns the first language of those wanted that has words, or null.
 * @param {readonly string[]} wanted such as ["de-AT", "en"], the best one first
 * @returns {Language | null}
 */
export function languageFor(wanted) {
  for (const tag of wanted) {
    const found = languageOf(tag);
    if (found) return found;
  }
  return null;
}

/** @param {string} tag @returns {Language | null} */
function languageOf(tag) {
  try {
    const { language, script } = new Intl.Locale(tag.replaceAll("_", "-")).maximize(); // servers write "de_AT"
    return LANGUAGES.find((one) => one === language || one === `${language}-${script}`) ?? null;
  } catch {
    return null; // no language tag
  }
}

/** Returns the words of a language, or null before they are loaded. @param {Language} language */
export function wordsOf(language) {
  return loaded.get(language) ?? null;
}

/** Loads the words of a language. English takes the place of a file that does not arrive. @param {Language} language */
export function loadWords(language) {
  const running = loading.get(language) ?? load(language);
  loading.set(language, running);
  return running;
}

/** @param {Language} language */
async function load(language) {
  if (language === "en") return;
  try {
    loaded.set(language, (await FILES[language]()).WORDS);
  } catch (error) {
    const file = `element/words/${language.toLowerCase()}.js`;
    console.warn(
      `<image-scanner> speaks English: expected the words of "${language}" in ${file} beside the scanner's other files, ` +
        `found no such script (${error}). Publish the file, or check the network.`,
    );
    loaded.set(language, ENGLISH);
  }
}
