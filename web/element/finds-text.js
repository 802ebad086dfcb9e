// Writes the list of finds as text, as CSV and as JSON.

/** @typedef {import("./finds.js").Find} Find */

/** Columns of every CSV, by the names of a find. */
const COLUMNS = /** @type {const} */ (["count", "id", "title", "url"]);
/** Fields of a reference that say nothing about the picture, or are a column already. */
const NO_COLUMNS = ["id", "title", "url", "thumbnail", "aspect"];
/** Beginnings of a cell that spreadsheet programs take for a formula (OWASP, "CSV injection"). */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** Returns one line for each find: "3 × Island". @param {readonly Find[]} finds */
export function asText(finds) {
  return finds.map(({ count, title }) => `${count} × ${title.replace(/\s+/g, " ")}`).join("\n");
}

/**
 * Returns a table after RFC 4180, with a byte order mark, by which spreadsheet programs know UTF-8. The site's own fields
 * with a text, a number, true or false follow the columns of every find.
 * @param {readonly Find[]} finds
 */
export function asCsv(finds) {
  const fields = [
    ...new Set(finds.flatMap(({ reference }) => Object.keys(reference ?? {}).filter(isColumn(reference)))),
  ];
  const heads = fields.map((field) =>
    /** @type {readonly string[]} */ (COLUMNS).includes(field) ? `own ${field}` : field,
  );
  const rows = finds.map((find) => {
    return [...COLUMNS.map((column) => find[column]), ...fields.map((field) => find.reference?.[field])];
  });
  return `\ufeff${[[...COLUMNS, ...heads], ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("")}`;
}

/** Returns the list as an array of objects. @param {readonly Find[]} finds */
export function asJson(finds) {
  return `${JSON.stringify(finds, null, 2)}\n`;
}

/** @param {Find["reference"]} reference */
function isColumn(reference) {
  return (/** @type {string} */ field) =>
    !NO_COLUMNS.includes(field) && ["string", "number", "boolean"].includes(typeof reference?.[field]);
}

/**
 * Returns a cell. An apostrophe before a text that looks like a formula keeps spreadsheet programs from running it.
 * @param {unknown} value
 */
function cell(value) {
  if (!["string", "number", "boolean"].includes(typeof value)) return "";
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
