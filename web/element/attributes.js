// The element's attributes as properties, which React, Vue and Svelte set where an element has them.

/** A server that renders pages has no HTMLElement. It may import the class, and never constructs it. */
const Base = globalThis.HTMLElement ?? class {};

/** Attributes whose changes the element hears of; it sets `state` and `view` itself. */
export const OBSERVED = [
  "assets",
  "autostart",
  "bundle",
  "camera",
  "continuous",
  "details",
  "lang",
  "multiple",
  "open",
  "report",
  "snapshot",
  "state",
  "stop-when-hidden",
  "theme",
  "thumbnails-from",
  "view",
  "words",
  "zoom",
];

/** Properties that a page may set before it has defined the element. */
export const PROPERTIES = [
  "assets",
  "autostart",
  "bundle",
  "camera",
  "constraints",
  "continuous",
  "details",
  "multiple",
  "open",
  "report",
  "snapshot",
  "stopWhenHidden",
  "stream",
  "strings",
  "theme",
  "thumbnailsFrom",
  "words",
  "zoom",
];

/** Each property shows its attribute, and setting one sets the attribute; null or undefined removes it. */
export class AttributesAsProperties extends Base {
  /** Address of the assembled site's files. */
  get assets() {
    return this.getAttribute("assets");
  }
  set assets(address) {
    setText(this, "assets", address);
  }

  get autostart() {
    return this.hasAttribute("autostart");
  }
  set autostart(on) {
    setPresence(this, "autostart", on);
  }

  /** Address of the bundle. */
  get bundle() {
    return this.getAttribute("bundle");
  }
  set bundle(address) {
    setText(this, "bundle", address);
  }

  /** "environment", "user", or a camera's id or label. */
  get camera() {
    return this.getAttribute("camera");
  }
  set camera(camera) {
    setText(this, "camera", camera);
  }

  get continuous() {
    return this.hasAttribute("continuous");
  }
  set continuous(on) {
    setPresence(this, "continuous", on);
  }

  /** True: a found card shows the rows ID and Distance. */
  get details() {
    return this.hasAttribute("details");
  }
  set details(on) {
    setPresence(this, "details", on);
  }

  /** True: every picture in sight is found, and listed. */
  get multiple() {
    return this.hasAttribute("multiple");
  }
  set multiple(on) {
    setPresence(this, "multiple", on);
  }

  get open() {
    return this.hasAttribute("open");
  }
  set open(on) {
    setPresence(this, "open", on);
  }

  get report() {
    return this.hasAttribute("report");
  }
  set report(on) {
    setPresence(this, "report", on);
  }

  /** False: nothing of Python is kept in the visitor's browser. */
  get snapshot() {
    return this.getAttribute("snapshot") !== "off";
  }
  set snapshot(on) {
    setOff(this, "snapshot", on);
  }

  /** False: the camera stays on while the element cannot be seen. */
  get stopWhenHidden() {
    return this.getAttribute("stop-when-hidden") !== "off";
  }
  set stopWhenHidden(on) {
    setOff(this, "stop-when-hidden", on);
  }

  /** "light" or "dark"; null: the visitor's choice. */
  get theme() {
    return this.getAttribute("theme");
  }
  set theme(theme) {
    setText(this, "theme", theme);
  }

  /** Other origins that may be asked for thumbnails, separated by spaces. */
  get thumbnailsFrom() {
    return this.getAttribute("thumbnails-from");
  }
  set thumbnailsFrom(origins) {
    setText(this, "thumbnails-from", origins);
  }

  /** Address of a JSON file with own words, or the JSON itself. An object is set as its JSON. */
  get words() {
    return this.getAttribute("words");
  }
  set words(words) {
    setText(this, "words", typeof words === "object" && words !== null ? JSON.stringify(words) : words);
  }

  /** False: the element shows no zoom slider. */
  get zoom() {
    return this.getAttribute("zoom") !== "off";
  }
  set zoom(on) {
    setOff(this, "zoom", on);
  }
}

/**
 * Hands properties that a page set before it defined the element to their setters, which they hide until then.
 * @param {HTMLElement} element
 * @param {string[]} names
 */
export function upgradeProperties(element, names) {
  const properties = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (element));
  for (const name of names.filter((one) => Object.hasOwn(element, one))) {
    const value = properties[name];
    delete properties[name];
    properties[name] = value;
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {unknown} value
 */
function setText(element, name, value) {
  if (value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, String(value));
}

/**
 * Sets an attribute that is on where it is present. Frameworks hand "" over for an attribute without a value.
 * @param {HTMLElement} element
 * @param {string} name
 * @param {unknown} on
 */
function setPresence(element, name, on) {
  element.toggleAttribute(name, on === "" || Boolean(on));
}

/**
 * Sets an attribute whose only value is "off".
 * @param {HTMLElement} element
 * @param {string} name
 * @param {unknown} on false or "off": off
 */
function setOff(element, name, on) {
  setText(element, name, on === false || on === "off" ? "off" : null);
}
