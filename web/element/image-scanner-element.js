// The class of <image-scanner>, the whole scanner with its interface. Importing it defines no element.
import { cameraPermission } from "../page/camera.js";
import { AttributesAsProperties, OBSERVED, PROPERTIES, upgradeProperties } from "./attributes.js";
import { joinButtons } from "./buttons.js";
import { Course } from "./course.js";
import { Due } from "./due.js";
import { takePastes } from "./given-photos.js";
import { Inside } from "./inside.js";
import { tellWrongValue } from "./told-values.js";
import { offerZoom } from "./zoom.js";

/**
 * Attributes are those of attributes.js. The element itself sets `view` to the name of the view in sight, and `state` to
 * the state of its scanner. Events, bubbling and composed: `ready`, `match` (detail: the result), `view` (detail: the
 * view's name), `state` (detail: the status), `error` (detail: the error); with `multiple` or an overlay also `move` and
 * `lost` (detail: the result), with `multiple` `finds` (detail: the list).
 */
export class ImageScannerElement extends AttributesAsProperties {
  static observedAttributes = OBSERVED;

  #inside = new Inside(this);
  #course = new Course(this, this.#inside, () => this.#due.later({ make: true }));
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
  #resize = globalThis.ResizeObserver ? new ResizeObserver(() => this.#course.layOut()) : null;

  constructor() {
    super();
    joinButtons(this.#inside, this);
  }

  connectedCallback() {
    if (this.#own.scanner) return this.connectedMoveCallback();
    this.#resize?.observe(this);
    upgradeProperties(this, PROPERTIES);
    this.#endPastes();
    this.#endPastes = takePastes(this, (file) => this.scanPhoto(file));
    this.#course.placed = true;
    this.#course.make();
    this.#course.render();
    this.#due.later({ load: true, start: this.autostart });
    cameraPermission().then((state) => {
      this.#course.situation.allowed ||= state === "granted";
      this.#course.render();
    });
  }

  /** Goes on in another place of the document. Browsers call it themselves after `moveBefore`. */
  connectedMoveCallback() {
    clearTimeout(this.#leaving);
    this.#course.render(); // the words are those of the new place's language
    this.#course.layOut();
    this.#due.later({});
  }

  disconnectedCallback() {
    // An element that is only moved is back by the next task: append, Turbo's permanent elements, morphs.
    this.#leaving = setTimeout(() => {
      if (this.isConnected) return;
      this.#resize?.disconnect();
      this.#endPastes();
      this.#unmake();
      this.#course.changed();
    });
  }

  /** @param {string} name @param {string | null} before @param {string | null} now */
  attributeChangedCallback(name, before, now) {
    tellWrongValue(name, now);
    const { scanner } = this.#own;
    if (!scanner || before === now) return;
    switch (name) {
      case "state":
      case "view":
        return this.#course.marked(name, now);
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
        this.#course.goOn(now !== null);
        break;
      case "report":
        this.#course.report.of(scanner, now !== null);
        break;
      case "snapshot":
        if (now === "off") this.#own.startPlainly();
        break;
      case "thumbnails-from":
        this.#course.showThumbnail();
        break;
      case "zoom":
        offerZoom(this.#inside, scanner);
        break;
    }
    this.#course.render();
  }

  /** The scanner inside, and all that it is made of. */
  get #own() {
    return this.#course.own;
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
   * @returns {import("./view.js").View}
   */
  get view() {
    return this.#course.view;
  }

  /** With `multiple`: the list of finds, the oldest first. It stays until it is cleared or the browser's tab is closed. */
  get finds() {
    return this.#course.finds.all;
  }

  /** Clears the list of finds. */
  clearFinds() {
    this.#course.finds.tell((panel) => panel.clear());
  }

  /** The words in use. Setting it replaces some of them. */
  get strings() {
    return this.#course.words.all;
  }
  set strings(words) {
    this.#course.words.replace(words);
    this.#course.render();
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
    await this.#course.start();
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
    return this.#course.report.ask();
  }

  /**
   * Recognises a photograph instead of the camera's picture.
   * @param {Blob} file
   */
  async scanPhoto(file) {
    this.#due.now();
    await this.#course.photographed(file);
  }

  /** Makes the scanner anew, with all that has changed, and goes on. */
  #remake() {
    if (!this.#own.scanner) return;
    const { running } = this.#own;
    this.#unmake();
    this.#course.make();
    if (running) this.start();
    else this.#own.loadEarly();
    this.#course.changed();
  }

  #unmake() {
    this.#due.forget();
    this.#course.unmake();
  }
}
