// Reads the memory file of a site: Python's memory as the site's builder left it, with everything imported. The builder
// writes the file (scanner/offline/site). It is a WebAssembly module of one custom section, so that hosts serve and
// compress it as they do their other WebAssembly.

/**
 * @typedef {object} Told what the file says of the memory; the addresses count bytes from the start of the memory
 * @property {string} head in base64, the part of the snapshot that Pyodide reads
 * @property {number} bytes size of the memory
 * @property {number} granule bytes of a piece of memory
 * @property {number} runs count of runs of pieces that differ from a memory in which nothing has run yet
 * @property {string} test answer of the core's self-test
 * @property {number} table length of the table of functions, before the memory is filled
 * @property {number} trampolineAt address of CPython's pointer to its trampoline, which is the engine's own
 * @property {number} heapStart address from which on a memory in which nothing has run is zero
 * @property {number} stackHigh address of the stack's beginning; the stack grows downwards
 * @property {Record<string, number>} slots place in the table of each exported function that has one
 * @property {string} pyodide version
 */
/**
 * @typedef {Omit<Told, "head" | "runs" | "granule"> & {head: Uint8Array, fill: (memory: Uint8Array) => void}} MemoryImage
 *   `fill` writes the image into a memory of at least `bytes` bytes in which nothing has run yet
 */

const NAME = "py-memory";
/** Bytes before the custom section's name: WebAssembly's magic and version, the section's id and size, the name's length. */
const NAME_AT = 15;
const LENGTH_AT = NAME_AT + NAME.length;

/** Bytes at the stack's beginning that the start of a module may have written to. */
const USED_STACK = 65_536;

/**
 * Reads a memory file. Throws an Error where `file` is none.
 * @param {ArrayBuffer} file
 * @returns {MemoryImage}
 */
export function readMemoryImage(file) {
  const bytes = new Uint8Array(file);
  const decoder = new TextDecoder();
  const name = decoder.decode(bytes.subarray(NAME_AT, LENGTH_AT));
  if (name !== NAME || bytes.length < LENGTH_AT + 4) {
    throw new Error(`expected a file of Python's memory, found ${bytes.length} bytes without the section "${NAME}"`);
  }
  const runsAt = LENGTH_AT + 4 + new DataView(file).getUint32(LENGTH_AT, true);
  const { head, runs: count, granule, ...told } = parsed(decoder.decode(bytes.subarray(LENGTH_AT + 4, runsAt)));
  const contentsAt = runsAt + 8 * count;
  if (contentsAt > bytes.length) throw cutOff(contentsAt, bytes.length);
  const runs = new Uint32Array(file.slice(runsAt, contentsAt)); // every engine is little-endian, as WebAssembly is
  let length = contentsAt;
  for (let i = 0; i < runs.length; i += 2) {
    length += runs[i + 1] * granule;
    if ((runs[i] + runs[i + 1]) * granule > told.bytes) {
      throw new Error(`expected pieces within ${told.bytes} bytes of memory, found one that ends beyond`);
    }
  }
  if (length !== bytes.length) throw cutOff(length, bytes.length);
  const contents = bytes.subarray(contentsAt);

  return { ...told, head: Uint8Array.from(atob(head), (letter) => letter.charCodeAt(0)), fill };

  /** @param {Uint8Array} memory */
  function fill(memory) {
    const view = new DataView(memory.buffer);
    const trampoline = view.getInt32(told.trampolineAt, true);
    memory.fill(0, told.stackHigh - USED_STACK, told.stackHigh);
    clear(memory, told.heapStart);
    let from = 0;
    for (let i = 0; i < runs.length; i += 2) {
      const size = runs[i + 1] * granule;
      memory.set(contents.subarray(from, from + size), runs[i] * granule);
      from += size;
    }
    view.setInt32(told.trampolineAt, trampoline, true);
  }
}

/**
 * @param {string} text
 * @returns {Told}
 */
function parsed(text) {
  const told = JSON.parse(text);
  for (const name of ["bytes", "granule", "runs", "table", "trampolineAt", "heapStart", "stackHigh"]) {
    if (!Number.isInteger(told[name])) throw new Error(`expected a whole number as "${name}" of Python's memory`);
  }
  return told;
}

/** @param {number} expected @param {number} found */
function cutOff(expected, found) {
  return new Error(`expected a file of Python's memory of ${expected} bytes, found ${found} bytes`);
}

/**
 * Sets memory to zero from an address on. Zeros stay untouched: writing zeros to them would make the browser allocate
 * their pages.
 * @param {Uint8Array} memory
 * @param {number} start
 */
function clear(memory, start) {
  const words = new Int32Array(memory.buffer);
  for (let i = start >> 2; i < words.length; i++) if (words[i] !== 0) words[i] = 0;
}
