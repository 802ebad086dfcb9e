// For a page of the site: starts the worker as a page does, and speaks with it as a page does.

/**
 * Starts the worker, Python and a scanner of the site's bundle, all at once as a page does.
 * @param {string} base address of the site
 * @param {{memory?: boolean}} [options] `memory` false: a scanner of stills
 * @returns {Promise<{scanner: number, ask: (action: string, message: object, transfer?: any[]) => Promise<any>}>}
 */
globalThis.startedWorker = async (base, { memory = true } = {}) => {
  const worker = new Worker(new URL("worker.js", base), { type: "module", name: "quick start" });
  const waiting = new Map();
  const hello = new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }) => {
      if (data.hello) resolve();
      else if (data.error) waiting.get(data.id)?.reject(new Error(`${data.error.code}: ${data.error.message}`));
      else waiting.get(data.id)?.resolve(data.result);
    };
  });
  const ask = (action, message, transfer = []) =>
    new Promise((resolve, reject) => {
      const id = waiting.size + 1;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, action, ...message }, transfer);
    });
  await hello;
  const open = () => ask("openScanner", { url: new URL("hashes/references.json", base).href, memory });
  // A bundle asked for before Python is loaded is fetched at once, and may be refused once.
  const [early] = await Promise.all([open().catch(() => null), ask("load", { base })]);
  return { scanner: early ?? (await open()), ask };
};

/**
 * Has frames judged one after the other. Returns the milliseconds from sending each to its answer.
 * @param {Awaited<ReturnType<typeof startedWorker>>} started
 * @param {number} count
 * @param {[width: number, height: number, side: number]} size of a frame, and of the square region in its middle
 */
globalThis.judged = async ({ scanner, ask }, count, [width, height, side]) => {
  const region = { left: (width - side) / 2, top: (height - side) / 2, width: side, height: side };
  const times = [];
  for (let i = 0; i < count; i++) {
    const pixels = drawn(width, height);
    const began = performance.now();
    await ask("scanFrame", { scanner, width, height, pixels, region }, [pixels]);
    times.push(performance.now() - began);
  }
  return times;
};

/** Returns the RGBA bytes of a picture with plenty of detail, which is no reference. */
function drawn(width, height) {
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    pixels.set([(x * y) % 256, (x * x + 3 * y) % 256, ((x ^ y) * 5) % 256, 255], i * 4);
  }
  return pixels.buffer;
}
