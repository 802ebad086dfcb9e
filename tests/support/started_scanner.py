"""A page whose scanner starts by itself, and which keeps its finds, its error and its progress."""

from __future__ import annotations

from playwright.sync_api import Page

from support.browsers import OpenBrowser
from support.places import PICTURES, SCRIPTED_CAMERA

# Starts one scanner; keeps the error that ends it and every report of progress with its time.
PAGE = """<!doctype html><meta charset="utf-8">
<video id="video" style="width: 400px; height: 300px"></video>
<script type="module">
  import { ImageScanner } from "./image-scanner.module.js";
  globalThis.progress = [];
  globalThis.found = [];
  globalThis.judged = 0;
  globalThis.scanner = new ImageScanner(video, (result) => found.push(result), {
    region: { width: 270, height: 270, top: 15 },
    onFrame: () => judged++,
    onState: ({ loading }) => { if (loading) progress.push({ ...loading, at: performance.now() }); },
    onError: (error) => (globalThis.failed = { code: error.code, message: error.message, at: performance.now() }),
  });
  scanner.start();
</script>"""


def open_page(browser_with_camera: OpenBrowser, base: str, *, regular: bool = False) -> Page:
    """Opens the page at a site. For a regular visitor Python starts sooner."""
    page = browser_with_camera(None, regular=regular, service_workers="block").new_page()
    page.add_init_script(SCRIPTED_CAMERA)
    page.route("**/scan.html", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.route("**/album.png", lambda route: route.fulfill(path=PICTURES / "album.png"))
    page.route("**/1.png", lambda route: route.fulfill(path=PICTURES / "1.png"))
    page.goto(base + "scan.html")
    return page
