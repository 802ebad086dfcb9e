// Puts the element into a page of jsdom, as unit tests of a site do, and prints its state as JSON.
// Usage: node under_jsdom.mjs <package.json beside which jsdom is installed>, from an app with phash-scanner installed.
import { createRequire } from "node:module";

const { JSDOM } = createRequire(process.argv[2])("jsdom");
const { window } = new JSDOM('<!doctype html><html lang="en"><body></body></html>', { url: "https://app.example/" });
// Makes every property of a page global, as jest and vitest do.
for (const name of Object.getOwnPropertyNames(window)) {
  const instead = ["navigator", "Event", "EventTarget", "CustomEvent"].includes(name);
  if (instead || !(name in globalThis)) {
    Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
  }
}
const unhandled = [];
const told = [];
for (const level of ["error", "warn"]) console[level] = (...words) => told.push(words.join(" "));
process.on("unhandledRejection", (error) => unhandled.push(String(error)));

const { ImageScannerElement } = await import("phash-scanner/element-class");
const before = customElements.get("image-scanner") !== undefined;
await import("phash-scanner/element");
document.body.innerHTML = "<image-scanner></image-scanner>";
const element = document.querySelector("image-scanner");
const errors = [];
element.addEventListener("error", ({ detail }) => errors.push([detail.code, detail.message]));
const welcome = element.shadowRoot.querySelector(".start").textContent;
const view = element.view;
await new Promise((resolve) => setTimeout(resolve, 100)); // an element loads in the turn after it was placed
await element.start();
const afterwards = element.view;
element.remove();
await new Promise((resolve) => setTimeout(resolve, 100));
const isElement = element instanceof ImageScannerElement;
console.log(JSON.stringify({ before, isElement, view, welcome, afterwards, errors, told, unhandled }));
