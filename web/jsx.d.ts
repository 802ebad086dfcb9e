// Teaches the JSX of React, Preact and Solid, and the templates and JSX of Vue, the element <image-scanner>.
//
// An app has one of the four. Each `@ts-ignore` quiets one complaint: that the package on the next line is not
// installed. Types of a missing package are then `any`, and its augmentation adds to nothing.

// @ts-ignore
import type * as Preact from "preact";
// @ts-ignore
import type * as React from "react";
// @ts-ignore
import type { JSX as Solid } from "solid-js";
// @ts-ignore
import type * as Vue from "vue";
import type {
  ImageScannerAttributes,
  ImageScannerElement,
  ImageScannerEventMap,
  ImageScannerProperties,
} from "./image-scanner-element-class.js";

type Settings = ImageScannerAttributes & ImageScannerProperties;

/** Listeners by the names that Preact and React give them: `onmatch`. */
type Listeners = {
  [Name in keyof ImageScannerEventMap as `on${Name}`]?: ((event: ImageScannerEventMap[Name]) => void) | undefined;
};
/** Listeners by the names that Solid gives them: `on:match`. */
type SolidListeners = {
  [Name in keyof ImageScannerEventMap as `on:${Name}`]?: ((event: ImageScannerEventMap[Name]) => void) | undefined;
};
/** Listeners by the names that Vue gives them: `onMatch`, in a template `@match`. */
type VueListeners = {
  [Name in keyof ImageScannerEventMap as `on${Capitalize<Name>}`]?:
    | ((event: ImageScannerEventMap[Name]) => void)
    | undefined;
};

/** Takes the element's own names out of those of every HTML element, and puts the element's types in their place. */
type With<Own, Html> = Own & Omit<Html, keyof Own>;

/** Attributes that are on where they are present. React 18, and Vue on a server, write `false` as a text: present. */
type PresentOrAbsent = {
  [Name in "autostart" | "continuous" | "multiple" | "open" | "report" | "details"]?: true | "" | undefined;
};
/** React 18 sets attributes only. Properties and listeners need a ref, and classes the attribute's name. */
type React18Settings = With<PresentOrAbsent, ImageScannerAttributes> & {
  class?: string | undefined;
  className?: undefined;
};

type ReactProps = React.ClassAttributes<ImageScannerElement> &
  With<
    typeof React extends { useActionState: unknown } ? Settings & Listeners : React18Settings,
    // React listens to `onError` at elements that load a file only.
    Omit<React.HTMLAttributes<ImageScannerElement>, "onError" | "onErrorCapture">
  >;

// @ts-ignore
declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "image-scanner": ReactProps;
    }
  }
}

/** Attributes of a <div>, because Preact 10 and 11 have no common name for those of every element. */
type PreactProps = With<
  Settings & Listeners & { ref?: Preact.Ref<ImageScannerElement> | undefined },
  Preact.JSX.IntrinsicElements["div"]
>;

// @ts-ignore
declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "image-scanner": PreactProps;
    }
  }
}

// @ts-ignore
declare module "solid-js" {
  namespace JSX {
    interface IntrinsicElements {
      "image-scanner": With<Settings & SolidListeners, Solid.HTMLAttributes<ImageScannerElement>>;
    }
  }
}

type VueProps = With<With<PresentOrAbsent, Settings> & VueListeners, Vue.HTMLAttributes>;

// @ts-ignore
declare module "vue" {
  /** For JSX. */
  interface IntrinsicElementAttributes {
    "image-scanner": VueProps;
  }
  /** For templates. */
  interface GlobalComponents {
    "image-scanner": new () => { $props: VueProps; $slots: { default?: () => unknown } };
  }
}
