// Fetches the files that a start from a snapshot leaves out, when Python needs one or in a quiet moment.

import { putAside } from "./put-aside.js";
import { readStoredZip } from "./site-packages.js";

/** @typedef {import("./downloads.js").Downloads} Downloads */

/** Fetches the files, once, and has Python look for its modules anew; null where Python has them all. */
let /** @type {(() => Promise<void>) | null} */ bringMissing = null;

/**
 * Fetches the files after a while, or as soon as `calling` finds one missing. Cold code comes first.
 * @param {Downloads} downloads
 * @param {any} pyodide
 * @param {import("./cold-code.js").ColdCode} cold
 * @param {number} milliseconds
 */
export function bringLater(downloads, pyodide, cold, milliseconds) {
  let /** @type {Promise<void> | undefined} */ bringing;
  const bring = () => {
    bringing ??= bringFiles(downloads, pyodide);
    return bringing;
  };
  bringMissing = async () => {
    await bring();
    lookAgain(pyodide);
  };
  setTimeout(async () => {
    await cold.bring().catch(() => {}); // a call of cold code asks for its file again
    if (!cold.lost) await bring();
  }, milliseconds);
}

/** Forgets the files of an earlier Python. */
export function bringNothing() {
  bringMissing = null;
}

/**
 * Returns the result of a call of Python. Where a restored Python lacks a module, fetches the files and calls again.
 * @template T
 * @param {() => T} call
 */
export async function calling(call) {
  try {
    return call();
  } catch (error) {
    if (!bringMissing || !String(error).includes("ModuleNotFoundError")) throw error;
    await bringMissing();
    return call();
  }
}

/**
 * Gives a restored Python the standard library, numpy and the core, for modules that it imports late.
 * @param {Downloads} downloads
 * @param {any} pyodide
 */
async function bringFiles(downloads, pyodide) {
  try {
    const bytes = async (/** @type {string} */ role) => new Uint8Array(await downloads.later(role));
    const [major, minor] = pyodide._api.pyVersionTuple;
    putAside(pyodide.FS, `/lib/python${major}${minor}.zip`, new Blob([await bytes("stdlib")]));
    for (const role of ["numpy", "core"]) {
      const archive = await bytes(role);
      const aside = new Blob([archive]);
      for (const [path, { byteOffset, length }] of readStoredZip(archive)) {
        putAside(pyodide.FS, `${pyodide._module.API.sitePackages}/${path}`, aside, byteOffset, length);
      }
    }
  } catch {
    // Without a network by now: modules imported before keep working.
  }
}

/**
 * Has Python look for modules in files that came after it had looked for one. Where it has not looked yet, this would only
 * load cold code.
 * @param {any} pyodide
 */
function lookAgain(pyodide) {
  const finders = pyodide.pyimport("importlib");
  finders.invalidate_caches();
  finders.destroy();
}
