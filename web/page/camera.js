// Opens and steers the camera, and works around the quirks of phones.
import { ScannerError } from "../shared/errors.js";
import { choosesCamera, refusedConstraints, wishFor } from "./constraints.js";
import { explain, insecure, nameOf } from "./refusals.js";
import { tellUnknownCamera } from "./unknown-camera.js";

/** @typedef {{id: string, label: string}} CameraInfo */
/**
 * "environment" (rear), "user" (front), or a camera's id or label. Ids change between visits, labels do not.
 * @typedef {string} PreferredCamera
 */

/** Longest wait for an allowed camera. Most open in a second or two; some in-app browsers never answer. */
const OPEN_MILLISECONDS = 10_000;
/** Longest wait for a camera while the person reads the permission prompt. */
const ASK_MILLISECONDS = 60_000;

/** Throws "insecure-context" or "unsupported-browser" where the browser gives this page no camera on any terms. */
export function requireCameraSupport() {
  if (globalThis.isSecureContext === false) {
    throw insecure();
  }
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new ScannerError(
      "unsupported-browser",
      "This browser gives pages no camera. Open the page in the phone's own browser (Safari, Chrome, Firefox).",
    );
  }
}

/**
 * Returns a running stream of the preferred camera. The caller owns its tracks. Throws a ScannerError.
 * @param {PreferredCamera} preferred
 * @param {AbortSignal} signal once aborted, a camera that still opens is closed at once
 * @param {MediaTrackConstraints} [own] the site's constraints; one that chooses a camera overrules `preferred`
 * @returns {Promise<MediaStream>}
 */
export async function openCamera(preferred, signal, own = {}) {
  let stream;
  const facing = preferred === "environment" || preferred === "user";
  const wish = wishFor(preferred, own, facing ? [] : await listCameras().catch(() => []));
  const began = performance.now();
  try {
    stream = await ask(wish, signal);
  } catch (error) {
    // Any camera is better than none: a wish that cannot be met, or a busy lens, leads to a second try with no wishes
    // but the site's. A denied permission does not: nobody is asked twice.
    if (!["OverconstrainedError", "NotReadableError", "AbortError", "NotFoundError"].includes(nameOf(error))) {
      throw refusedConstraints(error, own) ?? (await explained(error, began));
    }
    try {
      stream = await ask(own, signal);
    } catch (again) {
      throw refusedConstraints(again, own) ?? (await explained(again, began));
    }
  }
  try {
    if (!choosesCamera(own) && wish.deviceId === undefined)
      stream = await preferredLens(stream, preferred, signal, own);
  } catch (error) {
    closeCamera(stream);
    throw refusedConstraints(error, own) ?? (await explained(error, began));
  }
  if (!("zoom" in own)) await zoomInOnPhonesThatFocusFar(stream);
  if (signal.aborted) {
    closeCamera(stream);
    throw aborted();
  }
  return stream;
}

/**
 * @param {unknown} error
 * @param {number} began time of `performance.now()` when the camera was asked for
 */
async function explained(error, began) {
  const milliseconds = performance.now() - began;
  return explain(error, { milliseconds, permission: await cameraPermission() });
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
 * Calls getUserMedia with a time limit. A stream that comes after the limit or an abort is closed, so that no light
 * stays on.
 * @param {MediaTrackConstraints} wish
 * @param {AbortSignal} signal
 * @returns {Promise<MediaStream>}
 */
async function ask(wish, signal) {
  if (signal.aborted) throw aborted();
  const granted = (await cameraPermission()) === "granted";
  if (signal.aborted) throw aborted();
  const opening = navigator.mediaDevices.getUserMedia({ audio: false, video: Object.keys(wish).length ? wish : true });
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

/**
 * Returns the stream, or the stream of a camera that suits the preference better. Only this late can labels decide:
 * cameras have them only after the person has given permission.
 * @param {MediaStream} stream
 * @param {PreferredCamera} preferred
 * @param {AbortSignal} signal
 * @param {MediaTrackConstraints} own the site's
 */
async function preferredLens(stream, preferred, signal, own) {
  const label = stream.getVideoTracks()[0]?.label ?? "";
  const cameras = await listCameras().catch(() => []);
  if (!["environment", "user", ""].includes(preferred)) tellUnknownCamera(preferred, cameras, label);
  const better = betterLens(label, preferred, cameras);
  if (!better?.id) return stream;
  // Most phones cannot open two cameras at once, so the first is closed before the other is opened.
  closeCamera(stream);
  try {
    return await ask(wishFor(better.id, own, cameras), signal);
  } catch (error) {
    if (error instanceof ScannerError) throw error;
    return ask(wishFor("environment", own, []), signal);
  }
}

/**
 * Returns a camera that suits the preference better than the open one, or undefined. Many Androids open the ultra-wide
 * rear camera first; their main rear camera is "camera2 0, facing back".
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
 * Sets zoom 2 on an iPhone that offers it. The lens that recent iPhones open first cannot focus on a near picture; at
 * zoom 2 people hold the picture farther away.
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
  // Firefox has no getCapabilities. getSupportedConstraints lists abilities of the browser, not of the camera.
  const found = track?.getCapabilities?.() ?? {};
  return /** @type {{torch?: boolean, zoom?: {min: number, max: number, step: number}}} */ (found);
}

/** @param {MediaStream | null} stream */
export function hasTorch(stream) {
  return capabilities(stream).torch === true;
}

/**
 * Resolves to whether the camera accepted the torch setting.
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
 * Returns the present zoom factor, or null where the camera cannot zoom.
 * @param {MediaStream | null} stream
 */
export function presentZoom(stream) {
  const range = zoomRange(stream);
  if (!range) return null;
  const settings = stream?.getVideoTracks()[0]?.getSettings() ?? {};
  return /** @type {{zoom?: number}} */ (settings).zoom ?? range.min;
}

/**
 * Resolves to whether the camera accepted the zoom.
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
  return new ScannerError("aborted", "The scanner was stopped before it was ready.");
}
