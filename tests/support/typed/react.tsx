import "phash-scanner/element";
import "phash-scanner/jsx";
import type { ImageScannerElement } from "phash-scanner/element";
import { useRef } from "react";

export function Good({ autostart }: { autostart: boolean }) {
  const element = useRef<ImageScannerElement>(null);
  return (
    <image-scanner
      ref={element}
      className="tall"
      id="scanner"
      bundle="/scanner/hashes/references.json"
      assets="/scanner/"
      camera="user"
      lang="de"
      theme="dark"
      autostart={autostart}
      continuous
      multiple
      open
      report
      details
      snapshot="off"
      stop-when-hidden="off"
      thumbnails-from="https://img.example"
      zoom="off"
      words="/words.json"
      strings={{ start: "Los" }}
      constraints={{ width: 1280 }}
      stream={null}
      stopWhenHidden={false}
      thumbnailsFrom="https://img.example"
      onmatch={({ detail }) => console.log(detail.reference?.title)}
      onmove={({ detail }) => console.log(detail.track)}
      onfinds={({ detail }) => console.log(detail.map(({ title }) => title))}
      onready={() => element.current?.start()}
      onstate={({ detail }) => console.log(detail.hint, element.current?.state === "scanning")}
      onview={({ detail }) => console.log(detail === "found")}
      onerror={({ detail }) => console.log(detail.code)}
      onClick={(event) => event.currentTarget.pause()}
    >
      <p slot="welcome">Welcome</p>
    </image-scanner>
  );
}

export const bad = [
  <image-scanner key={1} theme="drak" />, // error: Type '"drak"' is not assignable to type
  <image-scanner key={2} bundel="a.json" />, // error: Property 'bundel' does not exist on type
  <image-scanner key={3} strings={{ strat: "Los" }} />, // error: 'strat' does not exist in type
  <image-scanner key={4} onmatch={({ detail }) => detail.ident} />, // error: Property 'ident' does not exist on type
  <image-scanner key={5} onMatch={() => {}} />, // error: Property 'onMatch' does not exist on type
  <image-scanner key={6} view="found" />, // error: Property 'view' does not exist on type
  <image-scanner key={7} onError={() => {}} />, // error: Property 'onError' does not exist on type
  <image-scaner key={8} />, // error: Property 'image-scaner' does not exist on type
];
