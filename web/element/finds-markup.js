// The markup of the list of finds, in the form of markup.js.
import { svgIcon } from "./markup.js";

const up = svgIcon('<path d="m6 15 6-6 6 6"/>');
const more = svgIcon('<path d="M12 6v12M6 12h12"/>');
const less = svgIcon('<path d="M6 12h12"/>');
const bin = svgIcon('<path d="M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5"/>');
const again = svgIcon('<path d="M4 12a8 8 0 1 0 2.500-5.800"/><path d="M4 4v5h5"/>');

export const PANEL = `
<section class="finds" part="panel finds" hidden>
  <button class="finds-bar" part="button finds-bar" aria-expanded="false" aria-controls="finds-list">
    <span class="finds-latest" aria-hidden="true"></span>
    <span class="finds-words"><span class="finds-title"></span><span class="finds-count" part="finds-count"></span></span>
    ${up}
  </button>
  <ul class="finds-list" id="finds-list" part="finds-list" tabindex="-1"></ul>
  <div class="finds-undo" hidden><span class="finds-undone"></span><button part="button undo" data-text="undo"></button></div>
  <div class="finds-acts">
    <button class="finds-copy" part="button copy-finds" data-text="copyFinds"></button>
    <button class="finds-csv" part="button save-csv">CSV</button>
    <button class="finds-json" part="button save-json">JSON</button>
    <button class="finds-clear" part="button clear-finds" data-text="clearFinds"></button>
  </div>
</section>`;

/** Leads from a photo back to the camera. */
export const AGAIN = `<button class="quiet pill again finds-again" part="button again">${again}<span data-text="again"></span></button>`;

export const LINE = `
<li class="find" part="find">
  <span class="find-view" part="thumbnail"></span>
  <span class="find-name"><a class="find-link" part="find-title" target="_blank" rel="noopener"></a><span class="find-title" part="find-title"></span><span class="find-id" part="id"></span></span>
  <button class="find-less" part="button less">${less}</button>
  <button class="find-remove" part="button remove">${bin}</button>
  <span class="find-count" part="count"></span>
  <button class="find-more" part="button more">${more}</button>
</li>`;
