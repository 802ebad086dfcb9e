// A function for a test on a page of the site: `visit` starts the worker as a page does.

/**
 * Returns what the worker says of one drawn frame, and how long it took to get there in milliseconds.
 * Asks for a file with "?loaded" when Python runs: what was asked for before it was needed to start.
 * @param {string} base address of the site
 * @param {{snapshots?: boolean, scan?: boolean}} [options] `scan` false: stop when the bundle is open
 */
globalThis.visit = async (base, options = {}) => {
  const opened = performance.now();
  const worker = new Worker(new URL("worker.js", base), {
    type: "module",
    name: options.snapshots === false ? "" : "quick start",
  });
  const waiting = new Map();
  const stages = {};
  const hello = new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }) => {
      if (data.hello) resolve();
      else if (data.progress) stages[data.progress.stage] ??= performance.now() - opened;
      else if (data.error) waiting.get(data.id).reject(new Error(`${data.error.code}: ${data.error.message}`));
      else waiting.get(data.id).resolve(data.result);
    };
  });
  const ask = (action, message, transfer = []) =>
    new Promise((resolve, reject) => {
      const id = waiting.size + 1;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, action, ...message }, transfer);
    });
  let mark;
  const load = async () => {
    await ask("load", { base, ...options });
    mark = fetch(new URL("licences/NOTICE.txt?loaded", base));
  };
  await hello;
  const open = () => ask("openScanner", { url: new URL("hashes/references.json", base).href, memory: false });
  const scanner = await Promise.all([open().catch(() => null), load()]).then(([early]) => early ?? open());
  stages.loaded = performance.now() - opened;
  if (options.scan === false) {
    await mark;
    return { stages };
  }
  const frame = drawn(240);
  const box = { left: 0, top: 0, width: 240, height: 240 };
  const message = { scanner, width: 240, height: 240, pixels: frame, region: box };
  const { outcome, distance } = await ask("scanFrame", message, [frame]);
  stages.scanned = performance.now() - opened;
  await mark;
  globalThis.ask = ask;
  globalThis.scanAgain = () => ask("scanFrame", { ...message, pixels: drawn(240) });
  return { outcome, distance, scanner, stages };
};

/** Returns the RGBA bytes of a picture with plenty of detail. */
function drawn(size) {
  const pixels = new Uint8ClampedArray(size * size * 4);
  for (let i = 0; i < size * size; i++) {
    const [x, y] = [i % size, Math.floor(i / size)];
    pixels.set([(x * y) % 256, (x * x + 3 * y) % 256, ((x ^ y) * 5) % 256, 255], i * 4);
  }
  return pixels.buffer;
}
