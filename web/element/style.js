// The element's style. Sites change it through custom properties and ::part.
export const STYLE = `
:host {
  --scanner-accent: #c9431c;
  --scanner-accent-text: #fff;
  --scanner-good: #1d7d54;
  --scanner-outline: #4fe3a4;
  --scanner-zoom: #ffd95e;
  --scanner-surface: #fffaf1;
  --scanner-text: #17302d;
  --scanner-faint: #5c6d69;
  --scanner-line: #17302d22;
  --scanner-radius: 22px;
  --scanner-font: system-ui, -apple-system, "Segoe UI", Roboto, "Hiragino Sans", "Noto Sans JP", "Noto Sans CJK JP", sans-serif;
  display: block; position: relative; overflow: hidden; min-height: min(420px, 100svh); height: 100%;
  color: var(--scanner-text); font: 400 16px/1.5 var(--scanner-font); background: var(--scanner-surface);
  container-type: size; -webkit-tap-highlight-color: transparent;
}
:host([hidden]) { display: none; }
@media (prefers-color-scheme: dark) {
  :host { --scanner-surface: #10201e; --scanner-text: #f3ede1; --scanner-faint: #a9b8b3; --scanner-line: #f3ede12b; --scanner-good: #57c796; }
}
:host([theme="dark"]) { --scanner-surface: #10201e; --scanner-text: #f3ede1; --scanner-faint: #a9b8b3; --scanner-line: #f3ede12b; --scanner-good: #57c796; }
:host([theme="light"]) { --scanner-surface: #fffaf1; --scanner-text: #17302d; --scanner-faint: #5c6d69; --scanner-line: #17302d22; --scanner-good: #1d7d54; }

* { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, p, dl, dd { margin: 0; }
h2 { font-size: 1.5rem; line-height: 1.2; font-weight: 700; letter-spacing: -.015em; text-wrap: balance; }
.stage { position: absolute; inset: 0; isolation: isolate; outline: none; }
/* A photo is held over the element. */
[data-drop]::after { content: ""; position: absolute; inset: 8px; z-index: 3; border: 4px dashed var(--scanner-accent); border-radius: var(--scanner-radius);
  background: color-mix(in srgb, var(--scanner-surface) 45%, transparent); pointer-events: none; }
.stage > * { position: absolute; }
video, .still { inset: 0; width: 100%; height: 100%; object-fit: cover; background: #0b1413; display: block; }
.still { object-fit: contain; } .frozen { object-fit: cover; }
video.mirrored, .still.mirrored { transform: scaleX(-1); }

/* Camera views: everything around the frame is darker. */
.guide { --side: min(80cqw, 58cqh, 460px); width: calc(var(--side) * var(--across, 1)); height: calc(var(--side) * var(--down, 1)); left: 50%; top: 46%;
  transform: translate(-50%, -50%); border-radius: 26px; box-shadow: 0 0 0 200vmax #081311a6; transition: opacity .3s; }
.guide i { position: absolute; width: 44px; height: 44px; border: 4px solid #fff; border-radius: 26px 0 0 0; border-right: 0; border-bottom: 0; left: -2px; top: -2px; }
.guide i:nth-child(2) { left: auto; right: -2px; transform: rotate(90deg); }
.guide i:nth-child(3) { left: auto; top: auto; right: -2px; bottom: -2px; transform: rotate(180deg); }
.guide i:nth-child(4) { top: auto; bottom: -2px; transform: rotate(270deg); }
.guide b { position: absolute; inset: 0; overflow: hidden; border-radius: 24px; }
.guide b::after { content: ""; position: absolute; left: 0; right: 0; height: 26%; border-bottom: 2px solid #fffc;
  background: linear-gradient(#fff0, #ffffff2e); opacity: 0; }
[data-view="scanning"] .guide b::after { animation: sweep 2.6s ease-in-out infinite; }
@keyframes sweep { 0% { transform: translateY(-60%); opacity: 0; } 20% { opacity: .9; } 80% { opacity: .9; } 100% { transform: translateY(290%); opacity: 0; } }
.outline { inset: 0; width: 100%; height: 100%; }
.outline polygon { fill: none; stroke: var(--scanner-outline); stroke-width: 5; stroke-linejoin: round;
  filter: drop-shadow(0 0 1px #000c) drop-shadow(0 1px 6px #0008); }
.outline polygon:not([points=""]) { animation: appear .35s ease-out; }
@keyframes appear { from { opacity: 0; } }

.overlays { inset: 0; pointer-events: none; }
::slotted([slot="overlay"]) { position: absolute !important; inset: 0 auto auto 0 !important; margin: 0 !important; box-sizing: border-box; transform-origin: 0 0 !important;
  width: var(--picture-width, 400px); height: var(--picture-height, 400px); max-width: none; max-height: none; transform: var(--on-picture, scale(0)) !important; visibility: hidden !important; }
::slotted([slot="overlay"][data-in-sight]) { visibility: visible !important; pointer-events: auto; }
:host(:not([multiple])) [data-overlaid] .outline { display: none !important; }
/* The guide would darken an overlay. */
[data-overlaid] .guide { opacity: 0; }

.tools { top: max(14px, env(safe-area-inset-top)); right: 14px; display: flex; gap: 10px; z-index: 2; }
.tool { inline-size: 48px; block-size: 48px; border-radius: 50%; padding: 0; background: #081311b8; color: #fff; border: 0; }
.tool span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.tool[aria-pressed="true"] { background: #ffd95e; color: #17302d; }
.tool.report { top: max(14px, env(safe-area-inset-top)); left: 14px; z-index: 3; inline-size: 40px; block-size: 40px; min-height: 0; opacity: .75; }
.tool.report:is(:hover, :focus-visible) { opacity: 1; }

/* The question before a report is saved */
dialog.reporting { position: fixed; inset: 0; margin: auto; width: min(92vw, 460px); max-height: 92vh; overflow: auto; padding: 24px; border: 0; border-radius: var(--scanner-radius);
  color: var(--scanner-text); background: var(--scanner-surface); box-shadow: 0 8px 40px #0006; }
dialog.reporting::backdrop { background: #081311a6; }
.reporting h2 { font-size: 1.35rem; } .reporting p { margin-top: 12px; } .reporting ul { margin: 10px 0 0; padding-left: 20px; } .reporting li { margin-top: 6px; }
.report-file { color: var(--scanner-faint); font-size: .9rem; overflow-wrap: anywhere; }
.reporting .buttons { margin-top: 16px; } .reporting button:disabled { opacity: .45; cursor: default; }

.foot { left: 0; right: 0; bottom: 0; padding: 0 18px max(24px, env(safe-area-inset-bottom)); display: flex; flex-direction: column; align-items: center; gap: 14px; }
.hint { background: #081311d9; color: #fff; border-radius: 99px; padding: 11px 22px; font-weight: 600; text-align: center; max-width: 34em; text-wrap: balance; }
.hint:empty { visibility: hidden; }
.zoom { display: flex; align-items: center; gap: 12px; width: min(100%, 320px); min-height: 46px; padding: 0 18px; border-radius: 99px; background: #081311b8; color: #fff; font-size: .94rem; font-weight: 600; }
.zoom-slider { flex: 1; min-width: 0; height: 46px; margin: 0; accent-color: var(--scanner-zoom); touch-action: pan-y; }
.zoom-value { min-width: 3.2ch; text-align: end; font-variant-numeric: tabular-nums; }
.hint.advice { background: #ffd95e; color: #17302d; }

/* Buttons */
button, .buttons a { font: inherit; font-weight: 650; color: inherit; cursor: pointer; min-height: 52px; padding: 12px 22px; border-radius: 99px;
  border: 1.5px solid var(--scanner-line); background: transparent; display: inline-flex; align-items: center; justify-content: center; gap: 10px; text-decoration: none; touch-action: manipulation; }
button:focus-visible, a:focus-visible, .zoom-slider:focus-visible, summary:focus-visible { outline: 3px solid #2f7de1; outline-offset: 3px; }
.problem .main { order: -1; }
.buttons .main { background: var(--scanner-accent); border-color: transparent; color: var(--scanner-accent-text); }
.main:hover { filter: brightness(1.07); }
.quiet { border-color: transparent; }
.pill { background: #081311b8; color: #fff; border: 0; min-height: 46px; padding: 8px 18px; font-size: .94rem; }
.icon { width: 22px; height: 22px; fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; flex: none; }
.buttons { display: flex; flex-wrap: wrap; gap: 10px; }
.buttons > * { flex: 1 1 auto; }

/* Full panels */
.welcome, .problem { inset: 0; padding: 28px 28px max(28px, env(safe-area-inset-bottom)); display: flex; flex-direction: column; align-items: center; justify-content: safe center; gap: 14px;
  text-align: center; background: var(--scanner-surface); overflow: auto; outline: none; }
.welcome { padding-bottom: max(60px, env(safe-area-inset-bottom)); } /* progress stands below */
.welcome > p, .problem > p { color: var(--scanner-faint); max-width: 23em; text-wrap: balance; }
.welcome .buttons, .problem .buttons { flex-direction: column; width: min(100%, 320px); margin-top: 12px; }
.illustration { width: min(76cqw, 44cqh, 380px); margin-bottom: 10px; overflow: visible; flex: none; }
.paper { fill: #fbf3e2; } .sky { fill: #7fb6b3; } .sun { fill: #ffd36b; } .hill { fill: #3f5f8f; } .snow { fill: #fff; } .wood { fill: #2c6e5f; } .ink { fill: #17302d; } .faint { opacity: .45; }
.poster > .paper { filter: drop-shadow(0 6px 14px #17302d33); }
.poster { transform: rotate(-3deg); transform-origin: 135px 105px; }
.body { fill: #17302d; stroke: #ffffff2b; } .screen { fill: #0b1413; }
.phone { filter: drop-shadow(0 10px 18px #17302d55); }
.corners { fill: none; stroke: #fff; stroke-width: 2.5; stroke-linecap: round; }
.badge { fill: #2f9e6e; } .tick { fill: none; stroke: #fff; stroke-width: 2.6; stroke-linecap: round; stroke-linejoin: round; }
.mark { flex: none; inline-size: 84px; block-size: 84px; border-radius: 50%; display: grid; place-items: center; background: color-mix(in srgb, var(--scanner-accent) 15%, transparent); color: color-mix(in srgb, var(--scanner-accent) 75%, var(--scanner-text)); margin-bottom: 6px; }
.mark .icon { width: 42px; height: 42px; stroke-width: 1.6; }
details { max-width: 32em; font-size: .88rem; color: var(--scanner-faint); margin-top: 10px; }
summary { cursor: pointer; padding: 8px; }
details p { overflow-wrap: anywhere; text-align: start; }
code { font: 600 .9em ui-monospace, Menlo, Consolas, monospace; color: var(--scanner-text); }

/* Sheets over the still camera picture */
.sheet { left: 50%; transform: translateX(-50%); bottom: 0; width: min(100%, 520px); padding: 22px 22px max(24px, env(safe-area-inset-bottom)); background: var(--scanner-surface);
  border-radius: var(--scanner-radius) var(--scanner-radius) 0 0; box-shadow: 0 -8px 40px #0006; animation: rise .38s cubic-bezier(.2, .9, .25, 1.05); outline: none; }
@container (min-width: 600px) { .sheet { bottom: 24px; border-radius: var(--scanner-radius); } }
@keyframes rise { from { transform: translate(-50%, 40%); opacity: 0; } }
.found { display: grid; grid-template-columns: auto 1fr; gap: 18px; align-items: center; }
.found .buttons, .found slot { grid-column: 1 / -1; }
.found .buttons > *, .missed .buttons > * { flex: 1 1 0; min-width: max-content; padding-inline: 16px; white-space: nowrap; }
.thumbnail { max-width: 112px; max-height: 128px; min-width: 56px; min-height: 56px; object-fit: cover; border-radius: 8px; box-shadow: 0 4px 14px #0004; background: #0b1413; }
.facts { min-width: 0; }
.label { display: flex; align-items: center; gap: 6px; font-weight: 650; font-size: .92rem; color: var(--scanner-good); margin-bottom: 4px; }
.label .icon { width: 20px; height: 20px; stroke-width: 3; }
.name { overflow-wrap: anywhere; font-size: 1.22rem; text-wrap: wrap; }
dl { display: flex; flex-wrap: wrap; gap: 2px 20px; margin-top: 8px; font-size: .9rem; }
dl div { display: flex; gap: 7px; min-width: 0; } dt { color: var(--scanner-faint); } dd { font-weight: 600; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
@container (max-width: 599px) { :is([data-view="found"], [data-view="missed"]) :is(video, .still, .outline, .overlays) { translate: 0 calc(-1 * min(13cqh, var(--room-above, 13cqh))); } }
.missed h2 { margin-bottom: 8px; } .missed p { color: var(--scanner-faint); margin-bottom: 18px; }

/* Waiting */
.center { left: 50%; top: 46%; transform: translate(-50%, -50%); width: min(86%, 380px); display: flex; flex-direction: column; align-items: center; gap: 12px; text-align: center; color: #fff; border: 0; }
.headline { font-size: 1.3rem; font-weight: 700; }
.asking-text { opacity: .85; text-wrap: balance; }
.ring { inline-size: 64px; block-size: 64px; border-radius: 50%; border: 5px solid #ffffff33; border-top-color: #fff; animation: turn 1s linear infinite; margin-bottom: 8px; }
@keyframes turn { to { transform: rotate(1turn); } }
.play { inline-size: 92px; block-size: 92px; border-radius: 50%; background: var(--scanner-accent); display: grid; place-items: center; }
.play::after { content: ""; border: 18px solid transparent; border-left: 28px solid #fff; border-right: 0; margin-left: 8px; }
.shade { inset: 0; background: #081311cc; }

.loading { left: 50%; bottom: max(24px, env(safe-area-inset-bottom)); transform: translateX(-50%); width: min(86%, 340px); background: #081311d9; color: #fff; border-radius: 18px; padding: 12px 18px 14px; }
.loading-words { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; white-space: nowrap; font-size: .92rem; font-weight: 600; font-variant-numeric: tabular-nums; margin-bottom: 8px; }
.bar { height: 6px; border-radius: 9px; background: #ffffff33; overflow: hidden; }
.bar i { display: block; height: 100%; width: 100%; background: #ffd95e; border-radius: 9px; transform-origin: left; transform: scaleX(0); transition: transform .3s; }
.busy .bar i { animation: pulse 1.2s ease-in-out infinite alternate; }
@keyframes pulse { to { opacity: .45; } }
[data-view="welcome"] .loading { background: transparent; color: var(--scanner-faint); padding: 0; bottom: max(16px, env(safe-area-inset-bottom)); }
[data-view="welcome"] .loading-words { font-size: .8rem; margin-bottom: 4px; }
[data-view="welcome"] .bar { height: 4px; background: var(--scanner-line); }
[data-view="welcome"] .bar i { background: var(--scanner-good); }
.spoken { width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

/* Words are on their way: for at most a second, better none than English ones. The camera's picture stays in sight. */
.stage[data-wordless] > :not(video, .still, .shade, .guide, .outline, .overlays) { animation: wordless 1s step-end; }
@keyframes wordless { from { opacity: 0; } }

/* Parts shown in each view */
.welcome, .problem, .sheet, .asking, .wait, .tap, .go, .shade, .guide, .foot, .tools, .outline, .overlays { visibility: hidden; display: none; }
[data-view="welcome"] .welcome, [data-view="error"] .problem { visibility: visible; display: flex; }
[data-view="found"] .found { visibility: visible; display: grid; }
[data-view="missed"] .missed { visibility: visible; display: block; }
[data-view="asking"] .asking, [data-view="tap"] .tap, [data-view="paused"] .go { visibility: visible; display: flex; }
:is([data-view="asking"], [data-view="tap"], [data-view="paused"], [data-view="suspended"], [data-view="checking"], [data-opening]) .shade { visibility: visible; display: block; }
:is([data-view="scanning"], [data-view="loading"]) .guide { visibility: visible; display: block; }
:is([data-view="scanning"], [data-view="suspended"], [data-view="checking"], [data-opening]) .foot { visibility: visible; display: flex; }
:is([data-view="scanning"], [data-view="loading"]) .tools { visibility: visible; display: flex; }
:is([data-view="found"], [data-view="scanning"]) :is(.outline, .overlays) { visibility: visible; display: block; }
:is([data-view="suspended"], [data-view="checking"], [data-opening]) .foot :is(.photo, .zoom) { display: none; }
:is([data-view="suspended"], [data-view="checking"], [data-opening]) .wait { visibility: visible; display: flex; }
:is([data-view="suspended"], [data-view="checking"], [data-opening]) .foot { bottom: auto; top: calc(46% + 44px); padding-bottom: 0; }
[data-opening] :is(.guide, .tools) { display: none; }
.stage:has(> .loading:not([hidden])) .hint { visibility: hidden; }
/* With \`continuous\` the card is one line, so that the picture stays in sight above it. */
[data-card] .found { visibility: visible; display: grid; grid-template-columns: auto 1fr auto; gap: 0 14px; padding: 12px 16px max(12px, env(safe-area-inset-bottom)); }
[data-card] :is(.again, .label, .follow .icon, .foot, .guide b) { display: none; }
[data-card] .found .thumbnail { max-width: 48px; max-height: 52px; min-width: 36px; min-height: 36px; }
[data-card] .name { font-size: 1.05rem; display: -webkit-box; -webkit-line-clamp: 1; -webkit-box-orient: vertical; overflow: hidden; }
[data-card] dl { margin: 0; font-size: .82rem; white-space: nowrap; } [data-card] dd { overflow: hidden; text-overflow: ellipsis; } [data-card] dl div + div { display: none; }
[data-card] .found .buttons { grid-column: auto; } [data-card] .follow { min-height: 46px; }

@container (min-width: 640px) {
  h2 { font-size: 2rem; } .name { font-size: 1.35rem; } .missed h2 { font-size: 1.5rem; }
  .welcome > p, .problem > p { font-size: 1.12rem; }
  .welcome .buttons, .problem .buttons { width: 360px; } .welcome, .problem { gap: 18px; }
  .mark { inline-size: 104px; block-size: 104px; } .mark .icon { width: 52px; height: 52px; }
}
/* Japanese breaks between phrases where the browser can, else between any two letters; Korean between words. */
:is(h2, p, .hint):lang(ja) { word-break: auto-phrase; }
:is(h2, p, .hint, button, a):lang(ko) { word-break: keep-all; }
@container (max-height: 600px) { .welcome { padding-top: 16px; } .illustration { width: min(76cqw, 32cqh); } }
@container (max-height: 520px) { .illustration { display: none; } }
@container (max-width: 359px) { .found .buttons > *, .missed .buttons > * { padding-inline: 10px; gap: 7px; } }

/* On a phone held sideways, advice, progress and cards stand beside the guide, not below it. */
[data-sideways] { --beside: calc(50% - 36cqh); --edge: max(14px, env(safe-area-inset-right)); }
[data-sideways] .guide { --side: 72cqh; top: 50%; }
[data-sideways][data-view="scanning"] .foot { left: auto; top: 62px; width: var(--beside); padding: 0 var(--edge) 0 14px; bottom: 14px; justify-content: center; }
[data-sideways] .hint { border-radius: 24px; padding: 11px 16px; max-width: 100%; overflow-wrap: anywhere; } [data-sideways] .foot .icon { display: none; } [data-sideways] .pill { padding-inline: 12px; }
[data-sideways] .loading { bottom: max(14px, env(safe-area-inset-bottom)); }
[data-sideways][data-view="loading"] .loading { left: auto; transform: none; right: var(--edge); width: calc(var(--beside) - 14px - var(--edge)); }
[data-sideways] .sheet { left: auto; transform: none; right: 0; top: 0; bottom: 0; width: 46%; padding: 16px var(--edge) 16px 18px; overflow: auto; border-radius: 0; align-content: safe center; animation-name: appear; }
[data-sideways][data-card] .found { top: auto; bottom: 14px; right: var(--edge); width: calc(var(--beside) - 14px - var(--edge)); padding: 12px; border-radius: var(--scanner-radius); grid-template-columns: auto 1fr; gap: 10px 12px; }
[data-sideways][data-card] .name { -webkit-line-clamp: 2; } [data-sideways][data-card] .found .buttons { grid-column: 1 / -1; }
/* An overlay on a wide picture needs the room beside the guide. */
[data-sideways][data-card][data-overlaid] .found { width: min(calc(var(--beside) - 14px - var(--edge)), 150px); grid-template-columns: 1fr; padding: 10px; }
[data-sideways][data-card][data-overlaid] .found .thumbnail { display: none; }
[data-sideways]:is([data-view="found"], [data-view="missed"]) :is(video, .still, .outline, .overlays) { width: 54%; translate: none; }
[data-sideways]:not([data-card]) .found .thumbnail { max-width: 84px; max-height: 96px; }
[data-sideways] :is(.welcome, .problem) { gap: 10px; padding-block: 14px max(14px, env(safe-area-inset-bottom)); }
[data-sideways] .welcome { padding-bottom: 56px; }
[data-sideways] :is(.welcome, .problem) h2 { font-size: 1.6rem; }
[data-sideways] :is(.welcome, .problem) > p { font-size: 1rem; max-width: 40em; }
[data-sideways] :is(.welcome, .problem) .buttons { flex-flow: row wrap; justify-content: center; width: auto; margin-top: 6px; }
[data-sideways] .buttons > * { flex-grow: 0; }
[data-sideways] .sheet .buttons > * { flex-grow: 1; }
[data-sideways] .mark { inline-size: 60px; block-size: 60px; margin: 0; } [data-sideways] .mark .icon { width: 32px; height: 32px; }
[data-sideways] details { margin: 0; }
[data-sideways] .center { top: 44%; gap: 8px; } [data-sideways] .ring { inline-size: 44px; block-size: 44px; margin: 0; }
[data-sideways]:is([data-view="suspended"], [data-view="checking"], [data-opening]) .foot { top: calc(44% + 36px); }
@media (prefers-reduced-motion: reduce) {
  :not([data-wordless] > *), ::before, ::after { animation: none !important; transition: none !important; }
  .guide b { display: none; }
}
@media (forced-colors: active) { .main, .hint, .loading { border: 2px solid; } }
`;
