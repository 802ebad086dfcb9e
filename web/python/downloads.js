// Downloads the site's files side by side, counts their bytes, and gives the alarm when nothing comes any more.
import { closedTo } from "../shared/closed-host.js";
import { ScannerError } from "../shared/errors.js";
import { joined } from "../shared/joined.js";
import { forbiddenBy, violationAt } from "../shared/violations.js";
import { faultOf } from "./checksum.js";

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

/** The browser's own. Later, requests of this thread are answered with the downloads under way: see serveToPyodide. */
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
    response = await fetchFromNetwork(address, init);
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
  /** @type {Map<string, Promise<Response>>} */
  #responses = new Map();
  /** @type {Map<string, string>} */
  #addresses = new Map();
  /** @type {Map<string, number>} bytes on the line of each file under way, estimated until its answer comes */
  #sizes = new Map();
  /** @type {Map<string, Promise<boolean>>} whether each file came damaged; known when it has come */
  #damaged = new Map();
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
   */
  start(roles) {
    for (const role of roles) {
      const { bytes, br, gz } = this.#assets.files[role] ?? {};
      this.#sizes.set(role, br ?? gz ?? bytes); // nearly every host compresses so; the answer corrects the size
      const response = this.#download(role);
      response.catch(() => {}); // the caller that takes the file reports the failure
      this.#responses.set(this.address(role), response);
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
   * Returns the answer under way for an address, or null. Hands each answer out once.
   * @param {string} address
   */
  take(address) {
    const response = this.#responses.get(address);
    this.#responses.delete(address);
    return response ?? null;
  }

  /**
   * Returns a library, compiled while it comes in.
   * @param {string} role
   */
  async library(role) {
    return this.orAgain(role, this.#taken(role).then(WebAssembly.compileStreaming), WebAssembly.compile);
  }

  /** @param {string} role */
  async bytes(role) {
    return this.orAgain(
      role,
      this.#taken(role).then((response) => response.arrayBuffer()),
      async (bytes) => bytes,
    );
  }

  /**
   * Returns what `use` makes of a file. Where the file came damaged, fetches it once more, past the browser's HTTP cache,
   * which may hold a login page or half a file in its place.
   * @template T
   * @param {string} role
   * @param {Promise<T>} use of the answer under way
   * @param {(bytes: ArrayBuffer) => Promise<T>} useAgain of the second answer
   */
  async orAgain(role, use, useAgain) {
    try {
      return await use;
    } catch (error) {
      if (!(await this.#damaged.get(role))) throw error;
      return useAgain(await this.#fetchAgain(role));
    }
  }

  /** @param {string} role */
  async #taken(role) {
    const response = await this.take(this.address(role));
    if (!response) throw new ScannerError("runtime-failed", `the file for "${role}" was asked for twice.`);
    return response;
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

  /** @param {string} role */
  async #download(role) {
    const response = await this.#answer(role).catch((error) => {
      if (this.#abort.signal.aborted || error.cause) throw error; // no answer at all
      return this.#answer(role, "reload");
    });
    const file = this.#assets.files[role];
    const type = response.headers.get("content-type") ?? "";
    // The type is set here, so a host that serves .wasm as something else does no harm.
    const headers = { "content-type": file.url.endsWith(".wasm") ? "application/wasm" : type };
    const pieces = this.#counted(role, response);
    if (file.url.endsWith(".wasm")) return new Response(pieces, { headers }); // it compiles while it comes in
    const bytes = await this.orAgain(role, new Response(pieces).arrayBuffer(), async (again) => again);
    return new Response(bytes, { headers });
  }

  /**
   * Returns the body of an answer, counted while it comes. A body with another checksum than the list's ends in an error.
   * @param {string} role
   * @param {Response} response
   */
  #counted(role, response) {
    const body = response.body?.getReader();
    const address = this.address(role);
    const file = this.#assets.files[role];
    const whole = file.bytes;
    const size = sizeOnTheLine(response, file);
    this.#sizes.set(role, size);
    const seen = /** @type {Uint8Array<ArrayBuffer>[]} */ ([]);
    let /** @type {(damaged: boolean) => void} */ settle = () => {};
    this.#damaged.set(role, new Promise((resolve) => (settle = resolve)));
    let wanted = true; // a compiler gives up at the first wrong byte; the rest is read all the same, and judged
    // Reads the file as fast as it comes, even before anybody takes it, so that all files come side by side.
    return new ReadableStream(
      {
        start: async (controller) => {
          try {
            let left = size;
            for (let piece = await body?.read(); piece && !piece.done; piece = await body?.read()) {
              const share = Math.min(left, (piece.value.byteLength * size) / whole);
              left -= share;
              this.#add(share);
              seen.push(piece.value.slice()); // whoever takes the piece may take its memory, too
              if (wanted) controller.enqueue(piece.value);
            }
            this.#add(left);
          } catch (error) {
            settle(false);
            const text = `The download of ${address} broke off. Check the connection, then start again.`;
            controller.error(new ScannerError("runtime-failed", text, error));
            return;
          }
          const fault = await faultOf(joined(seen).buffer, file.sha256);
          settle(fault !== "");
          if (fault) controller.error(damaged(address, fault));
          else if (wanted) controller.close();
        },
        cancel: () => {
          wanted = false;
        },
      },
      new CountQueuingStrategy({ highWaterMark: Number.POSITIVE_INFINITY }),
    );
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
