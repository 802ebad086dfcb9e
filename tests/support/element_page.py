"""The demo page with <image-scanner>, on a phone, before the scripted camera."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from support.answering import answer
from support.browsers import OpenBrowser
from support.places import PICTURES, SCRIPTED_CAMERA

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}}
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
ELEMENT = "document.querySelector('image-scanner')"
# The frame on the phone's page is a square of 288 px; the picture shown to the scripted camera fits it.
FILLS_THE_FRAME = "scriptedCamera.show('album.png', 0.65).then(() => (scriptedCamera.rise = -0.04))"

LISTEN = """
    globalThis.events = [];
    for (const type of ["ready", "match", "error"]) {
      addEventListener(type, ({ detail }) => detail !== undefined && events.push([type, detail?.id ?? detail?.code]));
    }
"""


def open_page(
    browser_with_camera: OpenBrowser, site: str, before: str = "", *, regular: bool = True, **options: object
) -> Page:
    """Opens the demo page; `before` runs before it. The visitor is a regular one, unless the start itself matters."""
    context = browser_with_camera(None, regular=regular, service_workers="block", **{**PHONE, **options})
    page = context.new_page()
    page.add_init_script(SCRIPTED_CAMERA + "scriptedCamera.size = [720, 1280];" + LISTEN + before)
    answer(page, site, {"album.png": PICTURES / "album.png"})
    page.goto(site)
    return page


def wait_for(page: Page, view: str) -> None:
    page.wait_for_function("(view) => document.querySelector('image-scanner').getAttribute('view') === view", arg=view)
