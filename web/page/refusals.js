// Explains why a browser refused the camera: the person, the page's own headers, the frame around it, or the device.
import { ScannerError } from "../shared/errors.js";

/** Longest time of a refusal that no person can have given, in milliseconds. */
const AT_ONCE_MILLISECONDS = 250;

/**
 * @typedef {object} Asked the circumstances of a request for the camera
 * @property {PermissionState | "unknown"} permission when the request was refused
 * @property {number} milliseconds from the request to the refusal
 */

/**
 * Returns the browser's refusal as a ScannerError that names the fault and the remedy.
 * @param {unknown} error
 * @param {Asked} asked
 * @returns {ScannerError}
 */
export function explain(error, asked) {
  if (error instanceof ScannerError) return error;
  switch (nameOf(error)) {
    case "NotAllowedError":
    case "SecurityError":
      return refused(error, asked);
    case "NotFoundError":
    case "OverconstrainedError":
      return new ScannerError(
        "no-camera",
        "This device has no camera that the browser can use. Connect one, then start again.",
        error,
      );
    case "NotReadableError":
    case "AbortError":
      return new ScannerError(
        "camera-in-use",
        "The camera is busy or does not answer. Close other apps that use it, then start again.",
        error,
      );
    default:
      return new ScannerError(
        "no-camera",
        `The camera could not be opened: ${error instanceof Error ? error.message : String(error)}`,
        error,
      );
  }
}

/** Returns the error for a page that gets no camera because it is not secure. */
export function insecure() {
  if (location.protocol === "https:") {
    return new ScannerError(
      "insecure-context",
      "A page around this one was opened over http://, and browsers then give no camera to the frame inside. Open the " +
        "outermost page over https.",
    );
  }
  return new ScannerError(
    "insecure-context",
    "Browsers give the camera only to pages opened over https:// (or http://localhost). Open this page over https.",
  );
}

/** @param {unknown} error */
export function nameOf(error) {
  // Read by name, because an error of another window is no instance of this window's Error.
  return typeof error === "object" && error !== null && "name" in error ? String(error.name) : "";
}

/**
 * @param {unknown} error
 * @param {Asked} asked
 */
function refused(error, { permission, milliseconds }) {
  const framed = globalThis.top !== globalThis.self;
  const allowed = policyAllowsCamera();
  const header =
    'The header Permissions-Policy of this page or of one around it keeps the camera from it. Send "camera=(self)" in ' +
    "that header, or leave camera out of it.";
  const frame = 'The page around this one keeps the camera from it. Add allow="camera" to every <iframe> around it.';
  if (self.origin === "null") {
    return siteFault(
      "This page is in a sandboxed <iframe> or under a Content-Security-Policy with sandbox, and browsers give such a " +
        'page no camera. Add allow-same-origin to the sandbox, and allow="camera" to the <iframe>, or use photos.',
      error,
    );
  }
  if (allowed === false) return siteFault(framed && !headerOfOwn() ? `${frame} ${HEADER_TOO}` : header, error);
  const unasked = allowed === null && milliseconds < AT_ONCE_MILLISECONDS;
  if (unasked && framedByOthers()) {
    const settings =
      permission === "prompt" ? "" : " Or the browser's settings for this site forbid it: allow it there.";
    return siteFault(`${frame} ${HEADER_TOO}${settings}`, error);
  }
  if (unasked && permission === "prompt") {
    return new ScannerError(
      "permission-denied",
      "The camera was refused at once, and nobody was asked. Either the header Permissions-Policy of this page keeps " +
        "the camera from it, or the device's own privacy settings keep it from the browser.",
      error,
    );
  }
  return new ScannerError(
    "permission-denied",
    "The camera was not allowed. Allow it in the browser's settings for this site, then start again.",
    error,
  );
}

const HEADER_TOO = "A header Permissions-Policy with camera=() does this, too.";

/**
 * Returns whether the policies of this page and of the pages around it allow a camera, or null where the browser does
 * not tell.
 */
function policyAllowsCamera() {
  return policy()?.allowsFeature("camera") ?? null;
}

/** Returns whether a page around this one is of another origin: a page gives its own frames the camera unasked. */
function framedByOthers() {
  try {
    return globalThis.top?.location.origin !== self.origin;
  } catch {
    return true; // no page reads another's address
  }
}

/** Returns whether the frame of this page may hand the camera on, so that only the page's own header forbids it. */
function headerOfOwn() {
  try {
    const frame = /** @type {HTMLIFrameElement | null} */ (globalThis.frameElement);
    const around = /** @type {any} */ (frame)?.permissionsPolicy ?? /** @type {any} */ (frame)?.featurePolicy;
    return around?.allowsFeature("camera") === true;
  } catch {
    return false; // the page around is of another origin
  }
}

/** @returns {{allowsFeature(name: string): boolean} | undefined} */
function policy() {
  const known = /** @type {any} */ (document);
  return known.permissionsPolicy ?? known.featurePolicy;
}

/**
 * @param {string} message
 * @param {unknown} error
 */
function siteFault(message, error) {
  return new ScannerError("permission-denied", message, error, "site-fault");
}
