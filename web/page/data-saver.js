// Tells whether a visitor asks for as few bytes as possible.

export function savesData() {
  // Firefox and Safari have no navigator.connection.
  const { connection } = /** @type {{connection?: {saveData?: boolean}}} */ (navigator);
  return connection?.saveData === true;
}
