// The words of <image-scanner>, for sites that give some of their own: a public address. It defines no element.
export { LANGUAGES } from "./element/languages.js";
export { ENGLISH } from "./element/words/en.js";
