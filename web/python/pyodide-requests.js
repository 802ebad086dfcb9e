// Answers Pyodide's own requests with the downloads already under way.

import { ScannerError, withCode } from "../shared/errors.js";
import { forbiddenBy, violationAt } from "../shared/violations.js";

/** @typedef {import("./downloads.js").Downloads} Downloads */

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

/**
 * Answers Pyodide's own requests with the downloads already under way, whatever the names of the files.
 * Returns a promise that never resolves. It rejects when a file or the compilation fails: Pyodide itself writes such a
 * failure to the console and waits for ever.
 * @param {Downloads} downloads
 * @returns {Promise<never>}
 */
export function serveToPyodide(downloads) {
  // Only our own scripts run in this worker, so nobody else's requests go through here.
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
      const result = downloads.orAgain("wasm", compile.call(WebAssembly, source, imports), (bytes) =>
        WebAssembly.instantiate(bytes, imports),
      );
      result.catch((error) => {
        const web = withCode(error, "unsupported-browser", "This browser cannot run the recogniser. Update it.");
        reject(web);
      });
      return result;
    };
  });
}
