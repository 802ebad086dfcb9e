// The class of <image-scanner>, the whole scanner with its interface. Importing it defines no element.
import { cameraPermission } from "../page/camera.js";
import { withImage } from "../page/rectified.js";
import { ImageScanner } from "../page/scanner.js";
import { linkOf, thumbnailOf } from "./find-links.js";
import { fire } from "./fire.js";
import { takeDrops, takePastes } from "./given-photos.js";
import { guideIn } from "./guide.js";
import { Inside } from "./inside.js";
import { OwnPhoto } from "./own-photo.js";
import { titleOf } from "./panels.js";
import { render } from "./render.js";
import { Report } from "./report.js";
import { ScannerInside } from "./scanner-inside.js";
import { ShownPicture } from "./shown-picture.js";
import { copyAddress, nextCamera, offerPhotos, offerTools, toggleTorch } from "./tools.js";
import { upgradeProperties } from "./upgrade.js";
import { viewOf } from "./view.js";
import { WordsInUse } from "./words-in-use.js";
import { offerZoom, zoomBySlider } from "./zoom.js";

/** @typedef {import("../page/options.js").Result} Result */
/** @typedef {import("../page/status.js").Status} Status */
/** @typedef {import("./view.js").View} View */

/** Time without an answer to the browser's question after which the person is offered other ways. */
const ASKING_LONG_MILLISECONDS = 8000;
/** With `continuous`: time the outline stays without a match. Single frames may miss a picture in sight. */
const OUTLINE_MILLISECONDS = 600;
/** With `continuous`: time the card stays without a match. */
const CARD_MILLISECONDS = 3000;
/** Time after a find at which the camera goes off. */
const REST_MILLISECONDS = 30_000;

/** A server that renders pages has no HTMLElement. It may import the class, and never constructs it. */
const Base = globalThis.HTMLElement ?? class {};

/**
 * Attributes: `bundle`, `assets`, `camera`, `lang`, `theme` ("light", "dark"), `autostart`, `continuous` (goes on
 * scanning after a find), `open` (follows the find's url), `snapshot` ("off": keeps no snapshot of Python's memory),
 * `stop-when-hidden` ("off": the camera stays on while the element cannot be seen), `thumbnails-from` (other origins that
 * may be asked for thumbnails), `zoom` ("off": no slider),
 * `report` (offers "Report a problem"), `words` (address of a JSON file with own words, or the JSON itself), `details`
 * (shows ID and distance of a find).
 * Events, bubbling and composed: `ready`, `match` (detail: the result), `state` (detail: the status), `error` (detail:
 * the error).
 */
export class ImageScannerElement extends Base {
  static observedAttributes = [
    "bundle",
    "assets",
    "camera",
    "lang",
    "continuous",
    "stop-when-hidden",
    "report",
    "state",
    "zoom",
    "words",
    "details",
  ];

  #inside = new Inside(this);
  #picture = new ShownPicture(this.#inside);
  #report = new Report(this.#inside, () => this.strings);
  #own = new ScannerInside(this, this.#picture.video, {
    onMatch: (result) => this.#matched(result),
    onState: (status) => this.#changed(status),
    onError: (error) => this.#failed(error),
    onFrame: (verdict, frame) => {
      if (this.hasAttribute("continuous")) this.#follow(verdict, frame);
    },
    onReady: () => this.#tell("ready"),
  });
  #words = new WordsInUse(this, () => this.#render());
  /** @type {Result | null} */
  #result = null;
  /** @type {import("../shared/errors.js").ScannerError | null} */
  #error = null;
  /** Key of the words for the error. */
  #problem = "";
  #photo = new OwnPhoto(() => this.#render());
  /** True without a camera to go back to: the element then offers another photo. */
  #cameraless = false;
  /** True where the camera is allowed already: "Please allow the camera" would then be wrong. */
  #allowed = false;
  /** Timer after which an element that is out of the document counts as removed. */
  #leaving = 0;
  /** Ends listening for pastes, which lasts while the element is in a document. */
  #endPastes = () => {};
  #askingTimer = 0;
  #restTimer = 0;
  // Where elements have no size, as under jsdom, there is nothing to observe.
  #resize = globalThis.ResizeObserver ? new ResizeObserver(() => this.#layOut()) : null;

  constructor() {
    super();
    const inside = this.#inside;
    inside.onPress(".start, .retry, .again, .tap, .go", () => this.start());
    inside.onPress(".torch", () => toggleTorch(inside, this.scanner));
    inside.onPress(".switch", () => nextCamera(inside, this.scanner));
    inside.onPress(".copy", () => copyAddress(inside, () => this.strings));
    offerPhotos(inside, (file) => this.scanPhoto(file));
    takeDrops(this, inside, (file) => this.scanPhoto(file));
    zoomBySlider(inside, () => this.scanner);
    this.#picture.mirrorFrontCamera(() => this.scanner?.camera?.facingMode === "user");
  }

  connectedCallback() {
    if (this.scanner) return this.connectedMoveCallback();
    this.#resize?.observe(this);
    upgradeProperties(this, ["strings", "constraints", "stream"]);
    this.#endPastes();
    this.#endPastes = takePastes(this, (file) => this.scanPhoto(file));
    this.#make();
    this.#render();
    this.#own.loadEarly();
    cameraPermission().then((state) => (this.#allowed ||= state === "granted"));
    if (this.hasAttribute("autostart")) this.start();
  }

  /** Goes on in another place of the document. Browsers call it themselves after `moveBefore`. */
  connectedMoveCallback() {
    clearTimeout(this.#leaving);
    this.#render(); // the words are those of the new place's language
    this.#layOut();
  }

  disconnectedCallback() {
    // An element that is only moved is back by the next task: append, Turbo's permanent elements, morphs.
    this.#leaving = setTimeout(() => {
      if (this.isConnected) return;
      this.#resize?.disconnect();
      this.#endPastes();
      this.#unmake();
    });
  }

  /** @param {string} name @param {string | null} before @param {string | null} now */
  attributeChangedCallback(name, before, now) {
    if (!this.scanner || before === now) return;
    if (name === "state") {
      // A morph removes what the server does not know. Its loop over the attributes must be over before one is added.
      if (now !== this.view) queueMicrotask(() => this.#render());
      return;
    }
    if (name === "zoom") offerZoom(this.#inside, this.scanner);
    if (name === "bundle" || name === "assets" || name === "stop-when-hidden") this.#remake();
    if (name === "report") this.#report.of(this.scanner, now !== null);
    if (name === "camera" && !this.#own.stream) this.scanner.setCamera(this.#own.preferredCamera ?? "environment");
    this.#render();
  }

  /** The ImageScanner inside, while the element is in a document. */
  get scanner() {
    return this.#own.scanner;
  }

  get status() {
    return { ...this.#own.status };
  }

  /**
   * The view in sight: "welcome", "scanning", "found", ...
   * @returns {View}
   */
  get view() {
    const shown = this.#result !== null && !(this.hasAttribute("continuous") && this.#picture.still.hidden);
    return viewOf(this.#own.status, {
      error: this.#error,
      photo: this.#photo.stage,
      found: shown,
      allowed: this.#allowed,
    });
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
    this.#remake();
  }

  /** The site's own MediaStream, which is scanned instead of a camera and never stopped, or null. */
  get stream() {
    return this.#own.stream;
  }
  set stream(stream) {
    this.#own.stream = stream;
    this.#remake();
  }

  /** Opens the camera and scans; "Scan again", "Try again" and the tap that some phones want call it, too. */
  async start() {
    this.#error = null;
    clearTimeout(this.#restTimer);
    this.#showNothing();
    this.#render();
    this.#own.load();
    await this.scanner?.start().catch(() => {}); // onError shows the error and fires the event
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
    this.scanner?.stop();
    this.#error = null;
    this.#showNothing();
    this.#photo.begin(file);
    this.#picture.showStill(file);
    this.#render();
    ImageScanner.hasCamera().then((has) => (this.#cameraless ||= !has));
    const answer = await this.#photo.judge(file, this.#own.addresses);
    if (answer && "error" in answer) this.#failed(answer.error);
    else if (answer) await this.#answered(answer.verdict);
    this.#render();
  }

  /** @param {import("./own-photo.js").Verdict} verdict on the photograph that is shown */
  async #answered({ id, distance, image, ...verdict }) {
    this.#photo.stage = id === null ? "missed" : null;
    if (id === null) {
      this.#inside.word(".missed p", verdict.outcome === "ambiguous" ? "alikeText" : "notFoundText", this.strings);
      this.#render();
      this.#inside.focus(".missed");
    } else {
      this.#found(withImage({ ...verdict, id, distance: distance ?? 0 }, image));
      await this.#picture.still.decode().catch(() => {});
      this.#layOut();
    }
  }

  #make() {
    this.#error = null;
    this.#own.make();
    this.#report.of(this.scanner, this.hasAttribute("report"));
    this.#layOut();
  }

  /** Makes the scanner anew, with all that has changed, and goes on. */
  #remake() {
    if (!this.scanner) return;
    const { running } = this.#own;
    this.#unmake();
    this.#make();
    if (running) this.start();
    else this.#own.loadEarly();
    this.#render();
  }

  #unmake() {
    clearTimeout(this.#restTimer);
    this.#report.of(null, false);
    this.#own.unmake();
    this.#showNothing();
  }

  /** @param {Status} status */
  #changed(status) {
    if (status.state === "scanning") {
      this.#allowed = true;
      this.#cameraless = false;
    }
    this.#tell("state", status);
    this.#render();
    this.#report.rest();
  }

  /** Takes the find and the photograph out of view. */
  #showNothing() {
    this.#result = this.#photo.stage = null;
    this.#picture.showStill(null);
    this.#picture.outline(null);
  }

  /** @param {Result} result */
  #matched(result) {
    if (!this.hasAttribute("continuous")) {
      this.#picture.freeze();
      this.scanner?.pause();
      this.#restTimer = setTimeout(() => this.scanner?.stop(), REST_MILLISECONDS);
    }
    this.#found(result);
  }

  /**
   * With `continuous`: keeps outline and card on the picture in sight.
   * @param {import("../shared/protocol.js").Verdict} verdict
   * @param {Result["frame"]} frame
   */
  #follow({ id, corners }, frame) {
    if (id !== null) return this.#picture.outline({ corners, frame });
    const gone = this.scanner?.millisecondsSinceFind ?? Infinity;
    if (gone > OUTLINE_MILLISECONDS) this.#picture.outline(null);
    if (this.#result && gone > CARD_MILLISECONDS) {
      this.#result = null;
      this.#render();
    }
  }

  /** @param {Result} result */
  #found(result) {
    this.#result = result;
    this.#picture.showThumbnail(result, thumbnailOf(this, result.reference));
    this.#render();
    this.#layOut();
    if (this.view === "found") this.#inside.focus(".found");
    this.#inside.speak(`${this.strings.found}: ${titleOf(result)}`);
    const wanted = this.#tell("match", result);
    const url = linkOf(this, result.reference);
    if (wanted && url && this.hasAttribute("open")) location.assign(url);
  }

  /** @param {import("../shared/errors.js").ScannerError} error */
  #failed(error) {
    this.#error = error;
    this.#problem = error.words ?? error.code;
    if (error.code === "permission-denied") this.#allowed = false;
    if (["no-camera", "insecure-context"].includes(error.code)) this.#cameraless = true;
    this.#result = this.#photo.stage = null;
    this.#picture.showStill(null);
    this.#render();
    const { textContent: title } = this.#inside.find(".problem-title");
    this.#inside.focus(".problem");
    this.#inside.speak(`${title}. ${this.#inside.find(".problem-text").textContent}`);
    this.#tell("error", error);
  }

  #render() {
    if (!this.isConnected) return;
    const { view } = this;
    this.setAttribute("state", view);
    const entered = render(this.#inside, this.strings, {
      language: this.#words.language,
      wordless: !this.#words.loaded,
      view,
      status: this.#own.status,
      loading: this.#photo.stage ? this.#photo.loading : this.#own.status.loading,
      result: this.#result,
      link: this.#result && linkOf(this, this.#result.reference),
      error: this.#error,
      problem: this.#problem,
      // Without a camera to go back to, the element offers another photo.
      again: !(this.#cameraless && !this.#picture.still.hidden),
    });
    if (entered) this.#entered(view);
  }

  /** @param {View} view */
  #entered(view) {
    clearTimeout(this.#askingTimer);
    if (view === "asking") {
      const say = (/** @type {"askingText" | "askingLong"} */ key) =>
        this.#inside.word(".asking-text", key, this.strings);
      say("askingText");
      this.#askingTimer = setTimeout(() => say("askingLong"), ASKING_LONG_MILLISECONDS);
    }
    if (view === "loading" || view === "scanning") offerTools(this.#inside, this.scanner);
    this.#layOut();
  }

  /** Gives the scanner the regions of the guide, and draws the outline anew. */
  #layOut() {
    const host = this.getBoundingClientRect();
    if (!this.scanner || host.width === 0) return;
    const { sideways, regions } = guideIn(host);
    this.#inside.find(".stage").toggleAttribute("data-sideways", sideways);
    this.scanner.setRegion(regions);
    this.#picture.outline(this.#result);
  }

  /**
   * Fires an event; returns false if a listener called `preventDefault()`.
   * @param {string} type
   * @param {unknown} [detail]
   */
  #tell(type, detail) {
    return fire(this, type, detail);
  }
}
