// Files that a restored Python was not started from, brought when it turns out to need them.

import { writePackages } from "./site-packages.js";

/** @typedef {import("./downloads.js").Downloads} Downloads */

/** Brings the files, once; null where nothing is missing. */
let /** @type {(() => Promise<void>) | null} */ bringMissing = null;

/**
 * Remembers how to bring the files, and brings them after a while.
 * @param {Downloads} downloads
 * @param {any} pyodide
 * @param {number} milliseconds
 */
export function bringLater(downloads, pyodide, milliseconds) {
  let /** @type {Promise<void> | undefined} */ bringing;
  bringMissing = () => {
    bringing ??= bringFiles(downloads, pyodide);
    return bringing;
  };
  setTimeout(bringMissing, milliseconds);
}

/**
 * Returns what a call of Python returns. A restored one that lacks a module gets its files first.
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
 * Gives a restored Python the files it was not started from: something it imports only now and then may be there.
 * @param {Downloads} downloads
 * @param {any} pyodide
 */
async function bringFiles(downloads, pyodide) {
  try {
    const bytes = async (/** @type {string} */ role) =>
      new Uint8Array(await (await fetch(downloads.address(role))).arrayBuffer());
    const [major, minor] = pyodide._api.pyVersionTuple;
    pyodide.FS.writeFile(`/lib/python${major}${minor}.zip`, await bytes("stdlib"), { canOwn: true });
    for (const role of ["numpy", "core"]) writePackages(pyodide._module, await bytes(role));
    const finders = pyodide.pyimport("importlib");
    finders.invalidate_caches();
    finders.destroy();
  } catch {
    // Offline by now: what was imported before keeps working.
  }
}
