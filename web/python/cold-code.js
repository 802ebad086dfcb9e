// Brings cold code: functions that no scan runs, each module's in a second file (see linking.js). In a quiet moment the
// files come like any other. Python may call such a function earlier; the call cannot wait, so its file is then asked for
// synchronously.

import { fillCold, onColdCall } from "./linking.js";
import { sha256Now } from "./sha256.js";

/** @typedef {import("./linking.js").Imports} Imports */
/** @typedef {import("./downloads.js").Downloads} Downloads */
/** @typedef {{role: string, instance: WebAssembly.Instance, imports: Imports, filled: boolean}} Part  one module */

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
    const part = { role, instance, imports, filled: false };
    this.#parts.push(part);
    onColdCall(instance, () => this.#bringNow(part));
  }

  /** Brings every second file. Rejects where one cannot be fetched. */
  async bring() {
    for (const part of this.#parts) {
      if (part.filled) continue;
      fill(part, await WebAssembly.compile(await this.#downloads.later(part.role)));
    }
  }

  /** @param {Part} part */
  #bringNow(part) {
    try {
      const file = fetchNow(this.#downloads.address(part.role), this.#downloads.checksum(part.role));
      fill(part, new WebAssembly.Module(file));
    } catch (error) {
      this.#lost = true;
      throw error;
    }
  }
}

/** @param {Part} part @param {WebAssembly.Module} second */
function fill(part, second) {
  fillCold(part.instance, part.imports, second);
  part.filled = true;
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
