// The worker's script. Where the page wants a quick start, it asks for the site's files before its own modules have come;
// python/answering.js then takes the answers over, and answers the page. It has no static import: it would run only after
// its modules have come.

/** What the page names a worker whose Python may start from the memory that the site ships. */
const QUICK = "quick start";
/**
 * The same, over HTTP/1.1, where requests wait for one of six connections in the order of their priority: those for
 * Python's files go before those for the page's modules. Otherwise the page's modules go first: many hosts send by
 * priority, over one connection.
 */
const URGENT = "quick start, urgent";

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
if ([QUICK, URGENT].includes(self.name) && globalThis.WebAssembly) {
  const priority = self.name === URGENT ? "high" : "low";
  ask("assets.json", { cache: "no-cache" });
  for (const path of FILES) ask(path, { priority });
}
import("./python/answering.js").then(
  ({ answerPage }) => answerPage(early),
  (error) =>
    setTimeout(() => {
      // A static import that fails gives the page an event; so does this. Browsers blame answering.js for all behind it.
      throw /import/i.test(error.message) ? new Error("a module of it is missing or blocked") : error;
    }),
);
