// The ImageScanner inside an element: made of the element's attributes while the element is in a document.
import { assetsBase, bundleAddress } from "../page/addresses.js";
import { savesData } from "../page/data-saver.js";
import { ImageScanner } from "../page/scanner.js";
import { ScannerClient } from "../page/scanner-client.js";
import { STOPPED } from "../page/status.js";
import { tellOnce } from "./own-words.js";
import { rememberedCamera } from "./remembered-camera.js";

/** @typedef {import("../page/options.js").Options} Options */
/** @typedef {import("../page/options.js").Result} Result */
/** @typedef {import("../page/status.js").Status} Status */
/**
 * @typedef {object} Listeners
 * @property {(result: Result) => void} onMatch
 * @property {(result: Result) => void} onMove called with `multiple` or an overlay only
 * @property {(result: Result) => void} onLost called with `multiple` or an overlay only
 * @property {() => void} onState called with every change of the status
 * @property {NonNullable<Options["onError"]>} onError
 * @property {NonNullable<Options["onFrame"]>} onFrame
 * @property {() => void} onReady called once for each scanner, when its recogniser is loaded
 */

export class ScannerInside {
  #host;
  #video;
  #listeners;
  /** @type {ImageScanner | null} */
  scanner = null;
  /** @type {Status} */
  status = STOPPED;
  /** @type {MediaTrackConstraints | null} */
  constraints = null;
  /** @type {MediaStream | null} */
  stream = null;
  /** @type {Promise<void> | null} */
  #ready = null;

  /**
   * @param {HTMLElement} host the element with the attributes
   * @param {HTMLVideoElement} video
   * @param {Listeners} listeners
   */
  constructor(host, video, listeners) {
    this.#host = host;
    this.#video = video;
    this.#listeners = listeners;
  }

  /** Addresses of bundle and site, as the attributes give them. */
  get addresses() {
    return { bundle: this.#attribute("bundle"), assets: this.#attribute("assets") };
  }

  /** The camera that the site or the person prefers. */
  get preferredCamera() {
    return this.#attribute("camera") ?? rememberedCamera();
  }

  /** Whether a scan was begun and not stopped. */
  get running() {
    return !["stopped", "failed"].includes(this.status.state);
  }

  /** @param {boolean} follow true: every picture in sight is followed from frame to frame */
  make(follow) {
    const { onMatch, onMove, onLost, onState, onError, onFrame } = this.#listeners;
    const multiple = this.#host.hasAttribute("multiple");
    const scanner = new ImageScanner(this.#video, onMatch, {
      ...this.addresses,
      constraints: this.constraints,
      stream: this.stream,
      stopWhenHidden: this.#attribute("stop-when-hidden") !== "off",
      snapshot: this.#attribute("snapshot") !== "off",
      preferredCamera: this.preferredCamera,
      onState: (status) => {
        if (this.scanner !== scanner) return; // a scanner that is destroyed is none of the element's any more
        this.status = status;
        onState();
      },
      onError,
      onFrame,
      multiple,
      ...(follow ? { onMove, onLost } : {}),
    });
    this.scanner = scanner;
  }

  /** Resolves to the references of the bundle, without hashes. Loads the recogniser first. */
  references() {
    const { bundle, assets } = this.addresses;
    const base = assetsBase(assets);
    return ScannerClient.shared(base).catalogue(bundleAddress(bundle, base));
  }

  unmake() {
    const { scanner } = this;
    this.scanner = this.#ready = null;
    this.status = STOPPED;
    scanner?.destroy();
  }

  /** Starts Python without the snapshot that the site ships, from now on. */
  startPlainly() {
    ScannerClient.shared(assetsBase(this.addresses.assets)).startPlainly();
  }

  /**
   * Loads the recogniser while the person reads, unless the person saves data. A failure is told on the console, for the
   * site's author. The person reads of it when it matters, at the start. Without web workers, as in a unit test under
   * jsdom, nothing can load, and there is nothing to tell.
   */
  loadEarly() {
    if (!savesData() && globalThis.Worker) this.load((text) => tellOnce(`is not ready: ${text}`));
  }

  /**
   * Loads the recogniser.
   * @param {(text: string) => void} [onFailure]
   */
  load(onFailure) {
    const { scanner } = this;
    this.#ready ??=
      scanner?.load().then(
        () => {
          if (this.scanner === scanner) this.#listeners.onReady();
        },
        ({ code, message }) => {
          if (this.scanner !== scanner) return;
          this.#ready = null;
          if (code !== "aborted") onFailure?.(message);
        },
      ) ?? null;
  }

  /** @param {string} name */
  #attribute(name) {
    return this.#host.getAttribute(name) ?? undefined;
  }
}
