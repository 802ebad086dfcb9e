// Tells a host that lets no page of another origin read its files from a host that does not answer.

/** The browser's own. In the worker, a later one answers with the downloads under way, which wait for this question. */
const fetchFromNetwork = globalThis.fetch;

/**
 * Returns the sentence for an address that its host keeps from this page, or "" for one that fails otherwise. Call it
 * after a fetch has failed.
 * @param {string} address
 * @param {AbortSignal} [signal]
 */
export async function closedTo(address, signal) {
  const { origin } = new URL(address);
  if (origin === globalThis.origin) return "";
  try {
    await fetchFromNetwork(address, { mode: "no-cors", cache: "no-cache", signal }); // resolves for every host that answers
  } catch {
    return "";
  }
  return (
    `The host ${origin} answers, but lets no page of ${globalThis.origin} read its files: it sends no ` +
    "Access-Control-Allow-Origin for them. Add that header at the host (docs/hosting.md), or serve the files from the " +
    "page's own origin."
  );
}
