// The list of finds: one line for each picture, with the number of its copies.

/** @typedef {import("../page/options.js").Result} Result */
/** @typedef {import("../shared/protocol.js").Reference} Reference */
/**
 * @typedef {object} Line
 * @property {string} id
 * @property {number} count copies of the picture
 * @property {number} atOnce most copies that the camera has seen at once
 * @property {Reference | null} reference
 * @property {HTMLCanvasElement | string | null} seen a small view of what the camera saw, or the address of one
 */

/** Time out of sight after which a picture that a person has removed may be listed again. */
const REMOVED_MILLISECONDS = 3000;

export class FindsList {
  /** @type {Line[]} */
  #lines = [];
  /** Time at which each removed picture was seen last, by id. @type {Map<string, number>} */
  #removed = new Map();

  /** The lines, the oldest first. @returns {readonly Line[]} */
  get lines() {
    return this.#lines;
  }

  /** Copies of all pictures. */
  get copies() {
    return this.#lines.reduce((sum, { count }) => sum + count, 0);
  }

  /** Puts kept lines in the place of all. @param {Line[]} lines */
  replace(lines) {
    this.#lines = lines;
    this.#removed.clear();
  }

  /**
   * Notes the pictures that a frame shows. A removed picture in sight stays off the list.
   * @param {readonly {id: string}[]} results
   * @param {number} now milliseconds
   */
  seen(results, now) {
    for (const { id } of results) {
      const at = this.#removed.get(id);
      if (at === undefined) continue;
      if (now - at > REMOVED_MILLISECONDS) this.#removed.delete(id);
      else this.#removed.set(id, now);
    }
  }

  /**
   * Notes a picture that appears before the camera; returns its line if that has changed, else null. A camera that sweeps
   * back shows a picture again: only copies that are in sight at once count.
   * @param {Result} result
   * @param {number} copies of the picture in sight
   */
  appeared(result, copies) {
    if (this.#removed.has(result.id)) return null;
    const line = this.#lineOf(result);
    const more = copies - line.atOnce;
    if (more <= 0) return null;
    line.atOnce = copies;
    line.count += more;
    return line;
  }

  /** Notes a picture in a photo, whose copies all count; returns its line. @param {Result} result */
  photographed(result) {
    this.#removed.delete(result.id);
    const line = this.#lineOf(result);
    line.count++;
    return line;
  }

  /**
   * Corrects the number of copies.
   * @param {string} id
   * @param {number} by
   */
  change(id, by) {
    const line = this.#lines.find((one) => one.id === id);
    if (line) line.count = Math.max(1, line.count + by);
  }

  /**
   * Removes a line; returns a function that puts it back.
   * @param {string} id
   * @param {number} now milliseconds
   */
  remove(id, now) {
    const at = this.#lines.findIndex((one) => one.id === id);
    const removed = this.#lines.splice(at, at < 0 ? 0 : 1);
    this.#removed.set(id, now);
    return () => this.#putBack(removed, at);
  }

  /** Removes every line; returns a function that puts them back. */
  clear() {
    const removed = this.#lines.splice(0);
    return () => this.#putBack(removed, 0);
  }

  /**
   * @param {Line[]} lines
   * @param {number} at place of the first one
   */
  #putBack(lines, at) {
    for (const line of lines) {
      this.#removed.delete(line.id);
      const again = this.#lines.findIndex(({ id }) => id === line.id); // it was found again meanwhile
      if (again >= 0) line.count = Math.max(line.count, ...this.#lines.splice(again, 1).map(({ count }) => count));
    }
    this.#lines.splice(Math.min(at, this.#lines.length), 0, ...lines);
  }

  /** @param {Result} result @returns {Line} */
  #lineOf({ id, reference }) {
    const known = this.#lines.find((one) => one.id === id);
    if (known) return known;
    const line = { id, count: 0, atOnce: 0, reference, seen: null };
    this.#lines.push(line);
    return line;
  }
}
