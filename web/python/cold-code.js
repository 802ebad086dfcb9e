// Brings cold code: functions that no scan runs, each module's in a second file (see linking.js). In a quiet moment the
// files come like any other. They are put aside, outside this page's memory, until Python calls such a function: most
// visits never do. A call cannot wait. Where its file has not come yet, it is asked for synchronously.

import { fillCold, onColdCall } from "./linking.js";
import { readNow } from "./put-aside.js";
import { sha256Now } from "./sha256.js";

/** @typedef {import("./linking.js").Imports} Imports */
/** @typedef {import("./downloads.js").Downloads} Downloads */
/** @typedef {{role: string, instance: WebAssembly.Instance, imports: Imports, filled: boolean, file?: Blob}} Part
 *   one module; `file` is its second file, once it has come */

/** The cold code of one start of Python. */
export class ColdCode {
  #downloads;
  /** @type {Part[]} */
  #parts = [];
  #lost = false;

  /** @param {Downloads} downloads */
  constructor(downloads) {
    this.#downloads = downloads;
  }

  /** True after a call of cold code that could not be brought. It ended inside Python, which is of no more use. */
  get lost() {
    return this.#lost;
  }

  /**
   * Brings the second file of a module as soon as one of its functions is called.
   * @param {string} role of the second file
   * @param {WebAssembly.Instance} instance of the first file
   * @param {Imports} imports that `instance` was linked with
   */
  expect(role, instance, imports) {
    const part = /** @type {Part} */ ({ role, instance, imports, filled: false });
    this.#parts.push(part);
    onColdCall(instance, () => this.#bringNow(part));
  }

  /** Fetches every second file. Rejects where one cannot be fetched. */
  async bring() {
    for (const part of this.#parts) {
      if (!part.filled) part.file ??= new Blob([await this.#downloads.later(part.role)]);
    }
  }

  /** @param {Part} part */
  #bringNow(part) {
    try {
      const { role, instance, imports, file } = part;
      const bytes = file ? readNow(file) : fetchNow(this.#downloads.address(role), this.#downloads.checksum(role));
      fillCold(instance, imports, new WebAssembly.Module(bytes));
      part.filled = true;
      part.file = undefined;
    } catch (error) {
      this.#lost = true;
      throw error;
    }
  }
}

/**
 * Returns a file at once. Only a worker may do this. Throws where the file cannot be fetched, or is another.
 * @param {string} address
 * @param {string | undefined} expected SHA-256 in hex
 */
function fetchNow(address, expected) {
  const request = new XMLHttpRequest();
  request.open("GET", address, false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) throw new Error(`${address} was answered with status ${request.status}, expected 200`);
  const bytes = new Uint8Array(request.response);
  const found = sha256Now(bytes);
  if (found !== expected) throw new Error(`${address}: expected the checksum ${expected}, found ${found}`);
  return bytes;
}
