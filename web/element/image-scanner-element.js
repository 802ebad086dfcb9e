// The class of <image-scanner>, the whole scanner with its interface. Importing it defines no element.
import { cameraPermission } from "../page/camera.js";
import { ImageScanner } from "../page/scanner.js";
import { AfterFind } from "./after-find.js";
import { Asking } from "./asking.js";
import { AttributesAsProperties, OBSERVED, PROPERTIES } from "./attributes.js";
import { joinButtons } from "./buttons.js";
import { Due } from "./due.js";
import { linkOf, thumbnailOf } from "./find-links.js";
import { Finds } from "./finds.js";
import { fire } from "./fire.js";
import { takePastes } from "./given-photos.js";
import { Inside } from "./inside.js";
import { Layout } from "./layout.js";
import { OverlaySlot } from "./overlay-slot.js";
import { OwnPhoto } from "./own-photo.js";
import { titleOf } from "./panels.js";
import { render } from "./render.js";
import { Report } from "./report.js";
import { ScannerInside } from "./scanner-inside.js";
import { ShownPicture } from "./shown-picture.js";
import { Situation } from "./situation.js";
import { Told } from "./told.js";
import { tellWrongValue } from "./told-values.js";
import { offerTools } from "./tools.js";
import { upgradeProperties } from "./upgrade.js";
import { WordsInUse } from "./words-in-use.js";
import { offerZoom } from "./zoom.js";

/** @typedef {import("../page/options.js").Result} Result */
/** @typedef {import("../page/status.js").Status} Status */
/** @typedef {import("./view.js").View} View */

/**
 * Attributes are those of attributes.js. The element itself sets `view` to the name of the view in sight, and `state` to
 * the state of its scanner. Events, bubbling and composed: `ready`, `match` (detail: the result), `view` (detail: the
 * view's name), `state` (detail: the status), `error` (detail: the error); with `multiple` or an overlay also `move` and
 * `lost` (detail: the result), with `multiple` `finds` (detail: the list).
 */
export class ImageScannerElement extends AttributesAsProperties {
  static observedAttributes = OBSERVED;

  #inside = new Inside(this);
  #picture = new ShownPicture(this.#inside);
  #report = new Report(this.#inside, () => this.strings);
  #layout = new Layout(this.#inside);
  #asking = new Asking(this.#inside, () => this.strings);
  #situation = new Situation();
  #finds = new Finds({ element: this, inside: this.#inside, picture: this.#picture, onLayout: () => this.#layOut() });
  #own = new ScannerInside(this, this.#picture.video, {
    onMatch: (result) => this.#appeared(result),
    onMove: (result) => {
      this.#overlays.tell((overlays) => overlays.seen(result));
      fire(this, "move", result);
    },
    onLost: (result) => {
      this.#overlays.tell((overlays) => overlays.lost(result));
      this.#finds.lost(result);
    },
    onState: () => this.#changed(),
    onError: (error) => this.#failed(error),
    onFrame: (verdict, frame) => {
      if (this.multiple) return this.#finds.seen(verdict.matches ?? []);
      if (!this.#live || !this.#after.follow(verdict, frame) || !this.#situation.result) return;
      this.#situation.result = null;
      this.#render();
    },
    onReady: () => this.#ready(),
  });
  #overlays = new OverlaySlot({ inside: this.#inside, picture: this.#picture }, () => this.#due.later({ make: true }));
  #after = new AfterFind(this.#picture, () => this.#own.scanner);
  #photo = new OwnPhoto(this.#situation, () => this.#render());
  #words = new WordsInUse(this, () => this.#render());
  #told = new Told(this);
  /** True from the first time in a document on. */
  #placed = false;
  #due = new Due(this, ({ make, load, start }) => {
    if (make) this.#remake();
    else if (load) this.#own.loadEarly();
    if (start) this.start();
  });
  /** Timer after which an element that is out of the document counts as removed. */
  #leaving = 0;
  /** Ends listening for pastes, which lasts while the element is in a document. */
  #endPastes = () => {};
  // Where elements have no size, as under jsdom, there is nothing to observe.
  #resize = globalThis.ResizeObserver ? new ResizeObserver(() => this.#layOut()) : null;

  constructor() {
    super();
    joinButtons(this.#inside, this);
    this.#picture.mirrorFrontCamera(() => this.#own.scanner?.camera?.facingMode === "user");
  }

  connectedCallback() {
    if (this.#own.scanner) return this.connectedMoveCallback();
    this.#resize?.observe(this);
    upgradeProperties(this, PROPERTIES);
    this.#endPastes();
    this.#endPastes = takePastes(this, (file) => this.scanPhoto(file));
    this.#placed = true;
    this.#make();
    this.#render();
    this.#due.later({ load: true, start: this.autostart });
    cameraPermission().then((state) => {
      this.#situation.allowed ||= state === "granted";
      this.#render();
    });
  }

  /** Goes on in another place of the document. Browsers call it themselves after `moveBefore`. */
  connectedMoveCallback() {
    clearTimeout(this.#leaving);
    this.#render(); // the words are those of the new place's language
    this.#layOut();
    this.#due.later({});
  }

  disconnectedCallback() {
    // An element that is only moved is back by the next task: append, Turbo's permanent elements, morphs.
    this.#leaving = setTimeout(() => {
      if (this.isConnected) return;
      this.#resize?.disconnect();
      this.#endPastes();
      this.#unmake();
      this.#changed();
    });
  }

  /** @param {string} name @param {string | null} before @param {string | null} now */
  attributeChangedCallback(name, before, now) {
    tellWrongValue(name, now);
    const { scanner } = this.#own;
    if (!scanner || before === now) return;
    const { result } = this.#situation;
    switch (name) {
      case "state":
      case "view":
        return this.#told.changed(name, now);
      case "assets":
      case "bundle":
      case "multiple":
      case "stop-when-hidden":
        return this.#due.later({ make: true });
      case "autostart":
        if (now !== null && this.view === "welcome") this.#due.later({ start: true });
        return;
      case "camera":
        if (!this.#own.stream) scanner.setCamera(this.#own.preferredCamera ?? "environment");
        break;
      case "continuous":
        if (result && this.#picture.still.hidden && !this.#overlays.present) this.#goOn(now !== null);
        break;
      case "report":
        this.#report.of(scanner, now !== null);
        break;
      case "snapshot":
        if (now === "off") this.#own.keepNoSnapshot();
        break;
      case "thumbnails-from":
        if (result) this.#picture.showThumbnail(result, thumbnailOf(this, result.reference));
        break;
      case "zoom":
        offerZoom(this.#inside, scanner);
        break;
    }
    this.#render();
  }

  /** The ImageScanner inside, while the element is in a document. */
  get scanner() {
    this.#due.now();
    return this.#own.scanner;
  }

  get status() {
    return { ...this.#own.status };
  }

  /** The state of the scanner inside. */
  get state() {
    return this.#own.status.state;
  }

  /**
   * The view in sight: "welcome", "scanning", "found", ...
   * @returns {View}
   */
  get view() {
    return this.#situation.view(this.#own.status, this.#live && this.#picture.still.hidden);
  }

  /** With `multiple`: the list of finds, the oldest first. It stays until it is cleared or the browser's tab is closed. */
  get finds() {
    return this.#finds.all;
  }

  /** Clears the list of finds. */
  clearFinds() {
    this.#finds.tell((panel) => panel.clear());
  }

  /** The words in use. Setting it replaces some of them. */
  get strings() {
    return this.#words.all;
  }
  set strings(words) {
    this.#words.replace(words);
    this.#render();
  }

  /** The site's own constraints of the camera, or null; see the option `constraints` of ImageScanner. */
  get constraints() {
    return this.#own.constraints;
  }
  set constraints(constraints) {
    this.#own.constraints = constraints;
    if (this.#own.scanner) this.#due.later({ make: true });
  }

  /** The site's own MediaStream, which is scanned instead of a camera and never stopped, or null. */
  get stream() {
    return this.#own.stream;
  }
  set stream(stream) {
    this.#own.stream = stream;
    if (this.#own.scanner) this.#due.later({ make: true });
  }

  /** Opens the camera and scans; "Scan again", "Try again" and the tap that some phones want call it, too. */
  async start() {
    this.#due.now();
    this.#after.release();
    this.#showNothing();
    const starting = this.#own.scanner?.start().catch(() => {}); // onError shows the error and fires the event
    this.#own.load();
    this.#render();
    await starting;
    this.#render();
  }

  stop() {
    this.scanner?.stop();
  }

  pause() {
    this.scanner?.pause();
  }

  resume() {
    return this.start();
  }

  /**
   * Asks the person whether to save a report of the last seconds; resolves to whether it was saved or shared. The frames
   * of the last 5 s are kept, and are in the report, only with the attribute `report`.
   */
  saveReport() {
    return this.#report.ask();
  }

  /**
   * Recognises a photograph instead of the camera's picture.
   * @param {Blob} file
   */
  async scanPhoto(file) {
    this.#due.now();
    this.#showNothing();
    this.#photo.begin(file);
    this.#own.scanner?.stop();
    this.#picture.showStill(file);
    this.#render();
    ImageScanner.hasCamera().then((has) => (this.#situation.cameraless ||= !has));
    const answer = await this.#photo.judge(file, this.#own.addresses, this.multiple, this.#picture.still);
    if (answer && "error" in answer && answer.error.code === "aborted") this.#showNothing();
    else if (answer && "error" in answer) this.#failed(answer.error);
    else if (answer) await this.#answered(answer);
    this.#render();
  }

  /** @param {import("./own-photo.js").Answer} answer for the photograph that is shown */
  async #answered({ results, outcome }) {
    const [first] = results;
    this.#situation.photo = first ? null : "missed";
    if (!first) {
      this.#inside.word(".missed p", outcome === "ambiguous" ? "alikeText" : "notFoundText", this.strings);
      this.#render();
      this.#inside.focus(".missed");
      return;
    }
    if (this.multiple) this.#situation.result = first;
    else this.#found(first, false);
    this.#render();
    await this.#picture.still.decode().catch(() => {});
    if (this.#situation.result !== first) return; // the camera or another photo has taken its place meanwhile
    if (this.multiple) this.#finds.photographed(results);
    for (const result of results) this.#overlays.tell((overlays) => overlays.seen(result));
    this.#layOut();
  }

  #make() {
    this.#overlays.use();
    this.#own.make(this.multiple || this.#overlays.present);
    this.#report.of(this.#own.scanner, this.report);
    this.#finds.use(this.multiple);
    this.#layOut();
  }

  /** Makes the scanner anew, with all that has changed, and goes on. */
  #remake() {
    if (!this.#own.scanner) return;
    const { running } = this.#own;
    this.#unmake();
    this.#make();
    if (running) this.start();
    else this.#own.loadEarly();
    this.#changed();
  }

  #unmake() {
    this.#due.forget();
    this.#after.release();
    this.#report.of(null, false);
    this.#own.unmake();
    this.#showNothing();
  }

  /** Shows and tells the scanner's status. */
  #changed() {
    const { status } = this.#own;
    if (status.state === "failed" && !this.#situation.error) return; // the error follows at once
    if (status.state === "scanning") this.#situation.cameraWorks();
    this.#told.mark();
    this.#told.state(status);
    this.#render();
    this.#report.rest();
  }

  /** Takes find, photograph and error out of view. */
  #showNothing() {
    this.#situation.clear();
    this.#picture.showStill(null);
    this.#picture.outline(null);
    this.#finds.tell((panel) => panel.clearOutlines());
    this.#overlays.tell((overlays) => overlays.clear());
  }

  /**
   * With `continuous` switched while a find is shown: scans on, or pauses on the find.
   * @param {boolean} continuous
   */
  #goOn(continuous) {
    if (continuous) return this.start();
    this.#picture.freeze();
    this.#after.hold();
  }

  /** Whether the camera goes on after a find. */
  get #live() {
    return this.continuous || this.multiple || this.#overlays.present;
  }

  /** @param {Result} result of a picture that appears before the camera */
  #appeared(result) {
    this.#overlays.tell((overlays) => overlays.seen(result));
    if (this.multiple) this.#finds.appeared(result);
    else this.#found(result, !this.#live);
  }

  /**
   * @param {Result} result
   * @param {boolean} held true: the camera's picture rests on the find
   */
  #found(result, held) {
    this.#situation.result = result;
    if (held) this.#picture.freeze();
    this.#picture.showThumbnail(result, thumbnailOf(this, result.reference));
    if (held) this.#after.hold();
    this.#render();
    this.#layOut();
    if (this.view === "found") this.#inside.focus(".found");
    this.#inside.speak(`${this.strings.found}: ${titleOf(result)}`);
    const wanted = fire(this, "match", result);
    const url = linkOf(this, result.reference);
    if (wanted && url && this.open) location.assign(url);
  }

  /** @param {import("../shared/errors.js").ScannerError} error */
  #failed(error) {
    this.#situation.fail(error);
    this.#picture.showStill(null);
    this.#changed();
    const { textContent: title } = this.#inside.find(".problem-title");
    this.#inside.focus(".problem");
    this.#inside.speak(`${title}. ${this.#inside.find(".problem-text").textContent}`);
    fire(this, "error", error);
  }

  #render() {
    if (!this.#placed) return;
    const { view } = this;
    const { result, error, problem, photo, cameraless } = this.#situation;
    const { status } = this.#own;
    this.#told.mark();
    const entered = render(this.#inside, this.strings, {
      language: this.#words.language,
      wordless: !this.#words.loaded,
      view,
      status,
      loading: photo ? this.#photo.loading : status.loading,
      result,
      link: result && linkOf(this, result.reference),
      error,
      problem,
      // Without a camera to go back to, the element offers another photo.
      again: !(cameraless && !this.#picture.still.hidden),
    });
    this.#finds.tell((panel) => panel.render());
    if (entered) this.#entered(view);
  }

  /** @param {View} view */
  #entered(view) {
    this.#asking.entered(view);
    if (view === "loading" || view === "scanning") offerTools(this.#inside, this.#own.scanner);
    this.#layOut();
    this.#overlays.tell((overlays) => overlays.show(view));
    fire(this, "view", view);
  }

  /** Tells that the recogniser is loaded, and lets the guide take the shape of the catalogue's pictures. */
  async #ready() {
    fire(this, "ready");
    const { scanner } = this.#own;
    const references = await this.#own.references().catch(() => []); // the scanner reports a faulty bundle
    if (this.#own.scanner !== scanner) return;
    this.#layout.shapeFor(references);
    this.#layOut();
  }

  /** Lays the guide out, and draws the outline anew. */
  #layOut() {
    if (!this.#layout.apply(this.#own.scanner)) return;
    this.#picture.outline(this.multiple ? null : this.#situation.result);
    this.#finds.tell((panel) => panel.drawOutlines());
    this.#overlays.tell((overlays) => overlays.draw());
  }
}
