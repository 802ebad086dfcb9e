// Shows the element by React, Preact and Vue in a page of jsdom, and prints what has reached it, as JSON.
// Usage: node frameworks_under_jsdom.mjs WEB, the folder of the package and of its development dependencies.
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const web = process.argv[2];
const require = createRequire(path.join(web, "package.json"));
const { JSDOM } = require("jsdom");
const { window } = new JSDOM('<!doctype html><html lang="en"><body></body></html>', { url: "https://app.example/" });
for (const name of Object.getOwnPropertyNames(window)) {
  const instead = ["navigator", "Event", "EventTarget", "CustomEvent"].includes(name);
  if (instead || !(name in globalThis)) {
    Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
  }
}
await import(pathToFileURL(path.join(web, "image-scanner-element.js")).href);

const EVENTS = ["match", "ready", "state", "view", "error"];
const SETTINGS = {
  assets: "/scanner/",
  theme: "dark",
  continuous: true,
  open: "",
  autostart: undefined,
  "stop-when-hidden": "off",
  "thumbnails-from": "https://img.example",
  zoom: "off",
  strings: { start: "Los" },
};

const React = require("react");
const { createRoot } = require("react-dom/client");
const Preact = require("preact");
const Vue = require("vue");
const capitalized = (name) => name[0].toUpperCase() + name.slice(1);
const FRAMEWORKS = {
  react: {
    listener: (name) => `on${name}`,
    show: (props, place) => createRoot(place).render(React.createElement("image-scanner", props)),
  },
  preact: {
    listener: (name) => `on${name}`,
    show: (props, place) => Preact.render(Preact.h("image-scanner", props), place),
  },
  vue: {
    listener: (name) => `on${capitalized(name)}`,
    show: (props, place) => Vue.createApp({ render: () => Vue.h("image-scanner", props) }).mount(place),
  },
};

const reached = {};
for (const [name, { listener, show }] of Object.entries(FRAMEWORKS)) {
  const heard = {};
  const listeners = EVENTS.map((event) => [listener(event), ({ detail }) => (heard[event] = detail)]);
  const place = document.body.appendChild(document.createElement("div"));
  show({ ...SETTINGS, ...Object.fromEntries(listeners) }, place);
  while (!place.querySelector("image-scanner")) await new Promise((resolve) => setTimeout(resolve));
  await new Promise((resolve) => setTimeout(resolve, 20));
  const element = place.querySelector("image-scanner");
  for (const event of EVENTS) element.dispatchEvent(new CustomEvent(event, { detail: `${event} of ${name}` }));
  const attributes = Object.fromEntries([...element.attributes].map((one) => [one.name, one.value]));
  reached[name] = { attributes, start: element.strings.start, heard };
}
console.log(JSON.stringify(reached));
process.exit();
