// Tells a site's author of an attribute with a value that has no meaning.
import { quoted } from "../shared/quoting.js";
import { tellOnce } from "./own-words.js";

/** Attributes that are on wherever they stand. */
const PRESENT = ["autostart", "continuous", "details", "multiple", "open", "report"];
/** Attributes that only "off" changes. */
const OFF = ["snapshot", "stop-when-hidden", "zoom"];

/**
 * Tells, once, of a value that has no meaning.
 * @param {string} name of the attribute
 * @param {string | null} value null: the attribute is not there
 */
export function tellWrongValue(name, value) {
  const wrong = value && faultOf(name, value);
  if (wrong) tellOnce(`has the attribute ${name}=${quoted(value)}: ${wrong}`);
}

/**
 * @param {string} name
 * @param {string} value
 */
function faultOf(name, value) {
  if (PRESENT.includes(name) && ![name, "true"].includes(value)) {
    return `expected ${name} without a value. It is on with every value; to switch it off, remove the attribute.`;
  }
  if (OFF.includes(name) && !["off", "on"].includes(value)) {
    return `expected ${name}="off", or no attribute. This value changes nothing.`;
  }
  if (name === "theme" && !["light", "dark"].includes(value)) {
    return 'expected theme="light", theme="dark", or no attribute. The visitor\'s choice holds.';
  }
  return "";
}
