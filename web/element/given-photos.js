// Takes photographs that a person pastes into the element or drops on it.

/**
 * Calls `onPhoto` with each file that is dropped on the element.
 * @param {HTMLElement} element
 * @param {import("./inside.js").Inside} inside
 * @param {(file: Blob) => void} onPhoto
 */
export function takeDrops(element, inside, onPhoto) {
  const mark = (/** @type {boolean} */ on) => inside.find(".stage").toggleAttribute("data-drop", on);
  const carriesFiles = (/** @type {DragEvent} */ { dataTransfer }) => dataTransfer?.types.includes("Files") === true;
  for (const type of /** @type {const} */ (["dragenter", "dragover"])) {
    element.addEventListener(type, (event) => {
      if (!carriesFiles(event) || !event.dataTransfer) return;
      event.preventDefault(); // else the browser leaves the page and opens the file
      event.dataTransfer.dropEffect = "copy";
      mark(true);
    });
  }
  element.addEventListener("dragleave", ({ relatedTarget }) => {
    if (!(relatedTarget && element.contains(/** @type {Node} */ (relatedTarget)))) mark(false);
  });
  element.addEventListener("drop", (event) => {
    mark(false);
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const file = pictureOf(event.dataTransfer);
    if (file) onPhoto(file);
  });
}

/**
 * Calls `onPhoto` with each picture that is pasted while the element has the focus, or nothing on the page has it. The
 * page's first element takes a paste that is for none in particular. Returns a function that ends the listening.
 * @param {HTMLElement} element
 * @param {(file: Blob) => void} onPhoto
 */
export function takePastes(element, onPhoto) {
  const page = element.ownerDocument;
  const take = (/** @type {ClipboardEvent} */ event) => {
    const inside = event.composedPath().includes(element);
    const nowhere = page.activeElement === null || page.activeElement === page.body;
    if (event.defaultPrevented || !(inside || (nowhere && page.querySelector(element.localName) === element))) return;
    const file = pictureOf(event.clipboardData);
    if (!file) return; // text for somebody else
    event.preventDefault();
    onPhoto(file);
  };
  page.addEventListener("paste", take);
  return () => page.removeEventListener("paste", take);
}

/**
 * Returns the first picture among the files, else the first file, or null.
 * @param {DataTransfer | null} data
 */
function pictureOf(data) {
  const files = [...(data?.files ?? [])];
  return files.find(({ type }) => type.startsWith("image/")) ?? files[0] ?? null;
}
