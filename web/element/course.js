// The course of an element's scans: what each event of the scanner inside, and each photograph, leads to.
import { ImageScanner } from "../page/scanner.js";
import { AfterFind } from "./after-find.js";
import { Asking } from "./asking.js";
import { linkOf, thumbnailOf } from "./find-links.js";
import { Finds } from "./finds.js";
import { fire } from "./fire.js";
import { Layout } from "./layout.js";
import { OverlaySlot } from "./overlay-slot.js";
import { judgedPhoto } from "./own-photo.js";
import { titleOf } from "./panels.js";
import { render } from "./render.js";
import { Report } from "./report.js";
import { ScannerInside } from "./scanner-inside.js";
import { ShownPicture } from "./shown-picture.js";
import { Situation } from "./situation.js";
import { Told } from "./told.js";
import { offerTools } from "./tools.js";
import { WordsInUse } from "./words-in-use.js";

/** @typedef {import("../page/options.js").Result} Result */
/** @typedef {import("./image-scanner-element.js").ImageScannerElement} ImageScannerElement */
/** @typedef {import("./view.js").View} View */

export class Course {
  #element;
  #inside;
  #layout;
  #asking;
  #after;
  #told;
  /** False until the element is in a document for the first time: until then nothing of it may change. */
  placed = false;

  /**
   * @param {ImageScannerElement} element
   * @param {import("./inside.js").Inside} inside
   * @param {() => void} onOverlay called when the first overlay comes, or the last one goes
   */
  constructor(element, inside, onOverlay) {
    this.#element = element;
    this.#inside = inside;
    this.words = new WordsInUse(element, () => this.render());
    this.situation = new Situation();
    this.picture = new ShownPicture(inside);
    this.report = new Report(inside, () => element.strings);
    this.own = new ScannerInside(element, this.picture.video, {
      onMatch: (result) => this.#appeared(result),
      onMove: (result) => {
        this.overlays.tell((overlays) => overlays.seen(result));
        fire(element, "move", result);
      },
      onLost: (result) => {
        this.overlays.tell((overlays) => overlays.lost(result));
        this.finds.lost(result);
      },
      onState: () => this.changed(),
      onError: (error) => this.#failed(error),
      onFrame: (verdict, frame) => this.#judged(verdict, frame),
      onReady: () => this.#ready(),
    });
    this.finds = new Finds({ element, inside, picture: this.picture, onLayout: () => this.layOut() });
    this.overlays = new OverlaySlot({ inside, picture: this.picture }, onOverlay);
    this.#layout = new Layout(inside);
    this.#asking = new Asking(inside, () => element.strings);
    this.#after = new AfterFind(this.picture, () => this.own.scanner);
    this.#told = new Told(element);
    this.picture.mirrorFrontCamera(() => this.own.scanner?.camera?.facingMode === "user");
  }

  /** The view in sight. @returns {View} */
  get view() {
    return this.situation.view(this.own.status, this.#live && this.picture.still.hidden);
  }

  /** Whether the camera goes on after a find. */
  get #live() {
    return this.#element.continuous || this.#element.multiple || this.overlays.present;
  }

  /** Makes the scanner inside. */
  make() {
    const { multiple, report } = this.#element;
    this.overlays.use();
    this.own.make(multiple || this.overlays.present);
    this.report.of(this.own.scanner, report);
    this.finds.use(multiple);
    this.layOut();
  }

  /** Ends the scanner inside. */
  unmake() {
    this.#after.release();
    this.report.of(null, false);
    this.own.unmake();
    this.#showNothing();
  }

  /** Opens the camera and scans. */
  async start() {
    this.#after.release();
    this.#showNothing();
    const starting = this.own.scanner?.start().catch(() => {}); // onError shows the error and fires the event
    this.own.load();
    this.render();
    await starting;
    this.render();
  }

  /**
   * Shows a photograph in the place of the camera's picture, and what is found in it.
   * @param {Blob} file
   */
  async photographed(file) {
    this.#showNothing();
    this.situation.check(file);
    this.own.scanner?.stop();
    this.picture.showStill(file);
    this.render();
    ImageScanner.hasCamera().then((has) => (this.situation.cameraless ||= !has));
    const onProgress = (/** @type {Situation["photoLoading"]} */ loading) => {
      this.situation.photoLoading = loading;
      this.render();
    };
    const { multiple } = this.#element;
    const answer = await judgedPhoto(file, { ...this.own.addresses, multiple, onProgress }, this.picture.still);
    if (!this.situation.checks(file)) return this.render(); // something else has taken its place
    if (!("error" in answer)) await this.#answered(answer);
    else if (answer.error.code === "aborted") this.#showNothing();
    else this.#failed(answer.error);
    this.render();
  }

  /** @param {import("./own-photo.js").Answer} answer for the photograph that is shown */
  async #answered({ results, outcome }) {
    const { situation } = this;
    const [first] = results;
    situation.photo = first ? null : "missed";
    if (!first) {
      this.#inside.word(".missed p", outcome === "ambiguous" ? "alikeText" : "notFoundText", this.#element.strings);
      this.render();
      this.#inside.focus(".missed");
      return;
    }
    if (this.#element.multiple) situation.result = first;
    else this.#found(first, false);
    this.render();
    await this.picture.still.decode().catch(() => {});
    if (situation.result !== first) return; // the camera or another photo has taken its place meanwhile
    if (this.#element.multiple) this.finds.photographed(results);
    for (const result of results) this.overlays.tell((overlays) => overlays.seen(result));
    this.layOut();
  }

  /** Shows and tells the scanner's status. */
  changed() {
    const { status } = this.own;
    if (status.state === "failed" && !this.situation.error) return; // the error follows at once
    if (status.state === "scanning") this.situation.cameraWorks();
    this.#told.mark();
    this.#told.state(status);
    this.render();
    this.report.rest();
  }

  /**
   * Reacts to a change of an attribute that the element sets itself.
   * @param {"view" | "state"} name
   * @param {string | null} value
   */
  marked(name, value) {
    this.#told.changed(name, value);
  }

  /**
   * With `continuous` switched while a find is shown: scans on, or pauses on the find.
   * @param {boolean} continuous
   */
  goOn(continuous) {
    if (!this.situation.result || !this.picture.still.hidden || this.overlays.present) return;
    if (continuous) return this.start();
    this.picture.freeze();
    this.#after.hold();
  }

  /** Shows the find's small picture, from the addresses that the element may ask. */
  showThumbnail() {
    const { result } = this.situation;
    if (result) this.picture.showThumbnail(result, thumbnailOf(this.#element, result.reference));
  }

  /** Takes find, photograph and error out of view. */
  #showNothing() {
    this.situation.clear();
    this.picture.showStill(null);
    this.picture.outline(null);
    this.finds.tell((panel) => panel.clearOutlines());
    this.overlays.tell((overlays) => overlays.clear());
  }

  /** @param {Result} result of a picture that appears before the camera */
  #appeared(result) {
    this.overlays.tell((overlays) => overlays.seen(result));
    if (this.#element.multiple) this.finds.appeared(result);
    else this.#found(result, !this.#live);
  }

  /**
   * @param {import("../page/options.js").Verdict} verdict of a camera's frame
   * @param {Result["frame"]} frame
   */
  #judged(verdict, frame) {
    if (this.#element.multiple) return this.finds.seen(verdict.matches ?? []);
    if (!this.#live || !this.#after.follow(verdict, frame) || !this.situation.result) return;
    this.situation.result = null;
    this.render();
  }

  /**
   * @param {Result} result
   * @param {boolean} held true: the camera's picture rests on the find
   */
  #found(result, held) {
    this.situation.result = result;
    if (held) this.picture.freeze();
    this.showThumbnail();
    if (held) this.#after.hold();
    this.render();
    this.layOut();
    if (this.view === "found") this.#inside.focus(".found");
    this.#inside.speak(`${this.#element.strings.found}: ${titleOf(result)}`);
    const wanted = fire(this.#element, "match", result);
    const url = linkOf(this.#element, result.reference);
    if (wanted && url && this.#element.open) location.assign(url);
  }

  /** @param {import("../shared/errors.js").ScannerError} error */
  #failed(error) {
    this.situation.fail(error);
    this.picture.showStill(null);
    this.changed();
    const { textContent: title } = this.#inside.find(".problem-title");
    this.#inside.focus(".problem");
    this.#inside.speak(`${title}. ${this.#inside.find(".problem-text").textContent}`);
    fire(this.#element, "error", error);
  }

  /** Tells that the recogniser is loaded, and lets the guide take the shape of the catalogue's pictures. */
  async #ready() {
    fire(this.#element, "ready");
    const { scanner } = this.own;
    const references = await this.own.references().catch(() => []); // the scanner reports a faulty bundle
    if (this.own.scanner !== scanner) return;
    this.#layout.shapeFor(references);
    this.layOut();
  }

  /** Brings words and parts up to date. */
  render() {
    if (!this.placed) return;
    const { view, situation, own } = this;
    const { result, error, problem, photo, photoLoading, cameraless } = situation;
    this.#told.mark();
    const entered = render(this.#inside, this.#element.strings, {
      language: this.words.language,
      wordless: !this.words.loaded,
      view,
      status: own.status,
      loading: photo ? photoLoading : own.status.loading,
      result,
      link: result && linkOf(this.#element, result.reference),
      error,
      problem,
      // Without a camera to go back to, the element offers another photo.
      again: !(cameraless && !this.picture.still.hidden),
    });
    this.finds.tell((panel) => panel.render());
    if (entered) this.#entered(view);
  }

  /** @param {View} view */
  #entered(view) {
    this.#asking.entered(view);
    if (view === "loading" || view === "scanning") offerTools(this.#inside, this.own.scanner);
    this.layOut();
    this.overlays.tell((overlays) => overlays.show(view));
    fire(this.#element, "view", view);
  }

  /** Lays the guide out, and draws the outline anew. */
  layOut() {
    if (!this.#layout.apply(this.own.scanner)) return;
    this.picture.outline(this.#element.multiple ? null : this.situation.result);
    this.finds.tell((panel) => panel.drawOutlines());
    this.overlays.tell((overlays) => overlays.draw());
  }
}
