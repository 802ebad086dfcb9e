// The page's side of the worker: one worker a page, a promise for every question.
import { ScannerError } from "../shared/errors.js";

/** @typedef {import("./frames.js").Box} Box */
/** @typedef {import("./frames.js").Frame} Frame */
/** @typedef {import("../python/runtime.js").Progress} Progress */
/** @typedef {{id: string, [field: string]: unknown}} Reference */
/** @typedef {{handle: number, references: number, threshold: number, catalogue: Reference[]}} OpenBundle */
/**
 * @typedef {{outcome: "match" | "no_match" | "no_detail" | "ambiguous", id: string | null, distance: number | null,
 *   margin: number | null, corners: [number, number][] | null, reference: Reference | null, milliseconds: number,
 *   quality: import("../shared/quality.js").Quality}} Verdict
 */

/** The worker's own few kilobytes of script must be there by then. */
const HELLO_MILLISECONDS = 9500;
/** Longest time one question may take, loading aside: hundreds of times what a slow phone needs. */
const ANSWER_MILLISECONDS = 30_000;

export class ScannerClient {
  /** @type {Map<string, ScannerClient>} */
  static #shared = new Map();

  /** @type {Worker | null} */
  #worker = null;
  /** @type {Map<number, {resolve: (result: any) => void, reject: (error: unknown) => void}>} */
  #waiting = new Map();
  #nextId = 1;
  #base;
  /** @type {Promise<void> | null} */
  #loaded = null;
  /** @type {Set<(progress: Progress) => void>} */
  #listeners = new Set();
  /** @type {Progress | null} */
  #progress = null;
  /** @type {Map<string, Promise<OpenBundle>>} bundles opened for single pictures, kept for the next one */
  #kept = new Map();

  #snapshots = true;

  /** @param {string} base address of the assembled site */
  constructor(base) {
    this.#base = base;
  }

  /**
   * Returns the page's one client for this site.
   * @param {string} base
   */
  static shared(base) {
    let client = ScannerClient.#shared.get(base);
    if (!client) {
      client = new ScannerClient(base);
      ScannerClient.#shared.set(base, client);
    }
    return client;
  }

  /** Every start from now on is a plain one; to be said before the first. */
  keepNoSnapshot() {
    this.#snapshots = false;
  }

  /**
   * Resolves when Python runs; may be called at any time and any number of times. After a failure it tries again.
   * @param {(progress: Progress) => void} [onProgress] called until loaded
   */
  async load(onProgress) {
    if (onProgress) {
      this.#listeners.add(onProgress);
      if (this.#progress) onProgress(this.#progress);
    }
    this.#loaded ??= this.#start();
    try {
      await this.#loaded;
    } finally {
      if (onProgress) this.#listeners.delete(onProgress);
    }
  }

  /**
   * Opens a bundle; the answer's handle is one scanner's own, with its own memory of earlier frames.
   * @param {string} url
   * @returns {Promise<OpenBundle>}
   */
  async openBundle(url) {
    const loaded = this.load();
    const [bundle] = await Promise.all([this.#afterHello(() => this.#ask("openBundle", { url }, Infinity)), loaded]);
    return bundle;
  }

  /**
   * Returns a bundle kept open for single pictures.
   * @param {string} url
   */
  keptBundle(url) {
    let bundle = this.#kept.get(url);
    if (!bundle) {
      bundle = this.openBundle(url);
      this.#kept.set(url, bundle);
      bundle.catch(() => this.#kept.delete(url));
    }
    return bundle;
  }

  /** @param {number} handle */
  closeBundle(handle) {
    return this.#ask("closeBundle", { handle });
  }

  /** @param {number} handle */
  reset(handle) {
    return this.#ask("reset", { handle });
  }

  /**
   * Judges one frame; its buffer is transferred away.
   * @param {number} handle
   * @param {Frame} frame
   * @param {Box} region in frame pixels
   * @param {boolean} [independent] judge without memory of earlier frames
   * @returns {Promise<Verdict>}
   */
  scanFrame(handle, frame, region, independent = false) {
    return this.#ask("scanFrame", { handle, ...frame, region, independent }, ANSWER_MILLISECONDS, [frame.pixels]);
  }

  /** @type {Promise<void> | null} */
  #hello = null;

  async #start() {
    try {
      await this.#afterHello(() => this.#ask("load", { base: this.#base, snapshots: this.#snapshots }, Infinity));
    } catch (error) {
      this.#loaded = null;
      throw error;
    }
  }

  /**
   * @template T
   * @param {() => Promise<T>} question
   */
  async #afterHello(question) {
    this.#hello ??= this.#startWorker();
    await this.#hello;
    return question();
  }

  /** Resolves when the worker listens. */
  #startWorker() {
    /** @type {Promise<void>} */
    const hello = new Promise((resolve, reject) => {
      const fail = (/** @type {string} */ message, /** @type {unknown} */ cause) => {
        clearTimeout(timer);
        const error = new ScannerError("runtime-failed", message, cause);
        reject(error);
        this.#fail(error);
      };
      const timer = setTimeout(() => fail(`The worker ${this.#base}worker.js did not start. Try again.`, undefined), HELLO_MILLISECONDS);
      try {
        this.#worker = createWorker(new URL("worker.js", this.#base).href);
      } catch (error) {
        fail("This page may not start a worker. Add 'worker-src blob:' to its Content-Security-Policy.", error);
        return;
      }
      this.#worker.addEventListener("error", (event) => {
        event.preventDefault();
        fail(`The worker ${this.#base}worker.js failed: ${event.message || "it is missing or blocked"}.`, event);
      });
      this.#worker.addEventListener("message", ({ data }) => {
        if (data.hello) {
          clearTimeout(timer);
          resolve();
        } else if (data.blocked) {
          fail(`The worker ${this.#base}worker.js could not be loaded: ${data.blocked}`, undefined);
        } else if (data.progress) {
          this.#progress = data.progress;
          for (const listener of this.#listeners) listener(data.progress);
        } else {
          this.#settle(data);
        }
      });
    });
    hello.catch(() => (this.#hello = null));
    return hello;
  }

  /** @param {{id: number, result?: unknown, error?: {code: import("../shared/errors.js").ErrorCode, message: string}}} data */
  #settle({ id, result, error }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new ScannerError(error.code, error.message));
    else waiting?.resolve(result);
  }

  /**
   * Ends everything under way; the next question starts a new worker.
   * @param {ScannerError} error
   */
  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#kept.clear();
    this.#worker?.terminate(); // it is broken: nothing loaded is lost
    this.#worker = null;
    this.#hello = null;
    this.#loaded = null;
    this.#progress = null;
  }

  /**
   * @param {string} action
   * @param {object} message
   * @param {number} [milliseconds] until an answer must be there
   * @param {Transferable[]} [transfer]
   * @returns {Promise<any>}
   */
  #ask(action, message, milliseconds = ANSWER_MILLISECONDS, transfer = []) {
    const worker = this.#worker;
    if (!worker) return Promise.reject(new ScannerError("runtime-failed", "The recogniser is not running. Start again."));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      let /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;
      if (milliseconds !== Infinity) {
        timer = setTimeout(
          () => this.#fail(new ScannerError("runtime-failed", `The recogniser did not answer "${action}". Start again.`)),
          milliseconds,
        );
      }
      const settled = (/** @type {(value: any) => void} */ then) => (/** @type {any} */ value) => {
        clearTimeout(timer);
        then(value);
      };
      this.#waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
      worker.postMessage({ id, action, ...message }, transfer);
    });
  }
}

/**
 * Starts a module worker from any origin: browsers refuse a worker script of another origin, but a blob of our own
 * may import it.
 * @param {string} address
 */
function createWorker(address) {
  if (new URL(address).origin === location.origin) return new Worker(address, { type: "module" });
  const script = `import(${JSON.stringify(address)}).catch((error) => postMessage({ blocked: String(error) }));`;
  const blob = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(blob, { type: "module" });
  // Kept until the worker has read it.
  setTimeout(() => URL.revokeObjectURL(blob), 60_000);
  return worker;
}
