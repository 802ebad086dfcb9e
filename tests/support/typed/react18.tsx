import "phash-scanner/element";
import "phash-scanner/jsx";
import type { ImageScannerElement } from "phash-scanner/element";
import { useEffect, useRef } from "react";

export function Good({ autostart }: { autostart: boolean }) {
  const element = useRef<ImageScannerElement>(null);
  useEffect(() => {
    const { current } = element;
    if (current) current.strings = { start: "Los" };
    current?.addEventListener("match", ({ detail }) => console.log(detail.id));
  }, []);
  return (
    <image-scanner ref={element} class="tall" assets="/scanner/" theme="dark" autostart={autostart || undefined} open>
      <p slot="welcome">Welcome</p>
    </image-scanner>
  );
}

export const bad = [
  <image-scanner key={1} theme="drak" />, // error: Type '"drak"' is not assignable to type
  <image-scanner key={2} autostart={false} />, // error: Type 'false' is not assignable to type
  <image-scanner key={3} onmatch={() => {}} />, // error: Property 'onmatch' does not exist on type
  <image-scanner key={4} strings={{ start: "Los" }} />, // error: Property 'strings' does not exist on type
  <image-scanner key={5} className="tall" />, // error: Type 'string' is not assignable to type 'undefined'
];
