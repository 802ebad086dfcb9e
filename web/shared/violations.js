// Remembers what the Content-Security-Policy has forbidden in this thread, so that an error can name the directive.

/** @typedef {{directive: string, blocked: string}} Violation  `blocked`: an address, "blob", "wasm-eval", ... */

/** Time in which the browser tells of a violation, which may come after the failure that it caused. */
const TOLD_MILLISECONDS = 100;
/** Most violations kept: a page may break its policy all the time. */
const MOST = 50;

/** @type {Violation[]} the newest last */
const violations = [];

// A server that renders pages has no events.
globalThis.addEventListener?.("securitypolicyviolation", (event) => {
  const {
    effectiveDirective: directive,
    blockedURI: blocked,
    disposition,
  } = /** @type {SecurityPolicyViolationEvent} */ (event);
  if (disposition === "report") return; // a policy on trial blocks nothing
  violations.push({ directive, blocked });
  if (violations.length > MOST) violations.shift();
});

/**
 * Returns the newest violation that blocked an address, or null.
 * @param {string} address
 * @returns {Promise<Violation | null>}
 */
export async function violationAt(address) {
  await new Promise((resolve) => setTimeout(resolve, TOLD_MILLISECONDS));
  return violations.findLast(({ blocked }) => blocked !== "" && address.startsWith(blocked)) ?? null;
}

/**
 * Returns the sentences that name a violation and its cure.
 * @param {Violation} violation
 * @param {string} source to add to the directive, such as "blob:"
 */
export function forbiddenBy({ directive, blocked }, source) {
  return (
    `The page's Content-Security-Policy forbids it: its ${directive} does not allow ${blocked}. ` +
    `Add ${source} to ${directive}.`
  );
}
