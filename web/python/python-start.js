// One start of Python: from the snapshot of an earlier visit where one is kept, else from the site's files.

import { Downloads, readAssets } from "./downloads.js";
import { bringLater } from "./missing-files.js";
import { EMPTY_FILE, importModule, serveToPyodide } from "./pyodide-requests.js";
import { installPackages } from "./site-packages.js";
import { SnapshotShelf } from "./snapshot.js";

/** @typedef {import("../shared/protocol.js").Progress} Progress */
/** @typedef {import("./snapshot.js").Snapshot} Snapshot */
/** @typedef {any} ScannerModule  the Python module scanner.browser */
/**
 * @typedef {object} Coming the downloads that both ways of starting need
 * @property {Downloads} downloads
 * @property {Promise<never>} failed rejects when a file or the compilation fails
 * @property {Promise<[pyodide: any, asm: any]>} scripts
 * @property {Map<string, Promise<WebAssembly.Module>>} libraries compiled, by their paths among Python's packages
 */

/** Longest wait for the browser's storage; without an answer Python starts plainly, from the site's files. */
const SHELF_MILLISECONDS = 3000;

/** Time for the first frames, before the snapshot is written or the files that a restored Python lacks are fetched. */
const QUIET_MILLISECONDS = 3000;

/** @type {string | null} */
let build = null;

/** Returns the checksum of the build that Python was started from, or null before a start. */
export function runningBuild() {
  return build;
}

export class PythonStart {
  #base;
  #watchdog;
  #onProgress;
  /** @type {Progress["stage"]} */
  #stage = "download";
  #sizes = { loaded: 0, total: 0 };
  /** @type {Downloads | null} */
  #downloads = null;

  /**
   * @param {string} base address of the assembled site, ending in "/"
   * @param {import("./downloads.js").Watchdog} watchdog
   * @param {(progress: Progress) => void} onProgress
   */
  constructor(base, watchdog, onProgress) {
    this.#base = base;
    this.#watchdog = watchdog;
    this.#onProgress = onProgress;
  }

  /**
   * Starts Python; returns the Python module scanner.browser.
   * @param {boolean} snapshots false: starts plainly and keeps no snapshot
   * @returns {Promise<ScannerModule>}
   */
  async run(snapshots) {
    this.#watchdog.alive("list of files");
    const assets = await readAssets(this.#base);
    build = assets.version;
    const coming = this.#fetchFirst(assets);
    const shelf = coming.libraries.size > 0 && snapshots ? new SnapshotShelf(this.#base, assets.version) : null;
    const snapshot = shelf && (await Promise.race([shelf.take(), nothingAfter(SHELF_MILLISECONDS)]));
    if (shelf && snapshot) {
      const restored = await this.#restore(coming, snapshot).catch(() => null);
      if (restored) {
        await shelf.worked();
        return restored;
      }
      await shelf.discard();
    }
    coming.downloads.start(["stdlib", "numpy", "core"]);
    this.#watchdog.alive("downloads");
    return this.#startPlainly(coming, shelf);
  }

  /** Ends the downloads. */
  cancel() {
    this.#downloads?.cancel();
  }

  /**
   * Starts the downloads that both ways of starting need.
   * @param {import("./downloads.js").Assets} assets
   * @returns {Coming}
   */
  #fetchFirst(assets) {
    this.#watchdog.alive("downloads");
    const downloads = new Downloads(assets, this.#base, (loaded, total) => {
      this.#watchdog.alive();
      this.#sizes = { loaded, total };
      this.#tell();
    });
    this.#downloads = downloads;
    const roles = Object.entries(assets.libraries ?? {});
    downloads.start(["pyodide", "asm", "wasm", "lock", ...roles.map(([, role]) => role)]);
    const failed = serveToPyodide(downloads);
    const script = async (/** @type {string} */ role) => {
      await downloads.bytes(role); // checked, and now in the browser's HTTP cache, from which the import takes it
      return importModule(downloads.address(role));
    };
    const scripts = Promise.all([script("pyodide"), script("asm")]);
    const libraries = new Map(roles.map(([path, role]) => [path, downloads.library(role)]));
    for (const each of [failed, scripts, ...libraries.values()]) each.catch(() => {}); // the wait for Python reports it
    return { downloads, failed, scripts, libraries };
  }

  /**
   * Starts Python from the site's files.
   * @param {Coming} coming
   * @param {SnapshotShelf | null} shelf place for a snapshot of this start, or null
   */
  async #startPlainly(coming, shelf) {
    const { downloads, libraries } = coming;
    const trimmed = libraries.size > 0;
    const { loadPyodide, createPyodideModule, common } = await this.#options(coming);
    const archive = async (/** @type {string} */ role) => new Uint8Array(await downloads.bytes(role));
    const packages = trimmed
      ? { createPyodideModule: withPackages(createPyodideModule, [archive("numpy"), archive("core")], libraries) }
      : { createPyodideModule, packages: ["numpy"] };
    const pyodide = await Promise.race([
      coming.failed,
      loadPyodide({ ...common, ...packages, _makeSnapshot: shelf !== null }),
    ]);
    this.#enter("core", "recogniser");
    if (!trimmed) pyodide.unpackArchive(await downloads.bytes("core"), "zip");
    if (shelf) keepLater(shelf, pyodide);
    return pyodide.pyimport("scanner.browser");
  }

  /**
   * Starts Python from a snapshot. Throws where the self-test of the restored core differs from the snapshot's.
   * @param {Coming} coming
   * @param {Snapshot} snapshot
   */
  async #restore(coming, { head, bytes, write, test }) {
    const { loadPyodide, createPyodideModule, common } = await this.#options(coming);
    let /** @type {typeof write | null} */ fill = write; // null later: Pyodide keeps its settings, and so the snapshot
    const create = async (/** @type {any} */ settings) => {
      settings.INITIAL_MEMORY = bytes;
      const python = await createPyodideModule(settings);
      if (bytes > python.HEAPU8.length) python.growMemory(bytes);
      fill?.(python.HEAPU8);
      fill = null;
      return python;
    };
    const pyodide = await Promise.race([
      coming.failed,
      loadPyodide({
        ...common,
        stdLibURL: EMPTY_FILE, // the restored memory holds the modules already
        createPyodideModule: withPackages(create, [], coming.libraries),
        _loadSnapshot: head, // `fill` has written the rest
      }),
    ]);
    this.#enter("core", "recogniser");
    const module = pyodide.pyimport("scanner.browser");
    if (module.self_test() !== test) throw new Error("the self-test of the restored core differs from the snapshot's");
    bringLater(coming.downloads, pyodide, QUIET_MILLISECONDS);
    return module;
  }

  /**
   * Returns Pyodide's functions, and the options that both ways of starting share.
   * @param {Coming} coming
   */
  async #options({ scripts, downloads }) {
    const [{ loadPyodide }, { default: createPyodideModule }] = await scripts;
    this.#enter("python", "start of Python");
    const folder = (/** @type {string} */ address) => address.slice(0, address.lastIndexOf("/") + 1);
    const common = {
      indexURL: folder(downloads.address("pyodide")),
      stdLibURL: downloads.address("stdlib"),
      lockFileURL: downloads.address("lock"),
      packageBaseUrl: folder(downloads.address("numpy")),
    };
    return { loadPyodide, createPyodideModule, common };
  }

  /**
   * Begins a stage of the start.
   * @param {Progress["stage"]} stage shown to people
   * @param {string} named name of the stage in the error of a start that stalls
   */
  #enter(stage, named) {
    this.#stage = stage;
    this.#watchdog.alive(named);
    this.#tell();
  }

  /** Reports progress. Python starts while the last files still come in: until then the stage stays "download". */
  #tell() {
    const { loaded, total } = this.#sizes;
    this.#onProgress({ stage: loaded < total ? "download" : this.#stage, loaded, total });
  }
}

/**
 * Wraps `createPyodideModule` so that the packages are in place before Python starts.
 * @param {(settings: any) => Promise<any>} create
 * @param {Promise<Uint8Array>[]} archives
 * @param {Coming["libraries"]} libraries
 */
function withPackages(create, archives, libraries) {
  let /** @type {(error: unknown) => void} */ fail = () => {};
  const broken = new Promise((_, reject) => {
    fail = reject;
  });
  broken.catch(() => {}); // the caller that makes the module gets the error
  const step = installPackages(archives, libraries, fail);
  return (/** @type {any} */ settings) => {
    settings.preRun.push(step);
    return Promise.race([create(settings), broken]);
  };
}

/**
 * Resolves to null after a time.
 * @param {number} milliseconds
 * @returns {Promise<null>}
 */
function nothingAfter(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, null));
}

/**
 * Takes a snapshot of Python's memory now, before it holds anything of this visit. Writes the snapshot after a while.
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
    // In this browser no snapshot can be taken: every visit starts plainly.
  }
}
