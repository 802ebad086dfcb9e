// Keeps the site in the visitor's browser, so that it works without a network from the second visit on.
// One cache per build: assets.json names the build; files of older ones go when a newer one has come whole.

/** @typedef {import("./python/downloads.js").Assets} Assets */
/** @typedef {Event & {waitUntil(promise: Promise<unknown>): void}} LifeEvent */
/** @typedef {LifeEvent & {request: Request, respondWith(response: Promise<Response>): void}} RequestEvent */

const worker = /** @type {any} */ (globalThis);
const SCOPE = /** @type {string} */ (worker.registration.scope);
/** Caches of other sites on this origin, or of the host itself, are none of our business. */
const PREFIX = `image-scanner ${SCOPE} `;

worker.addEventListener("install", (/** @type {LifeEvent} */ event) => event.waitUntil(fill()));
worker.addEventListener("activate", (/** @type {LifeEvent} */ event) => event.waitUntil(takeOver()));
worker.addEventListener("fetch", (/** @type {RequestEvent} */ event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(SCOPE)) return;
  event.respondWith(isImmutable(request.url) ? keptFirst(request) : networkFirst(request));
});

/** Files below runtime/ have their content's checksum in their address: once kept, they never change. */
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
  // The runtime of the cdn variant lies on another origin; the browser's own cache has to do for it.
  const own = files.filter((url) => url.startsWith(SCOPE));
  await Promise.all(
    own.map(async (url) => {
      // The page has usually just loaded these: nothing is fetched twice that has not changed.
      const fetched = await fetch(url, { cache: isImmutable(url) ? "default" : "no-cache" });
      if (!fetched.ok) throw new Error(`${url} was answered with status ${fetched.status}`);
      await cache.put(url, fetched);
    }),
  );
  await worker.skipWaiting();
}

async function readAssets() {
  const response = await fetch(new URL("assets.json", SCOPE), { cache: "no-cache" });
  if (!response.ok) throw new Error(`assets.json was answered with status ${response.status}`);
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

/** The cache made last; caches.keys() lists them in the order they were made. */
async function newest() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX)).at(-1);
}

/** @param {Request} request */
async function keptFirst(request) {
  return (await caches.match(request.url)) ?? fetch(request);
}

/**
 * An answer from the network is always preferred: a page half old and half new would be worse than a slow one.
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
