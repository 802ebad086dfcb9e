// Runs the demo page around <image-scanner>: its language, its gallery, its copy buttons, news of a newer build.
import { cameraPermission } from "./camera.js";
import { offerGallery } from "./gallery.js";
import { tellNews } from "./news.js";

const JAPANESE = {
  lead: "絵をカメラにかざすと、どの絵かをお答えします。",
  gallery: "認識できる絵",
  galleryText: "別の画面で開くか、印刷して、カメラを向けてください。",
  several: "まとめて：見えている絵をすべて一覧にする",
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

const gallery = /** @type {HTMLElement} */ (document.querySelector(".gallery"));

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

const several = /** @type {HTMLInputElement} */ (document.querySelector(".several input"));
several.addEventListener("change", () => (scanner.multiple = several.checked));
several.checked = scanner.multiple = new URLSearchParams(location.search).has("multiple");

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

// Browsers open no data: address from a link.
offerGallery(scanner, gallery, (_, { thumbnail }) => (/^https?:/.test(thumbnail) ? thumbnail : null));
tellNews(scanner);
// A visitor who allowed the camera before need not be asked, nor told why.
if ((await cameraPermission()) === "granted") scanner.start();
