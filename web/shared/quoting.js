// Text of others in messages: on one line, with escapes for what commands a terminal or turns the direction, and cut.
// Names, addresses and the browser's own words come from anywhere. scanner/quoting.py does the same in Python.

// Controls, halves of characters, direction marks, line ends, byte order marks and annotations.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb]/gu;

/**
 * Returns a text on one line, with escapes for characters that are no sign of their own.
 * @param {string} text
 */
export function printable(text) {
  return text.replace(UNPRINTABLE, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Returns a text as a message shows it: printable, and at most `most` characters, its beginning and its end.
 * @param {string} text
 * @param {number} [most]
 */
export function excerpt(text, most = 200) {
  return cut(printable(cut(text, 2 * most)), most);
}

/**
 * Returns any value as a message shows it: a text in quotes, all else as JavaScript writes it.
 * @param {unknown} value
 * @param {number} [most] characters
 */
export function quoted(value, most = 60) {
  if (typeof value === "string") return `"${excerpt(value, most - 2)}"`;
  try {
    return excerpt(String(value), most);
  } catch {
    return "an object"; // without a usable toString
  }
}

/** @param {string} text @param {number} most */
function cut(text, most) {
  if (text.length <= most) return text;
  const end = Math.floor((most - 3) / 3);
  return `${text.slice(0, most - 3 - end)}...${text.slice(text.length - end)}`;
}
