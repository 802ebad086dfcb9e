// Pyodide's own requests, answered by the downloads already under way.

import { ScannerError, withCode } from "../shared/errors.js";

/** @typedef {import("./downloads.js").Downloads} Downloads */

/** An address that answers with nothing, whatever the page's rules for requests are. */
export const EMPTY_FILE = "empty:";

/** @param {string} address */
export async function importModule(address) {
  try {
    return await import(/* @vite-ignore */ address);
  } catch (error) {
    throw new ScannerError(
      "runtime-failed",
      `${address} could not be loaded as a script: it is missing, blocked, or served with a type other than text/javascript.`,
      error,
    );
  }
}

/**
 * Lets Pyodide's own requests be answered by the downloads already under way, whatever their names are.
 * Returns a promise that only ever rejects: when a file or the compilation failed, which Pyodide writes to the
 * console and then waits on for ever.
 * @param {Downloads} downloads
 * @returns {Promise<never>}
 */
export function serveToPyodide(downloads) {
  // This thread is ours alone: nobody else's requests go through here.
  const fetchFromNetwork = globalThis.fetch;
  const compile = WebAssembly.instantiateStreaming;
  return new Promise((_, reject) => {
    globalThis.fetch = (input, init) => {
      const address = new URL(input instanceof Request ? input.url : String(input), location.href).href;
      if (address === EMPTY_FILE) return Promise.resolve(new Response(new Uint8Array(0)));
      const wanted = address.endsWith("/pyodide.asm.wasm") ? downloads.address("wasm") : address;
      const response = downloads.take(wanted);
      response?.catch(reject);
      return response ?? fetchFromNetwork(input, init);
    };
    WebAssembly.instantiateStreaming = (source, imports) => {
      const result = compile.call(WebAssembly, source, imports);
      result.catch((error) => {
        const web = withCode(error, "unsupported-browser", "This browser cannot run the recogniser; update it.");
        reject(web);
      });
      return result;
    };
  });
}
