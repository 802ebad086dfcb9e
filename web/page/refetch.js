// Fetches the page's files anew, where one of them came damaged.

/** Longest wait for all of them, about a hundred kilobytes. */
const REFETCH_MILLISECONDS = 20_000;

/**
 * Fetches every script of the site past the browser's HTTP cache, which may hold a login page in the place of one.
 * @param {string} base address of the assembled site, ending in "/"
 */
export async function refetchScripts(base) {
  const signal = AbortSignal.timeout(REFETCH_MILLISECONDS);
  const listing = await fetch(new URL("assets.json", base), { cache: "reload", signal });
  const { page } = /** @type {{page: string[]}} */ (await listing.json());
  const scripts = page.filter((path) => path.endsWith(".js"));
  await Promise.all(scripts.map((path) => fetch(new URL(path, base), { cache: "reload", signal })));
}
