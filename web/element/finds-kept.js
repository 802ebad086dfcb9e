// Keeps the list of finds while the browser's tab is open: a phone drops a page in the background, and a page gets reloaded.

/** @typedef {import("./finds-list.js").Line} Line */

/** Longest address of a small view that is kept. */
const LONGEST_VIEW = 20_000;
/** Addresses of small views, which are made once: every change keeps the whole list. @type {WeakMap<Element, string>} */
const ADDRESSES = new WeakMap();

/** @param {string} bundle address of the bundle */
const keyOf = (bundle) => `image-scanner-finds ${bundle}`;

/**
 * Returns the lines kept of a bundle.
 * @param {string} bundle
 * @returns {Line[]}
 */
export function keptLines(bundle) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(bundle)) ?? "[]");
    return kept.filter(isLine);
  } catch {
    return []; // storage is off, or holds what another script wrote
  }
}

/**
 * @param {string} bundle
 * @param {readonly Line[]} lines
 */
export function keepLines(bundle, lines) {
  const views = lines.map((line) => ({ ...line, seen: addressOf(line.seen) }));
  const plain = lines.map((line) => ({ ...line, seen: null }));
  for (const each of [views, plain]) {
    try {
      if (each.length > 0) return sessionStorage.setItem(keyOf(bundle), JSON.stringify(each));
      return sessionStorage.removeItem(keyOf(bundle));
    } catch {
      // storage is off or full: without views the lines may fit, else the list lasts as long as the page
    }
  }
}

/** @param {Line["seen"]} seen */
function addressOf(seen) {
  if (!(seen instanceof HTMLCanvasElement)) return seen;
  const address = ADDRESSES.get(seen) ?? seen.toDataURL("image/jpeg", 0.8);
  ADDRESSES.set(seen, address);
  return address.length > LONGEST_VIEW ? null : address;
}

/** @param {any} line */
function isLine(line) {
  const { id, count, atOnce, seen } = line ?? {};
  const counted = Number.isSafeInteger(count) && count > 0 && Number.isSafeInteger(atOnce) && atOnce >= 0;
  return typeof id === "string" && counted && (seen === null || /^data:image\/jpeg;/.test(seen));
}
