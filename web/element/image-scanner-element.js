// The class of <image-scanner>, the whole scanner with its interface. Importing it defines no element.
import { cameraPermission } from "../page/camera.js";
import { savesData } from "../page/data-saver.js";
import { ImageScanner } from "../page/scanner.js";
import { STOPPED } from "../page/status.js";
import { ScannerError, withCode } from "../shared/errors.js";
import { linkOf, thumbnailOf } from "./find-links.js";
import { guideIn } from "./guide.js";
import { Inside } from "./inside.js";
import { titleOf } from "./panels.js";
import { rememberedCamera } from "./remembered-camera.js";
import { render } from "./render.js";
import { ShownPicture } from "./shown-picture.js";
import { stringsFor } from "./strings.js";
import { copyAddress, nextCamera, offerPhotos, offerTools, toggleTorch } from "./tools.js";
import { viewOf } from "./view.js";

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
 * `thumbnails-from` (other origins that may be asked for thumbnails).
 * Events, bubbling and composed: `ready`, `match` (detail: the result), `state` (detail: the status), `error` (detail:
 * the error).
 */
export class ImageScannerElement extends Base {
  static observedAttributes = ["bundle", "assets", "camera", "lang", "continuous"];

  #inside = new Inside(this);
  #picture = new ShownPicture(this.#inside);
  /** @type {ImageScanner | null} */
  #scanner = null;
  /** @type {Partial<import("./strings.js").Strings>} */
  #replaced = {};
  /** @type {Result | null} */
  #result = null;
  /** @type {ScannerError | null} */
  #error = null;
  /** Key of the words for the error: the error's code, or "unreadable". */
  #problem = "";
  /** @type {"checking" | "missed" | null} stage of the person's own photograph */
  #photo = null;
  /** @type {Blob | null} the photograph given last */
  #looked = null;
  /** @type {Promise<void> | null} */
  #ready = null;
  /** True without a camera to go back to: the element then offers another photo. */
  #cameraless = false;
  /** True where the camera is allowed already: "Please allow the camera" would then be wrong. */
  #allowed = false;
  /** @type {Status} */
  #status = STOPPED;
  /** @type {Status["loading"]} */
  #photoLoading = null;
  #askingTimer = 0;
  #restTimer = 0;
  // Where elements have no size, as under jsdom, there is nothing to observe.
  #resize = globalThis.ResizeObserver ? new ResizeObserver(() => this.#layOut()) : null;

  constructor() {
    super();
    const inside = this.#inside;
    inside.onPress(".start, .retry, .again, .tap, .go", () => this.start());
    inside.onPress(".torch", () => toggleTorch(inside, this.#scanner));
    inside.onPress(".switch", () => nextCamera(inside, this.#scanner));
    inside.onPress(".copy", () => copyAddress(inside, () => this.strings));
    offerPhotos(inside, (file) => this.scanPhoto(file));
    this.#picture.mirrorFrontCamera(() => this.#scanner?.camera?.facingMode === "user");
  }

  connectedCallback() {
    this.#resize?.observe(this);
    this.#make();
    this.#render();
    this.#loadEarly();
    cameraPermission().then((state) => (this.#allowed ||= state === "granted"));
    if (this.hasAttribute("autostart")) this.start();
  }

  disconnectedCallback() {
    this.#resize?.disconnect();
    this.#unmake();
  }

  /** @param {string} name @param {string | null} before @param {string | null} now */
  attributeChangedCallback(name, before, now) {
    if (!this.#scanner || before === now) return;
    if (name === "bundle" || name === "assets") {
      const running = !["stopped", "failed"].includes(this.#status.state);
      this.#unmake();
      this.#make();
      if (running) this.start();
      else this.#loadEarly();
    }
    if (name === "camera") this.#scanner.setCamera(now ?? rememberedCamera() ?? "environment");
    this.#render();
  }

  /** The ImageScanner inside, while the element is in a document. */
  get scanner() {
    return this.#scanner;
  }

  get status() {
    return { ...this.#status };
  }

  /**
   * The view in sight: "welcome", "scanning", "found", ...
   * @returns {View}
   */
  get view() {
    const shown = this.#result !== null && !(this.hasAttribute("continuous") && this.#picture.still.hidden);
    return viewOf(this.#status, { error: this.#error, photo: this.#photo, found: shown, allowed: this.#allowed });
  }

  /** The words in use. Setting it replaces some of them. */
  get strings() {
    const language = this.lang || this.closest("[lang]")?.getAttribute("lang") || navigator.language || "en";
    return { ...stringsFor(language), ...this.#replaced };
  }
  set strings(words) {
    this.#replaced = { ...words };
    this.#render();
  }

  /** Opens the camera and scans; "Scan again", "Try again" and the tap that some phones want call it, too. */
  async start() {
    this.#error = null;
    clearTimeout(this.#restTimer);
    this.#showNothing();
    this.#render();
    this.#load();
    await this.#scanner?.start().catch(() => {}); // onError shows the error and fires the event
    this.#render();
  }

  stop() {
    this.#scanner?.stop();
  }

  pause() {
    this.#scanner?.pause();
  }

  resume() {
    return this.start();
  }

  /**
   * Recognises a photograph instead of the camera's picture.
   * @param {Blob} file
   */
  async scanPhoto(file) {
    this.#scanner?.stop();
    this.#error = null;
    this.#showNothing();
    this.#photo = "checking";
    this.#looked = file;
    this.#picture.showStill(file);
    this.#render();
    const current = () => this.#photo === "checking" && this.#looked === file; // nothing else was started meanwhile
    const picture = await createImageBitmap(file).catch(() => null);
    this.#cameraless ||= !(await ImageScanner.hasCamera());
    if (!picture) {
      const text = "The photo could not be read: it is no picture, or of a kind that this browser cannot open.";
      if (current()) this.#failed(new ScannerError("runtime-failed", text), "unreadable");
      return;
    }
    try {
      const verdict = await ImageScanner.scanImage(picture, {
        bundle: this.getAttribute("bundle") ?? undefined,
        assets: this.getAttribute("assets") ?? undefined,
        onProgress: (loading) => {
          this.#photoLoading = loading;
          this.#render();
        },
      });
      if (current()) await this.#answered(verdict);
    } catch (error) {
      if (current()) this.#failed(withCode(error, "runtime-failed", "The photo could not be read."));
    } finally {
      picture.close();
      this.#photoLoading = null;
      this.#render();
    }
  }

  /** @param {Awaited<ReturnType<typeof ImageScanner.scanImage>>} verdict on the photograph that is shown */
  async #answered({ id, distance, ...verdict }) {
    this.#photo = id === null ? "missed" : null;
    if (id === null) {
      this.#inside.word(".missed p", verdict.outcome === "ambiguous" ? "alikeText" : "notFoundText", this.strings);
      this.#render();
      this.#inside.focus(".missed");
    } else {
      this.#found({ ...verdict, id, distance: distance ?? 0 });
      await this.#picture.still.decode().catch(() => {});
      this.#layOut();
    }
  }

  /** Loads the recogniser while the person reads, unless the person saves data. */
  #loadEarly() {
    if (!savesData()) this.#load();
  }

  /** Loads the recogniser and fires `ready` once. A failure is reported when it matters, at the start. */
  #load() {
    const scanner = this.#scanner;
    this.#ready ??=
      scanner?.load().then(
        () => {
          if (this.#scanner === scanner) this.#tell("ready");
        },
        () => {
          if (this.#scanner === scanner) this.#ready = null;
        },
      ) ?? null;
  }

  #make() {
    const attribute = (/** @type {string} */ name) => this.getAttribute(name) ?? undefined;
    this.#error = null;
    this.#scanner = new ImageScanner(this.#picture.video, (result) => this.#matched(result), {
      bundle: attribute("bundle"),
      assets: attribute("assets"),
      snapshot: attribute("snapshot") !== "off",
      preferredCamera: attribute("camera") ?? rememberedCamera(),
      onState: (status) => {
        this.#status = status;
        if (status.state === "scanning") {
          this.#allowed = true;
          this.#cameraless = false;
        }
        this.#tell("state", status);
        this.#render();
      },
      onError: (error) => this.#failed(error),
      onFrame: (verdict, frame) => {
        if (this.hasAttribute("continuous")) this.#follow(verdict, frame);
      },
    });
    this.#layOut();
  }

  #unmake() {
    clearTimeout(this.#restTimer);
    this.#scanner?.destroy();
    this.#scanner = this.#ready = null;
    this.#showNothing();
    this.#status = STOPPED;
  }

  /** Takes the find and the photograph out of view. */
  #showNothing() {
    this.#result = this.#photo = null;
    this.#picture.showStill(null);
    this.#picture.outline(null);
  }

  /** @param {Result} result */
  #matched(result) {
    if (!this.hasAttribute("continuous")) {
      this.#picture.freeze();
      this.#scanner?.pause();
      this.#restTimer = setTimeout(() => this.#scanner?.stop(), REST_MILLISECONDS);
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
    const gone = this.#scanner?.millisecondsSinceFind ?? Infinity;
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

  /**
   * @param {ScannerError} error
   * @param {string} [problem] key of the words for the error
   */
  #failed(error, problem = error.code) {
    this.#error = error;
    this.#problem = problem;
    if (error.code === "permission-denied") this.#allowed = false;
    if (["no-camera", "insecure-context"].includes(error.code)) this.#cameraless = true;
    this.#result = this.#photo = null;
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
      view,
      status: this.#status,
      loading: this.#photo ? this.#photoLoading : this.#status.loading,
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
    if (view === "loading" || view === "scanning") offerTools(this.#inside, this.#scanner);
    this.#layOut();
  }

  /** Gives the scanner the regions of the guide, and draws the outline anew. */
  #layOut() {
    const host = this.getBoundingClientRect();
    if (!this.#scanner || host.width === 0) return;
    const { sideways, regions } = guideIn(host);
    this.#inside.find(".stage").toggleAttribute("data-sideways", sideways);
    this.#scanner.setRegion(regions);
    this.#picture.outline(this.#result);
  }

  /**
   * Fires an event; returns false if a listener called `preventDefault()`.
   * @param {string} type
   * @param {unknown} [detail]
   */
  #tell(type, detail) {
    return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }));
  }
}
