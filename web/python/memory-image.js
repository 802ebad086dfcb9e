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
 * @typedef {Omit<Told, "head" | "runs" | "granule"> & {head: Uint8Array, complete: () => Promise<Fill>}} MemoryImage
 *   `complete` waits for the rest of the file; rejects where all of it is not the file that its beginning was of
 */
/**
 * @typedef {(memory: Uint8Array, heapEnd: number) => void} Fill writes the image into a memory of at least `bytes` bytes in
 *   which nothing has run yet, and whose heap ends at `heapEnd`
 */
/**
 * @typedef {object} ArrivingFile a file that may still come in
 * @property {(count: number) => Promise<Uint8Array>} first resolves to its first bytes, unchecked, once they are here
 * @property {Promise<ArrayBuffer>} whole all of it, checked
 */

const NAME = "py-memory";
/** Bytes before the custom section's name: WebAssembly's magic and version, the section's id and size, the name's length. */
const NAME_AT = 15;
const LENGTH_AT = NAME_AT + NAME.length;

/** Bytes at the stack's beginning that the start of a module may have written to. */
const USED_STACK = 65_536;

/**
 * Reads what a memory file says of the memory, as soon as its beginning is here. Throws an Error where it is no such file.
 * @param {ArrivingFile} file
 * @returns {Promise<MemoryImage>}
 */
export async function readMemoryImage({ first, whole }) {
  whole.catch(() => {}); // the wait for the beginning, or `complete`, reports it
  const start = await first(LENGTH_AT + 4);
  const decoder = new TextDecoder();
  if (decoder.decode(start.subarray(NAME_AT, LENGTH_AT)) !== NAME) {
    throw new Error(`expected a file of Python's memory, found one without the section "${NAME}"`);
  }
  const runsAt = LENGTH_AT + 4 + new DataView(start.buffer).getUint32(LENGTH_AT, true);
  const text = decoder.decode((await first(runsAt)).subarray(LENGTH_AT + 4));
  const { head, ...told } = parsed(text);

  return { ...told, head: Uint8Array.from(atob(head), (letter) => letter.charCodeAt(0)), complete };

  /** @returns {Promise<Fill>} */
  async function complete() {
    const file = await whole;
    if (decoder.decode(new Uint8Array(file, LENGTH_AT + 4, runsAt - LENGTH_AT - 4)) !== text) {
      throw new Error(
        "expected the file of Python's memory that came first, found another one when it was fetched again",
      );
    }
    return (memory, heapEnd) => write(file, runsAt, told, memory, heapEnd);
  }
}

/**
 * Writes the runs of a memory file into a memory in which nothing has run yet.
 * @param {ArrayBuffer} file
 * @param {number} runsAt place of the runs' list in the file
 * @param {Omit<Told, "head">} told
 * @param {Uint8Array} memory
 * @param {number} heapEnd address up to which linking may have written to the heap
 */
function write(file, runsAt, { runs: count, granule, bytes, trampolineAt, heapStart, stackHigh }, memory, heapEnd) {
  const contentsAt = runsAt + 8 * count;
  if (contentsAt > file.byteLength) throw cutOff(contentsAt, file.byteLength);
  const runs = new Uint32Array(file.slice(runsAt, contentsAt)); // every engine is little-endian, as WebAssembly is
  let length = contentsAt;
  for (let i = 0; i < runs.length; i += 2) {
    length += runs[i + 1] * granule;
    if ((runs[i] + runs[i + 1]) * granule > bytes) {
      throw new Error(`expected pieces within ${bytes} bytes of memory, found one that ends beyond`);
    }
  }
  if (length !== file.byteLength) throw cutOff(length, file.byteLength);
  if (heapEnd < heapStart || heapEnd > memory.length) {
    throw new Error(
      `expected a heap that begins at ${heapStart} and ends within the memory, found its end at ${heapEnd}`,
    );
  }
  const view = new DataView(memory.buffer);
  const trampoline = view.getInt32(trampolineAt, true);
  memory.fill(0, stackHigh - USED_STACK, stackHigh);
  memory.fill(0, heapStart, heapEnd);
  const contents = new Uint8Array(file, contentsAt);
  let from = 0;
  for (let i = 0; i < runs.length; i += 2) {
    const size = runs[i + 1] * granule;
    memory.set(contents.subarray(from, from + size), runs[i] * granule);
    from += size;
  }
  view.setInt32(trampolineAt, trampoline, true);
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
