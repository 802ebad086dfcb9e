// Gives a JPEG that was cut off its end mark, because WebKit draws no JPEG on a canvas before that mark has come.

const START = [0xff, 0xd8, 0xff];
const END = [0xff, 0xd9];

/**
 * Returns a JPEG file without an end mark as one with it, and any other file as it is.
 * @param {Blob} file
 */
export async function endedJpeg(file) {
  const bytes = async (/** @type {Blob} */ part) => new Uint8Array(await part.arrayBuffer());
  const [start, end] = await Promise.all([bytes(file.slice(0, START.length)), bytes(file.slice(-END.length))]);
  const cut = START.every((value, at) => start[at] === value) && !END.every((value, at) => end[at] === value);
  return cut ? new Blob([file, Uint8Array.from(END)], { type: file.type }) : file;
}
