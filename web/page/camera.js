// The camera, with the quirks of phones. Nothing here knows what is scanned.
import { ScannerError } from "../shared/errors.js";

/** @typedef {{id: string, label: string}} CameraInfo */
/**
 * "environment" (rear), "user" (front), or a camera's id or label. Ids change between visits, labels do not.
 * @typedef {string} PreferredCamera
 */

/** Ideal, not exact: laptops and simulated cameras fail on exact wishes. 1920 x 1080 keeps iPhones off 480p. */
const SIZE = { width: { ideal: 1920 }, height: { ideal: 1080 } };
/** After permission is given a camera opens in a second or two; some in-app browsers never answer at all. */
const OPEN_MILLISECONDS = 10_000;
/** A person may read the permission prompt for as long as this. */
const ASK_MILLISECONDS = 60_000;

/** Throws where no camera can be had whatever the person allows. */
export function requireCameraSupport() {
  if (!globalThis.isSecureContext) {
    throw new ScannerError(
      "insecure-context",
      "Browsers give the camera only to pages opened over https:// (or http://localhost). Open this page over https.",
    );
  }
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new ScannerError(
      "unsupported-browser",
      "This browser gives pages no camera. Open the page in the phone's own browser (Safari, Chrome, Firefox).",
    );
  }
}

/**
 * Returns a running stream of the preferred camera. The caller owns its tracks.
 * @param {PreferredCamera} preferred
 * @param {AbortSignal} signal aborted: whatever still opens is closed at once
 * @returns {Promise<MediaStream>}
 */
export async function openCamera(preferred, signal) {
  requireCameraSupport();
  let stream;
  const wish = await constraintsFor(preferred);
  try {
    stream = await ask(wish, signal);
  } catch (error) {
    // A wish that cannot be met, or a lens that is busy, must not end it: any camera is better than none.
    // A "no" is a "no": nobody is asked twice.
    if (!["OverconstrainedError", "NotReadableError", "AbortError", "NotFoundError"].includes(nameOf(error))) {
      throw explain(error);
    }
    try {
      stream = await ask({ video: true }, signal);
    } catch (again) {
      throw explain(again);
    }
  }
  try {
    if (!asksForOne(wish)) stream = await preferredLens(stream, preferred, signal);
  } catch (error) {
    closeCamera(stream);
    throw explain(error);
  }
  await zoomInOnPhonesThatFocusFar(stream);
  if (signal.aborted) {
    closeCamera(stream);
    throw aborted();
  }
  return stream;
}

/** @param {MediaStream | null} stream */
export function closeCamera(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** @returns {Promise<CameraInfo[]>} labels are empty until the camera was allowed once */
export async function listCameras() {
  const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return devices
    .filter((device) => device.kind === "videoinput")
    .map((device) => ({ id: device.deviceId, label: device.label }));
}

/**
 * @param {PreferredCamera} preferred
 * @returns {Promise<MediaStreamConstraints>}
 */
async function constraintsFor(preferred) {
  if (preferred === "environment" || preferred === "user") {
    return { video: { facingMode: { ideal: preferred }, ...SIZE } };
  }
  const cameras = await listCameras().catch(() => []);
  const camera = cameras.find(({ id }) => id === preferred) ?? cameras.find(({ label }) => label === preferred);
  if (!camera?.id) return { video: { facingMode: { ideal: "environment" }, ...SIZE } };
  return { video: { deviceId: { exact: camera.id }, ...SIZE } };
}

/**
 * getUserMedia that always settles, and leaves no light on when it settles too late.
 * @param {MediaStreamConstraints} constraints
 * @param {AbortSignal} signal
 * @returns {Promise<MediaStream>}
 */
async function ask(constraints, signal) {
  if (signal.aborted) throw aborted();
  const granted = (await cameraPermission()) === "granted";
  if (signal.aborted) throw aborted();
  const opening = navigator.mediaDevices.getUserMedia({ audio: false, ...constraints });
  return new Promise((resolve, reject) => {
    let given = false;
    const giveUp = (/** @type {ScannerError} */ error) => {
      given = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      reject(error);
    };
    const onAbort = () => giveUp(aborted());
    const timer = setTimeout(
      () =>
        giveUp(
          new ScannerError(
            "unsupported-browser",
            "This browser never answered the request for the camera. Open the page in the phone's own browser.",
          ),
        ),
      granted ? OPEN_MILLISECONDS : ASK_MILLISECONDS,
    );
    signal.addEventListener("abort", onAbort);
    opening.then(
      (stream) => {
        if (given) return closeCamera(stream);
        given = true;
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        resolve(stream);
      },
      (error) => given || giveUp(error),
    );
  });
}

/** @returns {Promise<PermissionState | "unknown">} */
export async function cameraPermission() {
  try {
    // Firefox and older Safari know no permission of this name and throw.
    return (await navigator.permissions.query({ name: /** @type {PermissionName} */ ("camera") })).state;
  } catch {
    return "unknown";
  }
}

/** @param {MediaStreamConstraints} wish */
function asksForOne({ video }) {
  return typeof video === "object" && video.deviceId !== undefined;
}

/**
 * Returns the stream, or the stream of a better camera: cameras have names only after the permission of this visit.
 * @param {MediaStream} stream
 * @param {PreferredCamera} preferred
 * @param {AbortSignal} signal
 */
async function preferredLens(stream, preferred, signal) {
  const label = stream.getVideoTracks()[0]?.label ?? "";
  const better = betterLens(label, preferred, await listCameras().catch(() => []));
  if (!better?.id) return stream;
  // Two cameras at once is more than most phones can do: the first is closed before the other is opened.
  closeCamera(stream);
  try {
    return await ask({ video: { deviceId: { exact: better.id }, ...SIZE } }, signal);
  } catch (error) {
    if (error instanceof ScannerError) throw error;
    return ask({ video: { facingMode: { ideal: "environment" }, ...SIZE } }, signal);
  }
}

/**
 * Many Androids list several rear cameras and open the ultra-wide first; the main one is "camera2 0, facing back".
 * @param {string} label of the camera that was opened
 * @param {PreferredCamera} preferred
 * @param {CameraInfo[]} cameras
 */
function betterLens(label, preferred, cameras) {
  if (preferred === "user" || preferred === "") return undefined;
  if (preferred !== "environment") {
    const chosen = cameras.find((camera) => camera.id === preferred || camera.label === preferred);
    return chosen?.label === label ? undefined : chosen;
  }
  if (!/^camera2? \d+, facing back$/.test(label) || /^camera2? 0,/.test(label)) return undefined;
  return cameras.find((camera) => /^camera2? 0, facing back$/.test(camera.label));
}

/**
 * Recent iPhones cannot focus a picture held near with the lens they open first; at zoom 2 people hold it farther away.
 * @param {MediaStream} stream
 */
async function zoomInOnPhonesThatFocusFar(stream) {
  if (!/iPhone/.test(navigator.userAgent)) return;
  const range = zoomRange(stream);
  if (range && range.min <= 2 && range.max >= 2) await setZoom(stream, 2);
}

/** @param {MediaStream | null} stream */
function capabilities(stream) {
  const track = stream?.getVideoTracks()[0];
  // Firefox has no getCapabilities. getSupportedConstraints tells what the browser knows, not what the camera can.
  const found = track?.getCapabilities?.() ?? {};
  return /** @type {{torch?: boolean, zoom?: {min: number, max: number, step: number}}} */ (found);
}

/** @param {MediaStream | null} stream */
export function hasTorch(stream) {
  return capabilities(stream).torch === true;
}

/**
 * Returns whether the torch now is as wished.
 * @param {MediaStream | null} stream
 * @param {boolean} on
 */
export function setTorch(stream, on) {
  return apply(stream, { torch: on });
}

/** @param {MediaStream | null} stream */
export function zoomRange(stream) {
  const { zoom } = capabilities(stream);
  return zoom && zoom.max > zoom.min ? { min: zoom.min, max: zoom.max, step: zoom.step } : null;
}

/**
 * Returns whether the camera took the zoom.
 * @param {MediaStream | null} stream
 * @param {number} zoom
 */
export function setZoom(stream, zoom) {
  return apply(stream, { zoom });
}

/**
 * @param {MediaStream | null} stream
 * @param {{torch?: boolean, zoom?: number}} wish
 */
async function apply(stream, wish) {
  const track = stream?.getVideoTracks()[0];
  if (!track) return false;
  try {
    await track.applyConstraints({ advanced: [/** @type {MediaTrackConstraintSet} */ (wish)] });
    return true;
  } catch {
    return false;
  }
}

export function aborted() {
  return new ScannerError("aborted", "Stopped before it was ready.");
}

/** @param {unknown} error */
function nameOf(error) {
  return error instanceof Error || error instanceof DOMException ? error.name : "";
}

/**
 * Returns the browser's refusal as one of our errors: what is wrong, and what to do.
 * @param {unknown} error
 * @returns {ScannerError}
 */
function explain(error) {
  if (error instanceof ScannerError) return error;
  switch (nameOf(error)) {
    case "NotAllowedError":
    case "SecurityError":
      if (globalThis.top !== globalThis.self && !policyAllowsCamera()) {
        return new ScannerError(
          "permission-denied",
          'The page around this one keeps the camera from it. Its <iframe> needs allow="camera".',
          error,
        );
      }
      return new ScannerError(
        "permission-denied",
        "The camera was not allowed. Allow it in the browser's settings for this site, then start again.",
        error,
      );
    case "NotFoundError":
    case "OverconstrainedError":
      return new ScannerError("no-camera", "This device has no camera that the browser can use.", error);
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

function policyAllowsCamera() {
  const policy = /** @type {{allowsFeature(name: string): boolean} | undefined} */ (
    /** @type {any} */ (document).permissionsPolicy ?? /** @type {any} */ (document).featurePolicy
  );
  return policy?.allowsFeature("camera") ?? true;
}
