import "phash-scanner/element";
import { ImageScanner, imageScannerStart, type Options, ScannerError } from "phash-scanner";
import {
  type Find,
  type ImageScannerAttributes,
  ImageScannerElement,
  type ImageScannerEventMap,
  type Result,
  type View,
} from "phash-scanner/element";
import { ImageScannerElement as ClassAlone } from "phash-scanner/element-class";
import { ENGLISH, LANGUAGES, type Language, type Strings } from "phash-scanner/strings";

// Another library of the page may have events of equal names.
declare global {
  interface HTMLElementEventMap {
    match: CustomEvent<"of another library">;
  }
}

const element = document.querySelector("image-scanner");
if (!element) throw new Error("no element");
const made: ImageScannerElement = document.createElement("image-scanner");
class Own extends ClassAlone {}
customElements.define("my-scanner", Own);

element.addEventListener("match", (event) => {
  const { id, distance, reference }: Result = event.detail;
  const title: string = reference?.title ?? id;
  const own: unknown = reference?.["isbn"];
  event.preventDefault();
  console.log(title.trim(), distance.toFixed(), own, reference?.url?.toLowerCase(), reference?.thumbnail?.length);
  console.log(reference?.title.length); // error: 'reference.title' is possibly 'undefined'
  console.log(reference?.["isbn"].length); // error: is of type 'unknown'
  console.log(event.detail.ident); // error: Property 'ident' does not exist on type 'Result'
});
element.addEventListener("move", ({ detail }) => detail.corners?.map(([x, y]) => x + y));
element.addEventListener("lost", ({ detail }) => detail.track.toFixed());
element.addEventListener("lost", ({ detail }) => detail.count); // error: Property 'count' does not exist on type 'Result'
element.addEventListener("finds", ({ detail }) => detail.reduce((sum, { count }: Find) => sum + count, 0));
element.addEventListener("finds", ({ detail }) => detail[0].count); // error: Object is possibly 'undefined'
element.addEventListener("ready", ({ detail }) => detail === null, { once: true });
element.addEventListener("state", ({ detail }) => detail.state === "scanning" && detail.loading === null);
element.addEventListener("state", ({ detail }) => detail.state === "found"); // error: have no overlap
element.addEventListener("view", ({ detail }) => detail === "found");
element.addEventListener("view", ({ detail }) => detail === "destroyed"); // error: have no overlap
element.addEventListener("error", ({ detail }) => {
  if (detail instanceof ScannerError && detail.code === "no-camera") console.log(detail.message, detail.words);
  if (detail.code === "no-kamera") return; // error: have no overlap
});
element.addEventListener("error", (event: ErrorEvent) => event); // error: No overload matches this call
element.addEventListener("match", (event: MouseEvent) => event); // error: No overload matches this call
element.addEventListener("click", (event) => event.clientX);
element.addEventListener("keydown", { handleEvent: (event: Event) => event });
element.addEventListener("macth", ({ detail }) => detail); // error: Property 'detail' does not exist on type 'Event'
element.addEventListener("match", function () {
  this.stop();
});
const shown = (event: ImageScannerEventMap["view"]): View => event.detail;
element.addEventListener("view", shown);
element.removeEventListener("view", shown);
element.removeEventListener("match", shown); // error: No overload matches this call
document.addEventListener("match", (event) => event.detail); // error: 'detail' does not exist on type 'Event'
document.body.addEventListener("match", ({ detail }) => detail === "of another library");
document.body.addEventListener("error", (event) => event.message);

element.strings = { start: "Los geht's", "no-camera.text": "Nimm ein Foto." };
element.strings = null;
element.strings = { strat: "Los" }; // error: 'strat' does not exist in type 'Partial<Strings>'
element.strings = { start: 5 }; // error: Type 'number' is not assignable to type 'string'
const word: string = element.strings.start + ENGLISH["camera-lost"];
const klingon: Strings = { start: "HIjol" }; // error: is missing the following properties from type 'Strings'
const tag: Language | undefined = LANGUAGES.find((one) => one === "zh-Hant");
const wrongTag: Language = "tlh"; // error: Type '"tlh"' is not assignable to type 'Language'

element.bundle = "https://example.com/hashes/references.json";
element.stopWhenHidden = element.autostart = false;
element.multiple = true;
const first: Find | undefined = element.finds[0];
element.finds = []; // error: Cannot assign to 'finds' because it is a read-only property
element.clearFinds();
element.theme = "dark";
element.theme = "drak"; // error: Type '"drak"' is not assignable to type
element.zoom = "of"; // error: Type '"of"' is not assignable to type
element.bundel = "a.json"; // error: Property 'bundel' does not exist on type 'ImageScannerElement'
element.words = { strat: "Los" }; // error: 'strat' does not exist in type
element.constraints = { width: { ideal: 1280 } };
element.stream = new MediaStream();
element.stream = "front"; // error: Type 'string' is not assignable to type 'MediaStream'
element.view = "found"; // error: Cannot assign to 'view' because it is a read-only property
element.strat(); // error: Property 'strat' does not exist on type 'ImageScannerElement'
const attributes: ImageScannerAttributes = { theme: "dark", autostart: true, zoom: "off", lang: "de-AT", camera: "user" };
const wrongTheme: ImageScannerAttributes = { theme: "drak" }; // error: Type '"drak"' is not assignable to type
const wrongName: ImageScannerAttributes = { bundel: "a.json" }; // error: 'bundel' does not exist in type

const video = document.createElement("video");
const options: Options = {
  preferredCamera: "user",
  region: [{ width: 240, height: 320 }],
  stopWhenHidden: true,
  onFrame: (verdict, frame) => console.log(verdict.outcome === "ambiguous", verdict.quality.glare, frame.width),
  onError: (error) => error.code satisfies string,
};
const several: Options = { multiple: true, onMove: ({ track }) => track, onLost: ({ frame }) => frame.width };
new ImageScanner(video, console.log, { onMoved: () => {} }); // error: 'onMoved' does not exist in type
const scanner = new ImageScanner(video, ({ image }) => image()?.toDataURL(), options);
new ImageScanner(video, console.log, { preferredCamera: "Rear camera 2" });
new ImageScanner(video, console.log, { preferredCamera: 2 }); // error: Type 'number' is not assignable to type
new ImageScanner(video, console.log, { prefferedCamera: "user" }); // error: 'prefferedCamera' does not exist in type
new ImageScanner(video, console.log, { region: { width: 240 } }); // error: Type '{ width: number; }' is not assignable to type 'Region
new ImageScanner(video); // error: Expected 2-3 arguments, but got 1
await scanner.start();
await scanner.setCamera("environment");
await scanner.setZoom("2"); // error: 'string' is not assignable to parameter of type 'number'
const verdict = await ImageScanner.scanImage(new Blob());
if (verdict.id === null) console.log(verdict.outcome);
const { matches } = await ImageScanner.scanImage(new Blob(), { multiple: true });
for (const { id, image } of matches) console.log(id, image()?.width);
(await ImageScanner.scanImage(new Blob())).matches; // error: Property 'matches' does not exist on type 'StillVerdict'
await ImageScanner.scanImage(5); // error: Argument of type 'number' is not assignable
await ImageScanner.unload();
await ImageScanner.unload({ assets: "/scanner/" });
await ImageScanner.unload({ asset: "/scanner/" }); // error: 'asset' does not exist in type
const found: string = await imageScannerStart(200, 200, 100, video, document.createElement("canvas"));
window.ImageScanner.listCameras(); // error: Property 'ImageScanner' does not exist on type 'Window

console.log(made, word, klingon, tag, wrongTag, attributes, several, first, wrongTheme, wrongName, found);
