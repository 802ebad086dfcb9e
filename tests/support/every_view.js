// Renders every view of <image-scanner> with the words of a language, by the element's own modules, and measures the text.
// Sets globalThis.everyView; `show(language, index)` leaves one view in sight, `misfits(language)` measures all of them.

const SCANNING = { hint: null, waiting: null };
const HINTS = ["closer", "back", "steady", "fit", "light", "glare", "unknown", "alike"];
const LONG_TITLES = [
  "W".repeat(200),
  "山の向こうに沈む夕日と古い灯台".repeat(13),
  "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft und andere Geschichten",
  "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz: eine Liebeserklärung in zwölf Bildern",
];

/** Returns every view, with the facts that the element would hand to `render`. */
function views(words) {
  const facts = (view, more) => ({
    view,
    status: SCANNING,
    loading: null,
    result: null,
    link: null,
    error: null,
    problem: "",
    again: true,
    wordless: false,
    ...more,
  });
  const result = { id: "a", distance: 12, reference: { title: "The Golden Hour, a poster for the railway" } };
  const loading = (stage) => ({ stage, loaded: 12_345_678, total: 23_456_789 });
  const errors = Object.keys(words).filter((key) => Object.hasOwn(words, `${key}.text`) || key === "permission-denied");
  const details = Object.keys(words).filter((key) => /^(permission-denied|unreadable)\./.test(key));
  return [
    facts("welcome"),
    ...["download", "python", "core"].map((stage) => facts("welcome", { loading: loading(stage) })),
    facts("asking"),
    facts("asking", { long: true }),
    facts("tap"),
    ...["download", "python", "core"].map((stage) => facts("loading", { loading: loading(stage) })),
    facts("loading", { status: { hint: null, waiting: "camera" } }),
    ...[null, ...HINTS].map((hint) => facts("scanning", { status: { hint, waiting: null } })),
    facts("paused"),
    facts("suspended"),
    facts("checking"),
    facts("found", { result, link: "https://example.org/" }),
    facts("found", { result }),
    facts("found", { result, again: false }),
    ...LONG_TITLES.map((title) =>
      facts("found", { result: { ...result, reference: { title } }, link: "https://a.example/" }),
    ),
    facts("missed"),
    facts("missed", { alike: true }),
    ...[...errors, ...details].map((problem) => {
      const error = Object.assign(new Error("expected a camera, found none"), { code: problem.split(".")[0] });
      return facts("error", { problem, error });
    }),
    facts("welcome", { report: true }),
  ];
}

/** Returns what is wrong with a text in sight, or null. */
function misfit(text, host) {
  const parent = text.parentElement;
  const range = document.createRange();
  range.selectNodeContents(text);
  const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
  const box = range.getBoundingClientRect();
  for (const around of [parent.closest("button, a, .hint, .loading, dialog, .sheet") ?? host, host]) {
    const outer = around.getBoundingClientRect();
    const name = around === host ? "the phone" : "what holds it";
    if (box.left < outer.left - 1 || box.right > outer.right + 1) return `is wider than ${name}`;
    if (box.top < outer.top - 1 || box.bottom > outer.bottom + 1) return `is higher than ${name}`;
  }
  if (parent.scrollWidth > parent.clientWidth + 1 && getComputedStyle(parent).display !== "inline") return "is cut";
  if (parent.closest("button:not(.center), a") && lines > 1) return "breaks a button into two lines";
  return null;
}

/** Makes a phone's worth of element in the page, and returns how to show a view in it. */
async function stageFor(language) {
  const { Inside } = await import("./element/inside.js");
  const { render } = await import("./element/render.js");
  const { loadWords, wordsOf } = await import("./element/languages.js");
  await loadWords(language);
  const words = wordsOf(language);
  document.querySelector("#every-view")?.remove();
  const host = Object.assign(document.createElement("div"), { id: "every-view" });
  host.toggleAttribute("details", true);
  host.style.cssText = "position: fixed; inset: 0; width: 360px; height: 740px; z-index: 9";
  document.body.append(host);
  const inside = new Inside(host);
  const dialog = inside.find(".reporting");
  for (const tool of [".torch", ".switch", ".report", ".zoom"]) inside.show(tool, true);
  const show = (facts) => {
    dialog.close();
    render(inside, words, { ...facts, language });
    if (facts.view === "asking") inside.word(".asking-text", facts.long ? "askingLong" : "askingText", words);
    if (facts.view === "missed") inside.word(".missed p", facts.alike ? "alikeText" : "notFoundText", words);
    if (facts.report) {
      inside.find(".report-frames").textContent = words.reportFrames.replace("{seconds}", "5");
      inside.find(".report-file").textContent = words.reportFailed;
      inside.show(".reporting .share", true);
      dialog.showModal();
    }
  };
  return { host, inside, words, show };
}

globalThis.everyView = {
  async count(language) {
    const { words } = await stageFor(language);
    return views(words).length;
  },
  async show(language, index) {
    const { show, words } = await stageFor(language);
    show(views(words)[index]);
  },
  /** Returns a sentence for each text that does not fit. */
  async misfits(language) {
    const { host, inside, show, words } = await stageFor(language);
    const found = [];
    for (const facts of views(words)) {
      show(facts);
      const texts = document.createTreeWalker(inside.find(".stage"), NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const text = texts.currentNode;
        const shown = text.textContent.trim() && text.parentElement.checkVisibility({ visibilityProperty: true });
        if (!shown || text.parentElement.closest(".spoken, .tool, summary ~ *")) continue;
        const wrong = misfit(text, host);
        if (wrong) found.push(`${language} ${facts.view} ${facts.problem}: "${text.textContent}" ${wrong}`);
      }
      const [hint, guide] = [".hint", ".guide"].map((name) => inside.find(name).getBoundingClientRect());
      if (facts.view === "scanning" && hint.top < guide.bottom) found.push(`${language}: the hint covers the guide`);
      const card = inside.find(".found").getBoundingClientRect();
      if (facts.view === "found" && card.top < 0) found.push(`${language}: the card is higher than the phone`);
      const panel = inside.find({ welcome: ".welcome", error: ".problem" }[facts.view] ?? ".stage");
      if (panel.scrollHeight > panel.clientHeight) found.push(`${language} ${facts.view} ${facts.problem}: scrolls`);
    }
    host.remove();
    return found;
  },
};
