// The worker's script: passes the page's questions to the actions, and posts the answers back.
import { actions, BrokenPython } from "./python/actions.js";
import { ScannerError, withCode } from "./shared/errors.js";
import { quoted } from "./shared/quoting.js";

addEventListener("message", async ({ data }) => {
  const { id, action, ...message } = data;
  try {
    const act = /** @type {(message: any) => Promise<unknown>} */ (actions[/** @type {keyof actions} */ (action)]);
    if (!act) throw new ScannerError("runtime-failed", `The worker knows no action ${quoted(action)}.`);
    const result = /** @type {{pixels?: ArrayBuffer} | undefined} */ (await act(message));
    // The pixels of a judged frame go back to the page without a copy.
    postMessage({ id, result }, { transfer: result?.pixels ? [result.pixels] : [] });
  } catch (error) {
    const { code, message: text, words } = withCode(error, "runtime-failed", "The recogniser failed.");
    postMessage({ id, error: { code, message: text, words }, broken: error instanceof BrokenPython });
  }
});

// A module worker drops messages posted before it listens, so the page waits for this one.
postMessage({ hello: true });
