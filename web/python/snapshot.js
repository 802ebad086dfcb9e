// Keeps a snapshot of Python's memory in the visitor's own browser. A later visit copies the snapshot back instead of
// starting Python anew. A snapshot never leaves the browser, and fits only the build and the browser that made it. A
// doubtful snapshot is thrown away, and after any failure here the plain start remains.

/**
 * @typedef {object} Snapshot
 * @property {Uint8Array} head the part that Pyodide reads
 * @property {number} bytes size of the kept memory
 * @property {(memory: Uint8Array) => void} write copies the kept memory into one of at least `bytes` bytes
 * @property {string} test answer of the core's self-test when the snapshot was taken
 */

/**
 * @typedef {object} Kept an entry of the database
 * @property {string} key the build and the browser that made the snapshot
 * @property {Uint8Array} memory the snapshot as `packed` returns it
 * @property {string} test answer of the core's self-test
 * @property {string} checksum SHA-256 of `memory`, in hex
 */

const DATABASE = "image-scanner";
const STORE = "snapshots";

/** Memory is kept in pieces of this many bytes. */
const PAGE = 16_384;

/**
 * Returns a snapshot without its pages of zeros, which are two fifths of it. The bytes in order: as uint32 the size of
 * the head, the size of the memory, the count of the kept pages and the number of each; then the head, then the pages.
 * @param {Uint8Array} snapshot from Pyodide: a head, whose second uint32 is its own length, then the whole memory
 */
function packed(snapshot) {
  const head = snapshot.subarray(0, new Uint32Array(snapshot.buffer, snapshot.byteOffset, 2)[1]);
  const memory = snapshot.subarray(head.length);
  const pages = [...Array(Math.ceil(memory.length / PAGE)).keys()].filter((page) => !isZero(memory, page));
  const numbers = Uint32Array.of(head.length, memory.length, pages.length, ...pages);
  const kept = new Uint8Array(numbers.byteLength + head.length + pages.length * PAGE);
  kept.set(new Uint8Array(numbers.buffer));
  kept.set(head, numbers.byteLength);
  let end = numbers.byteLength + head.length;
  for (const page of pages) {
    kept.set(memory.subarray(page * PAGE, (page + 1) * PAGE), end);
    end += PAGE;
  }
  return kept;
}

/**
 * Reads a snapshot that `packed` returned. Throws a RangeError where `kept` is none.
 * @param {Uint8Array} kept
 * @returns {Omit<Snapshot, "test">}
 */
function unpacked(kept) {
  const [headLength, bytes, count] = new Uint32Array(kept.buffer, kept.byteOffset, 3);
  const numbers = new Uint32Array(kept.buffer, kept.byteOffset + 12, count);
  const start = numbers.byteOffset + numbers.byteLength - kept.byteOffset;
  const write = (/** @type {Uint8Array} */ memory) => {
    const wanted = new Map(Array.from(numbers, (page, index) => [page, start + headLength + index * PAGE]));
    for (let page = 0; page * PAGE < memory.length; page++) {
      const from = wanted.get(page);
      if (from !== undefined) memory.set(kept.subarray(from, from + PAGE), page * PAGE);
      // A page of zeros stays untouched: writing zeros to it would make the browser allocate it.
      else if (!isZero(memory, page)) memory.fill(0, page * PAGE, (page + 1) * PAGE);
    }
  };
  return { head: kept.slice(start, start + headLength), bytes, write };
}

/**
 * @param {Uint8Array} memory of a multiple of four bytes
 * @param {number} page
 */
function isZero(memory, page) {
  const bytes = Math.min(PAGE, memory.length - page * PAGE);
  const numbers = new Int32Array(memory.buffer, memory.byteOffset + page * PAGE, bytes >> 2);
  for (let index = 0; index < numbers.length; index++) if (numbers[index] !== 0) return false;
  return true;
}

/** One site's place for its snapshot in the browser. No method throws: without storage there is never a snapshot. */
export class SnapshotShelf {
  #place;
  #key;

  /**
   * @param {string} base address of the site: several may lie on one origin
   * @param {string} version of the build
   */
  constructor(base, version) {
    this.#place = base;
    // The places of functions in their table differ between browsers, and between versions of one browser.
    this.#key = `${version} ${navigator.userAgent}`;
  }

  /**
   * Returns the snapshot to try, or null. Call `worked()` or `discard()` afterwards. After neither call, because the
   * page crashed, the snapshot is not tried a second time.
   * @returns {Promise<Snapshot | null>}
   */
  async take() {
    try {
      const database = await open();
      try {
        const store = database.transaction(STORE, "readwrite").objectStore(STORE);
        const kept = /** @type {Kept | undefined} */ (await answer(store.get(this.#place)));
        if (!kept) return null;
        const mark = /** @type {string | undefined} */ (await answer(store.get(markOf(this.#place))));
        if (kept.key !== this.#key || mark !== undefined) {
          await answer(store.delete(this.#place));
          await answer(store.delete(markOf(this.#place)));
          return null;
        }
        await answer(store.put("tried", markOf(this.#place)));
        const { memory, test, checksum } = kept;
        if (checksum === (await checksumOf(memory))) return { ...unpacked(memory), test };
      } finally {
        database.close();
      }
    } catch {
      // Storage that is off, full or unreadable counts as empty.
    }
    await this.discard();
    return null;
  }

  /** Records that the snapshot taken last worked, so that the next visit may try it. */
  async worked() {
    await this.#change((store) => [store.delete(markOf(this.#place))]);
  }

  /** Throws the snapshot away. */
  async discard() {
    await this.#change((store) => [store.delete(this.#place), store.delete(markOf(this.#place))]);
  }

  /**
   * Keeps a snapshot for the next visit; does nothing where the browser has no room.
   * @param {Uint8Array} snapshot from Pyodide's makeMemorySnapshot
   * @param {string} test answer of the core's self-test
   */
  async keep(snapshot, test) {
    try {
      const memory = packed(snapshot);
      const checksum = await checksumOf(memory);
      const kept = { key: this.#key, memory, test, checksum };
      await this.#change((store) => [store.put(kept, this.#place), store.delete(markOf(this.#place))]);
    } catch {
      // An insecure page has no crypto, and no camera either.
    }
  }

  /** @param {(store: IDBObjectStore) => IDBRequest[]} act */
  async #change(act) {
    try {
      const database = await open();
      try {
        const transaction = database.transaction(STORE, "readwrite");
        const finished = new Promise((resolve, reject) => {
          transaction.oncomplete = resolve;
          transaction.onabort = transaction.onerror = () => reject(transaction.error);
        });
        act(transaction.objectStore(STORE));
        await finished;
      } finally {
        database.close();
      }
    } catch {
      // The disk is full, or the browsing private: the next visit starts plainly.
    }
  }
}

/** Returns the key of a snapshot's mark, kept apart because setting it must not write 30 MB. @param {string} place */
function markOf(place) {
  return `${place} tried`;
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return answer(request);
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    if (request instanceof IDBOpenDBRequest) request.onblocked = () => reject(new Error("the database is blocked"));
  });
}

/** @param {Uint8Array} bytes */
async function checksumOf(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", /** @type {Uint8Array<ArrayBuffer>} */ (bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
