// Starts Python in the worker. Every way known to make this hang ends in an error instead.

import { ScannerError, withCode } from "../shared/errors.js";
import { Downloads, readAssets, Watchdog } from "./downloads.js";
import { installPackages, writePackages } from "./site-packages.js";
import { SnapshotShelf } from "./snapshot.js";

/** @typedef {import("../shared/protocol.js").Progress} Progress */
/** @typedef {any} ScannerModule  the Python module scanner.browser */

/** An idle worker that gets nothing for this long is stuck; people are told within 10 s. */
const STALL_MILLISECONDS = 8500;

/** An address that answers with nothing, whatever the page's rules for requests are. */
const EMPTY_FILE = "empty:";

/** A browser whose storage answers no sooner starts plainly. */
const SHELF_MILLISECONDS = 3000;

/** Writing the snapshot and fetching files that a restored Python may lack wait until the first frames are judged. */
const QUIET_MILLISECONDS = 3000;

/**
 * Throws where this browser or the page's rules keep WebAssembly from running at all.
 * Without this look loadPyodide would wait for ever.
 */
export function probeWebAssembly() {
  if (typeof WebAssembly !== "object") {
    throw new ScannerError(
      "unsupported-browser",
      "This browser has no WebAssembly (on iPhones Lockdown Mode switches it off). Use another browser.",
    );
  }
  try {
    new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  } catch (error) {
    throw new ScannerError(
      "runtime-failed",
      "The page's Content-Security-Policy forbids WebAssembly. Add 'wasm-unsafe-eval' to its script-src.",
      error,
    );
  }
}

/**
 * Returns the Python module scanner.browser, ready to be called.
 * @param {string} base address of the assembled site, ending in "/"
 * @param {(progress: Progress) => void} onProgress
 * @param {boolean} [snapshots] keep Python's memory in this browser, and start from it the next time
 * @returns {Promise<ScannerModule>}
 */
export async function startPython(base, onProgress, snapshots = true) {
  probeWebAssembly();
  let /** @type {Downloads | undefined} */ downloads;
  let watchdog = /** @type {Watchdog | undefined} */ (undefined);
  const stalled = new Promise((_, reject) => {
    watchdog = new Watchdog(STALL_MILLISECONDS, (stage) => {
      reject(new ScannerError("runtime-failed", `Loading stopped (${stage}): nothing came for 8 seconds. Try again.`));
    });
  });
  const dog = /** @type {Watchdog} */ (/** @type {unknown} */ (watchdog));
  try {
    return await Promise.race([stalled, load()]);
  } catch (error) {
    downloads?.cancel();
    throw withCode(error, "runtime-failed", "Python could not be started.");
  } finally {
    dog.stop();
  }

  async function load() {
    dog.alive("list of files");
    const assets = await readAssets(base);
    dog.alive("downloads");
    let /** @type {Progress["stage"]} */ stage = "download";
    const sizes = { loaded: 0, total: 0 };
    // Python starts while the last files still come in; people are told of the bytes first.
    const tell = () => onProgress({ stage: sizes.loaded < sizes.total ? "download" : stage, ...sizes });
    const coming = new Downloads(assets, base, (loaded, total) => {
      dog.alive();
      Object.assign(sizes, { loaded, total });
      tell();
    });
    downloads = coming;
    const libraries = Object.entries(assets.libraries ?? {});
    const trimmed = libraries.length > 0;
    coming.start(["wasm", "lock", ...libraries.map(([, role]) => role)]);
    coming.expect("pyodide");
    coming.expect("asm");
    const failed = serveToPyodide(coming);
    failed.catch(() => {}); // reported by whoever waits for Python
    const script = async (/** @type {string} */ role) => {
      const module = await importModule(coming.address(role));
      coming.arrived(role);
      return module;
    };
    const scripts = Promise.all([script("pyodide"), script("asm")]);
    scripts.catch(() => {}); // likewise
    const compiled = new Map(libraries.map(([path, role]) => [path, coming.library(role)]));
    for (const library of compiled.values()) library.catch(() => {}); // likewise

    const shelf = trimmed && snapshots ? new SnapshotShelf(base, assets.version) : null;
    const snapshot = shelf && (await Promise.race([shelf.take(), nothingAfter(SHELF_MILLISECONDS)]));
    if (shelf && snapshot) {
      const restored = await restore(snapshot).catch(() => null);
      if (restored) {
        await shelf.worked();
        return restored;
      }
      await shelf.discard();
    }
    coming.start(["stdlib", "numpy", "core"]);
    dog.alive("downloads");
    return startPlainly();

    /** Returns the options of every start of Pyodide. */
    async function options() {
      const [{ loadPyodide }, { default: createPyodideModule }] = await scripts;
      stage = "python";
      dog.alive("start of Python");
      tell();
      const folder = (/** @type {string} */ address) => address.slice(0, address.lastIndexOf("/") + 1);
      const common = {
        indexURL: folder(coming.address("pyodide")),
        stdLibURL: coming.address("stdlib"),
        lockFileURL: coming.address("lock"),
        packageBaseUrl: folder(coming.address("numpy")),
      };
      return { loadPyodide, createPyodideModule, common };
    }

    /** Wraps the maker of Python's module so that the packages are there before Python starts. */
    function withPackages(
      /** @type {(settings: any) => Promise<any>} */ create,
      /** @type {Promise<Uint8Array>[]} */ archives,
    ) {
      let /** @type {(error: unknown) => void} */ fail = () => {};
      const broken = new Promise((_, reject) => (fail = reject));
      broken.catch(() => {}); // whoever creates the module hears of it
      const step = installPackages(archives, compiled, fail);
      const createPyodideModule = (/** @type {any} */ settings) => {
        settings.preRun.push(step);
        return Promise.race([create(settings), broken]);
      };
      return createPyodideModule;
    }

    async function startPlainly() {
      const { loadPyodide, createPyodideModule, common } = await options();
      const archive = async (/** @type {string} */ role) => new Uint8Array(await coming.bytes(role));
      const packages = trimmed
        ? { createPyodideModule: withPackages(createPyodideModule, [archive("numpy"), archive("core")]) }
        : { createPyodideModule, packages: ["numpy"] };
      const pyodide = await Promise.race([
        failed,
        loadPyodide({ ...common, ...packages, _makeSnapshot: shelf !== null }),
      ]);

      stage = "core";
      dog.alive("recogniser");
      tell();
      if (!trimmed) pyodide.unpackArchive(await coming.bytes("core"), "zip");
      if (shelf) keepLater(shelf, pyodide);
      return pyodide.pyimport("scanner.browser");
    }

    async function restore(/** @type {import("./snapshot.js").Snapshot} */ { head, bytes, write, test }) {
      const { loadPyodide, createPyodideModule, common } = await options();
      let /** @type {typeof write | null} */ fill = write; // Pyodide holds on to what it is told, and so to all of it
      const pyodide = await Promise.race([
        failed,
        loadPyodide({
          ...common,
          stdLibURL: EMPTY_FILE, // all that is needed is in memory already
          createPyodideModule: withPackages(async (settings) => {
            settings.INITIAL_MEMORY = bytes;
            const python = await createPyodideModule(settings);
            if (bytes > python.HEAPU8.length) python.growMemory(bytes);
            fill?.(python.HEAPU8);
            fill = null;
            return python;
          }, []),
          _loadSnapshot: head, // the rest is in its place
        }),
      ]);
      stage = "core";
      dog.alive("recogniser");
      tell();
      const module = pyodide.pyimport("scanner.browser");
      if (module.self_test() !== test) throw new Error("the restored memory computes otherwise");
      let /** @type {Promise<void> | undefined} */ bringing;
      bringMissing = () => (bringing ??= bringFiles(coming, pyodide));
      setTimeout(bringMissing, QUIET_MILLISECONDS);
      return module;
    }
  }
}

/**
 * @param {number} milliseconds
 * @returns {Promise<null>}
 */
function nothingAfter(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, null));
}

/**
 * Takes Python's memory now, before it holds anything of this visit, and writes it when there is time.
 * @param {SnapshotShelf} shelf
 * @param {any} pyodide
 */
function keepLater(shelf, pyodide) {
  try {
    const module = pyodide.pyimport("scanner.browser");
    const test = module.self_test();
    module.destroy(); // no reference from this visit may remain in the memory
    const memory = pyodide.makeMemorySnapshot();
    setTimeout(() => shelf.keep(memory, test), QUIET_MILLISECONDS);
  } catch {
    // This browser's Python cannot be frozen: every visit starts plainly.
  }
}

/** Brings what a restored Python was not started from, once; null where nothing is missing. */
let /** @type {(() => Promise<void>) | null} */ bringMissing = null;

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

/** @param {string} address */
async function importModule(address) {
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
function serveToPyodide(downloads) {
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
