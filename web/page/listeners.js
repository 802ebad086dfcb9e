// Calls into the site's own code.

/**
 * Calls a site's own function. A fault in it is the site's: it goes where uncaught errors go, and the scanner goes on.
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
