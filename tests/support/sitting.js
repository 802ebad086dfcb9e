// Functions for a page of the site that sits down before the worker as a visitor does: `load` starts the worker, `open`
// opens a bundle, `sit` has frames judged (benchmarks/sittings.py). Each tells how the worker answered.

const worker = { posted: null, waiting: new Map() };

/**
 * Returns the worker's answer.
 * @param {string} action
 * @param {object} [message]
 * @param {Transferable[]} [transfer]
 */
const ask = (action, message = {}, transfer = []) =>
  new Promise((resolve) => {
    const id = worker.waiting.size + 1;
    worker.waiting.set(id, resolve);
    worker.posted.postMessage({ id, action, ...message }, transfer);
  });

/** Returns the outcome of a frame, the code of an error, or "done". */
const outcomeOf = ({ error, result }) => (error ? error.code : (result?.outcome ?? "done"));

/** Starts the worker of the site at `base`, and Python in it. */
globalThis.load = async (base) => {
  worker.posted = new Worker(`${base}worker.js`, { type: "module" });
  await new Promise((resolve) => {
    worker.posted.onmessage = ({ data }) => {
      if (data.hello) resolve();
      else if (data.id) worker.waiting.get(data.id)(data);
    };
  });
  return outcomeOf(await ask("load", { base }));
};

/** Opens a bundle for a scanner and for its catalogue, and closes both. */
globalThis.open = async (url) => {
  const opened = await ask("openScanner", { url, memory: true });
  if (opened.result) await ask("closeScanner", { scanner: opened.result });
  return [outcomeOf(opened), outcomeOf(await ask("catalogue", { url }))];
};

/** Has frames judged by one scanner, then a region outside the frame, and a closed scanner. */
globalThis.sit = async ({ url, memory, most, noted, region, resetEvery, width, height, frames }) => {
  const { result: scanner } = await ask("openScanner", { url, memory, most });
  const all = await (await fetch(frames)).arrayBuffer();
  const bytes = width * height * 4;
  const side = Math.floor(Math.min(width, height) * region);
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
  const box = region ? { left, top, width: side, height: side } : { left: 0, top: 0, width, height };
  const scan = async (pixels, place) =>
    outcomeOf(await ask("scanFrame", { scanner, width, height, pixels, region: place, noted }, [pixels]));
  const outcomes = [];
  for (let frame = 0; frame < all.byteLength / bytes; frame++) {
    if (resetEvery && frame % resetEvery === 0) await ask("reset", { scanner });
    outcomes.push(await scan(all.slice(frame * bytes, (frame + 1) * bytes), box));
  }
  outcomes.push(await scan(new ArrayBuffer(bytes), { ...box, left: width }));
  for (const action of ["makers", "reset", "closeScanner", "reset"])
    outcomes.push(outcomeOf(await ask(action, { scanner })));
  return outcomes;
};
