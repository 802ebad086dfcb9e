import "phash-scanner/element";
import "phash-scanner/jsx";
import type { ImageScannerElement } from "phash-scanner/element";
import { createSignal } from "solid-js";

const [assets] = createSignal("/scanner/");
let element: ImageScannerElement | undefined;

export const good = (
  <image-scanner
    ref={element}
    class="tall"
    classList={{ tall: true }}
    assets={assets()}
    theme="dark"
    autostart={false}
    thumbnails-from="https://img.example"
    strings={{ start: "Los" }}
    stopWhenHidden={false}
    on:match={({ detail }) => console.log(detail.reference?.title)}
    on:error={({ detail }) => console.log(detail.code)}
    onClick={() => element?.start()}
  >
    <p slot="welcome">Welcome</p>
  </image-scanner>
);

export const bad = [
  <image-scanner theme="drak" />, // error: Type '"drak"' is not assignable to type
  <image-scanner bundel="a.json" />, // error: Property 'bundel' does not exist on type
  <image-scanner strings={{ strat: "Los" }} />, // error: 'strat' does not exist in type
  <image-scanner on:match={({ detail }) => detail.ident} />, // error: Property 'ident' does not exist on type
  <image-scanner on:macth={() => {}} />, // error: Property 'on:macth' does not exist on type
];
