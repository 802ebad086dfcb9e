// The words while the browser asks the person for the camera.

/** Time without an answer to the browser's question after which the person is offered other ways. */
const ASKING_LONG_MILLISECONDS = 8000;

export class Asking {
  #inside;
  #words;
  #timer = 0;

  /**
   * @param {import("./inside.js").Inside} inside
   * @param {() => import("./words/en.js").Strings} words
   */
  constructor(inside, words) {
    this.#inside = inside;
    this.#words = words;
  }

  /** Words a view that is entered: first the question, later other ways. @param {import("./view.js").View} view */
  entered(view) {
    clearTimeout(this.#timer);
    if (view !== "asking") return;
    this.#say("askingText");
    this.#timer = setTimeout(() => this.#say("askingLong"), ASKING_LONG_MILLISECONDS);
  }

  /** @param {"askingText" | "askingLong"} key */
  #say(key) {
    this.#inside.word(".asking-text", key, this.#words());
  }
}
