// Starts the worker. Where the page or its host keeps the worker from starting, the error names which, and the cure.
import { closedTo } from "../shared/closed-host.js";
import { ScannerError } from "../shared/errors.js";
import { excerpt } from "../shared/quoting.js";
import { forbiddenBy, violationAt } from "../shared/violations.js";
import { assetsBase } from "./addresses.js";

/** Longest wait for the worker's own scripts, about a hundred kilobytes. */
const HELLO_MILLISECONDS = 9500;

/**
 * A worker that early-worker.js has started.
 * @typedef {{worker: Worker, address: string, listens: boolean, failed: boolean}} EarlyWorker
 */
const EARLY = Symbol.for("image-scanner early worker");

/** Name by which the worker's script knows that it may ask for the files of a quick start. */
const QUICK = "quick start";

const WEB_PAGE = "a web page (text/html)";

/** Throws "unsupported-browser" where there are no web workers, as under jsdom. */
export function requireWorkers() {
  if (globalThis.Worker) return;
  throw new ScannerError(
    "unsupported-browser",
    "This browser has no web workers, in which Python runs. Use another browser. In a unit test, dispatch the events " +
      "by hand, or run the test in a browser.",
  );
}

/**
 * Starts the worker of the site at `base`; resolves to the worker once it listens. Throws "runtime-failed"
 * or "unsupported-browser".
 * @param {string} base address of the assembled site, ending in "/"
 * @param {AbortSignal} signal once aborted, no worker is started, and one that is starting ends; throws its reason
 * @param {boolean} [quick] whether Python may start from the memory that the site ships
 * @returns {Promise<Worker>}
 */
export async function startWorker(base, signal, quick = true) {
  requireWorkers();
  const address = new URL("worker.js", base).href;
  if (address.startsWith("file:")) throw notServed(address);
  const end = performance.now() + HELLO_MILLISECONDS;
  // In a sandboxed frame location.origin is the site's, and the page's own origin is "null".
  const sameOrigin = new URL(address).origin === self.origin;
  const ways = sameOrigin ? [startDirectly, startThroughBlob] : [startThroughBlob];
  if (self.origin === "null") ways.push(startThroughData); // Chromium starts no module of such a page's own blobs
  signal.throwIfAborted();
  const early = takeEarly(address, quick);
  if (early?.listens) return early.worker;
  if (early) ways.unshift(() => early.worker);
  let /** @type {unknown} */ failure;
  for (const start of ways) {
    try {
      signal.throwIfAborted();
      return await listening(start(address, quick ? QUICK : ""), end, signal);
    } catch (error) {
      if (error instanceof ScannerError) throw error;
      failure = error;
    }
  }
  throw await explained(address, base, failure);
}

/**
 * Returns the worker that the page's head has started, once; null where there is none.
 * @param {string} address
 * @param {boolean} wanted false: ends it
 */
function takeEarly(address, wanted) {
  const page = /** @type {{[EARLY]?: EarlyWorker}} */ (globalThis);
  const early = page[EARLY];
  if (early?.address !== address) return null;
  delete page[EARLY];
  if (wanted && !early.failed) return early;
  early.worker.terminate();
  return null;
}

/** @param {string} address @param {string} name */
function startDirectly(address, name) {
  return new Worker(/** @type {string} */ (trusted(address)), { type: "module", name });
}

/**
 * Starts the worker through a blob of the page's own origin, which imports the script. Browsers refuse a worker script
 * of another origin. They also refuse one without the Cross-Origin-Embedder-Policy that its page has; a blob has it.
 * @param {string} address
 * @param {string} name
 */
function startThroughBlob(address, name) {
  const blob = URL.createObjectURL(new Blob([importing(address)], { type: "text/javascript" }));
  // The address is kept until the worker has read the blob.
  setTimeout(() => URL.revokeObjectURL(blob), 60_000);
  return new Worker(/** @type {string} */ (trusted(blob)), { type: "module", name });
}

/** @param {string} address @param {string} name */
function startThroughData(address, name) {
  const data = `data:text/javascript,${encodeURIComponent(importing(address))}`;
  return new Worker(/** @type {string} */ (trusted(data)), { type: "module", name });
}

/**
 * Returns a script that imports the worker's script, and tells the page if a policy forbids it.
 * @param {string} address
 */
function importing(address) {
  return `
    addEventListener("securitypolicyviolation", ({ effectiveDirective: directive, blockedURI: blocked, disposition }) =>
      disposition === "enforce" && /^(script|worker|child)-src/.test(directive) && postMessage({ forbidden: { directive, blocked } }));
    import(${JSON.stringify(address)}).catch((error) => setTimeout(() => postMessage({ blocked: String(error) }), 100));`;
}

/**
 * Resolves to the worker at its first message. Throws an Error where the worker fails before it listens.
 * @param {Worker} worker
 * @param {number} end time of `performance.now()` after which the worker counts as dead
 * @param {AbortSignal} ended once aborted, the worker ends
 * @returns {Promise<Worker>}
 */
async function listening(worker, end, ended) {
  const watch = new AbortController();
  const { signal } = watch;
  try {
    return await new Promise((resolve, reject) => {
      const late = new ScannerError(
        "runtime-failed",
        "The worker did not start. Check the connection, then start again.",
      );
      const timer = setTimeout(reject, Math.max(0, end - performance.now()), late);
      signal.addEventListener("abort", () => clearTimeout(timer));
      ended.addEventListener("abort", () => reject(ended.reason), { signal });
      worker.addEventListener(
        "error",
        (event) => {
          event.preventDefault();
          reject(new Error(event.message || "it is missing or blocked", { cause: event }));
        },
        { signal },
      );
      worker.addEventListener(
        "message",
        (event) => {
          const { data } = event;
          if (data.hello) resolve(worker);
          if (data.blocked) reject(new Error(data.blocked, { cause: event }));
          if (data.forbidden) reject(forbidden(data.forbidden)); // told before the failure that it causes
        },
        { signal },
      );
    });
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    watch.abort();
  }
}

/** @type {{createScriptURL(address: string): unknown} | null} */
let policy = null;

/**
 * Returns an address as `new Worker` takes it in a page that demands Trusted Types.
 * @param {string} address
 */
function trusted(address) {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  if (!types) return address;
  try {
    policy ??= types.createPolicy("image-scanner", {
      createScriptURL(/** @type {string} */ script) {
        if (/^(blob|data):|\/worker\.js$/.test(script)) return script;
        throw new TypeError(`${script} is not the scanner's worker`);
      },
    });
  } catch {
    return address; // the page allows no policy of this name; its default policy may let the address pass
  }
  return policy?.createScriptURL(address);
}

/**
 * Returns the error for a worker that did not start. Where one of its scripts failed, the error's `cause` is the event.
 * @param {string} address of worker.js
 * @param {string} base
 * @param {unknown} failure the browser's own error
 */
async function explained(address, base, failure) {
  const { message: said, cause } = failure instanceof Error ? failure : new Error(String(failure));
  if (/Trusted/.test(said)) {
    return siteFault(
      "The page's Content-Security-Policy demands Trusted Types (require-trusted-types-for 'script') and does not " +
        "allow the scanner's policy. Add image-scanner to its trusted-types directive.",
    );
  }
  const [direct, blob] = [await violationAt(address), await violationAt("blob:")];
  if (direct) return forbidden(direct);
  const signal = AbortSignal.timeout(HELLO_MILLISECONDS);
  const answer = await fetch(address, { cache: "no-cache", signal }).catch(() => null);
  const fault = answer && faultOf(answer);
  if (fault) {
    const bundled = base === assetsBase(undefined);
    const text =
      `${address} was answered with ${fault}, expected the scanner's worker (text/javascript). ` +
      (bundled
        ? "In an app made by a bundler, give the address of the assembled site as `assets`; otherwise check that the " +
          "whole site was uploaded."
        : "Check that `assets` is the address of the assembled site, and that the whole site was uploaded.");
    // A web page may also come from a network that wants a login first.
    return fault === WEB_PAGE ? new ScannerError("runtime-failed", text) : siteFault(text);
  }
  if (blob && crossOriginIsolated) {
    return siteFault(
      `This page has the header Cross-Origin-Embedder-Policy and ${address} has not, so the browser blocks the worker. ` +
        "Send the header Cross-Origin-Embedder-Policy: require-corp with worker.js, or add blob: to worker-src of the " +
        "page's Content-Security-Policy.",
    );
  }
  if (blob) return forbidden(blob);
  if (answer) {
    const text = `The worker ${address} failed: ${excerpt(said)}. Assemble the site again.`;
    return new ScannerError("runtime-failed", text, cause);
  }
  const closed = await closedTo(address, signal);
  if (closed) return siteFault(`The worker ${address} could not be fetched. ${closed}`);
  const remedy = "Check the address and the connection.";
  return new ScannerError("runtime-failed", `The worker ${address} could not be fetched (${excerpt(said)}). ${remedy}`);
}

/**
 * Returns the words for an answer that is no script, or "".
 * @param {Response} answer
 */
function faultOf(answer) {
  const type = answer.headers.get("content-type") ?? "no type";
  if (!answer.ok) return `status ${answer.status}`;
  if (/^text\/html/.test(type)) return WEB_PAGE;
  return /javascript|ecmascript/.test(type) ? "" : `the type ${type}`;
}

/** @param {import("../shared/violations.js").Violation} violation */
function forbidden(violation) {
  const source = violation.blocked.startsWith("blob") ? "blob:" : "the address of the scanner's site";
  return siteFault(`The scanner's worker may not start. ${forbiddenBy(violation, source)}`);
}

/**
 * Returns the error for a page that was opened from a disk.
 * @param {string} address
 */
function notServed(address) {
  return siteFault(
    `${address} lies on a disk, and browsers start no worker from there. Serve the folder over http, with ` +
      "`phash-scanner serve FOLDER` or any web server, and open its http:// address.",
  );
}

/** @param {string} message */
function siteFault(message) {
  return new ScannerError("runtime-failed", message, undefined, "site-fault");
}
