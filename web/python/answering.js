// Passes the page's questions to the actions, and posts the answers back.
import { ScannerError, withCode } from "../shared/errors.js";
import { quoted } from "../shared/quoting.js";
import { actions, BrokenPython } from "./actions.js";
import { expectEarly } from "./early-answers.js";

/**
 * Answers the page from now on.
 * @param {import("./early-answers.js").Early} early
 */
export function answerPage(early) {
  expectEarly(early);
  addEventListener("message", ({ data }) => answer(data));
  // A module worker drops messages posted before it listens, so the page waits for this one.
  postMessage({ hello: true });
}

/** @param {{id: number, action: string}} question with what the action takes */
async function answer({ id, action, ...message }) {
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
}
