// Starts the page's worker, and the recogniser in it, while the page's modules are still on their way. The first client
// of the page takes the worker over (worker-start.js). A classic script, because modules run only after all they import.
(() => {
  const { connection } = /** @type {{connection?: {saveData?: boolean}}} */ (navigator);
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  if (!script || !globalThis.Worker || connection?.saveData || location.protocol === "file:") return;
  const address = new URL("../worker.js", script.src).href;
  try {
    const [visit] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
    const urgent = visit?.nextHopProtocol === "http/1.1"; // see worker.js
    const worker = new Worker(address, { type: "module", name: urgent ? "quick start, urgent" : "quick start" });
    /** @type {import("./worker-start.js").EarlyWorker} */
    const early = { worker, address, listens: false, failed: false };
    worker.addEventListener("message", ({ data }) => {
      if (!data.hello) return;
      early.listens = true;
      // Whoever takes the worker over asks the same, and gets the answer.
      worker.postMessage({ id: 0, action: "load", base: new URL("./", address).href, snapshots: true });
    });
    worker.addEventListener("error", (event) => {
      early.failed = true;
      event.preventDefault(); // the start to come fails in the same way, and says why
    });
    /** @type {any} */ (globalThis)[Symbol.for("image-scanner early worker")] = early;
  } catch {
    // A policy of the page forbids it, or this browser knows no module workers: the start to come says so.
  }
})();
