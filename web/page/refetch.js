// Fetches the page's files anew, where one of them came damaged.

/**
 * Fetches every script of the site past the browser's HTTP cache, which may hold a login page in the place of one.
 * @param {string} base address of the assembled site, ending in "/"
 */
export async function refetchScripts(base) {
  const listing = await fetch(new URL("assets.json", base), { cache: "reload" });
  const { page } = /** @type {{page: string[]}} */ (await listing.json());
  const scripts = page.filter((path) => path.endsWith(".js"));
  await Promise.all(scripts.map((path) => fetch(new URL(path, base), { cache: "reload" })));
}
