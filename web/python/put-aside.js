// Keeps files outside this page's memory until somebody reads them: as Blobs, which the browser holds elsewhere. A worker
// can read a Blob in the middle of a call.

/**
 * Returns the bytes of a Blob at once. Only a worker may do this.
 * @param {Blob} blob
 * @returns {ArrayBuffer}
 */
export function readNow(blob) {
  return new /** @type {any} */ (globalThis).FileReaderSync().readAsArrayBuffer(blob);
}

/**
 * Makes a file in Python's file system, whose content is read from a Blob when Python first reads the file.
 * @param {any} fileSystem Emscripten's FS
 * @param {string} path
 * @param {Blob} blob
 * @param {number} [start] of the content in the Blob
 * @param {number} [size] of the content
 */
export function putAside(fileSystem, path, blob, start = 0, size = blob.size) {
  fileSystem.mkdirTree(path.slice(0, path.lastIndexOf("/")));
  fileSystem.writeFile(path, new Uint8Array(0));
  const { node } = fileSystem.lookupPath(path);
  const settle = (/** @type {Uint8Array} */ value) =>
    Object.defineProperty(node, "contents", { value, configurable: true, enumerable: true, writable: true });
  Object.defineProperty(node, "contents", {
    configurable: true,
    enumerable: true,
    get: () => settle(new Uint8Array(readNow(blob.slice(start, start + size)))).contents,
    set: settle,
  });
  node.usedBytes = size;
}
