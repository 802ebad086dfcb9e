// Fails the type check where a declaration and the modules disagree. Never runs.
import type { AttributesAsProperties } from "./element/attributes.js";
import type { Details } from "./element/fire.js";
import type { ImageScannerElement } from "./element/image-scanner-element.js";
import type { Language } from "./element/languages.js";
import type { Strings } from "./element/words/en.js";
import type * as declared from "./image-scanner.module.js";
import type * as element from "./image-scanner-element-class.js";
import { imageScannerStart, imageScannerStop } from "./page/image-scanner-start.js";
import { ImageScanner } from "./page/scanner.js";
import type { ErrorCode, ScannerError, Words } from "./shared/errors.js";
import type * as words from "./strings.js";

type Same<A, B> = [A, B] extends [B, A] ? true : never;

/** Names of one that another lacks. */
type Lacking<Whole, Part> = Exclude<keyof Whole, keyof Part>;
/** Has no argument without an error, which names what the argument holds. */
type Nothing<Names extends never> = Names;

/** Members that the page's own scripts call, and no site. */
type Inner = "millisecondsSinceFind" | "opensCameras" | "recording";
/** The property of an attribute: `stopWhenHidden` of "stop-when-hidden". */
type Camel<Name> = Name extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<Camel<Rest>>}` : Name;
/** Methods that the browser calls. */
type Reactions = "connectedCallback" | "connectedMoveCallback" | "disconnectedCallback" | "attributeChangedCallback";

// A method, property or word that only the module has, or only the declaration.
export type Agreed = [
  Nothing<Exclude<Lacking<ImageScanner, declared.ImageScanner>, Inner>>,
  Nothing<Lacking<declared.ImageScanner, ImageScanner>>,
  Nothing<Lacking<typeof ImageScanner, typeof declared.ImageScanner>>,
  Nothing<Lacking<typeof declared.ImageScanner, typeof ImageScanner>>,
  Nothing<Exclude<Lacking<ImageScannerElement, element.ImageScannerElement>, Reactions>>,
  Nothing<Lacking<element.ImageScannerElement, ImageScannerElement>>,
  Nothing<Exclude<Camel<keyof element.ImageScannerAttributes>, keyof element.ImageScannerElement>>,
  Nothing<Exclude<Lacking<AttributesAsProperties, HTMLElement>, Camel<keyof element.ImageScannerAttributes>>>,
  Nothing<Lacking<Strings, words.Strings>>,
  Nothing<Lacking<words.Strings, Strings>>,
];

export const promised: {
  // The module's listeners are those of every element: each declared overload is one of them.
  element: Omit<element.ImageScannerElement, "addEventListener" | "removeEventListener">;
  scanner: declared.ImageScanner;
  error: declared.ScannerError;
} = {
  element: {} as ImageScannerElement,
  scanner: {} as ImageScanner,
  error: {} as ScannerError,
};

export const statics: Omit<typeof declared.ImageScanner, "prototype"> = ImageScanner;

export const calls: Pick<typeof declared, "imageScannerStart" | "imageScannerStop"> = {
  imageScannerStart,
  imageScannerStop,
};

export const codes: Same<ErrorCode, declared.ErrorCode> = true;
export const errorWords: Same<Words, declared.ErrorWords> = true;
export const views: Same<ImageScannerElement["view"], element.View> = true;
export const events: Same<
  Details,
  { [Name in keyof element.ImageScannerEventMap]: element.ImageScannerEventMap[Name]["detail"] }
> = true;
export const languages: Same<Language, words.Language> = true;
export const status: Same<ImageScanner["status"], declared.Status> = true;
export const verdicts: Same<
  Awaited<ReturnType<typeof ImageScanner.scanImage>>,
  Awaited<ReturnType<typeof declared.ImageScanner.scanImage>>
> = true;
export const options: Same<ConstructorParameters<typeof ImageScanner>[2], declared.Options | undefined> = true;
