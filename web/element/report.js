// Lets a person show what went wrong: keeps the last frames, says what a report holds, and saves it if the person agrees.
import { fill } from "./fill.js";

/** @typedef {import("../page/scanner.js").ImageScanner} ImageScanner */
/** @typedef {import("./inside.js").Inside} Inside */
/** @typedef {import("./words/en.js").Strings} Strings */

/** Seconds of frames in a report. */
const SECONDS = 5;
/** Time for the browser to begin a download before its file is let go. */
const DOWNLOAD_MILLISECONDS = 60_000;

export class Report {
  #inside;
  #words;
  /** @type {ImageScanner | null} */
  #scanner = null;
  #keepNothing = () => {};
  /** True where scanning was paused for the question. */
  #rests = false;

  /**
   * @param {Inside} inside
   * @param {() => Strings} words
   */
  constructor(inside, words) {
    this.#inside = inside;
    this.#words = words;
    inside.onPress(".report", () => this.ask());
    inside.onPress(".reporting .cancel", () => this.cancel());
  }

  /**
   * Keeps the last frames of a scanner from now on, or keeps none.
   * @param {ImageScanner | null} scanner
   * @param {boolean} wanted true: offers the button, and keeps frames
   */
  of(scanner, wanted) {
    this.#keepNothing();
    this.#keepNothing = (wanted && scanner?.recording.keep(SECONDS)) || (() => {});
    if (this.#scanner !== scanner) this.cancel();
    this.#scanner = scanner;
    this.#inside.show(".report", wanted);
  }

  /** Closes the question without saving. */
  cancel() {
    if (this.#dialog.open) this.#dialog.close();
  }

  /** Says what a report holds; resolves to whether the person has saved or shared it. Scanning rests meanwhile. */
  async ask() {
    const [scanner, dialog] = [this.#scanner, this.#dialog];
    if (!scanner || dialog.open) return false;
    this.#rests = false;
    this.#tellContents(scanner.recording.seconds);
    dialog.returnValue = "";
    dialog.showModal();
    this.rest();
    const closed = new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
    const gone = new AbortController();
    scanner.recording.toFile().then(
      (zip) => this.#offer(zip, gone.signal),
      (error) => this.#say(`${this.#words().reportFailed} (${error.message ?? error})`),
    );
    await closed;
    gone.abort();
    if (this.#rests && scanner.state === "paused") scanner.resume().catch(() => {}); // onError reports a failure
    return dialog.returnValue === "done";
  }

  /** Pauses scanning while the question is open. Called at each change of state: scanning may begin meanwhile. */
  rest() {
    if (!this.#dialog.open || this.#scanner?.state !== "scanning") return;
    this.#rests = true;
    this.#scanner.pause();
  }

  get #dialog() {
    return /** @type {HTMLDialogElement} */ (this.#inside.find(".reporting"));
  }

  /** @param {number} seconds of frames in the report */
  #tellContents(seconds) {
    const words = this.#words();
    this.#inside.find(".report-frames").textContent =
      seconds > 0 ? fill(words.reportFrames, { seconds }) : words.reportNoFrames;
    this.#say(words.reportMaking);
    for (const button of this.#buttons) button.disabled = true;
    this.#inside.show(".reporting .share", false);
  }

  /**
   * Lets the person save the report, or share it where the browser can.
   * @param {Blob} zip
   * @param {AbortSignal} signal ends the offer
   */
  #offer(zip, signal) {
    if (signal.aborted) return;
    const name = `scanner-report-${new Date().toISOString().slice(0, 19).replace(/\D/g, "-")}.zip`;
    const file = new File([zip], name, { type: zip.type });
    const [save, share] = this.#buttons;
    this.#say(fill(this.#words().reportReady, { name, size: this.#inside.number(Math.max(0.1, file.size / 1e6)) }));
    for (const button of this.#buttons) button.disabled = false;
    this.#inside.show(".reporting .share", navigator.canShare?.({ files: [file] }) === true);
    save.addEventListener("click", () => this.#done(() => download(file)), { signal });
    share.addEventListener("click", () => this.#done(() => navigator.share({ files: [file] })), { signal });
    save.focus();
  }

  /** @param {() => void | Promise<void>} give */
  async #done(give) {
    try {
      await give();
      this.#dialog.close("done");
    } catch {
      // The person closed the browser's own question: the report is still there.
    }
  }

  get #buttons() {
    return /** @type {HTMLButtonElement[]} */ (
      [".save", ".share"].map((name) => this.#inside.find(`.reporting ${name}`))
    );
  }

  /** @param {string} text */
  #say(text) {
    this.#inside.find(".report-file").textContent = text;
  }
}

/** Gives the person a file. @param {File} file */
export function download(file) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOAD_MILLISECONDS);
}
