// Has the site kept for visits without a network, looks for newer builds, and tells the page of both.

/**
 * What the service worker tells: the version of a newer build that is now complete, or why files could not be kept.
 * @typedef {{update: string} | {unkept: string}} Told
 */

const SCRIPT = new URL("service-worker.js", document.baseURI).href;
/** Least time from one look for a newer build to the next. */
const LOOK_MILLISECONDS = 60_000;
/** Time after which a page that stays open looks again. */
const LOOK_AGAIN_MILLISECONDS = 3_600_000;
/** Time after which a newer build that is complete, and has not taken over, is asked to. */
const URGE_MILLISECONDS = 10_000;

/**
 * Registers the service worker beside the page, when it is quiet: it fetches and checks every file of the site.
 * @param {() => void} onUpdate called when a newer build is complete: the page's next load is of that build
 * @param {(reason: string) => void} onUnkept called when a file came damaged and was not kept
 * @param {Promise<void>} quiet
 */
export async function keepOffline(onUpdate, onUnkept, quiet) {
  if (!("serviceWorker" in navigator)) return; // plain http, or a private window
  navigator.serviceWorker.addEventListener("message", ({ data, source }) => {
    // Service workers of other scanners on this origin write to every page of it.
    if (!(source instanceof ServiceWorker) || source.scriptURL !== SCRIPT) return;
    const told = /** @type {Partial<{update: string, unkept: string}>} */ (data ?? {});
    if (told.update !== undefined) onUpdate();
    if (told.unkept !== undefined) onUnkept(told.unkept);
  });
  if (!navigator.serviceWorker.controller) {
    navigator.serviceWorker.addEventListener("controllerchange", keepShown, { once: true });
  }
  await quiet;
  try {
    const registration = await navigator.serviceWorker.register(SCRIPT, { updateViaCache: "none" });
    if (!registration) return; // tools that block service workers give nothing
    urgeArriving(registration);
    registration.addEventListener("updatefound", () => urgeArriving(registration));
    lookForUpdates(registration);
  } catch {
    // Without a service worker only visits without a network fail.
  }
}

/** Asks the service worker for the pictures that a first visit has loaded without it: it keeps a picture at its first use. */
function keepShown() {
  const scope = new URL("./", SCRIPT).href;
  new PerformanceObserver((loaded) => {
    for (const one of /** @type {PerformanceResourceTiming[]} */ (loaded.getEntries())) {
      const missed = one.initiatorType === "img" && one.workerStart === 0 && one.name.startsWith(scope);
      if (missed)
        fetch(one.name)
          .then((answer) => answer.blob())
          .catch(() => {}); // without a network the next visit keeps it
    }
  }).observe({ type: "resource", buffered: true });
}

/**
 * Has a newer build take over that is complete, or is about to be. It skips waiting by itself, but Chromium may leave it
 * waiting where requests to the older build were under way: then it has to be asked once more, when all is quiet.
 * @param {ServiceWorkerRegistration} registration
 */
function urgeArriving(registration) {
  const urge = () => setTimeout(() => registration.waiting?.postMessage("take over"), URGE_MILLISECONDS);
  registration.installing?.addEventListener("statechange", urge);
  if (registration.waiting) urge();
}

/**
 * Looks for a newer build now, when the person comes back to the page, when the network comes back, and every hour.
 * @param {ServiceWorkerRegistration} registration
 */
function lookForUpdates(registration) {
  let last = -Infinity;
  const look = () => {
    if (document.hidden || performance.now() - last < LOOK_MILLISECONDS) return;
    last = performance.now();
    registration.update().catch(() => {}); // without a network there is nothing to find
  };
  if (navigator.serviceWorker.controller) look(); // a first visit has the newest build
  document.addEventListener("visibilitychange", look);
  addEventListener("online", look);
  addEventListener("pageshow", look);
  setInterval(look, LOOK_AGAIN_MILLISECONDS);
}
