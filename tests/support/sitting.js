// Functions for a page of the site that sits down before the worker as a visitor does, beside those of visit.js: `load`
// starts the worker, `open` opens a bundle, `sit` has frames judged (benchmarks/sittings.py). Each tells how the worker
// answered.

let ask;

/** Resolves to the outcome of a frame, the code of an error, or "done". */
const outcomeOf = (answer) =>
  answer.then((result) => result?.outcome ?? "done").catch(({ cause, message }) => cause?.code ?? message);

/** Starts the worker of the site at `base`, and Python in it. */
globalThis.load = async (base) => {
  ask = await askedWorker(base);
  return outcomeOf(ask("load", { base }));
};

/** Opens a bundle for a scanner and for its catalogue, and closes both. */
globalThis.open = async (url) => {
  const opening = ask("openScanner", { url, memory: true });
  const opened = await outcomeOf(opening);
  if (opened === "done") await ask("closeScanner", { scanner: await opening });
  return [opened, await outcomeOf(ask("catalogue", { url }))];
};

/** Has frames judged by one scanner, then a region outside the frame, and a closed scanner. */
globalThis.sit = async ({ url, memory, most, noted, region, resetEvery, width, height, frames }) => {
  const scanner = await ask("openScanner", { url, memory, most });
  const all = await (await fetch(frames)).arrayBuffer();
  const bytes = width * height * 4;
  const side = Math.floor(Math.min(width, height) * region);
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
  const box = region ? { left, top, width: side, height: side } : { left: 0, top: 0, width, height };
  const scan = async (pixels, place) =>
    outcomeOf(ask("scanFrame", { scanner, width, height, pixels, region: place, noted }, [pixels]));
  const outcomes = [];
  for (let frame = 0; frame < all.byteLength / bytes; frame++) {
    if (resetEvery && frame % resetEvery === 0) await ask("reset", { scanner });
    outcomes.push(await scan(all.slice(frame * bytes, (frame + 1) * bytes), box));
  }
  outcomes.push(await scan(new ArrayBuffer(bytes), { ...box, left: width }));
  for (const action of ["makers", "reset", "closeScanner", "reset"])
    outcomes.push(await outcomeOf(ask(action, { scanner })));
  return outcomes;
};
