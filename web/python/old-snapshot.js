// Gives back the room of a database, about 27 MB, in which earlier versions kept Python's memory in the visitor's browser.

/** Deletes the database, where there is one. */
export function deleteOldSnapshot() {
  try {
    indexedDB.deleteDatabase("image-scanner");
  } catch {
    // Storage is off in this browser, so nothing was kept.
  }
}
