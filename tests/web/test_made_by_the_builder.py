"""What `build --thumbnails` makes is what a visitor's browser shows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from playwright.sync_api import Route

from scanner.offline.command.main import build_hashes
from support.browsers import OpenBrowser
from support.places import PICTURES, SCRIPTED_CAMERA


def test_a_find_shows_the_made_thumbnail_and_leads_to_the_sites_page(
    site: str, browser_with_camera: OpenBrowser, tmp_path: Path
) -> None:
    """The card shows the thumbnail that the builder made, and its link counts from the bundle's folder in the site."""
    images, bundle = tmp_path / "covers", tmp_path / "made" / "references.json"
    images.mkdir()
    shutil.copy(PICTURES / "album.png", images)
    own = {"album": {"title": "Golden Hour", "url": "../shop.html"}}
    (images / "references.json").write_text(json.dumps(own), encoding="utf-8")
    assert build_hashes([str(images), "-o", str(bundle), "--thumbnails", "--quiet"]) == 0

    def made(route: Route) -> None:
        path = route.request.url.partition("?")[0].removeprefix(f"{site}hashes/")
        route.fulfill(path=bundle.parent / path)

    page = browser_with_camera(None, service_workers="block", viewport={"width": 360, "height": 740}).new_page()
    page.add_init_script(SCRIPTED_CAMERA + "scriptedCamera.size = [720, 1280];")
    page.route("**/album.png", lambda route: route.fulfill(path=PICTURES / "album.png"))
    page.context.route("**/hashes/**", made)
    page.goto(site)
    page.evaluate("document.querySelector('image-scanner').setAttribute('bundle', 'hashes/references.json?mine')")
    page.evaluate("scriptedCamera.show('album.png', 0.65).then(() => (scriptedCamera.rise = -0.04))")
    page.get_by_role("button", name="Start camera").click()
    thumbnail = page.locator(".found img.thumbnail")
    thumbnail.wait_for()
    (file,) = bundle.parent.glob("thumbs/*.webp")
    assert thumbnail.get_attribute("src") == f"{site}hashes/thumbs/{file.name}"
    assert thumbnail.evaluate("(image) => image.naturalWidth") == 480
    assert page.locator(".found .follow").get_attribute("href") == f"{site}shop.html"
