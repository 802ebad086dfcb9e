import "phash-scanner/element";
import "phash-scanner/jsx";
import type { ImageScannerElement } from "phash-scanner/element";
import { createRef } from "preact";

const element = createRef<ImageScannerElement>();

export const good = (
  <image-scanner
    ref={element}
    class="tall"
    assets="/scanner/"
    camera="environment"
    theme="light"
    autostart={false}
    continuous
    stop-when-hidden="off"
    strings={{ start: "Los" }}
    onmatch={({ detail }) => console.log(detail.reference?.title)}
    onerror={({ detail }) => console.log(detail.code)}
    onClick={() => element.current?.start()}
  >
    <p slot="welcome">Welcome</p>
  </image-scanner>
);

export const bad = [
  <image-scanner theme="drak" />, // error: Type '"drak"' is not assignable to type
  <image-scanner bundel="a.json" />, // error: Property 'bundel' does not exist on type
  <image-scanner strings={{ strat: "Los" }} />, // error: 'strat' does not exist in type
  <image-scanner onmatch={({ detail }) => detail.ident} />, // error: Property 'ident' does not exist on type
  <image-scanner onMatch={() => {}} />, // error: Property 'onMatch' does not exist on type
];
