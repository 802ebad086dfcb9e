// Speaks to the worker for the page. A page has one worker for a site, and every question a promise.
import { ScannerError, withCode } from "../shared/errors.js";
import { excerpt } from "../shared/quoting.js";
import { Paced } from "./paced.js";
import { refetchScripts } from "./refetch.js";
import { startWorker } from "./worker-start.js";

/** @typedef {import("../shared/protocol.js").Actions} Actions */
/** @typedef {import("../shared/errors.js").ErrorCode} ErrorCode */
/** @typedef {import("../shared/protocol.js").Box} Box */
/** @typedef {import("../shared/protocol.js").Frame} Frame */
/** @typedef {import("../shared/protocol.js").Progress} Progress */

/** Longest wait for an answer, loading aside. A slow phone needs less than a hundredth. */
const ANSWER_MILLISECONDS = 30_000;
/** Longest wait for the verdict on a large photo, per pixel: nearly three minutes for 16 megapixels. */
const ANSWER_MILLISECONDS_PER_PIXEL = 0.01;

export class ScannerClient {
  /** @type {Map<string, ScannerClient>} */
  static #shared = new Map();

  /** @type {Worker | null} */
  #worker = null;
  /** @type {Map<number, {resolve: (result: any) => void, reject: (error: unknown) => void, url?: string}>} */
  #waiting = new Map();
  #nextId = 1;
  #base;
  /** @type {Promise<void> | null} */
  #loaded = null;
  /** @type {Set<Paced>} */
  #listeners = new Set();
  /** @type {Progress | null} */
  #progress = null;
  #snapshots = true;
  /** @type {Promise<void> | null} */
  #hello = null;
  #life = {};
  #refetched = false;
  /** Ends the present worker, also one that is still starting. */
  #end = new AbortController();
  /** Stops each scanner that runs. @type {Set<() => void>} */
  #running = new Set();

  /** @param {string} base address of the assembled site */
  constructor(base) {
    this.#base = base;
  }

  /**
   * Returns the page's one client for the site at `base`.
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

  /**
   * Ends the worker of the site at `base`, or of every site.
   * @param {string | null} base null: every site
   */
  static unload(base) {
    for (const [address, client] of ScannerClient.#shared) if (base === null || base === address) client.#unload();
  }

  /** Stands for the present worker. A worker that fails takes everything open in it along, and `life` is replaced. */
  get life() {
    return this.#life;
  }

  /** Starts Python without the snapshot that the site ships. Call it before the first `load`. */
  startPlainly() {
    this.#snapshots = false;
  }

  /**
   * Calls `stop` when the worker is unloaded; at most once, and not after `rests`.
   * @param {() => void} stop
   */
  runs(stop) {
    this.#running.add(stop);
  }

  /** @param {() => void} stop as given to `runs` */
  rests(stop) {
    this.#running.delete(stop);
  }

  /**
   * Loads Python, once; resolves when Python runs. A call after a failure tries again. Throws a ScannerError.
   * @param {(progress: Progress) => void} [onProgress] called until loaded, at most ten times a second
   */
  async load(onProgress) {
    const listener = onProgress && new Paced(onProgress);
    if (listener) {
      this.#listeners.add(listener);
      if (this.#progress) listener.give(this.#progress);
    }
    this.#loaded ??= this.#start();
    const loaded = this.#loaded;
    try {
      await loaded;
    } catch (error) {
      if (this.#loaded === loaded) this.#loaded = null;
      throw error;
    } finally {
      if (listener) {
        this.#listeners.delete(listener);
        listener.flush();
      }
    }
  }

  /**
   * Opens a scanner over a bundle; resolves to the scanner's handle.
   * @param {string} url of the bundle
   * @param {boolean} memory true: remembers earlier frames; false: judges each frame on its own
   * @param {number | null} most pictures of one frame that are told at most; null: one verdict, and no list
   * @returns {Promise<number>}
   */
  openScanner(url, memory, most) {
    return this.#afterLoad(() => this.#ask("openScanner", { url, memory, most }, Infinity));
  }

  /**
   * Resolves to every reference of a bundle.
   * @param {string} url of the bundle
   */
  catalogue(url) {
    return this.#afterLoad(() => this.#ask("catalogue", { url }, Infinity));
  }

  /** @param {number} scanner */
  closeScanner(scanner) {
    return this.#ask("closeScanner", { scanner });
  }

  /** @param {number} scanner */
  reset(scanner) {
    return this.#ask("reset", { scanner });
  }

  /**
   * Judges one frame, whose buffer is transferred to the worker and comes back as `pixels`.
   * @param {number} scanner
   * @param {Frame} frame
   * @param {Box} region in frame pixels
   * @param {boolean} noted true: the answer has all that a recording needs to judge the frame again
   */
  scanFrame(scanner, frame, region, noted) {
    const most = Math.max(ANSWER_MILLISECONDS, ANSWER_MILLISECONDS_PER_PIXEL * frame.width * frame.height);
    return this.#ask("scanFrame", { scanner, ...frame, region, noted }, most, [frame.pixels]);
  }

  /**
   * Resolves to the makers of a scanner's verdicts.
   * @param {number} scanner
   */
  makers(scanner) {
    return this.#ask("makers", { scanner });
  }

  /**
   * Asks a question while Python loads, so that the bundle comes in meanwhile; resolves when Python runs, too.
   * @template T
   * @param {() => Promise<T>} question
   */
  async #afterLoad(question) {
    const loaded = this.load();
    const [answer] = await Promise.all([this.#afterHello(question), loaded]);
    return answer;
  }

  async #start() {
    await this.#afterHello(() => this.#ask("load", { base: this.#base, snapshots: this.#snapshots }, Infinity));
  }

  /**
   * Asks a question as soon as the worker listens.
   * @template T
   * @param {() => Promise<T>} question
   */
  async #afterHello(question) {
    const { signal } = this.#end;
    this.#hello ??= this.#startWorker(signal).catch((error) => this.#startWithFreshScripts(error, signal));
    await this.#hello;
    if (signal.aborted) throw signal.reason;
    return question();
  }

  /**
   * Starts the worker once more, with scripts from the network. The browser's HTTP cache may hold bad ones.
   * @param {ScannerError} error of the first start
   * @param {AbortSignal} signal
   * @returns {Promise<void>}
   */
  #startWithFreshScripts(error, signal) {
    if (signal.aborted || this.#refetched || !(error.cause instanceof Event)) throw error; // no script failed
    this.#refetched = true;
    const fetching = refetchScripts(this.#base).catch(() => {
      if (signal.aborted) throw signal.reason;
      this.#hello = null;
      this.#refetched = false;
      throw error;
    });
    this.#hello = fetching.then(() => this.#startWorker(signal)); // calls that come meanwhile wait for it, too
    return this.#hello;
  }

  /**
   * Starts the worker; resolves when the worker listens.
   * @param {AbortSignal} signal
   */
  async #startWorker(signal) {
    try {
      const worker = await startWorker(this.#base, signal, this.#snapshots);
      this.#worker = worker;
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        if (this.#worker !== worker) return; // a last word of a worker that has been ended
        const text = `The worker ${this.#base}worker.js failed: ${excerpt(event.message || "it gave no reason")}. Start again.`;
        this.#fail(new ScannerError("runtime-failed", text, event));
      });
      worker.addEventListener("message", ({ data }) => {
        if (this.#worker !== worker) return;
        if (data.progress) {
          this.#progress = data.progress;
          for (const listener of this.#listeners) listener.give(data.progress);
        } else if (data.id) {
          this.#settle(data);
        }
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason; // a later worker may be starting
      this.#fail(withCode(error, "runtime-failed", "The worker could not be started."));
      throw error;
    }
  }

  /** Ends the worker and its Python, rejects every question under way, and stops the scanners that run. */
  #unload() {
    const error = new ScannerError("aborted", "ImageScanner.unload() ended the recogniser. Start again.");
    this.#end.abort(error);
    this.#end = new AbortController();
    this.#refetched = false;
    this.#fail(error);
    this.#life = {}; // also where the worker was still starting
    const running = [...this.#running];
    this.#running.clear();
    for (const stop of running) stop(); // a listener of the site may start again at once
  }

  /** @param {{id: number, result?: unknown, error?: Pick<ScannerError, "code" | "message" | "words">, broken?: boolean}} data */
  #settle({ id, result, error, broken }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (!error) {
      waiting?.resolve(result);
      return;
    }
    const known = new ScannerError(error.code, error.message, undefined, error.words);
    waiting?.reject(known);
    if (!broken) return;
    for (const { url, reject } of this.#waiting.values()) if (url && url === waiting?.url) reject(known);
    this.#fail(new ScannerError("runtime-failed", "The recogniser broke at another scanner's work. Start again."));
  }

  /**
   * Rejects every question under way and ends the worker; the next question starts a new worker.
   * @param {ScannerError} error
   */
  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#worker?.terminate(); // a broken worker holds nothing worth keeping
    if (this.#worker) this.#life = {};
    this.#worker = null;
    this.#hello = null;
    this.#loaded = null;
    this.#progress = null;
  }

  /**
   * Posts a question to the worker; resolves to the answer. Without an answer in time the worker counts as broken.
   * @template {keyof Actions} A
   * @param {A} action
   * @param {Parameters<Actions[A]>[0]} message
   * @param {number} [milliseconds] longest wait for the answer
   * @param {Transferable[]} [transfer]
   * @returns {ReturnType<Actions[A]>}
   */
  #ask(action, message, milliseconds = ANSWER_MILLISECONDS, transfer = []) {
    const worker = this.#worker;
    const id = this.#nextId++;
    const answer = new Promise((resolve, reject) => {
      if (!worker) return reject(new ScannerError("runtime-failed", "The recogniser is not running. Start again."));
      let /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;
      if (milliseconds !== Infinity) {
        timer = setTimeout(
          () =>
            this.#fail(new ScannerError("runtime-failed", `The recogniser did not answer "${action}". Start again.`)),
          milliseconds,
        );
      }
      const settled = (/** @type {(value: any) => void} */ then) => (/** @type {any} */ value) => {
        clearTimeout(timer);
        then(value);
      };
      const { url } = /** @type {{url?: string}} */ (message);
      this.#waiting.set(id, { resolve: settled(resolve), reject: settled(reject), url });
      worker.postMessage({ id, action, ...message }, transfer);
    });
    return /** @type {ReturnType<Actions[A]>} */ (answer);
  }
}
