// Functions for a page of the site, for tests and benchmarks: they start the worker as a page does, and ask it.

/**
 * Starts the worker of the site at `base`. Returns a function that asks it; the cause of its error is the worker's own.
 * @param {string} base
 * @param {string} [name] of the worker
 */
globalThis.askedWorker = async (base, name = "quick start") => {
  const worker = new Worker(new URL("worker.js", base), { type: "module", name });
  const waiting = new Map();
  await new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data: { hello, id, error, result } }) => {
      if (hello) resolve();
      else if (error) waiting.get(id)?.reject(new Error(`${error.code}: ${error.message}`, { cause: error }));
      else waiting.get(id)?.resolve(result); // progress has no id
    };
  });
  return (action, message, transfer = []) =>
    new Promise((resolve, reject) => {
      const id = waiting.size + 1;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, action, ...message }, transfer);
    });
};

/**
 * Starts the worker, Python and a scanner of the site's bundle, all at once as a page does.
 * @param {string} base
 * @param {{snapshots?: boolean, memory?: boolean, most?: number}} [options] `memory` false: a scanner of stills
 */
globalThis.startedWorker = async (base, { snapshots = true, memory = true, most } = {}) => {
  const ask = await askedWorker(base, snapshots ? "quick start" : "");
  const open = () => ask("openScanner", { url: new URL("hashes/references.json", base).href, memory, most });
  // A bundle asked for before Python is loaded is fetched at once, and may be refused once.
  const [early] = await Promise.all([open().catch(() => null), ask("load", { base, snapshots })]);
  return { scanner: early ?? (await open()), ask };
};

/**
 * Returns what the worker says of one drawn frame.
 * Asks for a file with "?loaded" when the scanner is open: what was asked for before it was needed to start.
 */
globalThis.visit = async (base, options) => {
  const { scanner, ask } = await startedWorker(base, { memory: false, ...options });
  const mark = fetch(new URL("licences/NOTICE.txt?loaded", base));
  const region = { left: 0, top: 0, width: 240, height: 240 };
  globalThis.ask = ask;
  globalThis.scanAgain = () => ask("scanFrame", { scanner, width: 240, height: 240, pixels: drawn(240), region });
  const { outcome, distance } = await scanAgain();
  await mark;
  return { outcome, distance, scanner };
};

/** Returns the RGBA bytes of a picture with plenty of detail, which is no reference. */
function drawn(width, height = width) {
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    pixels.set([(x * y) % 256, (x * x + 3 * y) % 256, ((x ^ y) * 5) % 256, 255], i * 4);
  }
  return pixels.buffer;
}
