// Keeps the label of the camera that a person chose, for the next visit. Ids change between visits, labels stay.

const KEY = "image-scanner-camera";

/** Returns the label of the camera chosen last, if there is one. */
export function rememberedCamera() {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined; // storage is off
  }
}

/** @param {string} label */
export function rememberCamera(label) {
  try {
    localStorage.setItem(KEY, label);
  } catch {
    // storage is off: the choice lasts for this visit
  }
}
