// Brings all words and parts of the element up to date.
import { renderError, renderHint, renderLoading, renderResult, speakOf } from "./panels.js";

/** @typedef {import("./inside.js").Inside} Inside */
/** @typedef {import("./words/en.js").Strings} Strings */
/** @typedef {import("./view.js").View} View */
/**
 * @typedef {object} Facts
 * @property {string} language of the words
 * @property {boolean} wordless true: the words are still to come
 * @property {View} view
 * @property {import("../page/status.js").Status} status
 * @property {import("../shared/protocol.js").Progress | null} loading of the camera's scanner or of a photo
 * @property {import("../page/options.js").Result | null} result
 * @property {string | null} link the address that a find leads to
 * @property {import("../shared/errors.js").ScannerError | null} error
 * @property {string} problem key of the words for the error
 * @property {boolean} again true: offers the camera again; false: offers another photo
 */

/**
 * Shows the facts; returns whether the view has changed.
 * @param {Inside} inside
 * @param {Strings} words
 * @param {Facts} facts
 */
export function render(inside, words, facts) {
  const { view, status, loading, result, link, error, problem, again } = facts;
  const stage = inside.find(".stage");
  stage.lang = facts.language;
  stage.toggleAttribute("data-wordless", facts.wordless);
  const entered = stage.dataset.view !== view;
  stage.dataset.view = view;
  stage.toggleAttribute("data-opening", view === "loading" && status.waiting === "camera");
  stage.toggleAttribute("data-card", result !== null && view === "scanning");
  inside.fillWords(words);
  renderLoading(inside, ["welcome", "asking", "loading", "checking"].includes(view) ? loading : null, words);
  if (entered) speakOf(view, inside, words);
  renderHint(inside, view, status, words);
  if (error) renderError(inside, error, problem, words);
  if (result) renderResult(inside, result, link, words);
  inside.show(".again", again);
  inside.show(".another", !again);
  return entered;
}
