// The classic script, for a <script> tag. It loads the modules beside it, and may lie on another origin than the page.
(() => {
  // A server that renders pages may load this file: there it does nothing.
  if (!globalThis.document) return;
  const script =
    /** @type {HTMLScriptElement | null} */ (document.currentScript) ??
    [...document.scripts].find((one) => /\/image-scanner\.js(\?|$)/.test(one.src));
  const address = new URL("image-scanner.module.js", script?.src || location.href).href;
  /** @typedef {typeof import("./image-scanner.module.js")} Module */
  /** @type {Module | null} */
  let loaded = null;
  const loading = /** @type {Promise<Module>} */ (import(address)).then(
    (module) => (loaded = module),
    (error) => {
      const message = address.startsWith("file:")
        ? `${address} lies on a disk, and browsers load no modules from there. Serve the folder over http, with ` +
          "`phash-scanner serve FOLDER` or any web server, and open its http:// address."
        : `${address} could not be loaded: it is missing, blocked, or its host does not allow this origin. ` +
          "Check the address, the page's Content-Security-Policy and the host's Access-Control-Allow-Origin.";
      throw Object.assign(new Error(message, { cause: error }), { name: "ScannerError", code: "runtime-failed" });
    },
  );
  loading.catch(() => {}); // every call reports the failure

  /** Stands in for the module's class until the module has arrived, and keeps the calls in order. */
  class ImageScanner {
    #real;

    /** @param {ConstructorParameters<Module["ImageScanner"]>} args */
    constructor(...args) {
      this.#real = loading.then((module) => new module.ImageScanner(...args));
      this.#real.then(
        (real) => (this.#known = real),
        (error) => args[2]?.onError?.(error),
      );
    }
    /** @type {InstanceType<Module["ImageScanner"]> | null} */
    #known = null;

    /**
     * @template T
     * @param {(real: InstanceType<Module["ImageScanner"]>) => T} call
     */
    #do(call) {
      return this.#known ? call(this.#known) : this.#real.then(call);
    }

    /** @param {(real: InstanceType<Module["ImageScanner"]>) => void} call */
    #tell(call) {
      if (this.#known) call(this.#known);
      else this.#real.then(call, () => {});
    }

    get state() {
      return this.#known?.state ?? "stopped";
    }
    get status() {
      return this.#known?.status ?? { state: "stopped", loading: null, waiting: null, hint: null };
    }
    get camera() {
      return this.#known?.camera ?? null;
    }
    async load() {
      return this.#do((real) => real.load());
    }
    async start() {
      return this.#do((real) => real.start());
    }
    async resume() {
      return this.#do((real) => real.resume());
    }
    pause() {
      this.#tell((real) => real.pause());
    }
    stop() {
      this.#tell((real) => real.stop());
    }
    destroy() {
      this.#tell((real) => real.destroy());
    }
    /** @param {number} seconds */
    async record(seconds) {
      return this.#do((real) => real.record(seconds));
    }
    /** @param {string} camera */
    async setCamera(camera) {
      return this.#do((real) => real.setCamera(camera));
    }
    async hasFlash() {
      return this.#do((real) => real.hasFlash());
    }
    isFlashOn() {
      return this.#known?.isFlashOn() ?? false;
    }
    async toggleFlash() {
      return this.#do((real) => real.toggleFlash());
    }
    async hasZoom() {
      return this.#do((real) => real.hasZoom());
    }
    getZoom() {
      return this.#known?.getZoom() ?? null;
    }
    zoomRange() {
      return this.#known?.zoomRange() ?? null;
    }
    /** @param {number} zoom */
    async setZoom(zoom) {
      return this.#do((real) => real.setZoom(zoom));
    }
    /** @param {import("./image-scanner.module.js").Region | import("./image-scanner.module.js").Region[] | null} region */
    setRegion(region) {
      this.#tell((real) => real.setRegion(region));
    }
    static async listCameras() {
      return (await loading).ImageScanner.listCameras();
    }
    static async hasCamera() {
      return (await loading).ImageScanner.hasCamera();
    }
    /** @param {Parameters<Module["ImageScanner"]["scanImage"]>} args */
    static async scanImage(...args) {
      return (await loading).ImageScanner.scanImage(...args);
    }
    /** @param {Parameters<Module["ImageScanner"]["unload"]>} args */
    static async unload(...args) {
      return (await loading).ImageScanner.unload(...args);
    }
  }

  Object.assign(window, {
    ImageScanner,
    /** @param {Parameters<Module["imageScannerStart"]>} args */
    imageScannerStart: async (...args) => (await loading).imageScannerStart(...args),
    imageScannerStop() {
      if (loaded) loaded.imageScannerStop();
      else
        loading.then(
          (module) => module.imageScannerStop(),
          () => {},
        );
    },
  });
})();
