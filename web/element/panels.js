// The words in the parts of the element: progress, advice, a find, an error.
import { shortened } from "../page/shortened.js";
import { fill } from "./fill.js";
import { platform } from "./platform.js";

/** @typedef {import("../page/options.js").Result} Result */
/** @typedef {import("../shared/errors.js").ScannerError} ScannerError */
/** @typedef {import("../page/status.js").Status} Status */
/** @typedef {import("./inside.js").Inside} Inside */
/** @typedef {import("./words/en.js").Strings} Strings */
/** @typedef {import("./view.js").View} View */

/**
 * @param {Inside} inside
 * @param {import("../shared/protocol.js").Progress | null} loading null: nothing to show
 * @param {Strings} words
 */
export function renderLoading(inside, loading, words) {
  inside.show(".loading", loading !== null);
  if (!loading) return;
  const { stage, loaded, total } = loading;
  const megabytes = (/** @type {number} */ bytes) => inside.number(bytes / 1e6);
  const share = total ? loaded / total : 0;
  // On a good line Python starts in about a third of the download's time.
  const done = stage === "core" ? 0.97 : stage === "python" ? 0.8 + 0.1 * share : 0.8 * share;
  inside.find(".loading-stage").textContent = words[stage];
  inside.find(".loading-bytes").textContent = fill(words.megabytes, {
    loaded: megabytes(loaded),
    total: megabytes(total),
  });
  const bar = inside.find(".bar");
  bar.setAttribute("aria-valuenow", String(Math.round(done * 100)));
  bar.setAttribute("aria-label", words[stage]);
  /** @type {HTMLElement} */ (bar.firstElementChild).style.transform = `scaleX(${done.toFixed(3)})`;
  inside.find(".loading").classList.toggle("busy", stage !== "download");
}

/**
 * @param {Inside} inside
 * @param {View} view
 * @param {Status} status
 * @param {Strings} words
 */
export function renderHint(inside, view, status, words) {
  const text = hintWords(view, status, words, inside.host.hasAttribute("multiple"));
  const node = inside.find(".hint");
  if (node.textContent !== text) {
    node.textContent = text;
    if (text) inside.speak(text);
  }
  node.classList.toggle("advice", view === "scanning" && status.hint !== null);
}

/**
 * @param {View} view
 * @param {Status} status
 * @param {Strings} words
 * @param {boolean} several true: the camera may see several pictures at once
 */
function hintWords(view, { hint, waiting }, words, several) {
  if (view === "scanning") return words[hint ?? (several ? "sweeping" : "scanning")];
  if (view === "suspended" || view === "checking") return words[view];
  return view === "loading" && waiting === "camera" ? words.opening : "";
}

/**
 * Announces a view to people who hear the page. The element announces finds and errors; `renderHint` announces advice.
 * @param {View} view
 * @param {Inside} inside
 * @param {Strings} words
 */
export function speakOf(view, inside, words) {
  if (view === "asking") inside.speak(`${words.asking}. ${words.askingText}`);
  if (view === "missed") inside.speak(`${words.notFound}. ${inside.find(".missed p").textContent}`);
  if (view === "tap" || view === "paused") inside.speak(words[view]);
  if (view === "welcome" || view === "loading") inside.speak("");
}

/**
 * @param {Inside} inside
 * @param {Result} result
 * @param {string | null} url address that the find leads to
 * @param {Strings} words
 */
export function renderResult(inside, result, url, words) {
  inside.find(".name").textContent = titleOf(result);
  inside.show(".name + dl", inside.host.hasAttribute("details"));
  inside.find(".id").textContent = shortened(result.id);
  inside.find(".distance").textContent = fill(words.bits, { value: result.distance });
  const link = /** @type {HTMLAnchorElement} */ (inside.find(".follow"));
  link.hidden = !url;
  if (url) link.href = url;
  for (const again of [".again", ".another"]) inside.find(again).classList.toggle("main", !url);
}

/** @param {Pick<Result, "id" | "reference">} find */
export function titleOf({ reference, id }) {
  return shortened(typeof reference?.title === "string" && reference.title ? reference.title : id);
}

/**
 * @param {Inside} inside
 * @param {ScannerError} error
 * @param {string} problem key of the words for the error
 * @param {Strings} words
 */
export function renderError(inside, error, problem, words) {
  const { device, inApp } = platform();
  const site = problem === "site-fault";
  const elsewhere = inApp && !site && ["unsupported-browser", "permission-denied", "no-camera"].includes(error.code);
  sayProblem(inside, error, elsewhere ? "inApp" : problem, words);
  const unreadable = problem.startsWith("unreadable") && !elsewhere;
  const insecure = error.code === "insecure-context";
  // With a camera interface, the person may only have left the question unanswered: asking again may help.
  const hopeless = insecure || (error.code === "unsupported-browser" && !navigator.mediaDevices?.getUserMedia);
  inside.show(".problem .copy", elsewhere || error.code === "unsupported-browser");
  inside.show(".problem .retry", !hopeless);
  inside.word(".problem .retry span", unreadable ? "start" : "retry", words);
  // The button that will most likely help stands out.
  const noUse =
    ["no-camera", "unsupported-browser"].includes(error.code) || (site && error.code === "permission-denied");
  const photoFirst = (noUse || insecure || unreadable) && !elsewhere;
  inside.find(".problem .photo").classList.toggle("main", photoFirst);
  inside.find(".problem .retry").classList.toggle("main", !photoFirst && !elsewhere);
  inside.find(".elsewhere").classList.toggle("main", elsewhere);
  inside.find(".problem .copy").classList.toggle("main", elsewhere && device !== "android");
  // Without the recogniser, or without pixels, a photo is no help.
  const photo = unreadable || !["runtime-failed", "bundle-invalid", "pixels-blocked"].includes(error.code);
  inside.show(".problem .photo", photo);
  inside.show(".problem .shoot", photo && device === "android" && !elsewhere);
  linkElsewhere(inside, insecure, elsewhere && device === "android", words);
}

/**
 * @param {Inside} inside
 * @param {ScannerError} error
 * @param {string} problem
 * @param {Strings} words
 */
function sayProblem(inside, error, problem, words) {
  const { device } = platform();
  const strings = /** @type {Record<string, string>} */ (words);
  const [title] = problem.split(".");
  inside.find(".problem-title").textContent = strings[title] ?? error.code;
  inside.find(".problem-text").textContent =
    (title === problem ? undefined : strings[problem]) ??
    strings[`${title}.${device}`] ??
    strings[`${title}.text`] ??
    error.message;
  inside.find(".code").textContent = error.code;
  inside.find(".message").textContent = error.message;
}

/**
 * Offers a link to a page that gets the camera: over https, or in the person's own browser.
 * @param {Inside} inside
 * @param {boolean} insecure
 * @param {boolean} intent Android hands an intent to the person's own browser
 * @param {Strings} words
 */
function linkElsewhere(inside, insecure, intent, words) {
  const link = /** @type {HTMLAnchorElement} */ (inside.find(".elsewhere"));
  link.hidden = !(insecure || intent);
  inside.word(".elsewhere span", insecure ? "openSecurely" : "openInBrowser", words);
  const address = location.href.replace(/^https?:/, "");
  const scheme = location.protocol.slice(0, -1);
  if (!link.hidden) link.href = insecure ? `https:${address}` : `intent:${address}#Intent;scheme=${scheme};end`;
}
