// Links Python's WebAssembly so that every function has the same place in the table in every engine: a memory snapshot
// holds places of functions. The builder of the snapshot (scanner/offline/site) runs these steps too.
//
// Each module of a shipped snapshot comes in two files. The first has the functions that a scan runs; each of the others
// is a thunk that calls through a second table, exported as "cold". Place 0 of this table holds a function that brings
// the second file; the second file writes its functions into the table.

/** @typedef {any} PythonModule  the Emscripten module that Pyodide configures */
/** @typedef {Record<string, Record<string, any>>} Imports */

/** The browser's own: the worker wraps the constructor, to see each module that Emscripten links. */
const { Instance } = globalThis.WebAssembly ?? {}; // a browser without WebAssembly is told so later

/** A module with one function "f", which calls its import "e.f". */
const CALLER = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0], // type 0: no parameters, no result
  ...[2, 7, 1, 1, 0x65, 1, 0x66, 0, 0], // import "e" "f"
  ...[7, 5, 1, 1, 0x66, 0, 0], // export "f"
);

/**
 * Returns the address of CPython's pointer to its trampoline, a function that only some engines have. Restoring memory
 * must keep this word.
 * @param {PythonModule} python
 */
export function trampolineAddress(python) {
  return python.__PyRuntime + python.HEAP32[python.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET >> 2];
}

/**
 * Returns the address at which the heap ends, so far.
 * @param {PythonModule} python
 * @returns {number}
 */
export function heapEnd(python) {
  return python.HEAPU32[python._emscripten_get_sbrk_ptr() >> 2];
}

/**
 * Returns a step for Emscripten's preRun. Where CPython has added no trampoline to the table, the step adds an empty
 * place: later functions then have the same places everywhere.
 * @returns {(python: PythonModule) => void}
 */
export function reserveTrampoline() {
  return (python) => {
    if (python.HEAP32[trampolineAddress(python) >> 2] === 0) python.wasmTable.grow(1);
  };
}

/**
 * Returns the imports of a main module or library, with functions of OpenGL left out of the table: nothing here draws.
 * @param {Imports} imports
 */
export function withoutOpenGl(imports) {
  const places = imports["GOT.func"];
  if (!places) return imports;
  const unused = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
  const isUnused = (/** @type {string | symbol} */ name) => typeof name === "string" && /^(emscripten_)?gl/.test(name);
  return {
    ...imports,
    "GOT.func": new Proxy(places, {
      get: (target, name) => (isUnused(name) ? unused : target[/** @type {string} */ (name)]),
    }),
  };
}

/**
 * Puts exported functions into the table themselves. In JavaScriptCore a function taken from the table is another object
 * than the one exported; Emscripten would not find it there, and give the function a second place.
 * @param {WebAssembly.Instance} instance the main module
 * @param {Record<string, number>} slots place in the table of each exported function that has one
 */
export function settleTable(instance, slots) {
  const exports = /** @type {any} */ (instance.exports);
  const table = /** @type {WebAssembly.Table} */ (exports.__indirect_function_table);
  for (const [name, slot] of Object.entries(slots)) {
    if (table.get(slot) !== exports[name]) table.set(slot, exports[name]);
  }
}

/**
 * Has `bring` called when one of an instance's cold functions is first called. `bring` must fill them before it returns.
 * @param {WebAssembly.Instance} instance of a first file
 * @param {() => void} bring
 */
export function onColdCall(instance, bring) {
  coldTable(instance)?.set(0, callable(bring));
}

/**
 * Fills an instance's cold functions.
 * @param {WebAssembly.Instance} instance of a first file
 * @param {Imports} imports that `instance` was linked with
 * @param {WebAssembly.Module} second the second file, compiled
 */
export function fillCold(instance, imports, second) {
  const all = new Proxy(imports, {
    get: (target, name) => (name === "primary" ? instance.exports : target[/** @type {string} */ (name)]),
  });
  new Instance(second, all); // its only effect: it writes into the table, a function that does nothing at place 0
}

/** @param {WebAssembly.Instance} instance */
function coldTable(instance) {
  return /** @type {WebAssembly.Table | undefined} */ (instance.exports.cold);
}

/**
 * Returns a function of JavaScript as a table takes it.
 * @param {() => void} act
 */
function callable(act) {
  return new Instance(new WebAssembly.Module(CALLER), { e: { f: act } }).exports.f;
}
