// Compresses every file of a folder as small as brotli can, beside it: node brotli_files.mjs FOLDER
// A terminal shows the progress.
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const compress = promisify(brotliCompress);
const folder = process.argv[2];
const names = await readdir(folder);
const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
const total = sizes.reduce((sum, size) => sum + size, 0);
let done = 0;
await Promise.all(
  names.map(async (name) => {
    const content = await readFile(join(folder, name));
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS, // the largest that browsers take
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    };
    await writeFile(join(folder, `${name}.br`), await compress(content, { params }));
    done += content.length;
    if (process.stderr.isTTY) process.stderr.write(`\r  ${megabytes(done)} of ${megabytes(total)} MB `);
  }),
);
if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}
