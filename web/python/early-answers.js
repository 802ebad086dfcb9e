// The answers that the worker's script has asked for before this module was here.

/** @typedef {Map<string, {answer: Promise<Response>, request: AbortController}>} Early  by address */

/** @type {Early} */
let early = new Map();

/** @param {Early} answers */
export function expectEarly(answers) {
  early = answers;
}

/**
 * Returns the answer of an address that has been asked for already, once; null for every other one.
 * @param {string} address
 * @param {AbortSignal | null} [signal] ends the request
 */
export function earlyAnswer(address, signal) {
  const found = early.get(address);
  if (!found) return null;
  early.delete(address);
  if (signal?.aborted) found.request.abort(signal.reason);
  signal?.addEventListener("abort", () => found.request.abort(signal.reason), { once: true });
  return found.answer;
}

/** Ends the requests that nobody has taken: a later start asks anew, and a body that nobody reads would hold its connection. */
export function dropEarlyAnswers() {
  for (const { request } of early.values()) request.abort();
  early.clear();
}
