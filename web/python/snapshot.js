// Python's memory, kept in the visitor's own browser from one visit to the next: a later start copies it back
// instead of starting Python anew. It never leaves the browser, and is only good for the very build and browser
// that made it. On any doubt it is thrown away; whatever fails here, the plain start remains.

/**
 * @typedef {object} Snapshot
 * @property {Uint8Array} head what Pyodide must be told
 * @property {number} bytes size of the memory
 * @property {(memory: Uint8Array) => void} write makes a memory of at least that size equal to the one kept
 * @property {string} test what the core's self test said when the memory was taken
 */

/**
 * @typedef {object} Kept what lies in the database
 * @property {string} key the build and the browser it is good for
 * @property {Uint8Array} memory what `packed` made of it
 * @property {string} test
 * @property {string} checksum of that memory, SHA-256 in hex
 */

const DATABASE = "image-scanner";
const STORE = "snapshots";

/** Memory is kept in pieces of this many bytes. */
const PAGE = 16_384;

/**
 * Returns a snapshot without those pages that hold nothing but zeros, which are two fifths of it: how many
 * bytes the head and the memory have and how many pages are kept, which pages, the head, the pages.
 * @param {Uint8Array} snapshot what Pyodide gave: a head, whose length is its second number, and all of the memory
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
 * Reads what `packed` made. Throws a RangeError where that cannot be.
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
      // Zeros written where there are some already would only make the browser find room for them.
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

/** Where one site keeps its snapshot. Nothing here throws: a browser without storage just never has one. */
export class SnapshotShelf {
  #place;
  #key;

  /**
   * @param {string} base address of the site: several may lie on one origin
   * @param {string} version of the build
   */
  constructor(base, version) {
    this.#place = base;
    // Functions lie elsewhere in another browser's tables, or the same one's after an update.
    this.#key = `${version} ${navigator.userAgent}`;
  }

  /**
   * Takes the snapshot off the shelf to try it, or returns null. Say `worked()` or `discard()` afterwards: one that
   * never reported back, because the page crashed with it, is not tried a second time.
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
      // Storage is off, full, or holds something else: as good as empty.
    }
    await this.discard();
    return null;
  }

  /** The snapshot taken last did its work: it may be tried again next time. */
  async worked() {
    await this.#change((store) => [store.delete(markOf(this.#place))]);
  }

  /** Throws the snapshot away. */
  async discard() {
    await this.#change((store) => [store.delete(this.#place), store.delete(markOf(this.#place))]);
  }

  /**
   * Keeps a snapshot for the next visit; silently does not where the browser has no room.
   * @param {Uint8Array} snapshot what Pyodide's makeMemorySnapshot gave
   * @param {string} test
   */
  async keep(snapshot, test) {
    try {
      const memory = packed(snapshot);
      const checksum = await checksumOf(memory);
      const kept = { key: this.#key, memory, test, checksum };
      await this.#change((store) => [store.put(kept, this.#place), store.delete(markOf(this.#place))]);
    } catch {
      // No crypto on an insecure page: then there is no camera either.
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
      // A full disk, private browsing: the next visit starts plainly.
    }
  }
}

/** The mark lies beside the snapshot, not in it: setting it must not write 30 MB. @param {string} place */
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
