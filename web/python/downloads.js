// Downloads the site's files side by side, counts their bytes, and gives the alarm when nothing comes any more.
import { closedTo } from "../shared/closed-host.js";
import { ScannerError } from "../shared/errors.js";
import { forbiddenBy, violationAt } from "../shared/violations.js";
import { Arrival } from "./arrival.js";
import { faultOf } from "./checksum.js";
import { earlyAnswer } from "./early-answers.js";

/**
 * @typedef {{url: string, sha256?: string, bytes: number, br?: number, gz?: number}} Asset  its checksum; bytes as they
 *   are, and compressed
 */
/**
 * @typedef {object} Assets the content of assets.json
 * @property {string} version of the build
 * @property {Record<string, Asset>} files of the runtime, by role
 * @property {string[]} page paths of everything else that a visit without a network needs
 * @property {Record<string, string>} [libraries] in a trimmed build: the role of each compiled library, by its path
 *   among Python's packages
 */

/**
 * @typedef {object} Download one file under way
 * @property {Arrival} arrival
 * @property {Promise<WebAssembly.Module> | null} module of what came; null where nobody asked for it
 * @property {Promise<{bytes: ArrayBuffer, again: boolean}>} whole checked; `again`: what came first was damaged, and this
 *   was fetched in its place
 */

/** The browser's own. Later, requests of this thread are answered with the downloads under way: see PyodideRequests. */
const fetchFromNetwork = globalThis.fetch;

/**
 * Calls `onStall` whenever nothing has happened for the given time. Time in which this thread computes hardly counts,
 * because a slow phone is busy, not stuck: a late tick adds no more than 300 ms.
 */
export class Watchdog {
  #idle = 0;
  #timer = 0;
  #stage = "";

  /**
   * @param {number} milliseconds
   * @param {(stage: string) => void} onStall gets the stage named last
   */
  constructor(milliseconds, onStall) {
    let last = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#idle += Math.min(now - last, 300);
      last = now;
      if (this.#idle > milliseconds) {
        this.#idle = 0;
        onStall(this.#stage);
      }
    }, 200);
  }

  /** Starts the time again. @param {string} [stage] name of the stage that begins */
  alive(stage) {
    this.#idle = 0;
    if (stage !== undefined) this.#stage = stage;
  }

  stop() {
    clearInterval(this.#timer);
  }
}

/**
 * Returns the site's list of files. Throws "runtime-failed".
 * @param {string} base address of the site, ending in "/"
 * @returns {Promise<Assets>}
 */
export async function readAssets(base) {
  const address = new URL("assets.json", base).href;
  // This small file names all others. Asking for it anew keeps an updated site from mixing old files and new ones.
  const response = await fetchOrExplain(address, { cache: "no-cache" });
  try {
    const assets = /** @type {Assets} */ (await response.json());
    for (const role of ["pyodide", "asm", "wasm", "stdlib", "lock", "numpy", "core"]) {
      if (typeof assets.files[role].url !== "string") throw new Error(`no file for "${role}"`);
    }
    return assets;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new ScannerError(
      "runtime-failed",
      `${address} is not the list of files of a scanner's site: ${said}. Assemble the site again with ` +
        "`phash-scanner site`.",
      error,
      "site-fault",
    );
  }
}

/**
 * Returns the answer of an address. Throws a ScannerError that names the fault of the answer.
 * @param {string} address
 * @param {RequestInit} [init]
 */
async function fetchOrExplain(address, init) {
  let response;
  try {
    const anew = () => fetchFromNetwork(address, init);
    // Asked again where it failed: only now does violations.js listen, so only now can the error name the policy.
    response = await (earlyAnswer(address, init?.signal)?.catch(anew) ?? anew());
  } catch (error) {
    throw await unfetched(address, error);
  }
  if (!response.ok) {
    throw new ScannerError(
      "runtime-failed",
      `${address} was answered with status ${response.status}, expected 200. Check that the whole site was uploaded.`,
      undefined,
      "site-fault",
    );
  }
  return response;
}

/**
 * Returns the error for an address that could not be fetched.
 * @param {string} address
 * @param {unknown} error the browser's own
 */
async function unfetched(address, error) {
  const violation = await violationAt(address);
  if (violation) {
    const text = `${address} could not be fetched. ${forbiddenBy(violation, new URL(address).origin)}`;
    return new ScannerError("runtime-failed", text, error, "site-fault");
  }
  const closed = await closedTo(address);
  const text = `${address} could not be fetched. ${closed || "Check the connection."}`;
  return new ScannerError("runtime-failed", text, error, closed ? "site-fault" : undefined);
}

/** The files of a site, each fetched once. */
export class Downloads {
  /** @type {Map<string, Download>} by address; who takes a file takes it out */
  #coming = new Map();
  /** @type {Map<string, string>} */
  #addresses = new Map();
  /** @type {Map<string, number>} bytes on the line of each file under way, estimated until its answer comes */
  #sizes = new Map();
  #loaded = 0;
  #onProgress;
  #abort = new AbortController();
  #assets;

  /**
   * @param {Assets} assets
   * @param {string} base
   * @param {(loaded: number, total: number) => void} onProgress bytes on the line, of all files together
   */
  constructor(assets, base, onProgress) {
    this.#onProgress = onProgress;
    this.#assets = assets;
    for (const [role, { url }] of Object.entries(assets.files)) {
      this.#addresses.set(role, new URL(url, base).href);
    }
  }

  /**
   * Starts to fetch files, all at once.
   * @param {string[]} roles of the files
   * @param {boolean} [compiled] whether they are taken as a `library`
   */
  start(roles, compiled = false) {
    for (const role of roles) {
      const { bytes, br, gz } = this.#assets.files[role] ?? {};
      this.#sizes.set(role, br ?? gz ?? bytes); // nearly every host compresses so; the answer corrects the size
      this.#coming.set(this.address(role), this.#download(role, compiled));
    }
  }

  /** @param {string} role */
  address(role) {
    const address = this.#addresses.get(role);
    if (!address) {
      throw new ScannerError("runtime-failed", `assets.json names no file for "${role}". Assemble the site again.`);
    }
    return address;
  }

  /** @param {string} role */
  checksum(role) {
    return this.#assets.files[role]?.sha256;
  }

  /**
   * Resolves to the answer for an address that a file is under way for, else returns null. Hands each file out once.
   * @param {string} address
   */
  take(address) {
    if (!this.#coming.has(address)) return null;
    return this.#taken(address).whole.then(({ bytes }) => new Response(bytes));
  }

  /**
   * Returns a file of WebAssembly, compiled while it comes in.
   * @param {string} role of a file started as `compiled`
   * @returns {Promise<WebAssembly.Module>}
   */
  async library(role) {
    const { module, whole } = this.#taken(this.address(role));
    const { bytes, again } = await whole;
    return module && !again ? module : WebAssembly.compile(bytes);
  }

  /** @param {string} role */
  async bytes(role) {
    return (await this.#taken(this.address(role)).whole).bytes;
  }

  /**
   * Returns a file that is used from its beginning on, before all of it is here and checked.
   * @param {string} role
   */
  begun(role) {
    const { arrival, whole } = this.#taken(this.address(role));
    const first = (/** @type {number} */ count) =>
      Promise.race([arrival.first(count), whole.then(() => arrival.first(count))]); // `whole` fails where no answer comes
    return { first, whole: whole.then(({ bytes }) => bytes) };
  }

  /** @param {string} address */
  #taken(address) {
    const coming = this.#coming.get(address);
    if (!coming) throw new ScannerError("runtime-failed", `${address} was asked for twice.`);
    this.#coming.delete(address);
    return coming;
  }

  /** @param {number} bytes */
  #add(bytes) {
    this.#loaded += bytes;
    const total = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
    this.#onProgress(Math.min(Math.round(this.#loaded), total), total);
  }

  cancel() {
    this.#abort.abort();
  }

  /**
   * @param {string} role
   * @param {boolean} compiled
   * @returns {Download}
   */
  #download(role, compiled) {
    const arrival = new Arrival(this.#assets.files[role].bytes);
    const response = this.#answer(role).catch((error) => {
      if (this.#abort.signal.aborted || error.cause) throw error; // no answer at all
      return this.#answer(role, "reload");
    });
    const module = compiled ? response.then((received) => compiledWhileComing(received.clone())) : null;
    const whole = response.then((received) => this.#received(role, received, arrival));
    module?.catch(() => {}); // counts only where the file is the right one
    whole.catch(() => {}); // whoever takes the file reports the failure
    return { arrival, module, whole };
  }

  /**
   * Resolves to a file once it is here and has the list's checksum. Where it came damaged, fetches it once more, past the
   * browser's HTTP cache, which may hold a login page or half a file in its place.
   * @param {string} role
   * @param {Response} response
   * @param {Arrival} arrival gets the bytes as they come
   */
  async #received(role, response, arrival) {
    const file = this.#assets.files[role];
    const size = sizeOnTheLine(response, file);
    this.#sizes.set(role, size);
    let left = size;
    try {
      const body = response.body?.getReader();
      for (let piece = await body?.read(); piece && !piece.done; piece = await body?.read()) {
        const share = Math.min(left, (piece.value.byteLength * size) / file.bytes);
        left -= share;
        this.#add(share);
        arrival.add(piece.value);
      }
      this.#add(left);
    } catch (error) {
      const text = `The download of ${this.address(role)} broke off. Check the connection, then start again.`;
      throw new ScannerError("runtime-failed", text, error);
    } finally {
      arrival.end();
    }
    const bytes = arrival.whole();
    const fault = await faultOf(bytes, file.sha256);
    return fault ? { bytes: await this.#fetchAgain(role), again: true } : { bytes, again: false };
  }

  /**
   * Returns the answer for a file. Throws a ScannerError for another status than 200 or a web page.
   * @param {string} role
   * @param {RequestCache} [cache]
   */
  async #answer(role, cache = "default") {
    const address = this.address(role);
    const response = await fetchOrExplain(address, { signal: this.#abort.signal, cache });
    if (response.headers.get("content-type")?.startsWith("text/html")) {
      throw new ScannerError(
        "runtime-failed",
        `${address} was answered with a web page instead of the file. Check that the whole site was uploaded, and that ` +
          "the network asks for no login.",
      );
    }
    return response;
  }

  /** @param {string} role */
  async #fetchAgain(role) {
    const bytes = await (await this.#answer(role, "reload")).arrayBuffer();
    const fault = await faultOf(bytes, this.#assets.files[role].sha256);
    if (fault) throw damaged(this.address(role), fault);
    return bytes;
  }

  /**
   * Returns the bytes of a file that no answer is under way for.
   * @param {string} role
   */
  async later(role) {
    const bytes = await (await this.#answer(role)).arrayBuffer();
    return (await faultOf(bytes, this.#assets.files[role].sha256)) ? this.#fetchAgain(role) : bytes;
  }
}

/**
 * Returns WebAssembly, compiled while it comes. A host that serves .wasm as another type does no harm. An answer that has
 * the type already is left as it is: Chromium keeps compiled code with such an answer.
 * @param {Response} response
 */
function compiledWhileComing(response) {
  const type = "application/wasm";
  const typed = response.headers.get("content-type") === type;
  return WebAssembly.compileStreaming(
    typed ? response : new Response(response.body, { headers: { "content-type": type } }),
  );
}

/** @param {string} address @param {string} fault */
function damaged(address, fault) {
  const remedy = "Check the connection, and that the whole site was uploaded as it was assembled. Then start again.";
  return new ScannerError("runtime-failed", `${address} came damaged: ${fault}. ${remedy}`);
}

/**
 * Returns the bytes of an answer on the line. Content-Length counts bytes as sent, compressed or not; hosts that
 * compress on the fly send none.
 * @param {Response} response
 * @param {Asset} file
 */
function sizeOnTheLine(response, { bytes, br, gz }) {
  const length = Number(response.headers.get("content-length"));
  if (length > 0) return length;
  const encoding = response.headers.get("content-encoding");
  // Another origin may hide its encoding. Most hosts compress, so the compressed size is the better guess.
  if (!encoding && response.type === "basic") return bytes;
  return (encoding === "gzip" ? gz : br) ?? gz ?? bytes;
}
