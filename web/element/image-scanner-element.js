// <image-scanner>: the whole scanner with its interface, from nothing but attributes.
import { cameraPermission } from "../page/camera.js";
import { MARKUP } from "./markup.js";
import { STYLE } from "./style.js";
import { ScannerError, withCode } from "../shared/errors.js";
import { frameSize, ownSize, shownPicture } from "../page/frames.js";
import { platform } from "./platform.js";
import { assetsBase, bundleAddress, ImageScanner } from "../page/scanner.js";
import { fill, stringsFor } from "./strings.js";

export { ImageScanner };

/** @typedef {import("../page/scanner.js").Result} Result */
/** @typedef {import("../page/scanner.js").Status} Status */
/** @typedef {"welcome" | "asking" | "tap" | "loading" | "scanning" | "paused" | "suspended" | "checking" | "found" | "missed" | "error"} View */
/** A result as shown: a still photograph has no camera frame of its own. @typedef {Omit<Result, "frame"> & {frame: Result["frame"]}} Shown */

/** Advice for somebody who is still waiting for the browser's question. */
const ASKING_LONG_MILLISECONDS = 8000;
const COPIED_MILLISECONDS = 2500;
/** With `continuous`: not every frame finds what is in sight; the outline must not flicker. */
const OUTLINE_MILLISECONDS = 600;
/** With `continuous`: the card goes when its picture has been out of sight for this long. */
const CARD_MILLISECONDS = 3000;
/** The camera light goes off when a find has been looked at for this long. */
const REST_MILLISECONDS = 30_000;
const REMEMBERED_CAMERA = "image-scanner-camera";

/** CSS px: a box as low as this and half as wide again is a phone held sideways. */
const LOW = 520;

/** Shapes a picture in the square frame may have; they take turns. */
const SHAPES = [
  [1, 1],
  [0.69, 1],
  [1, 0.69],
];

/**
 * Attributes: `bundle`, `assets`, `camera`, `lang`, `theme` ("light", "dark"), `autostart`, `continuous` (goes on
 * scanning after a find), `open` (follows the find's url), `snapshot` ("off": keeps nothing for a quick next start).
 * Events, bubbling and composed: `ready`, `match` (detail: the result), `state` (detail: the status), `error` (detail:
 * the error).
 */
export class ImageScannerElement extends HTMLElement {
  static observedAttributes = ["bundle", "assets", "camera", "lang", "continuous"];

  #root;
  /** @type {ImageScanner | null} */
  #scanner = null;
  /** @type {Partial<import("./strings.js").Strings>} */
  #replaced = {};
  /** @type {Shown | null} */
  #result = null;
  /** @type {ScannerError | null} */
  #error = null;
  /** @type {string} which words speak of the error: its code, or "unreadable" */
  #problem = "";
  /** @type {"checking" | "missed" | null} what the person's own photograph is at */
  #photo = null;
  /** @type {Blob | null} the photograph that is or was looked at last */
  #looked = null;
  /** @type {Promise<void> | null} */
  #ready = null;
  /** There is none to go back to: another photo is the way on. */
  #cameraless = false;
  /** Nobody will be asked for the camera: "please allow it" would be wrong. */
  #allowed = false;
  /** @type {Status} */
  #status = { state: "stopped", loading: null, waiting: null, hint: null };
  /** @type {Status["loading"]} */
  #photoLoading = null;
  #askingTimer = 0;
  #restTimer = 0;
  #lastSeen = 0;
  #resize = new ResizeObserver(() => this.#layOut());

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: "open" });
    this.#root.innerHTML = MARKUP;
    try {
      // A constructed sheet needs no 'unsafe-inline' in the page's Content-Security-Policy.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      this.#root.adoptedStyleSheets = [sheet];
    } catch {
      const style = document.createElement("style"); // Safari before 16.4
      style.textContent = STYLE;
      this.#root.append(style);
    }
    const on = (/** @type {string} */ selector, /** @type {() => void} */ act) => {
      for (const found of this.#root.querySelectorAll(selector)) found.addEventListener("click", act);
    };
    on(".start, .retry, .again, .tap, .go", () => this.start());
    on(".photo, .another", () => this.#pick(false));
    on(".shoot", () => this.#pick(true));
    on(".torch", () => this.#toggleTorch());
    on(".switch", () => this.#nextCamera());
    on(".copy", () => this.#copyAddress());
    // A front camera, as people know themselves; before the first frame, so that it is not seen to turn over.
    for (const type of ["loadstart", "loadedmetadata"]) {
      this.#video.addEventListener(type, () => {
        this.#video.classList.toggle("mirrored", this.#scanner?.camera?.facingMode === "user");
      });
    }
    this.#file.addEventListener("change", () => {
      const [file] = this.#file.files ?? [];
      this.#file.value = ""; // the same photo may be chosen again
      if (file) this.scanPhoto(file);
    });
    // Other phones offer both where one is asked for a picture; Androids do one or the other.
    if (platform().device === "android") {
      for (const shoot of this.#root.querySelectorAll(".shoot")) /** @type {HTMLElement} */ (shoot).hidden = false;
      for (const words of this.#root.querySelectorAll("[data-text=takePhoto]")) {
        /** @type {HTMLElement} */ (words).dataset.text = "choosePhoto";
      }
    }
  }

  connectedCallback() {
    this.#resize.observe(this);
    this.#make();
    this.#render();
    this.#loadEarly();
    cameraPermission().then((state) => (this.#allowed ||= state === "granted"));
    if (this.hasAttribute("autostart")) this.start();
  }

  disconnectedCallback() {
    this.#resize.disconnect();
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
    if (name === "camera") this.#scanner.setCamera(now ?? remembered() ?? "environment");
    this.#render();
  }

  /** The ImageScanner inside, while the element is in a document. */
  get scanner() {
    return this.#scanner;
  }

  get status() {
    return { ...this.#status };
  }

  /** What is shown: "welcome", "scanning", "found", ... */
  get view() {
    return this.#view();
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

  /** Opens the camera; also "scan again", "try again" and the tap that some phones want first. */
  async start() {
    this.#result = this.#error = this.#photo = null;
    clearTimeout(this.#restTimer);
    this.#showStill(null);
    this.#outline(null);
    this.#render();
    this.#load();
    await this.#scanner?.start().catch(() => {}); // shown, and told as an event
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
    this.#result = this.#error = null;
    this.#photo = "checking";
    this.#looked = file;
    this.#outline(null);
    this.#showStill(file);
    this.#render();
    const current = () => this.#photo === "checking" && this.#looked === file; // nothing else was started meanwhile
    const picture = await createImageBitmap(file).catch(() => null);
    this.#cameraless ||= !(await ImageScanner.hasCamera());
    if (!picture) {
      const text = "The photo could not be read: it is none, or of a kind that this browser does not know.";
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
      if (!current()) return;
      this.#photo = verdict.id === null ? "missed" : null;
      if (verdict.id === null) {
        this.#word(".missed p", verdict.outcome === "ambiguous" ? "alikeText" : "notFoundText");
        this.#render();
        this.#focus(".missed");
      } else {
        this.#found({ ...verdict, id: verdict.id, distance: verdict.distance ?? 0 });
        await this.#still.decode().catch(() => {});
        this.#layOut();
      }
    } catch (error) {
      if (current()) this.#failed(withCode(error, "runtime-failed", "The photo could not be read."));
    } finally {
      picture.close();
      this.#photoLoading = null;
      this.#render();
    }
  }

  /** Loads while the person reads, unless they save data. */
  #loadEarly() {
    const connection = /** @type {{saveData?: boolean} | undefined} */ (/** @type {any} */ (navigator).connection);
    if (!connection?.saveData) this.#load();
  }

  /** Tells once when everything is there; a failure is told when it matters, at the start. */
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
    this.#scanner = new ImageScanner(this.#video, (result) => this.#onMatch(result), {
      bundle: attribute("bundle"),
      assets: attribute("assets"),
      snapshot: attribute("snapshot") !== "off",
      preferredCamera: attribute("camera") ?? remembered(),
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
    this.#result = this.#photo = null;
    this.#showStill(null);
    this.#outline(null);
    this.#status = { state: "stopped", loading: null, waiting: null, hint: null };
  }

  /** @param {Result} result */
  #onMatch(result) {
    const continuous = this.hasAttribute("continuous");
    if (!continuous) {
      this.#freeze();
      this.#scanner?.pause();
      this.#restTimer = setTimeout(() => this.#scanner?.stop(), REST_MILLISECONDS);
    }
    this.#found(result);
  }

  /**
   * With `continuous`: keeps outline and card on what is in sight.
   * @param {import("../page/scanner.js").Verdict} verdict
   * @param {Result["frame"]} frame
   */
  #follow(verdict, frame) {
    const { id } = verdict;
    if (id !== null) {
      this.#lastSeen = performance.now();
      this.#outline({ ...verdict, id, distance: verdict.distance ?? 0, frame });
      return;
    }
    const gone = performance.now() - this.#lastSeen;
    if (gone > OUTLINE_MILLISECONDS) this.#outline(null);
    if (this.#result && gone > CARD_MILLISECONDS) {
      this.#result = null;
      this.#render();
    }
  }

  /** @param {Shown} result */
  #found(result) {
    this.#result = result;
    this.#showThumbnail(result);
    this.#render();
    this.#layOut();
    if (this.#view() === "found") this.#focus(".found");
    const words = this.strings;
    this.#speak(`${words.found}: ${titleOf(result)}`);
    const wanted = this.#tell("match", result);
    const url = this.#addressOf(result);
    if (wanted && url && this.hasAttribute("open")) location.assign(url);
  }

  /**
   * @param {ScannerError} error
   * @param {string} [problem] whose words tell of it
   */
  #failed(error, problem = error.code) {
    this.#error = error;
    this.#problem = problem;
    if (error.code === "permission-denied") this.#allowed = false;
    if (["no-camera", "insecure-context"].includes(error.code)) this.#cameraless = true;
    this.#result = this.#photo = null;
    this.#showStill(null);
    this.#render();
    this.#focus(".problem");
    this.#speak(`${this.#$(".problem-title").textContent}. ${this.#$(".problem-text").textContent}`);
    this.#tell("error", error);
  }

  /** @returns {View} */
  #view() {
    const { state, waiting } = this.#status;
    if (this.#error) return "error";
    if (this.#photo) return this.#photo;
    if (this.#result && !(this.hasAttribute("continuous") && this.#still.hidden)) return "found";
    if (waiting === "tap") return "tap";
    switch (state) {
      case "starting":
        return waiting === "camera" && !this.#allowed ? "asking" : "loading";
      case "scanning":
      case "paused":
      case "suspended":
        return state;
      default:
        return "welcome";
    }
  }

  #render() {
    if (!this.isConnected) return;
    const view = this.#view();
    const stage = /** @type {HTMLElement} */ (this.#$(".stage"));
    const entered = stage.dataset.view !== view;
    stage.dataset.view = view;
    stage.toggleAttribute("data-opening", view === "loading" && this.#status.waiting === "camera");
    stage.toggleAttribute("data-card", this.#result !== null && view === "scanning");
    this.setAttribute("state", view);
    const words = this.strings;
    for (const node of this.#root.querySelectorAll("[data-text]")) {
      const key = /** @type {keyof typeof words} */ (/** @type {HTMLElement} */ (node).dataset.text);
      if (node.textContent !== words[key]) node.textContent = words[key];
    }
    this.#renderLoading(view, words);
    if (entered) this.#sayView(view, words);
    this.#renderHint(view, words);
    if (this.#error) this.#renderError(this.#error, words);
    if (this.#result) this.#renderResult(this.#result, words);
    // Where there is no camera to go back to, another photo is the way on.
    const noWay = this.#cameraless && !this.#still.hidden;
    for (const again of this.#root.querySelectorAll(".again")) /** @type {HTMLElement} */ (again).hidden = noWay;
    /** @type {HTMLElement} */ (this.#$(".another")).hidden = !noWay;
    if (entered) this.#entered(view);
  }

  /** @param {View} view */
  #entered(view) {
    clearTimeout(this.#askingTimer);
    if (view === "asking") {
      this.#word(".asking-text", "askingText");
      this.#askingTimer = setTimeout(() => this.#word(".asking-text", "askingLong"), ASKING_LONG_MILLISECONDS);
    }
    if (view === "loading" || view === "scanning") this.#offerTools();
    this.#layOut();
  }

  /** @param {View} view @param {import("./strings.js").Strings} words */
  #sayView(view, words) {
    if (view === "asking") this.#speak(`${words.asking}. ${words.askingText}`);
    if (view === "missed") this.#speak(`${words.notFound}. ${this.#$(".missed p").textContent}`);
    if (view === "tap" || view === "paused") this.#speak(words[view]);
    if (view === "welcome" || view === "loading") this.#speak("");
    // What is found, and what is wrong, is said by those who know it; the rest is a hint.
  }

  /** @param {View} view @param {import("./strings.js").Strings} words */
  #renderLoading(view, words) {
    const loading = this.#photo ? this.#photoLoading : this.#status.loading;
    const shown = loading !== null && ["welcome", "asking", "loading", "checking"].includes(view);
    const box = /** @type {HTMLElement} */ (this.#$(".loading"));
    box.hidden = !shown;
    if (!shown || !loading) return;
    const { stage, loaded, total } = loading;
    const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);
    const share = total ? loaded / total : 0;
    // Starting Python takes about as long as a third of the download on a good line.
    const done = stage === "core" ? 0.97 : stage === "python" ? 0.8 + 0.1 * share : 0.8 * share;
    this.#$(".loading-stage").textContent = words[stage];
    this.#$(".loading-bytes").textContent = fill(words.megabytes, { loaded: megabytes(loaded), total: megabytes(total) });
    const bar = /** @type {HTMLElement} */ (this.#$(".bar"));
    bar.setAttribute("aria-valuenow", String(Math.round(done * 100)));
    bar.setAttribute("aria-label", words[stage]);
    /** @type {HTMLElement} */ (bar.firstElementChild).style.transform = `scaleX(${done.toFixed(3)})`;
    box.classList.toggle("busy", stage !== "download");
  }

  /** @param {View} view @param {import("./strings.js").Strings} words */
  #renderHint(view, words) {
    const { hint } = this.#status;
    let text = "";
    if (view === "scanning") text = words[hint ?? "scanning"];
    else if (view === "suspended" || view === "checking") text = words[view];
    else if (view === "loading" && this.#status.waiting === "camera") text = words.opening;
    const node = this.#$(".hint");
    if (node.textContent !== text) {
      node.textContent = text;
      if (text) this.#speak(text);
    }
    node.classList.toggle("advice", view === "scanning" && hint !== null);
  }

  /** @param {ScannerError} error @param {import("./strings.js").Strings} words */
  #renderError(error, words) {
    const { device, inApp } = platform();
    const strings = /** @type {Record<string, string>} */ (words);
    const elsewhere = inApp && ["unsupported-browser", "permission-denied", "no-camera"].includes(error.code);
    const problem = elsewhere ? "inApp" : this.#problem;
    const unreadable = problem === "unreadable";
    this.#$(".problem-title").textContent = strings[problem] ?? error.code;
    this.#$(".problem-text").textContent =
      strings[`${problem}.${device}`] ?? strings[`${problem}.text`] ?? error.message;
    this.#$(".code").textContent = error.code;
    this.#$(".message").textContent = error.message;
    const show = (/** @type {string} */ selector, /** @type {boolean} */ shown) => {
      /** @type {HTMLElement} */ (this.#$(selector)).hidden = !shown;
    };
    const insecure = error.code === "insecure-context";
    // Where there is a camera to ask for, the question may only have been left unanswered.
    const hopeless = insecure || (error.code === "unsupported-browser" && !navigator.mediaDevices?.getUserMedia);
    show(".problem .copy", elsewhere || error.code === "unsupported-browser");
    show(".problem .retry", !hopeless);
    this.#word(".problem .retry span", unreadable ? "start" : "retry");
    // The way on that will most likely work is the one that stands out.
    const noUse = ["no-camera", "unsupported-browser"].includes(error.code);
    const photoFirst = (noUse || insecure || unreadable) && !elsewhere;
    this.#$(".problem .photo").classList.toggle("main", photoFirst);
    this.#$(".problem .retry").classList.toggle("main", !photoFirst && !elsewhere);
    this.#$(".elsewhere").classList.toggle("main", elsewhere);
    this.#$(".problem .copy").classList.toggle("main", elsewhere && device !== "android");
    // Without the recogniser a photo is no help.
    const photo = unreadable || !["runtime-failed", "bundle-invalid"].includes(error.code);
    show(".problem .photo", photo);
    show(".problem .shoot", photo && device === "android" && !elsewhere);
    const link = /** @type {HTMLAnchorElement} */ (this.#$(".elsewhere"));
    link.hidden = !(insecure || (elsewhere && device === "android"));
    this.#word(".elsewhere span", insecure ? "openSecurely" : "openInBrowser");
    const address = location.href.replace(/^https?:/, "");
    const scheme = location.protocol.slice(0, -1);
    // Android hands an intent to the person's own browser.
    if (!link.hidden) link.href = insecure ? `https:${address}` : `intent:${address}#Intent;scheme=${scheme};end`;
  }

  /** @param {Shown} result @param {import("./strings.js").Strings} words */
  #renderResult(result, words) {
    this.#$(".name").textContent = titleOf(result);
    this.#$(".id").textContent = result.id;
    this.#$(".distance").textContent = fill(words.bits, { value: result.distance });
    const url = this.#addressOf(result);
    const link = /** @type {HTMLAnchorElement} */ (this.#$(".follow"));
    link.hidden = !url;
    if (url) link.href = url;
    for (const again of [".again", ".another"]) this.#$(again).classList.toggle("main", !url);
  }

  async #offerTools() {
    const scanner = this.#scanner;
    if (!scanner) return;
    const torch = /** @type {HTMLElement} */ (this.#$(".torch"));
    torch.hidden = !(await scanner.hasFlash());
    torch.setAttribute("aria-pressed", String(scanner.isFlashOn()));
    const cameras = await ImageScanner.listCameras().catch(() => []);
    /** @type {HTMLElement} */ (this.#$(".switch")).hidden = cameras.length < 2;
  }

  async #toggleTorch() {
    const lit = await this.#scanner?.toggleFlash();
    this.#$(".torch").setAttribute("aria-pressed", String(lit === true));
  }

  async #nextCamera() {
    const scanner = this.#scanner;
    const cameras = await ImageScanner.listCameras().catch(() => []);
    const at = cameras.findIndex(({ id }) => id === scanner?.camera?.id);
    const next = cameras[(at + 1) % cameras.length];
    if (!scanner || !next) return;
    if (next.label) remember(next.label);
    await scanner.setCamera(next.id).catch(() => {});
    this.#offerTools();
  }

  async #copyAddress() {
    try {
      await navigator.clipboard.writeText(location.href);
      this.#word(".copy span", "copied");
      setTimeout(() => this.#word(".copy span", "copy"), COPIED_MILLISECONDS);
    } catch {
      prompt(this.strings.copy, location.href); // in-app browsers often forbid the clipboard
    }
  }

  /** @param {boolean} shoot take a photo, instead of choosing one: phones that are asked for either give no choice */
  #pick(shoot) {
    if (shoot) this.#file.setAttribute("capture", "environment");
    else this.#file.removeAttribute("capture");
    this.#file.click();
  }

  /** Tells the scanner where the frame on the page is, and moves the outline along. */
  #layOut() {
    const host = this.getBoundingClientRect();
    if (!this.#scanner || host.width === 0) return;
    const sideways = host.height <= LOW && host.width >= 1.5 * host.height;
    this.#$(".stage").toggleAttribute("data-sideways", sideways);
    // As .guide in style.js; computed, because the guide is not there in every view.
    const side = sideways ? 0.72 * host.height : Math.min(0.8 * host.width, 0.58 * host.height, 460);
    const middle = (sideways ? 0.5 : 0.46) * host.height;
    this.#scanner.setRegion(
      SHAPES.map(([across, down]) => ({ width: side * across, height: side * down, top: middle - (side * down) / 2 })),
    );
    this.#outline(this.#result);
  }

  /** @param {Shown | null} result */
  #outline(result) {
    const polygon = this.#$(".outline polygon");
    const shown = this.#shownFrame();
    if (!result?.corners || !shown) return polygon.setAttribute("points", "");
    const { picture, element, mirrored } = shown;
    const points = result.corners.map(([x, y]) => {
      const across = picture.left + (x / result.frame.width) * picture.width;
      const down = picture.top + (y / result.frame.height) * picture.height;
      return `${(mirrored ? element.width - across : across).toFixed(1)},${down.toFixed(1)}`;
    });
    polygon.setAttribute("points", points.join(" "));
  }

  /** Where the frame that the result speaks of is shown: as a photograph, as the frozen frame, or live. */
  #shownFrame() {
    const shown = [this.#still, this.#frozen, this.#video].find((one) => !one.hidden) ?? this.#video;
    const own = ownSize(shown);
    if (own.width === 0) return null;
    return { ...shownPicture(shown, own), mirrored: shown.classList.contains("mirrored") };
  }

  /** Keeps what the camera shows right now, so that the find stays in sight when the camera goes off. */
  #freeze() {
    const { videoWidth, videoHeight } = this.#video;
    const canvas = this.#frozen;
    Object.assign(canvas, frameSize(videoWidth, videoHeight));
    canvas.getContext("2d")?.drawImage(this.#video, 0, 0, canvas.width, canvas.height);
    canvas.classList.toggle("mirrored", this.#video.classList.contains("mirrored"));
    canvas.hidden = false;
  }

  /** @param {Blob | null} file a photograph to show instead of the camera, or null */
  #showStill(file) {
    if (this.#still.src) URL.revokeObjectURL(this.#still.src);
    this.#still.hidden = !file;
    this.#frozen.hidden = true;
    if (file) this.#still.src = URL.createObjectURL(file);
    else this.#still.removeAttribute("src");
  }

  /** @param {Shown} result */
  #showThumbnail(result) {
    const image = /** @type {HTMLImageElement} */ (this.#$("img.thumbnail"));
    const canvas = /** @type {HTMLCanvasElement} */ (this.#$("canvas.thumbnail"));
    const own = this.#resolved(result.reference?.thumbnail);
    image.hidden = !own;
    canvas.hidden = true;
    image.onerror = () => {
      image.hidden = true;
      this.#cutThumbnail(result, canvas);
    };
    if (own) image.src = own.href;
    else this.#cutThumbnail(result, canvas);
  }

  /**
   * Shows what the camera saw of the picture, where the site gave no thumbnail of it.
   * @param {Shown} result
   * @param {HTMLCanvasElement} canvas
   */
  #cutThumbnail(result, canvas) {
    const source = [this.#still, this.#frozen].find((one) => !one.hidden) ?? this.#video;
    const context = canvas.getContext("2d");
    const own = ownSize(source);
    if (!own.width || !context || !result.corners) return;
    const scale = own.width / result.frame.width;
    const xs = result.corners.map(([x]) => x * scale);
    const ys = result.corners.map(([, y]) => y * scale);
    const [left, top] = [Math.max(0, Math.min(...xs)), Math.max(0, Math.min(...ys))];
    const width = Math.min(own.width, Math.max(...xs)) - left;
    const height = Math.min(own.height, Math.max(...ys)) - top;
    if (width < 8 || height < 8) return;
    Object.assign(canvas, { width: Math.round(width), height: Math.round(height) });
    context.drawImage(source, left, top, width, height, 0, 0, canvas.width, canvas.height);
    canvas.hidden = false;
  }

  /**
   * Returns an address of the bundle, which may be written as seen from the bundle's own place, or null.
   * @param {unknown} address
   */
  #resolved(address) {
    if (typeof address !== "string") return null;
    const assets = assetsBase(this.getAttribute("assets") ?? undefined);
    try {
      return new URL(address, bundleAddress(this.getAttribute("bundle") ?? undefined, assets));
    } catch {
      return null;
    }
  }

  /**
   * Returns the find's address if it is one that may be followed: a bundle must not be able to run script.
   * @param {Shown} result
   */
  #addressOf({ reference }) {
    const url = this.#resolved(reference?.url);
    return url && ["http:", "https:"].includes(url.protocol) ? url.href : null;
  }

  /**
   * Changes what an element says, in a way that outlasts the next render.
   * @param {string} selector
   * @param {keyof import("./strings.js").Strings} key
   */
  #word(selector, key) {
    const node = /** @type {HTMLElement} */ (this.#$(selector));
    node.dataset.text = key;
    node.textContent = this.strings[key];
  }

  /** @param {string} selector where keyboard and screen reader go on */
  #focus(selector) {
    /** @type {HTMLElement} */ (this.#$(selector)).focus({ preventScroll: true });
  }

  /** @param {string} text for those who hear the page */
  #speak(text) {
    this.#$(".spoken").textContent = text;
  }

  /**
   * Returns whether nobody prevented what would happen next.
   * @param {string} type
   * @param {unknown} [detail]
   */
  #tell(type, detail) {
    return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }));
  }

  /** @param {string} selector */
  #$(selector) {
    return /** @type {Element} */ (this.#root.querySelector(selector));
  }
  get #video() {
    return /** @type {HTMLVideoElement} */ (this.#$("video"));
  }
  get #still() {
    return /** @type {HTMLImageElement} */ (this.#$("img.still"));
  }
  get #frozen() {
    return /** @type {HTMLCanvasElement} */ (this.#$("canvas.frozen"));
  }
  get #file() {
    return /** @type {HTMLInputElement} */ (this.#$(".file"));
  }
}

/** @param {Shown} result */
function titleOf({ reference, id }) {
  return typeof reference?.title === "string" && reference.title ? reference.title : id;
}

/** Ids change between visits, labels stay: the label is what is kept. */
function remembered() {
  try {
    return localStorage.getItem(REMEMBERED_CAMERA) ?? undefined;
  } catch {
    return undefined; // storage is off
  }
}

/** @param {string} label */
function remember(label) {
  try {
    localStorage.setItem(REMEMBERED_CAMERA, label);
  } catch {
    // storage is off: the choice lasts for this visit
  }
}
