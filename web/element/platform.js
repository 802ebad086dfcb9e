// Tells the kind of device and browser, for the wording of advice only. No feature depends on it.

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
  // Android's embedded web view says "; wv". An iPhone's names neither Safari nor another browser. A page on the home
  // screen names none either, but is inside no app.
  const inApp =
    apps.test(userAgent) ||
    (android && /; wv\)/.test(userAgent)) ||
    (ios && !browser.standalone && /AppleWebKit/.test(userAgent) && !/Safari\/|CriOS|FxiOS|EdgiOS/.test(userAgent));
  return { device: ios ? "ios" : android ? "android" : "desktop", inApp };
}
