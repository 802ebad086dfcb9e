// Calls the site's own functions.

/**
 * Calls a site's own function. The browser reports an error of the function as uncaught; the scanner goes on.
 * @template {unknown[]} A
 * @param {((...told: A) => void) | undefined} listener
 * @param {A} told
 */
export function tell(listener, ...told) {
  try {
    listener?.(...told);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
