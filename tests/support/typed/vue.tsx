import "phash-scanner/element";
import "phash-scanner/jsx";
import { ref } from "vue";

const assets = ref("/scanner/");

export const good = (
  <image-scanner
    class={["tall"]}
    assets={assets.value}
    theme="dark"
    autostart
    continuous={undefined}
    thumbnails-from="https://img.example"
    strings={{ start: "Los" }}
    onMatch={({ detail }) => console.log(detail.reference?.title)}
    onError={({ detail }) => console.log(detail.code)}
    onClick={(event) => event.clientX}
  />
);

export const bad = [
  <image-scanner theme="drak" />, // error: Type '"drak"' is not assignable to type
  <image-scanner autostart={false} />, // error: Type 'false' is not assignable to type
  <image-scanner bundle={5} />, // error: Type 'number' is not assignable to type 'string'
  <image-scanner strings={{ strat: "Los" }} />, // error: 'strat' does not exist in type
  <image-scanner onMatch={({ detail }) => detail.ident} />, // error: Property 'ident' does not exist on type
];
