// Keeps the site in the visitor's browser, so that it works without a network from the second visit on.
// Each build, named by assets.json, has a cache of its own. Once a newer build is complete, the older cache is deleted.

/** @typedef {import("./python/downloads.js").Assets} Assets */
/** @typedef {Event & {waitUntil(promise: Promise<unknown>): void}} LifeEvent */
/** @typedef {LifeEvent & {request: Request, respondWith(response: Promise<Response>): void}} RequestEvent */

const worker = /** @type {any} */ (globalThis);
const SCOPE = /** @type {string} */ (worker.registration.scope);
/** Names our caches apart from the caches of other sites on this origin, which stay untouched. */
const PREFIX = `image-scanner ${SCOPE} `;

worker.addEventListener("install", (/** @type {LifeEvent} */ event) => event.waitUntil(fill()));
worker.addEventListener("activate", (/** @type {LifeEvent} */ event) => event.waitUntil(takeOver()));
worker.addEventListener("fetch", (/** @type {RequestEvent} */ event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(SCOPE)) return;
  event.respondWith(isImmutable(request.url) ? keptFirst(request) : networkFirst(request));
});

/** Files below runtime/ have their content's checksum in their address, so a kept file never changes. */
function isImmutable(/** @type {string} */ url) {
  return url.startsWith(`${SCOPE}runtime/`);
}

async function fill() {
  const { assets, response } = await readAssets();
  const cache = await caches.open(PREFIX + assets.version);
  await cache.put(new URL("assets.json", SCOPE).href, response);
  const runtime = Object.values(assets.files).map(({ url }) => url);
  // "./" is the address people visit.
  const files = ["./", ...assets.page, ...runtime].map((path) => new URL(path, SCOPE).href);
  // The runtime of the cdn variant lies on another origin: only the browser's HTTP cache keeps it.
  const own = files.filter((url) => url.startsWith(SCOPE));
  await Promise.all(
    own.map(async (url) => {
      // The page has usually just loaded these files, so the HTTP cache has every unchanged one.
      const fetched = await fetch(url, { cache: isImmutable(url) ? "default" : "no-cache" });
      if (!fetched.ok) throw new Error(`${url} was answered with status ${fetched.status}, expected 200`);
      await cache.put(url, fetched);
    }),
  );
  await worker.skipWaiting();
}

async function readAssets() {
  const response = await fetch(new URL("assets.json", SCOPE), { cache: "no-cache" });
  if (!response.ok) throw new Error(`assets.json was answered with status ${response.status}, expected 200`);
  /** @type {Assets} */
  const assets = await response.clone().json();
  return { assets, response };
}

async function takeOver() {
  const cache = await newest();
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && name !== cache).map((name) => caches.delete(name)),
  );
  await worker.clients.claim();
}

/** Returns the name of our newest cache. caches.keys() lists caches in the order in which they were made. */
async function newest() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX)).at(-1);
}

/** @param {Request} request */
async function keptFirst(request) {
  return (await caches.match(request.url)) ?? fetch(request);
}

/**
 * Returns the network's answer, or the kept file without a network. A page of old and new files would be worse than a
 * slow page.
 * @param {Request} request
 */
async function networkFirst(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request.url.replace(/[?#].*$/, ""), { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}
