// Builds the element's inside from its markup, one element after the other. A page that demands Trusted Types lets nobody
// set innerHTML, but lets everybody create elements.

const SVG = "http://www.w3.org/2000/svg";
const EMPTY = new Set(["br", "hr", "img", "input"]);
const PIECE = /<(?<end>\/?)(?<name>[\w-]+)(?<attributes>(?:\s+[\w-]+(?:="[^"]*")?)*)\s*(?<closed>\/?)>|(?<text>[^<]+)/g;

/**
 * Appends the elements of our own markup: every attribute in double quotes, every element closed, no entities.
 * @param {Node} root
 * @param {string} markup
 */
export function appendMarkup(root, markup) {
  const open = [root];
  for (const { groups = {} } of markup.matchAll(PIECE)) {
    const { end, name, attributes = "", closed, text } = groups;
    const parent = open[open.length - 1];
    if (text !== undefined) {
      parent.appendChild(document.createTextNode(text));
    } else if (end) {
      open.pop();
    } else {
      const inSvg = name === "svg" || /** @type {Element} */ (parent).namespaceURI === SVG;
      const node = inSvg ? document.createElementNS(SVG, name) : document.createElement(name);
      for (const [, key, value = ""] of attributes.matchAll(/([\w-]+)(?:="([^"]*)")?/g)) node.setAttribute(key, value);
      parent.appendChild(node);
      if (!closed && !EMPTY.has(name)) open.push(node);
    }
  }
}
