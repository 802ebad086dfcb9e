// Fires the element's events.

/**
 * Fires an event; returns false if a listener called `preventDefault()`.
 *
 * A site's listeners for "error" may sit on any element around, and on the window. `window.onerror` is no such listener:
 * sites and error trackers take each of its calls for an uncaught error of the page. It is therefore kept from hearing
 * this event, and hears every error that a listener throws meanwhile.
 * @param {HTMLElement} element
 * @param {string} type
 * @param {unknown} [detail]
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
