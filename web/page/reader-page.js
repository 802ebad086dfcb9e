// Runs the reader page around <image-scanner>: its language, its gallery, news of a newer build. A page of one's own may
// include it: every part of the page that is not there is left alone.
import { linkAddress } from "./addresses.js";
import { cameraPermission } from "./camera.js";
import { offerGallery } from "./gallery.js";
import { tellNews } from "./news.js";

const scanner = /** @type {HTMLElementTagNameMap["image-scanner"] | null} */ (document.querySelector("image-scanner"));

speak();
const gallery = document.querySelector(".gallery");
if (scanner && gallery instanceof HTMLElement) {
  offerGallery(scanner, gallery, ({ url }, { bundle }) => linkAddress(url, bundle));
}
tellNews(scanner);
// A visitor who allowed the camera before need not be asked, nor told why.
if (scanner && (await cameraPermission()) === "granted") scanner.start();

/** Puts the page's words into the visitor's language where the site left the language open. */
function speak() {
  const list = document.getElementById("page-words")?.textContent;
  if (!list) return;
  const words = /** @type {Record<string, Record<string, string>>} */ (JSON.parse(list));
  const asked = new URLSearchParams(location.search).get("lang");
  const language = chosen(asked ? [asked] : navigator.languages, Object.keys(words));
  document.documentElement.lang = language;
  if (scanner) scanner.lang = language; // setting its own lang makes the element render again
  for (const node of document.querySelectorAll("[data-word]")) {
    const text = words[language][/** @type {HTMLElement} */ (node).dataset.word ?? ""];
    if (text) node.textContent = text;
  }
  document.title = words[language].title ?? document.title;
}

/**
 * Returns the first of a visitor's languages that the page has, else English.
 * @param {readonly string[]} wanted language tags, the dearest first
 * @param {string[]} there
 */
function chosen(wanted, there) {
  for (const tag of wanted) {
    try {
      const { language, script } = new Intl.Locale(tag).maximize(); // "zh-TW" is written in "Hant"
      const found = there.find((each) => each === `${language}-${script}`) ?? there.find((each) => each === language);
      if (found) return found;
    } catch {} // no language tag
  }
  return "en";
}
