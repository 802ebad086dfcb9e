// The zoom slider, for cameras that zoom.

/** @typedef {import("./inside.js").Inside} Inside */
/** @typedef {import("../page/scanner.js").ImageScanner} ImageScanner */

/**
 * Shows the slider where the camera zooms and the site does not hide it, at the camera's present zoom.
 * @param {Inside} inside
 * @param {ImageScanner | null} scanner
 */
export function offerZoom(inside, scanner) {
  const range = inside.host.getAttribute("zoom") === "off" ? null : (scanner?.zoomRange() ?? null);
  inside.show(".zoom", range !== null);
  if (!scanner || !range) return;
  const slider = sliderIn(inside);
  slider.min = String(range.min);
  slider.max = String(range.max);
  slider.step = String(range.step || "any"); // some cameras name no step, or 0
  slider.value = String(scanner.getZoom() ?? range.min);
  showZoom(inside);
}

/**
 * Zooms as the person moves the slider. A camera that is slow skips the values between.
 * @param {Inside} inside
 * @param {() => ImageScanner | null} scanner
 */
export function zoomBySlider(inside, scanner) {
  const slider = sliderIn(inside);
  let setting = false;
  slider.addEventListener("input", async () => {
    showZoom(inside);
    if (setting) return;
    setting = true;
    for (let zoom = ""; zoom !== slider.value; ) {
      zoom = slider.value;
      await scanner()?.setZoom(Number(zoom));
    }
    setting = false;
  });
}

/** @param {Inside} inside */
function showZoom(inside) {
  const slider = sliderIn(inside);
  const factor = `${Number(Number(slider.value).toFixed(1))}×`;
  slider.setAttribute("aria-valuetext", factor);
  inside.find(".zoom-value").textContent = factor;
}

/** @param {Inside} inside */
function sliderIn(inside) {
  return /** @type {HTMLInputElement} */ (inside.find(".zoom-slider"));
}
