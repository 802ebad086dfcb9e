// Keeps one whole build of the site in the visitor's browser, so that the site works without a network from the second
// visit on. Every file is checked before it is kept and before it is used. A page gets all of its files from the build
// that it was opened with, also while a newer build arrives.

/**
 * @typedef {object} Build
 * @property {string} version
 * @property {Record<string, string>} kept checksum (SHA-256, hex) of each file that a visit needs, by its path
 * @property {Record<string, string>} later checksum of each other file; it is kept when a page first asks for it
 */
/** @typedef {Event & {waitUntil(promise: Promise<unknown>): void}} LifeEvent */
/**
 * @typedef {LifeEvent & {request: Request, clientId: string, resultingClientId: string,
 *   respondWith(response: Promise<Response>): void}} RequestEvent
 */

/**
 * `phash-scanner site` writes the build into this line. The line differs in every build, so browsers notice an update.
 * @type {Build}
 */
const BUILD = { version: "", kept: {}, later: {} };

const worker = /** @type {any} */ (globalThis);
const SCOPE = /** @type {string} */ (worker.registration.scope);
/** Names our caches apart from the caches of other sites on this origin, which stay untouched. */
const PREFIX = `image-scanner ${SCOPE} `;
/** Entry of a cache that holds its Build. It is written last, so a cache with this entry is complete. */
const LIST = `${SCOPE}?build`;
/** Entry of a cache that holds the pages opened with an older build: pairs of a client's id and a version. */
const OLDER_PAGES = `${SCOPE}?older-pages`;
/** Longest time for which a page waits for a file in the place of a damaged one. The download goes on. A page gives up on its recogniser soon after. */
const REPAIR_MILLISECONDS = 8000;

/** Downloads in the place of damaged files, by version and path: a page that asks again waits for the download under way. */
const mending = /** @type {Map<string, Promise<Response>>} */ (new Map());
/** Version of the build that each older page and its workers were opened with, by their client ids. */
const olderPages = /** @type {Map<string, string>} */ (new Map());
/** Workers of older pages that have not started yet. */
const starting = new Set();
let recalled = false;
const recalling = recall(); // the browser ends an idle service worker, and starts it again without its memory

worker.addEventListener("install", (/** @type {LifeEvent} */ event) => event.waitUntil(fill()));
worker.addEventListener("message", (/** @type {LifeEvent & {data: unknown}} */ event) => {
  if (event.data === "take over") event.waitUntil(worker.skipWaiting());
});
worker.addEventListener("activate", (/** @type {LifeEvent} */ event) => event.waitUntil(takeOver()));
worker.addEventListener("fetch", (/** @type {RequestEvent} */ event) => {
  const { request } = event;
  if (request.method !== "GET" || request.headers.has("range") || !request.url.startsWith(SCOPE)) return;
  if (recalled && olderPages.size === 0 && pathIn(BUILD, request.url) === null) return;
  event.respondWith(answer(event));
});

/** Keeps every file of this build, or fails: the browser then tries again on a later visit. */
async function fill() {
  const cache = await caches.open(PREFIX + BUILD.version);
  const older = await completeBuilds();
  try {
    await Promise.all(Object.keys(BUILD.kept).map((path) => keep(cache, path, older)));
  } catch (error) {
    await tell({ unkept: String(error) });
    throw error;
  }
  for (const build of older) await inherit(build);
  await cache.put(LIST, new Response(JSON.stringify(BUILD)));
  await worker.skipWaiting();
}

/**
 * Puts one file of this build into its cache.
 * @param {Cache} cache
 * @param {string} path
 * @param {Build[]} older builds that may hold the file already
 */
async function keep(cache, path, older) {
  const checksum = BUILD.kept[path];
  if (await sound(cache, path, checksum)) return; // an earlier attempt got so far
  // Only runtime/ is copied: it is large, and the headers of a page may have changed with the build.
  for (const build of older.filter(({ kept }) => path.startsWith("runtime/") && kept[path] === checksum)) {
    const copy = await sound(await caches.open(PREFIX + build.version), path, checksum);
    if (copy) return cache.put(addressOf(path), copy);
  }
  await cache.put(addressOf(path), await fetchSound(path, checksum));
}

/**
 * Copies those of an older build's `later` files that pages have shown, as far as this build has equal ones. A full disk
 * loses pictures, not the update.
 * @param {Build} older
 */
async function inherit({ version, later }) {
  try {
    const from = await caches.open(PREFIX + version);
    const cache = await caches.open(PREFIX + BUILD.version);
    for (const { url } of await from.keys()) {
      const path = pathIn(BUILD, url) ?? "";
      if (!Object.hasOwn(BUILD.later, path) || later[path] !== BUILD.later[path]) continue;
      const copy = await sound(from, path, later[path]);
      if (copy) await cache.put(addressOf(path), copy);
    }
  } catch {}
}

async function takeOver() {
  await recalling;
  const previous = (await completeBuilds()).at(-1);
  if (previous) {
    const before = await readEntry(previous.version, OLDER_PAGES);
    const inherited = /** @type {Map<string, string>} */ (new Map(before));
    for (const { id } of await worker.clients.matchAll({ type: "all" })) {
      olderPages.set(id, inherited.get(id) ?? previous.version);
    }
    await remember();
    await tell({ update: BUILD.version }, false);
  }
  await sweep();
  await worker.clients.claim();
}

/**
 * Answers a page from the build that it was opened with; a page that opens now gets this build.
 * @param {RequestEvent} event
 */
async function answer(event) {
  await recalling;
  const { request, clientId, resultingClientId } = event;
  const older = request.mode === "navigate" ? undefined : olderPages.get(clientId);
  if (older !== undefined && request.destination === "worker" && resultingClientId) {
    starting.add(resultingClientId);
    olderPages.set(resultingClientId, older);
    event.waitUntil(remember());
  }
  if (older === undefined && olderPages.size > 0) event.waitUntil(sweep());
  const build = /** @type {Build} */ ((older && (await readEntry(older, LIST))) || BUILD);
  const path = pathIn(build, request.url);
  if (path === null) return fetch(request);
  return keptOrMended(event, build, path);
}

/**
 * Returns a file of a build from its cache. A missing or damaged one is fetched again.
 * @param {RequestEvent} event
 * @param {Build} build
 * @param {string} path
 */
async function keptOrMended(event, build, path) {
  const checksum = checksumIn(build, path);
  const cache = await caches.open(PREFIX + build.version).catch(() => null); // null: the browser's store is broken
  const kept = cache && (await sound(cache, path, checksum));
  if (kept) return kept;
  const download = mend(build, path, cache);
  event.waitUntil(download.catch(() => {})); // a page that gives up meanwhile finds the file mended at its next try
  try {
    return (await Promise.race([download, tooLate()])).clone();
  } catch (error) {
    const text = `This browser's copy of ${addressOf(path)} is missing or damaged, and no other could be fetched. Check the network, then reload. (${error})`;
    if (Object.hasOwn(build.kept, path)) await tell({ unkept: text });
    worker.registration.update().catch(() => {}); // the host may have a newer build by now
    return new Response(text, { status: 502, headers: { "content-type": "text/plain; charset=utf-8" } });
  }
}

/**
 * Fetches a file of a build again and keeps it.
 * @param {Build} build
 * @param {string} path
 * @param {Cache | null} cache
 */
function mend(build, path, cache) {
  const key = `${build.version} ${path}`;
  const download = async () => {
    const response = await fetchSound(path, checksumIn(build, path));
    await cache?.put(addressOf(path), response.clone()).catch(() => {}); // a full disk must not keep the page from it
    return response;
  };
  const running = mending.get(key) ?? download().finally(() => mending.delete(key));
  mending.set(key, running);
  return running;
}

/** Rejects once a page has waited long enough for a download. @returns {Promise<never>} */
function tooLate() {
  const seconds = REPAIR_MILLISECONDS / 1000;
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`It did not arrive whole within ${seconds} s.`)), REPAIR_MILLISECONDS);
  });
}

/**
 * Returns a file from a cache if its checksum is right, else null.
 * @param {Cache} cache
 * @param {string} path
 * @param {string} checksum
 */
async function sound(cache, path, checksum) {
  const match = () => cache.match(addressOf(path), { ignoreVary: true });
  const kept = await match().catch(() => undefined);
  const found = await kept?.arrayBuffer().then(checksumOf, () => "");
  // Browsers keep compiled code with an entry, and use it only where nobody has touched the entry's answer.
  return (found === checksum && (await match())) || null;
}

/**
 * Returns a file from the network. Throws an Error where the network has no such file or another one.
 * @param {string} path
 * @param {string} checksum
 */
async function fetchSound(path, checksum) {
  const address = addressOf(path);
  let fault = "";
  // Addresses below runtime/ name their content, so the browser's HTTP cache has it already. Where the HTTP cache holds a
  // bad answer, "reload" goes past it.
  const first = path.startsWith("runtime/") ? "default" : "no-cache";
  for (const cache of /** @type {RequestCache[]} */ ([first, "reload"])) {
    const response = await fetch(address, { cache });
    const bytes = await response.clone().arrayBuffer();
    const found = await checksumOf(bytes);
    const type = response.headers.get("content-type") ?? "";
    if (response.ok && found === checksum) {
      // A page must not be answered with an answer that was redirected.
      return response.redirected ? new Response(bytes, { headers: { "content-type": type } }) : response;
    }
    fault = `status ${response.status}, ${bytes.byteLength} bytes of ${type || "no type"} with checksum ${found}`;
  }
  throw new Error(`${address}: expected the file with checksum ${checksum}, found ${fault}.`);
}

/** Forgets older pages that have gone, and deletes older caches that no page uses any more. */
async function sweep() {
  const open = await worker.clients.matchAll({ type: "all", includeUncontrolled: true });
  const ids = new Set(open.map((/** @type {{id: string}} */ { id }) => id));
  const before = olderPages.size;
  for (const id of olderPages.keys()) {
    if (ids.has(id)) starting.delete(id);
    else if (!starting.has(id)) olderPages.delete(id);
  }
  if (olderPages.size < before) await remember();
  const used = new Set([...olderPages.values()].map((version) => PREFIX + version));
  // A cache made after ours is of a build that is arriving.
  const ours = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const older = ours.slice(0, ours.indexOf(PREFIX + BUILD.version)).filter((name) => !used.has(name));
  for (const name of older) {
    // Pages of the older build may have shown more pictures since this build was filled.
    const build = /** @type {Build | null} */ (await readEntry(name.slice(PREFIX.length), LIST).catch(() => null));
    if (build) await inherit(build);
    await caches.delete(name);
  }
}

/** Returns the builds of our other complete caches, oldest first: caches.keys() lists caches as they were made. */
async function completeBuilds() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== PREFIX + BUILD.version);
  const builds = await Promise.all(names.map((name) => readEntry(name.slice(PREFIX.length), LIST)));
  return /** @type {Build[]} */ (builds.filter((build) => build !== null));
}

/**
 * Returns what an entry of a build's cache says, or null.
 * @param {string} version
 * @param {string} entry
 */
async function readEntry(version, entry) {
  if (!(await caches.has(PREFIX + version))) return null; // caches.open would make it
  const kept = await (await caches.open(PREFIX + version)).match(entry);
  return kept?.json().catch(() => null) ?? null;
}

async function recall() {
  for (const [id, version] of (await readEntry(BUILD.version, OLDER_PAGES).catch(() => null)) ?? []) {
    olderPages.set(id, version);
  }
  recalled = true;
}

/** Writes down the older pages. On a full disk they are forgotten early, and the caches of older builds can still go. */
async function remember() {
  try {
    const cache = await caches.open(PREFIX + BUILD.version);
    await cache.put(OLDER_PAGES, new Response(JSON.stringify([...olderPages])));
  } catch {}
}

/**
 * Posts a message to every page of the site.
 * @param {import("./page/keep-offline.js").Told} message
 * @param {boolean} [everyone] also pages that this service worker does not answer
 */
async function tell(message, everyone = true) {
  for (const page of await worker.clients.matchAll({ includeUncontrolled: everyone })) page.postMessage(message);
}

/**
 * Returns the path of the file that a build has for an address, or null. A page has several names.
 * @param {Build} build
 * @param {string} address
 */
function pathIn(build, address) {
  let path;
  try {
    path = decodeURIComponent(new URL(address).pathname.slice(new URL(SCOPE).pathname.length));
  } catch {
    return null; // a "%" that encodes nothing
  }
  const names = path === "" || path.endsWith("/") ? [`${path}index.html`] : [path, `${path}.html`];
  return names.find((name) => checksumIn(build, name) !== "") ?? null;
}

/** @param {Build} build @param {string} path */
function checksumIn({ kept, later }, path) {
  return [kept, later].find((files) => Object.hasOwn(files, path))?.[path] ?? "";
}

/** @param {string} path */
function addressOf(path) {
  return SCOPE + path.split("/").map(encodeURIComponent).join("/");
}

/** Returns the SHA-256 of bytes, in hex. @param {ArrayBuffer} bytes */
async function checksumOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
