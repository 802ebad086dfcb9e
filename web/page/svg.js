// Gives an SVG without a size one, because Firefox draws no such SVG on a canvas and others draw it 150 px high.

/** Longest side of an SVG, in px, whatever the size it names: lines have no pixels of their own. */
const LONGEST_SIDE = 1024;

/**
 * Returns an SVG file as one of LONGEST_SIDE px along its longer side, and any other file as it is.
 * @param {Blob} file
 * @returns {Promise<Blob>}
 */
export async function sizedSvg(file) {
  if (!/svg/.test(file.type) && !/\.svg$/i.test(/** @type {File} */ (file).name ?? "")) return file;
  const text = await file.text();
  const sized = text.replace(/<svg\b[^>]*>/, (tag) => withSize(tag));
  return new Blob([sized], { type: "image/svg+xml" });
}

/**
 * Returns the tag with width and height in px, in the proportions that the tag names.
 * @param {string} tag <svg ...>
 */
function withSize(tag) {
  const attribute = (/** @type {string} */ name) => new RegExp(`\\s${name}\\s*=\\s*["']([^"']*)["']`).exec(tag)?.[1];
  const inPixels = (/** @type {string} */ name) => {
    const value = attribute(name) ?? "";
    return /^\s*[\d.]+\s*(px)?\s*$/.test(value) ? Number.parseFloat(value) : 0;
  };
  const [, , across = 0, down = 0] = (attribute("viewBox") ?? "")
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const own = { width: inPixels("width") || across || 1, height: inPixels("height") || down || 1 };
  const scale = LONGEST_SIDE / Math.max(own.width, own.height);
  const [width, height] = [own.width, own.height].map((side) => Math.max(1, Math.round(side * scale)));
  // Without a viewBox a larger size would only add empty space.
  const box = across && down ? "" : ` viewBox="0 0 ${own.width} ${own.height}"`;
  const bare = tag.replace(/\s(width|height)\s*=\s*("[^"]*"|'[^']*')/g, "");
  return bare.replace(/\/?>$/, (end) => `${box} width="${width}" height="${height}"${end}`);
}
