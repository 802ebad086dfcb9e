// The kind of device and browser: only to word advice, never to decide whether something works.

/** @typedef {{device: "ios" | "android" | "desktop", inApp: boolean}} Platform */

/**
 * @param {{userAgent: string, platform?: string, maxTouchPoints?: number, standalone?: boolean}} [browser]
 * @returns {Platform}
 */
export function platform(browser = navigator) {
  const { userAgent } = browser;
  // iPads call themselves Macs; Macs have no touch screen.
  const ios =
    /iPhone|iPad|iPod/.test(userAgent) || (browser.platform === "MacIntel" && (browser.maxTouchPoints ?? 0) > 1);
  const android = /Android/.test(userAgent);
  const apps =
    /FBAN|FBAV|FB_IAB|Instagram|\bLine\/|MicroMessenger|Snapchat|BytedanceWebview|musical_ly|Twitter|Pinterest|LinkedInApp|KAKAOTALK/;
  // Android's embedded web view says "; wv"; an iPhone's says neither Safari nor one of the browsers there, but nor does
  // a page on the home screen, which is nobody's app.
  const inApp =
    apps.test(userAgent) ||
    (android && /; wv\)/.test(userAgent)) ||
    (ios && !browser.standalone && /AppleWebKit/.test(userAgent) && !/Safari\/|CriOS|FxiOS|EdgiOS/.test(userAgent));
  return { device: ios ? "ios" : android ? "android" : "desktop", inApp };
}
