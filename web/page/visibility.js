// Tells whether people can see a video: the video's page is shown and, if the site asks for it, so is the video.

/** Time between two looks at the video. No event tells of every way to hide an element, so the scanner looks. */
const LOOK_MILLISECONDS = 300;

export class Visibility {
  #video;
  #look;
  #onChange;
  #hidden = false;
  #timer = 0;

  /**
   * @param {HTMLVideoElement} video
   * @param {boolean} look true: a video that is not rendered counts as hidden, also in a page that is shown
   * @param {(hidden: boolean) => void} onChange called while watching
   */
  constructor(video, look, onChange) {
    this.#video = video;
    this.#look = look;
    this.#onChange = onChange;
  }

  /** Looks whether people cannot see the video, tells of a change, and returns the answer. */
  hidden() {
    const hidden = this.#video.ownerDocument.hidden || (this.#look && !isRendered(this.#video));
    if (hidden !== this.#hidden) {
      this.#hidden = hidden;
      if (this.#timer) this.#onChange(hidden);
    }
    return hidden;
  }

  watch() {
    if (this.#timer) return;
    document.addEventListener("visibilitychange", this.#check);
    this.#timer = setInterval(this.#check, LOOK_MILLISECONDS);
  }

  rest() {
    document.removeEventListener("visibilitychange", this.#check);
    clearInterval(this.#timer);
    this.#timer = 0;
  }

  #check = () => void this.hidden();
}

/**
 * Whether an element has a box that is drawn. An element that is scrolled out of view has one.
 * @param {HTMLElement} element
 */
function isRendered(element) {
  const { width, height } = element.getBoundingClientRect();
  if (width === 0 || height === 0) return false;
  // The older names are those of Chromium before 121.
  const all = { opacityProperty: true, visibilityProperty: true, checkOpacity: true, checkVisibilityCSS: true };
  if (element.checkVisibility?.(all) === false) return false; // Safari before 17.4 cannot tell
  return !isClipped(element);
}

/**
 * Whether an ancestor without a width or a height, such as a folded panel, cuts the element off.
 * @param {Element} element
 */
function isClipped(element) {
  let { position } = getComputedStyle(element);
  for (let box = parentOf(element); box && position !== "fixed"; box = parentOf(box)) {
    if (box.localName === "body") return false; // its overflow is the window's
    const style = getComputedStyle(box);
    // An absolute element is cut off only by ancestors that are positioned themselves.
    if (style.display === "contents" || (position === "absolute" && style.position === "static")) continue;
    const { width, height } = box.getBoundingClientRect();
    if ((width === 0 && style.overflowX !== "visible") || (height === 0 && style.overflowY !== "visible")) return true;
    position = style.position;
  }
  return false;
}

/**
 * Returns the parent of an element as the page is drawn: across slots and out of shadow trees.
 * @param {Element} element
 * @returns {Element | null}
 */
function parentOf(element) {
  if (element.assignedSlot ?? element.parentElement) return element.assignedSlot ?? element.parentElement;
  const root = element.getRootNode();
  return "host" in root ? /** @type {ShadowRoot} */ (root).host : null;
}
