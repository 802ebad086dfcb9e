// The style of the list of finds, and of the element's other parts beside the list.
export const FINDS_STYLE = `
:host { --bar: calc(64px + env(safe-area-inset-bottom)); --list: max(min(62cqh, 100cqh - 120px), 180px); }
:host([multiple]) .guide { display: none !important; }
/* The camera's picture ends above the list, so that the list covers nothing of it. */
.stage[data-list="bar"] { bottom: var(--bar); }
.stage[data-list="open"] { bottom: var(--list); }
[data-list] .found { display: none !important; }
[data-list] :is(video, .still, .outline, .overlays) { translate: none !important; }
[data-list]:not([data-list-empty]) .hint:not(.advice), [data-list="open"] .foot .pill { display: none; }
[data-list] .foot { bottom: 0; padding-bottom: 14px; }
[data-list][data-view="found"] .foot { visibility: visible; display: flex; flex-flow: row wrap; justify-content: center; }
[data-list][data-view="found"] .zoom, [data-list]:not([data-view="found"]) .finds-again, :host(:not([multiple])) .finds-again { display: none; }
[data-list] :is(.welcome, .problem) { padding-bottom: 40px; }
[data-list] .sheet.missed { border-radius: var(--scanner-radius); bottom: 12px; width: min(100% - 24px, 520px); }

.finds { position: absolute; inset-inline: 0; bottom: 0; height: var(--bar); padding-bottom: env(safe-area-inset-bottom); display: flex; flex-direction: column; background: var(--scanner-surface);
  border-top: 1px solid var(--scanner-line); }
.finds.open { height: var(--list); }
.finds-bar { flex: none; display: flex; align-items: center; gap: 12px; inline-size: 100%; min-height: 63px; padding: 6px 16px; border: 0; border-radius: 0; text-align: start; font-weight: 400; }
.finds-bar:disabled { cursor: default; color: var(--scanner-faint); }
.finds-bar:disabled .icon { visibility: hidden; }
.finds-bar:focus-visible { outline-offset: -4px; }
.finds-bar > .icon { width: 26px; height: 26px; transition: rotate .2s; }
.open .finds-bar > .icon { rotate: 180deg; }
.finds-latest { flex: none; display: grid; }
.finds-latest:empty { display: none; }
.finds-words { flex: 1; min-width: 0; display: flex; flex-direction: column; line-height: 1.3; }
.finds-title { font-weight: 650; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.finds-count { font-size: .9rem; color: var(--scanner-faint); font-variant-numeric: tabular-nums; }
.open .finds-title { display: none; } .open .finds-count { font-size: 1.05rem; font-weight: 650; color: inherit; } .open .finds-latest { display: none; }
.finds-list { flex: 1; min-height: 0; overflow: auto; overscroll-behavior: contain; margin: 0; padding: 0 16px; list-style: none; border-block: 1px solid var(--scanner-line); outline: none; }
.finds:not(.open) :is(.finds-list, .finds-acts) { display: none; }
.find { display: flex; align-items: center; gap: 4px; padding: 6px 0; border-bottom: 1px solid var(--scanner-line); }
.find:last-child { border-bottom: 0; }
.find.new { animation: counted 1.4s ease-out; }
@keyframes counted { from { background: color-mix(in srgb, var(--scanner-good) 30%, transparent); } }
.find-view { flex: none; display: grid; margin-inline-end: 8px; }
:is(.finds-latest, .find-view) > * { width: 44px; height: 44px; object-fit: cover; border-radius: 6px; background: #0b1413; display: block; }
.find-name { flex: 1; min-width: 0; line-height: 1.25; overflow-wrap: anywhere; font-size: .98rem; }
:is(.find-title, .find-link) { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
.find-link { color: inherit; text-underline-offset: 3px; padding-block: 2px; }
.find-id { display: block; font-size: .82rem; color: var(--scanner-faint); }
.find button { flex: none; inline-size: 44px; min-height: 44px; padding: 0; border-color: transparent; }
.find-count { flex: none; min-inline-size: 2.2ch; text-align: center; font-weight: 650; font-variant-numeric: tabular-nums; }
.finds-undo { flex: none; display: flex; align-items: center; gap: 12px; min-height: 63px; padding: 8px 16px; background: #081311; color: #fff; }
.finds-undone { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.finds-undo button { min-height: 46px; padding: 6px 18px; border-color: #fff6; }
.finds:not(.open):has(.finds-undo:not([hidden])) .finds-bar { display: none; }
.finds-acts { flex: none; display: flex; gap: 8px; padding: 10px 16px; }
.finds-acts button { flex: 1 1 auto; min-height: 46px; padding: 8px 10px; font-size: .94rem; white-space: nowrap; }

/* On a phone held sideways the open list stands beside the camera's picture. */
@container (max-height: 520px) and (min-aspect-ratio: 3/2) {
  :host { --bar: calc(52px + env(safe-area-inset-bottom)); }
  .finds-bar, .finds-undo { min-height: 51px; padding-block: 3px; }
  .finds.open { height: auto; top: 0; inset-inline-start: auto; inline-size: 50%; padding-inline-end: env(safe-area-inset-right); border-inline-start: 1px solid var(--scanner-line); }
  .stage[data-list="open"] { bottom: 0; inset-inline-end: 50%; }
  [data-sideways][data-list][data-view="scanning"] .foot { inset-inline: 0; inline-size: auto; top: auto; padding-inline: 14px; }
  [data-sideways][data-list][data-view="found"] :is(video, .still, .outline, .overlays) { width: 100%; }
}
@container (min-width: 600px) { .finds:not(.open) .finds-bar, .finds.open > * { padding-inline: max(16px, 50% - 320px); } }
@media (prefers-reduced-motion: reduce) { .finds *, .find { animation: none !important; transition: none !important; } }
@media (forced-colors: active) { .finds-undo { border-top: 2px solid; } }
`;
