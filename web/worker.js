// The worker's script. Where the page wants a quick start, it asks for the site's files before its own modules have come;
// python/answering.js then takes the answers over, and answers the page. It imports nothing by itself: its modules would
// have to come first.

/** What the page names a worker whose Python may start from the memory that the site ships. */
const QUICK = "quick start";

// `phash-scanner site` fills both lists.
/** The files of a quick start, where the site has one. @type {string[]} */
const FILES = [];
/** All modules behind answering.js: they come side by side. @type {string[]} */
const MODULES = [];

/** @type {import("./python/early-answers.js").Early} */
const early = new Map();

/**
 * Asks for a file of the site.
 * @param {string} path
 * @param {RequestInit} [init]
 */
function ask(path, init) {
  const address = new URL(path, import.meta.url).href;
  const request = new AbortController();
  const answer = fetch(address, { ...init, signal: request.signal });
  answer.catch(() => {}); // whoever takes the answer reports the failure
  early.set(address, { answer, request });
}

// First the modules: over HTTP/2 the large files would hold them up.
for (const path of MODULES) import(/* @vite-ignore */ path).catch(() => {}); // whoever imports it in earnest reports it
if (self.name === QUICK) {
  ask("assets.json", { cache: "no-cache" });
  for (const path of FILES) ask(path);
}
import("./python/answering.js").then(
  ({ answerPage }) => answerPage(early),
  (error) =>
    setTimeout(() => {
      throw error; // as a module does that is imported by itself: the page gets an event
    }),
);
