// Runs the demo page around <image-scanner>: its language, its gallery, its copy buttons, news of a newer build.
import { assetsBase, bundleAddress, thumbnailAddress } from "./addresses.js";
import { cameraPermission } from "./camera.js";
import { savesData } from "./data-saver.js";
import { keepOffline } from "./keep-offline.js";
import { ScannerClient } from "./scanner-client.js";
import { shortened } from "./shortened.js";

const JAPANESE = {
  lead: "絵をカメラにかざすと、どの絵かをお答えします。",
  gallery: "認識できる絵",
  galleryText: "別の画面で開くか、印刷して、カメラを向けてください。",
  embed: "ご自分のサイトで使う",
  embedText: "2 行でスキャナーの全部が入ります。",
  embedCall: "お手持ちの video で使うなら、呼び出しは 1 つ。",
  copy: "コピー",
  private: "すべてこのページの中の Python で動きます。画像はどこにも送信されません。",
  update: "新しい版があります。",
  reload: "更新",
  unkept: "オフライン用の保存が完了しませんでした。次の訪問で再試行します。",
};

const scanner = /** @type {HTMLElementTagNameMap["image-scanner"]} */ (document.querySelector("image-scanner"));

const language = new URLSearchParams(location.search).get("lang") ?? navigator.language;
// The page speaks two languages, the element more. Setting its own lang makes the element render again.
if (!/^en\b/i.test(language)) scanner.lang = language;
if (/^ja\b/i.test(language)) {
  document.documentElement.lang = "ja";
  for (const node of document.querySelectorAll("[data-text]")) {
    const text = JAPANESE[/** @type {keyof typeof JAPANESE} */ (/** @type {HTMLElement} */ (node).dataset.text)];
    if (text) node.textContent = text;
  }
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  const word = button.textContent;
  button.addEventListener("click", async () => {
    const code = document.getElementById(/** @type {HTMLElement} */ (button).dataset.copy ?? "");
    try {
      await navigator.clipboard.writeText(code?.textContent ?? "");
      button.textContent = "✓";
      setTimeout(() => (button.textContent = word), 1200);
    } catch {
      if (code) getSelection()?.selectAllChildren(code); // plain http has no clipboard: mark the text for Ctrl+C
    }
  });
}

// The gallery needs the recogniser. The element loads it early or, for visitors who save data, at the start.
if (savesData()) scanner.addEventListener("ready", fillGallery, { once: true });
else fillGallery();
keepOffline(offerUpdate, (reason) => {
  console.warn(reason);
  notice(".unkept").hidden = false;
});
// A visitor who allowed the camera before need not be asked, nor told why.
if ((await cameraPermission()) === "granted") scanner.start();

/**
 * Shows the thumbnails of all references, to point the camera at, or none where one of them has no thumbnail: half a
 * gallery would say that the page knows no other picture.
 */
async function fillGallery() {
  const base = assetsBase(scanner.getAttribute("assets") ?? undefined);
  const bundle = bundleAddress(scanner.getAttribute("bundle") ?? undefined, base);
  // The scanner reports a faulty bundle, so the gallery need not.
  const references = await ScannerClient.shared(base)
    .catalogue(bundle)
    .catch(() => []);
  const allowed = scanner.getAttribute("thumbnails-from");
  const items = document.createDocumentFragment();
  for (const reference of references) {
    const address = thumbnailAddress(reference.thumbnail, bundle, { base, allowed });
    if (!address) return; // the site gave no picture that this page may show
    items.append(itemOf(reference, address));
  }
  const gallery = /** @type {HTMLElement} */ (document.querySelector(".gallery"));
  gallery.hidden = references.length === 0;
  gallery.querySelector("ul")?.append(items);
}

/**
 * Returns the gallery's item of a reference. Its picture is loaded when it comes near the view.
 * @param {import("../shared/protocol.js").Reference} reference
 * @param {string} address of its thumbnail
 */
function itemOf({ id, title, aspect }, address) {
  const alt = shortened(typeof title === "string" && title ? title : id);
  const picture = Object.assign(new Image(), { alt, referrerPolicy: "no-referrer", loading: "lazy" });
  // Without a height of their own, all pictures would lie in view, and all be loaded.
  picture.style.aspectRatio = `auto ${typeof aspect === "number" && aspect > 0 ? aspect : 1}`;
  picture.src = address;
  const item = document.createElement("li");
  picture.onerror = () => item.remove();
  if (/^https?:/.test(address)) {
    const link = Object.assign(document.createElement("a"), { href: address, rel: "noreferrer" });
    link.append(picture);
    item.append(link);
  } else {
    item.append(picture); // browsers open no data: address from a link
  }
  return item;
}

/** Offers a reload. The page stays whole until then: the service worker answers it from its own build. */
function offerUpdate() {
  notice(".unkept").hidden = true;
  const { hidden } = notice(".update");
  notice(".update").hidden = false;
  if (hidden) notice(".update button").addEventListener("click", () => location.reload());
}

/** @param {string} selector */
function notice(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector));
}
