// Fetches the text of a bundle, with limits of size and nesting, before anything of it reaches Python. Python has both
// limits too (scanner/json_text.py), but a text nested far deeper would end Python before Python could refuse it.
import { closedTo } from "../shared/closed-host.js";
import { ScannerError, withCode } from "../shared/errors.js";
import { excerpt, quoted } from "../shared/quoting.js";
import { forbiddenBy, violationAt } from "../shared/violations.js";
import { Watchdog } from "./downloads.js";

/** Largest bundle. One of 100,000 references has 353 MB; a browser's texts end at 512 million characters. */
const MOST_BYTES = 400_000_000;
/** Deepest nesting of objects and lists. A bundle without own fields has four levels. */
const MOST_LEVELS = 64;

/** Longest wait for the next bytes. */
const STALL_MILLISECONDS = 8500;

const AGAIN = "Check the connection, then start again.";
const REMEDY = "Check the address, or build the bundle again with `phash-scanner build`.";

/**
 * Returns the text of the bundle at an address. Throws "bundle-invalid".
 * @param {string} url
 */
export async function fetchBundleText(url) {
  const abort = new AbortController();
  const watchdog = new Watchdog(STALL_MILLISECONDS, () => abort.abort());
  try {
    return await fetchWatched(url, abort.signal, () => watchdog.alive());
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    const text = `The bundle ${excerpt(url)} stopped loading: nothing came for 8 seconds. ${AGAIN}`;
    throw new ScannerError("bundle-invalid", text, error, "unreachable");
  } finally {
    watchdog.stop();
  }
}

/**
 * @param {string} url
 * @param {AbortSignal} signal
 * @param {() => void} onPiece called with each piece that comes
 */
async function fetchWatched(url, signal, onPiece) {
  const named = excerpt(url);
  let response;
  try {
    response = await fetch(url, { cache: "no-cache", signal });
  } catch (error) {
    const violation = await violationAt(url);
    const fault = violation ? forbiddenBy(violation, new URL(url).origin) : await closedTo(url, signal);
    const remedy = fault || "Check the connection.";
    const words = fault ? "site-fault" : "unreachable";
    throw withCode(error, "bundle-invalid", `The bundle ${named} could not be fetched. ${remedy}`, words);
  }
  if (!response.ok) {
    const down = response.status >= 500;
    const remedy = down
      ? "The host has a fault of its own: try again later."
      : "Build the bundle with `phash-scanner build` and upload it to this address.";
    throw new ScannerError(
      "bundle-invalid",
      `The bundle ${named} was answered with status ${response.status}, expected 200. ${remedy}`,
      undefined,
      down ? "unreachable" : undefined,
    );
  }
  try {
    return await readText(response, onPiece);
  } catch (error) {
    if (error instanceof NoBundle) {
      throw new ScannerError("bundle-invalid", `${named} is not a bundle: ${error.message}. ${REMEDY}`);
    }
    throw withCode(error, "bundle-invalid", `The download of the bundle ${named} broke off. ${AGAIN}`, "unreachable");
  }
}

class NoBundle extends Error {}

/**
 * Returns the text of an answer. Throws NoBundle, at the first byte that no bundle has.
 * @param {Response} response
 * @param {() => void} onPiece
 */
async function readText(response, onPiece) {
  let bytes = 0;
  refuseLarge(Number(response.headers.get("content-length")));
  const nesting = new Nesting();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const pieces = [];
  let begun = false;
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      onPiece();
      bytes += piece.value.length;
      refuseLarge(bytes);
      nesting.add(piece.value);
      const text = decoded(decoder, piece.value);
      begun ||= begins(text);
      pieces.push(text);
    }
    pieces.push(decoded(decoder));
    if (!begun) throw new NoBundle("expected JSON, found nothing");
    return pieces.join("");
  } finally {
    reader.cancel().catch(() => {}); // of a bundle refused half-way, the rest is not fetched
  }
}

/**
 * Returns whether a bundle begins in a text, false where it is blank.
 * @param {string} text
 */
function begins(text) {
  const start = text.trimStart();
  // Many hosts answer a missing address with a web page.
  if (start && !start.startsWith("{")) {
    throw new NoBundle(`expected JSON that begins with {, found ${quoted(start, 24)}`);
  }
  return start !== "";
}

/**
 * @param {TextDecoder} decoder
 * @param {Uint8Array} [bytes] nothing: the end
 */
function decoded(decoder, bytes) {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined });
  } catch {
    throw new NoBundle("expected text in UTF-8, found other bytes");
  }
}

/** @param {number} bytes */
function refuseLarge(bytes) {
  if (bytes > MOST_BYTES) throw new NoBundle(`it has more than ${MOST_BYTES / 1_000_000} MB`);
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = new TextEncoder().encode('"\\[]{}');

/** Counts the levels of a JSON text that comes in pieces. Brackets inside texts do not count. */
class Nesting {
  #levels = 0;
  #inText = false;
  #escaped = false;

  /** @param {Uint8Array} bytes */
  add(bytes) {
    let [levels, inText, escaped] = [this.#levels, this.#inText, this.#escaped];
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at];
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === QUOTE) inText = false;
        else if (byte === BACKSLASH) escaped = true;
      } else if (byte === QUOTE) {
        inText = true;
      } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        if (++levels > MOST_LEVELS) {
          throw new NoBundle(`its lists and objects are nested more than ${MOST_LEVELS} levels deep`);
        }
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        levels--;
      }
    }
    [this.#levels, this.#inText, this.#escaped] = [levels, inText, escaped];
  }
}
