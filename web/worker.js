// The worker: one Python interpreter for the whole page. Every message names one of the actions below.
import { ScannerError, withCode } from "./shared/errors.js";
import { measureQuality } from "./shared/quality.js";
import { calling, startPython } from "./python/runtime.js";

/** @typedef {import("./page/frames.js").Box} Box */

/** @type {Promise<import("./python/runtime.js").ScannerModule> | null} */
let python = null;

/** Adding a feature is adding a function here. Each gets the message, returns the result. */
const actions = {
  /** @param {{base: string, snapshots?: boolean}} message */
  async load({ base, snapshots }) {
    python ??= startPython(base, (progress) => postMessage({ progress }), snapshots);
    try {
      await python;
    } catch (error) {
      python = null; // the next attempt starts afresh
      throw error;
    }
  },

  /** @param {{url: string}} message @returns {Promise<{handle: number, references: number}>} */
  async openBundle({ url }) {
    const text = await fetchBundle(url);
    const module = await ready();
    return answer(await calling(() => module.open_bundle(text)));
  },

  /** @param {{handle: number}} message */
  async closeBundle({ handle }) {
    return answer((await ready()).close_bundle(handle));
  },

  /** @param {{handle: number}} message */
  async reset({ handle }) {
    return answer((await ready()).reset(handle));
  },

  /**
   * @param {{handle: number, width: number, height: number, pixels: ArrayBuffer, region: Box,
   *   independent: boolean}} message
   */
  async scanFrame({ handle, width, height, pixels, region, independent }) {
    const module = await ready();
    const bytes = new Uint8Array(pixels);
    const proxy = module.frame_buffer(bytes.length);
    // Taken anew for every frame: Python's memory may have moved since the last one.
    const view = proxy.getBuffer("u8");
    view.data.set(bytes);
    view.release();
    proxy.destroy();
    const { left, top } = region;
    const verdict = answer(
      await calling(() =>
        module.scan_frame(handle, width, height, left, top, region.width, region.height, independent),
      ),
    );
    return { ...verdict, quality: measureQuality(bytes, width, region) };
  },
};

function ready() {
  if (!python) throw new ScannerError("runtime-failed", "Python was never loaded in this worker.");
  return python;
}

/**
 * Returns what Python answered, or throws what it complains about.
 * @param {string} text JSON, {"result": ...} or {"error": {"code": ..., "message": ...}}
 */
function answer(text) {
  const { result, error } = JSON.parse(text);
  if (error) throw new ScannerError(error.code, error.message);
  return result;
}

/** @param {string} url */
async function fetchBundle(url) {
  let response;
  try {
    response = await fetch(url, { cache: "no-cache" });
  } catch (error) {
    throw withCode(error, "bundle-invalid", `The bundle ${url} could not be fetched.`);
  }
  if (!response.ok) {
    throw new ScannerError(
      "bundle-invalid",
      `The bundle ${url} was answered with status ${response.status}. Build it with build_hashes.py and put it there.`,
    );
  }
  const text = await response.text();
  try {
    JSON.parse(text); // Python reads it strictly; this much is known before Python is there
  } catch (error) {
    throw withCode(error, "bundle-invalid", `${url} is not a bundle. Build it again with build_hashes.py.`);
  }
  return text;
}

addEventListener("message", async ({ data }) => {
  const { id, action, ...message } = data;
  try {
    const act = /** @type {(message: any) => Promise<unknown>} */ (actions[/** @type {keyof actions} */ (action)]);
    if (!act) throw new ScannerError("runtime-failed", `The worker knows no action "${action}".`);
    postMessage({ id, result: await act(message) });
  } catch (error) {
    const { code, message: text } = withCode(error, "runtime-failed", "The recogniser failed.");
    postMessage({ id, error: { code, message: text } });
  }
});

// A module worker drops what is posted before it listens; now it does.
postMessage({ hello: true });
