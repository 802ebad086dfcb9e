// Names the kind of a value that a site handed over, also of one made in another window, whose classes are not ours.

/**
 * Returns the name of a value's class, such as "HTMLVideoElement", "File" or "Null".
 * @param {unknown} value
 */
export function kindOf(value) {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Returns an element's name, such as "video"; "" for any other value. @param {unknown} value */
export function elementName(value) {
  const { nodeType, localName } = /** @type {Partial<Element>} */ (value ?? {});
  return nodeType === 1 && typeof localName === "string" ? localName : "";
}

/** Returns a value as a person would write it. @param {unknown} value */
export function shown(value) {
  if (typeof value === "string") return `the string ${JSON.stringify(value)}`;
  const name = elementName(value);
  if (name) return `a <${name}> element`;
  return typeof value === "object" && value !== null ? `an object of the kind ${kindOf(value)}` : String(value);
}
