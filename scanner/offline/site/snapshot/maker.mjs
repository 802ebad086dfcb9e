// Starts Python in Node from the files that a site ships, and writes its memory: node maker.mjs FOLDER
//
// FOLDER holds parts.json, {files: {role: name}, libraries: {path among Python's packages: role}, slots: {export: place}},
// the named files, and linking.js and site-packages.js of the site. Written are: head.bin (what Pyodide reads of a
// snapshot), memory.bin (Python's memory), base.bin (the memory right after linking, before Python started) and
// facts.json.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = ".";
const parts = JSON.parse(readFileSync(join(folder, "parts.json"), "utf8"));
const bytesOf = (role) => readFileSync(join(folder, parts.files[role]));
const load = (name) => import(pathToFileURL(join(folder, name)).href);

withoutChance();
const { loadPyodide } = await load(parts.files.pyodide);
const { default: createPyodideModule } = await load(parts.files["hot-asm"]);
const { fillCold, heapEnd, reserveTrampoline, settleTable, trampolineAddress, withoutOpenGl } =
  await load("linking.js");
const { installPackages } = await load("site-packages.js");

const compiled = new Map();
for (const role of ["wasm", ...Object.values(parts.libraries)]) {
  for (const half of ["hot", "cold"])
    compiled.set(`${half}-${role}`, await WebAssembly.compile(bytesOf(`${half}-${role}`)));
}
const facts = {};

const base = await memoryBeforeStart();
const python = await loadPyodide(options([bytesOf("numpy"), bytesOf("core")]));
const recogniser = python.pyimport("scanner.browser");
facts.test = recogniser.self_test();
recogniser.destroy(); // no reference from JavaScript may remain in the memory
const names = python.toPy({});
python.runPython(readFileSync(new URL("clean.py", import.meta.url), "utf8"), { globals: names });
names.destroy();
const snapshot = python.makeMemorySnapshot();
const headLength = new Uint32Array(snapshot.buffer, snapshot.byteOffset, 2)[1];
const module = python._module;
Object.assign(facts, {
  pyodide: python.version,
  bytes: snapshot.length - headLength,
  heapEnd: heapEnd(module),
  stackPointer: module._emscripten_stack_get_current(),
});
writeFileSync(join(folder, "head.bin"), snapshot.subarray(0, headLength));
writeFileSync(join(folder, "memory.bin"), snapshot.subarray(headLength));
writeFileSync(join(folder, "base.bin"), base);
writeFileSync(join(folder, "facts.json"), JSON.stringify(facts));

/** Returns the memory that a browser has when it restores the snapshot. */
async function memoryBeforeStart() {
  let memory = null;
  const { createPyodideModule: create, ...others } = options([]);
  const linked = new Error("linked, and not started");
  try {
    await loadPyodide({
      ...others,
      createPyodideModule: async (settings) => {
        settings.noInitialRun = true;
        const module = await create(settings);
        memory = module.HEAPU8.slice();
        throw linked;
      },
    });
  } catch (error) {
    if (error !== linked) throw error;
  }
  return memory;
}

/** Returns the options of loadPyodide. @param {Uint8Array[]} archives zips of Python files */
function options(archives) {
  return {
    indexURL: `${folder}/`,
    stdLibURL: join(folder, parts.files.stdlib),
    lockFileContents: readFileSync(join(folder, parts.files.lock), "utf8"),
    packageBaseUrl: "./",
    env: { PYTHONHASHSEED: "0", LANG: "C.UTF-8", _: "./this.program" },
    _sysExecutable: "./this.program",
    _makeSnapshot: true,
    createPyodideModule: async (settings) => {
      settings.preRun.unshift(reserveTrampoline());
      settings.preRun.push(noteHeap);
      const restore = seeLinking();
      const libraries = new Map(
        Object.entries(parts.libraries).map(([path, role]) => [path, compiled.get(`hot-${role}`)]),
      );
      const failed = new Promise((_, reject) => {
        settings.preRun.push(installPackages(archives, libraries, reject));
      });
      const module = await Promise.race([createPyodideModule(settings), failed]);
      restore();
      facts.table = module.wasmTable.length;
      return module;
    },
  };
}

/** Notes where the heap begins: behind the memory of the libraries, which are linked before Python starts. */
function noteHeap(module) {
  facts.trampolineAt = trampolineAddress(module);
  facts.stackLow = module.___stack_low;
  facts.stackHigh = module.___stack_high;
  const remove = module.removeRunDependency;
  module.removeRunDependency = (name) => {
    if (name === "packages") facts.heapStart = heapEnd(module);
    remove(name);
  };
}

/** Gives the main module, and each library that Emscripten links, its second file; returns a function that ends this. */
function seeLinking() {
  const { Instance, instantiate } = WebAssembly;
  const roles = new Map(Object.values(parts.libraries).map((role) => [compiled.get(`hot-${role}`), role]));
  WebAssembly.Instance = new Proxy(Instance, {
    construct(_, [linked, imports]) {
      const instance = new Instance(linked, imports);
      const role = roles.get(linked);
      if (role) fillCold(instance, imports, compiled.get(`cold-${role}`));
      return instance;
    },
  });
  WebAssembly.instantiate = async (source, imports) => {
    if (!imports?.["GOT.func"]) return instantiate.call(WebAssembly, source, imports);
    const module = compiled.get("hot-wasm");
    const all = withoutOpenGl(imports);
    const instance = new Instance(module, all);
    settleTable(instance, parts.slots);
    fillCold(instance, all, compiled.get("cold-wasm"));
    return { module, instance };
  };
  return () => Object.assign(WebAssembly, { Instance, instantiate });
}

/**
 * Takes clock, chance and the version of Node away: equal files give an equal snapshot. The browser described here is
 * one in which CPython uses no trampoline, as on an iPad: Node 20 has none, and Node 22 would add one.
 */
function withoutChance() {
  const now = 1_700_000_000_000;
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      super(...(given.length > 0 ? given : [now]));
    }
    static now() {
      return now;
    }
  };
  performance.now = () => 1000;
  Math.random = () => 0.5;
  const getRandomValues = (array) => {
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).fill(7);
    return array;
  };
  const navigator = {
    language: "en",
    languages: ["en"],
    maxTouchPoints: 5,
    platform: "MacIntel",
    userAgent: "a browser",
  };
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  Object.defineProperty(globalThis, "crypto", {
    value: { getRandomValues, subtle: crypto.subtle },
    configurable: true,
  });
}
