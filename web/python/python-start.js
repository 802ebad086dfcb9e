// One start of Python: from the memory that the site ships where it ships one, else from the files of Pyodide.

import { ColdCode } from "./cold-code.js";
import { Downloads, readAssets } from "./downloads.js";
import { dropEarlyAnswers } from "./early-answers.js";
import { heapEnd, reserveTrampoline, settleTable, trampolineAddress, withoutOpenGl } from "./linking.js";
import { readMemoryImage } from "./memory-image.js";
import { bringLater, bringNothing } from "./missing-files.js";
import { EMPTY_FILE, importModule, PyodideRequests, seeLibraries } from "./pyodide-requests.js";
import { installPackages } from "./site-packages.js";

/** @typedef {import("../shared/protocol.js").Progress} Progress */
/** @typedef {import("./linking.js").Imports} Imports */
/** @typedef {any} ScannerModule  the Python module scanner.browser */
/**
 * @typedef {object} RuntimeFiles the files that Pyodide itself needs
 * @property {Downloads} downloads
 * @property {Promise<[pyodide: any, asm: any]>} scripts
 * @property {Promise<WebAssembly.Module>} main Python itself, compiled
 * @property {Map<string, Promise<WebAssembly.Module>>} libraries compiled, by their paths among Python's packages
 */

/** Time for the first frames, before the files are fetched that a restored Python lacks. */
const QUIET_MILLISECONDS = 3000;

/** Least time between two reports of progress: a fast line brings hundreds of pieces a second. */
const REPORT_MILLISECONDS = 50;

/** @type {string | null} */
let build = null;

/** The cold code of the Python started last; null where Python has all its code. */
let /** @type {ColdCode | null} */ cold = null;

/** Returns the checksum of the build that Python was started from, or null before a start. */
export function runningBuild() {
  return build;
}

/** Whether Python has broken because code that it needed could not be fetched. A plain start fetches all code first. */
export function lacksCode() {
  return cold?.lost ?? false;
}

export class PythonStart {
  #base;
  #watchdog;
  #onProgress;
  /** @type {Progress["stage"]} */
  #stage = "download";
  #sizes = { loaded: 0, total: 0 };
  /** Time of the last report of progress. */
  #reported = -Infinity;
  /** @type {Downloads | null} */
  #downloads = null;
  /** Ends a quick start under way. @type {((error: Error) => void) | null} */
  #giveUp = null;

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
   * @param {boolean} snapshots false: starts plainly
   * @returns {Promise<ScannerModule>}
   */
  async run(snapshots) {
    this.#watchdog.alive("list of files");
    const assets = await readAssets(this.#base);
    build = assets.version;
    cold = null;
    bringNothing();
    if (!snapshots || !assets.files.snapshot) return this.#startPlainly(assets);
    try {
      return await this.#startFromImage(assets);
    } catch (error) {
      this.cancel();
      cold = null; // of a Python that nobody calls any more
      console.warn("Python starts plainly, which takes longer, because its quick start failed:", error);
      return this.#startPlainly(assets);
    }
  }

  /** Gives up a quick start that stands still although its files are here. Returns whether there was one. */
  giveUp() {
    const complete = this.#sizes.loaded >= this.#sizes.total;
    if (!this.#giveUp || !complete) return false;
    this.#giveUp(new Error("it stood still"));
    return true;
  }

  /** Ends the downloads. */
  cancel() {
    this.#downloads?.cancel();
    dropEarlyAnswers();
  }

  /**
   * Starts the downloads of the files that Pyodide itself needs, and of others.
   * @param {import("./downloads.js").Assets} assets
   * @param {string} prefix of the roles of Emscripten's script, main module and libraries
   * @param {string[]} others roles of the others
   * @returns {RuntimeFiles}
   */
  #fetch(assets, prefix, others) {
    this.#watchdog.alive("downloads");
    const downloads = new Downloads(assets, this.#base, (loaded, total) => {
      this.#watchdog.alive();
      this.#sizes = { loaded, total };
      const now = performance.now();
      if (loaded < total && now - this.#reported < REPORT_MILLISECONDS) return;
      this.#reported = now;
      this.#tell();
    });
    this.#downloads = downloads;
    const roles = Object.entries(assets.libraries ?? {});
    const linked = ["wasm", ...roles.map(([, role]) => role)].map((role) => prefix + role);
    downloads.start(["pyodide", `${prefix}asm`]);
    downloads.start(linked, true);
    downloads.start(["lock", ...others]);
    dropEarlyAnswers(); // of a plain start, or of another build
    const script = async (/** @type {string} */ role) => {
      await downloads.bytes(role); // checked, and now in the browser's HTTP cache, from which the import takes it
      return importModule(downloads.address(role));
    };
    const scripts = Promise.all([script("pyodide"), script(`${prefix}asm`)]);
    const main = downloads.library(`${prefix}wasm`);
    const libraries = new Map(roles.map(([path, role]) => [path, downloads.library(prefix + role)]));
    for (const each of [scripts, main, ...libraries.values()]) each.catch(() => {}); // the wait for Python reports it
    return { downloads, scripts, main, libraries };
  }

  /**
   * Starts Python from Pyodide's files.
   * @param {import("./downloads.js").Assets} assets
   */
  async #startPlainly(assets) {
    const coming = this.#fetch(assets, "", ["stdlib", "numpy", "core"]);
    const { downloads, main, libraries } = coming;
    const trimmed = libraries.size > 0;
    const requests = new PyodideRequests(downloads, async (imports) => {
      const module = await main;
      return { module, instance: await WebAssembly.instantiate(module, imports) };
    });
    try {
      const { loadPyodide, createPyodideModule, common } = await this.#options(coming);
      const archive = async (/** @type {string} */ role) => new Uint8Array(await downloads.bytes(role));
      const packages = trimmed
        ? { createPyodideModule: withPackages(createPyodideModule, [archive("numpy"), archive("core")], libraries) }
        : { createPyodideModule, packages: ["numpy"] };
      const pyodide = await Promise.race([requests.failed, loadPyodide({ ...common, ...packages })]);
      this.#enter("core", "recogniser");
      if (!trimmed) pyodide.unpackArchive(await downloads.bytes("core"), "zip");
      return pyodide.pyimport("scanner.browser");
    } finally {
      requests.end();
    }
  }

  /**
   * Starts Python from the memory that the site ships. Throws at any sign that this engine links the files in another
   * way than the builder did, or that it computes something else with them.
   * @param {import("./downloads.js").Assets} assets
   */
  async #startFromImage(assets) {
    const coming = this.#fetch(assets, "hot-", ["snapshot"]);
    const { downloads, libraries } = coming;
    const image = await readMemoryImage(downloads.begun("snapshot"));
    const late = new ColdCode(downloads);
    cold = late;
    const requests = new PyodideRequests(downloads, async (imports) => {
      const module = await coming.main;
      const linked = withoutOpenGl(imports);
      const instance = await WebAssembly.instantiate(module, linked);
      settleTable(instance, image.slots);
      late.expect("cold-wasm", instance, linked);
      return { module, instance };
    });
    const roles = new Map();
    for (const [path, library] of libraries) {
      library.then((module) => roles.set(module, `cold-${assets.libraries?.[path]}`)).catch(() => {});
    }
    const seenAll = seeLibraries((library, instance, imports) => {
      if (roles.has(library)) late.expect(roles.get(library), instance, imports);
    });
    try {
      const { loadPyodide, createPyodideModule, common } = await this.#options(coming);
      const options = {
        ...common,
        stdLibURL: EMPTY_FILE, // the memory holds the modules already
        createPyodideModule: withImage(withPackages(createPyodideModule, [], libraries), image),
        _loadSnapshot: image.head, // `withImage` writes the rest
      };
      const stuck = new Promise((_, reject) => {
        this.#giveUp = reject;
      });
      const pyodide = await Promise.race([requests.failed, stuck, loadPyodide(options)]);
      this.#enter("core", "recogniser");
      const module = pyodide.pyimport("scanner.browser");
      const found = module.self_test();
      if (found !== image.test) throw new Error(`expected the self-test's answer ${image.test}, found ${found}`);
      bringLater(downloads, pyodide, late, QUIET_MILLISECONDS);
      return module;
    } finally {
      this.#giveUp = null;
      requests.end();
      seenAll();
    }
  }

  /**
   * Returns Pyodide's functions, and the options that every way of starting shares.
   * @param {RuntimeFiles} coming
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
 * @param {RuntimeFiles["libraries"]} libraries
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
 * Wraps `createPyodideModule` so that it returns Python with its memory filled.
 * @param {(settings: any) => Promise<any>} create
 * @param {import("./memory-image.js").MemoryImage} image
 */
function withImage(create, { table, bytes, trampolineAt, complete }) {
  let /** @type {typeof complete | null} */ completing = complete; // null later: Pyodide keeps its settings, and so the image
  return async (/** @type {any} */ settings) => {
    settings.preRun.unshift(reserveTrampoline());
    const python = await create(settings);
    const found = [python.wasmTable.length, trampolineAddress(python)];
    if (found[0] !== table || found[1] !== trampolineAt) {
      throw new Error(`expected ${table} places for functions, and the trampoline at ${trampolineAt}, found ${found}`);
    }
    const fill = await completing?.();
    completing = null;
    if (bytes > python.HEAPU8.length) python.growMemory(bytes);
    if (bytes > python.HEAPU8.length) {
      throw new Error(`expected room for ${bytes} bytes of memory, found ${python.HEAPU8.length}`);
    }
    fill?.(python.HEAPU8, heapEnd(python));
    return python;
  };
}
