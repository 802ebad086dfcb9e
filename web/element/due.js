// Puts off what a change of the element asks for until the script that changes it has ended: it may change more.

/** @typedef {{make: boolean, load: boolean, start: boolean}} Work  the scanner made anew, loaded, or started */

export class Due {
  #element;
  #work;
  #due = nothing();

  /**
   * @param {HTMLElement} element
   * @param {(due: Work) => void} work
   */
  constructor(element, work) {
    this.#element = element;
    this.#work = work;
  }

  /** @param {Partial<Work>} work to do soon; an element out of the document does it when it is back */
  later(work) {
    for (const name of /** @type {(keyof Work)[]} */ (Object.keys(work))) this.#due[name] ||= work[name] === true;
    queueMicrotask(() => this.#element.isConnected && this.now());
  }

  /** Does now what is due. */
  now() {
    const due = this.#due;
    this.#due = nothing();
    if (due.make || due.load || due.start) this.#work(due);
  }

  forget() {
    this.#due = nothing();
  }
}

/** @returns {Work} */
function nothing() {
  return { make: false, load: false, start: false };
}
