// Fires the element's events.

/**
 * The detail of each event, by the event's name.
 * @typedef {object} Details
 * @property {import("../page/options.js").Result} match
 * @property {import("../page/options.js").Result} move
 * @property {import("../page/options.js").Result} lost
 * @property {import("./finds.js").Find[]} finds
 * @property {null} ready
 * @property {import("../page/status.js").Status} state
 * @property {import("./view.js").View} view
 * @property {import("../shared/errors.js").ScannerError} error
 */

/**
 * Fires an event; returns false if a listener called `preventDefault()`.
 *
 * A site's listeners for "error" may sit on any element around, and on the window. `window.onerror` is no such listener:
 * sites and error trackers take each of its calls for an uncaught error of the page. It is therefore kept from hearing
 * this event, and hears every error that a listener throws meanwhile.
 * @template {keyof Details} Name
 * @param {HTMLElement} element
 * @param {Name} type
 * @param {Details[Name]} [detail] by default null
 */
export function fire(element, type, detail) {
  const event = new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true });
  const view = element.ownerDocument.defaultView;
  const handler = type === "error" ? view?.onerror : null;
  if (!view || !handler) return element.dispatchEvent(event);
  /** @param {Parameters<OnErrorEventHandlerNonNull>} told */
  const deaf = (...told) => (told[0] === event ? undefined : handler.apply(view, told));
  view.onerror = deaf; // takes the handler's place in the order of listeners
  try {
    return element.dispatchEvent(event);
  } finally {
    if (view.onerror === deaf) view.onerror = handler; // else a listener has set another
  }
}
