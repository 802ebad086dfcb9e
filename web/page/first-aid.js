// Says why the page stays empty where its modules cannot run: opened as a file, or its scripts came damaged, or the
// browser is too old for them. A classic script, because browsers run no modules of a page that was opened as a file.
(() => {
  /** Set while a reload tries to mend the page, so that a visit reloads once only. */
  const TRIED = "image-scanner mended";

  /** Time for a mend, after which the page says what it lacks. */
  const PATIENCE_MILLISECONDS = 3000;

  /** @param {"file" | "damage"} reason */
  function say(reason) {
    const aid = document.querySelector(`.aid[data-for="${reason}"]`);
    if (!(aid instanceof HTMLElement)) return;
    const texts = [...aid.querySelectorAll("p")];
    const spoken = texts.find(({ lang }) => lang && languages().includes(lang)) ?? texts[0];
    for (const text of texts) text.hidden = text !== spoken;
    aid.hidden = false;
    const scanner = document.querySelector("image-scanner");
    if (scanner instanceof HTMLElement) scanner.style.display = "none";
  }

  /** Returns the visitor's language, without its country and with its script: "de", "de-Latn". */
  function languages() {
    try {
      const { language, script } = new Intl.Locale(navigator.language).maximize(); // "zh-TW" is written in "Hant"
      return [language, `${language}-${script}`];
    } catch {
      return [navigator.language.slice(0, 2)]; // an old browser
    }
  }

  /** Returns whether the visit has reloaded already, and lets the next visit try again. */
  function takeMark() {
    try {
      const tried = sessionStorage.getItem(TRIED) !== null;
      sessionStorage.removeItem(TRIED);
      return tried;
    } catch {
      return false; // a browser that lets the page keep nothing
    }
  }

  /** Marks the visit as reloaded. Returns false where the browser lets the page keep nothing. */
  function mark() {
    try {
      sessionStorage.setItem(TRIED, "yes");
      return true;
    } catch {
      return false;
    }
  }

  /** Fetches the page's files anew, past the browser's HTTP cache, which may hold a login page in the place of a script. */
  async function refetch() {
    const listing = await fetch("assets.json", { cache: "reload" });
    const { page } = /** @type {{page: string[]}} */ (await listing.json());
    await Promise.all(page.map((path) => fetch(path, { cache: "reload" })));
  }

  addEventListener("DOMContentLoaded", () => {
    if (location.protocol === "file:") say("file");
  });

  addEventListener("load", async () => {
    if (location.protocol === "file:") return;
    const tried = takeMark();
    if (customElements.get("image-scanner")) return;
    if (tried || !mark()) return say("damage"); // without a mark the page would reload for ever
    try {
      setTimeout(say, PATIENCE_MILLISECONDS, "damage"); // the network may never answer
      await refetch();
      location.reload();
    } catch {
      say("damage"); // no network
    }
  });
})();
