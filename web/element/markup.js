// The markup of the element's inside. Every data-text names a word of words/en.js, which the element fills in.

const ICONS = {
  shoot:
    '<path d="M4 8h3l2-3h6l2 3h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1z"/><circle cx="12" cy="13" r="3.500"/>',
  torch: '<path d="M9 2h6v4l2 3v2h-2v9a2 2 0 0 1-2 2h-2a2 2 0 0 1-2-2v-9H7V9l2-3z"/><path d="M12 13v2"/>',
  camera:
    '<path d="M4 8h3l2-3h6l2 3h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1z"/><path d="M9 14a3 3 0 0 0 5.5 1.5M15 12.500A3 3 0 0 0 9.500 11"/><path d="M15.500 9.800v2.700h-2.700M8.500 16.700V14h2.700"/>',
  again: '<path d="M4 12a8 8 0 1 0 2.500-5.800"/><path d="M4 4v5h5"/>',
  open: '<path d="M14 4h6v6M20 4l-9 9"/><path d="M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5"/>',
  photo:
    '<rect x="3" y="5" width="18" height="14" rx="2"/><circle cx="8.500" cy="10" r="1.500"/><path d="m4 18 5-5 4 4 3-3 4 4"/>',
  link: '<path d="M10 14a4 4 0 0 0 5.700 0l3-3a4 4 0 0 0-5.700-5.700l-1 1"/><path d="M14 10a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1"/>',
  flag: '<path d="M6 21V4M6 5c4-3 7 3 12 0v9c-5 3-8-3-12 0"/>',
  check: '<path d="m5 13 4.500 4.500L19 7.500"/>',
  alert:
    '<path d="M12 8v5M12 16.500v.1"/><path d="M10.300 4.300 2.800 17.500A2 2 0 0 0 4.500 20.500h15a2 2 0 0 0 1.700-3L13.700 4.300a2 2 0 0 0-3.400 0z"/>',
};

/** @param {keyof typeof ICONS} name */
function icon(name) {
  return svgIcon(ICONS[name]);
}

/** @param {string} paths drawn in a square of 24 x 24 */
export function svgIcon(paths) {
  return `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${paths}</svg>`;
}

/** A phone that recognises a poster. */
const ILLUSTRATION = `
<svg class="illustration" part="illustration" viewBox="0 0 280 220" aria-hidden="true">
  <g class="poster">
    <rect x="60" y="10" width="150" height="190" rx="6" class="paper"/>
    <rect x="70" y="20" width="130" height="150" class="sky"/>
    <circle cx="165" cy="58" r="21" class="sun"/>
    <path d="M70 130 112 62l34 56 22-30 32 44v38H70z" class="hill"/>
    <path d="m112 62-13 21 8 6 6-8 7 8 6-5z" class="snow"/>
    <path d="M70 150q40-26 72-8t58-10v38H70z" class="wood"/>
    <rect x="70" y="178" width="84" height="7" rx="3.500" class="ink"/>
    <rect x="70" y="189" width="52" height="4" rx="2" class="ink faint"/>
  </g>
  <g class="phone">
    <rect x="128" y="72" width="92" height="146" rx="15" class="body"/>
    <rect x="134" y="79" width="80" height="132" rx="9" class="screen"/>
    <g class="seen">
      <rect x="146" y="100" width="56" height="72" rx="2" class="paper"/>
      <rect x="150" y="104" width="48" height="56" class="sky"/>
      <circle cx="185" cy="118" r="8" class="sun"/>
      <path d="m150 145 16-26 13 21 8-11 11 16v15h-48z" class="hill"/>
      <path d="M150 152q15-10 27-3t21-4v15h-48z" class="wood"/>
      <rect x="150" y="163" width="31" height="3" rx="1.500" class="ink"/>
    </g>
    <path d="M140 106v-9a4 4 0 0 1 4-4h9M195 93h9a4 4 0 0 1 4 4v9M208 166v9a4 4 0 0 1-4 4h-9M153 179h-9a4 4 0 0 1-4-4v-9" class="corners"/>
    <circle cx="174" cy="195" r="10" class="badge"/>
    <path d="m169.500 195.500 3.200 3.200 6-6.400" class="tick"/>
  </g>
</svg>`;

export const MARKUP = `
<div class="stage" part="stage" data-view="welcome" tabindex="-1">
  <video part="video" playsinline muted autoplay aria-hidden="true" tabindex="-1"></video>
  <img class="still" part="still" alt="" hidden>
  <canvas class="still frozen" hidden aria-hidden="true"></canvas>
  <div class="shade" aria-hidden="true"></div>
  <div class="guide" part="guide" aria-hidden="true"><i></i><i></i><i></i><i></i><b></b></div>
  <svg class="outline" part="outline" aria-hidden="true"><polygon points=""/></svg>
  <div class="overlays"><slot name="overlay"></slot></div>

  <div class="tools" part="toolbar">
    <button class="tool torch" part="button torch" aria-pressed="false" hidden>${icon("torch")}<span data-text="torch"></span></button>
    <button class="tool switch" part="button camera" hidden>${icon("camera")}<span data-text="camera"></span></button>
  </div>

  <button class="tool report" part="button report" hidden>${icon("flag")}<span data-text="report"></span></button>

  <div class="foot">
    <p class="hint" part="hint" aria-hidden="true"></p>
    <label class="zoom" part="zoom" hidden><span data-text="zoom"></span><input class="zoom-slider" part="zoom-slider" type="range"><output class="zoom-value" part="zoom-value" aria-hidden="true"></output></label>
    <button class="quiet pill photo" part="button photo">${icon("photo")}<span data-text="photo"></span></button>
  </div>

  <div class="center asking">
    <div class="ring" aria-hidden="true"></div>
    <p class="headline" data-text="asking"></p>
    <p class="asking-text" data-text="askingText"></p>
    <button class="quiet pill shoot" part="button photo" hidden>${icon("shoot")}<span data-text="shoot"></span></button>
    <button class="quiet pill photo" part="button photo">${icon("photo")}<span data-text="takePhoto"></span></button>
  </div>
  <div class="center wait" aria-hidden="true"><div class="ring"></div></div>
  <button class="center tap" part="button tap"><span class="play" aria-hidden="true"></span><span data-text="tap"></span></button>
  <button class="center go" part="button resume"><span class="play" aria-hidden="true"></span><span data-text="resume"></span></button>

  <section class="welcome" part="panel welcome">
    ${ILLUSTRATION}
    <h2 data-text="title"></h2>
    <p data-text="intro"></p>
    <div class="buttons">
      <button class="main start" part="button start" data-text="start"></button>
      <button class="quiet photo" part="button photo">${icon("photo")}<span data-text="photo"></span></button>
    </div>
    <slot name="welcome"></slot>
  </section>

  <section class="sheet found" part="panel found" tabindex="-1" aria-labelledby="found-title">
    <img class="thumbnail" part="thumbnail" alt="" referrerpolicy="no-referrer" hidden>
    <canvas class="thumbnail" part="thumbnail" aria-hidden="true" hidden></canvas>
    <div class="facts">
      <p class="label">${icon("check")}<span data-text="found"></span></p>
      <h2 class="name" id="found-title" part="title"></h2>
      <dl>
        <div part="id"><dt data-text="id"></dt><dd class="id"></dd></div>
        <div part="distance"><dt data-text="distance"></dt><dd class="distance"></dd></div>
      </dl>
    </div>
    <div class="buttons">
      <a class="main follow" part="button follow" hidden>${icon("open")}<span data-text="follow"></span></a>
      <button class="again" part="button again">${icon("again")}<span data-text="again"></span></button>
      <button class="another" part="button photo" hidden>${icon("photo")}<span data-text="anotherPhoto"></span></button>
    </div>
    <slot name="found"></slot>
  </section>

  <section class="sheet missed" part="panel missed" tabindex="-1" aria-labelledby="missed-title">
    <h2 id="missed-title" data-text="notFound"></h2>
    <p data-text="notFoundText"></p>
    <div class="buttons">
      <button class="main photo" part="button photo">${icon("photo")}<span data-text="anotherPhoto"></span></button>
      <button class="again" part="button again">${icon("again")}<span data-text="start"></span></button>
    </div>
  </section>

  <section class="problem" part="panel error" tabindex="-1" aria-labelledby="problem-title">
    <div class="mark" aria-hidden="true">${icon("alert")}</div>
    <h2 class="problem-title" id="problem-title"></h2>
    <p class="problem-text"></p>
    <div class="buttons">
      <button class="main retry" part="button retry">${icon("again")}<span data-text="retry"></span></button>
      <button class="shoot" part="button photo" hidden>${icon("shoot")}<span data-text="shoot"></span></button>
      <button class="photo" part="button photo">${icon("photo")}<span data-text="takePhoto"></span></button>
      <a class="elsewhere" part="button browser" hidden>${icon("open")}<span data-text="openInBrowser"></span></a>
      <button class="copy" part="button copy" hidden>${icon("link")}<span data-text="copy"></span></button>
    </div>
    <details><summary data-text="details"></summary><p><code class="code" part="code"></code> <span class="message"></span></p></details>
  </section>

  <div class="loading" part="loading" hidden>
    <div class="loading-words"><span class="loading-stage"></span><span class="loading-bytes"></span></div>
    <div class="bar" role="progressbar" aria-valuemin="0" aria-valuemax="100" part="progress"><i></i></div>
  </div>
  <dialog class="reporting" part="panel reporting" aria-labelledby="reporting-title">
    <h2 id="reporting-title" data-text="report"></h2>
    <p data-text="reportText"></p>
    <ul>
      <li class="report-frames"></li>
      <li data-text="reportAnswers"></li>
      <li data-text="reportDevice"></li>
    </ul>
    <p class="report-file" role="status"></p>
    <div class="buttons">
      <button class="main save" part="button save" data-text="reportSave"></button>
      <button class="share" part="button share" data-text="reportShare" hidden></button>
      <button class="cancel" part="button cancel" data-text="reportCancel"></button>
    </div>
  </dialog>
  <p class="spoken" role="status"></p>
  <input class="file" type="file" accept="image/*" hidden tabindex="-1" aria-hidden="true">
</div>`;
