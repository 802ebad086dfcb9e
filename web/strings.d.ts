/** The words of <image-scanner>, for sites that give some of their own. See docs/javascript.md. */

/** Every word of the element. `{name}` in a word is a place that the element fills in. */
export interface Strings {
  title: string;
  intro: string;
  start: string;
  photo: string;
  takePhoto: string;
  choosePhoto: string;
  shoot: string;
  asking: string;
  askingText: string;
  askingLong: string;
  opening: string;
  tap: string;
  download: string;
  python: string;
  core: string;
  megabytes: string;
  scanning: string;
  closer: string;
  back: string;
  steady: string;
  fit: string;
  light: string;
  glare: string;
  unknown: string;
  alike: string;
  suspended: string;
  paused: string;
  resume: string;
  found: string;
  id: string;
  distance: string;
  bits: string;
  follow: string;
  again: string;
  notFound: string;
  notFoundText: string;
  alikeText: string;
  anotherPhoto: string;
  checking: string;
  torch: string;
  zoom: string;
  camera: string;
  retry: string;
  copy: string;
  copied: string;
  openInBrowser: string;
  openSecurely: string;
  "insecure-context": string;
  "insecure-context.text": string;
  "permission-denied": string;
  "permission-denied.ios": string;
  "permission-denied.android": string;
  "permission-denied.desktop": string;
  "no-camera": string;
  "no-camera.text": string;
  "camera-in-use": string;
  "camera-in-use.text": string;
  "camera-lost": string;
  "camera-lost.text": string;
  "unsupported-browser": string;
  "unsupported-browser.text": string;
  "runtime-failed": string;
  "runtime-failed.text": string;
  "bundle-invalid": string;
  "bundle-invalid.text": string;
  "invalid-argument": string;
  "invalid-argument.text": string;
  "pixels-blocked": string;
  "pixels-blocked.text": string;
  aborted: string;
  "aborted.text": string;
  "site-fault": string;
  "site-fault.text": string;
  unreachable: string;
  "unreachable.text": string;
  unreadable: string;
  "unreadable.text": string;
  "unreadable.damaged": string;
  "unreadable.empty": string;
  "unreadable.heic": string;
  "unreadable.large": string;
  "unreadable.pdf": string;
  "unreadable.writing": string;
  inApp: string;
  "inApp.text": string;
  details: string;
  report: string;
  reportText: string;
  reportFrames: string;
  reportNoFrames: string;
  reportAnswers: string;
  reportDevice: string;
  reportMaking: string;
  reportReady: string;
  reportFailed: string;
  reportSave: string;
  reportShare: string;
  reportCancel: string;
}

/** A language with words, as a tag of BCP 47. */
export type Language = "en" | "ja" | "de" | "fr" | "es" | "pt" | "it" | "ko" | "zh-Hans" | "zh-Hant";

/** The element's words in English: those of a page whose language has none. */
export const ENGLISH: Strings;

/** Every language with words. English is the first. */
export const LANGUAGES: readonly Language[];
