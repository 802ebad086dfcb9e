"""A page with an ImageScanner, or with the element, before the scripted camera."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from support.answering import answer
from support.browsers import OpenBrowser
from support.places import PICTURES, SCRIPTED_CAMERA

OWN_VIDEO = """<!doctype html><meta charset="utf-8">
<video id="video" style="width: 400px; height: 300px"></video>
<script type="module">
  import { ImageScanner } from "./image-scanner.module.js";
  Object.assign(globalThis, { ImageScanner, video: document.querySelector("video"), found: [], failed: [], seen: [] });
  globalThis.make = (options = {}) => (globalThis.scanner = new ImageScanner(video, (result) => found.push(result), {
    region: { width: 270, height: 270, top: 15 },
    onState: ({ state, waiting }) => seen.push(waiting ? `${state}: ${waiting}` : state),
    onError: (error) => failed.push(error.code),
    ...options,
  }));
  make();
</script>"""

HIDE = """Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));"""
SHOW = HIDE.replace("true, conf", "false, conf")

REACH = {
    "stopped": "",
    "starting": "scriptedCamera.answers = ['never']; void scanner.start();",
    "scanning": "await scanner.start();",
    "paused": "await scanner.start(); scanner.pause();",
    "suspended": "await scanner.start();" + HIDE,
    "failed": "scriptedCamera.answers = ['NotAllowedError']; await scanner.start().catch(() => {});",
    "destroyed": "scanner.destroy();",
}
"""The way to each state, from a new scanner."""

NO_AUTOPLAY = """
    globalThis.tapped = false;
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
      return tapped ? play.call(this) : Promise.reject(new DOMException("only after a tap", "NotAllowedError"));
    };
    Object.defineProperty(HTMLMediaElement.prototype, "autoplay", { set() {}, get: () => false });
"""


def open_page(browser_with_camera: OpenBrowser, site: str, before: str = "", **options: Any) -> Page:
    """Opens a page whose scanner is `scanner`; `found`, `failed` and `seen` list results, error codes and states."""
    page = open_body(browser_with_camera, site, OWN_VIDEO, before, **options)
    page.wait_for_function("globalThis.scanner")
    return page


def open_body(
    browser_with_camera: OpenBrowser, site: str, body: str, before: str = "", *, regular: bool = True, **options: object
) -> Page:
    """Opens a page of the site with its own body. The visitor is a regular one, unless the start itself matters."""
    page = browser_with_camera(None, regular=regular, service_workers="block", **options).new_page()
    page.add_init_script(SCRIPTED_CAMERA + before)
    answer(page, site, {"scan.html": body, "album.png": PICTURES / "album.png"})
    page.goto(site + "scan.html")
    return page


def until(page: Page, holds: str) -> None:
    """Waits until a JavaScript expression, or the promise that it gives, is true."""
    page.wait_for_function(holds)
