// Takes over properties that a page had set before it defined the element.

/**
 * Hands such properties to their setters, which they hide until then.
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
