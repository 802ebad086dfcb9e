// Answers Pyodide's own requests with the downloads already under way.

import { ScannerError, withCode } from "../shared/errors.js";
import { forbiddenBy, violationAt } from "../shared/violations.js";

/** @typedef {import("./downloads.js").Downloads} Downloads */
/** @typedef {import("./linking.js").Imports} Imports */

/** Address of an empty file. It needs no request, which the page's Content-Security-Policy could block. */
export const EMPTY_FILE = "empty:";

/** Imports a script. Throws "runtime-failed". @param {string} address */
export async function importModule(address) {
  try {
    return await import(/* @vite-ignore */ address);
  } catch (error) {
    const violation = await violationAt(address);
    const fault = violation
      ? forbiddenBy(violation, new URL(address).origin)
      : "It is missing, or not served as text/javascript. Check that the whole site was uploaded, and the type that " +
        "its host sends.";
    const text = `${address} could not be loaded as a script. ${fault}`;
    throw new ScannerError("runtime-failed", text, error, "site-fault");
  }
}

/** The worker's own, while no start of Python is under way. */
const fetchFromNetwork = globalThis.fetch;
const { instantiateStreaming, Instance } = globalThis.WebAssembly ?? {}; // a browser without it is told so later

/**
 * Answers the requests of Pyodide, and of Emscripten inside it, during one start of Python: with the downloads already
 * under way, whatever the names of the files, and with modules compiled while they came in.
 */
export class PyodideRequests {
  #fetch;
  #instantiate;
  /**
   * Never resolves. Rejects when the main module fails: Pyodide itself writes such a failure to the console and waits
   * for ever.
   * @type {Promise<never>}
   */
  failed;

  /**
   * @param {Downloads} downloads
   * @param {(imports: Imports) => Promise<WebAssembly.WebAssemblyInstantiatedSource>} instantiate makes the main module
   */
  constructor(downloads, instantiate) {
    let /** @type {(error: unknown) => void} */ fail = () => {};
    this.failed = new Promise((_, reject) => {
      fail = reject;
    });
    this.failed.catch(() => {}); // the wait for Python reports it
    // Only our own scripts run in this worker, so nobody else's requests go through here.
    this.#fetch = globalThis.fetch = (input, init) => {
      const address = new URL(input instanceof Request ? input.url : String(input), location.href).href;
      if (address === EMPTY_FILE || address.endsWith("/pyodide.asm.wasm")) return Promise.resolve(new Response());
      const response = downloads.take(address);
      response?.catch(fail);
      return response ?? fetchFromNetwork(input, init);
    };
    this.#instantiate = WebAssembly.instantiateStreaming = (_, imports) => {
      const result = instantiate(/** @type {Imports} */ (imports));
      result.catch((error) => {
        fail(withCode(error, "unsupported-browser", "This browser cannot run the recogniser. Update it."));
      });
      return result;
    };
  }

  /** Gives the worker's own functions back, unless a later start has taken them. */
  end() {
    if (globalThis.fetch === this.#fetch) globalThis.fetch = fetchFromNetwork;
    if (WebAssembly.instantiateStreaming === this.#instantiate) WebAssembly.instantiateStreaming = instantiateStreaming;
  }
}

/**
 * Calls `see` with each library that Emscripten links, and its imports. Returns a function that ends this.
 * @param {(library: WebAssembly.Module, instance: WebAssembly.Instance, imports: Imports) => void} see
 */
export function seeLibraries(see) {
  const Seen = new Proxy(Instance, {
    construct(target, [library, imports]) {
      const instance = new target(library, imports);
      see(library, instance, imports);
      return instance;
    },
  });
  WebAssembly.Instance = Seen;
  return () => {
    if (WebAssembly.Instance === Seen) WebAssembly.Instance = Instance;
  };
}
