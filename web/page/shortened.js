// Shortens words of a bundle to a length that a page can show.

/** Most characters of a title or an id on a page. */
const LONGEST = 200;

/** @param {string} text */
export function shortened(text) {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
