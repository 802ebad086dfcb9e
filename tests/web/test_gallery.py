"""The demo page's gallery: all pictures that the page knows, or none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from scanner.offline.site.serve import serving
from support.browsers import OpenBrowser
from support.places import PROJECT

BUNDLE = json.loads((PROJECT / "hashes" / "references.json").read_text(encoding="utf-8"))


def test_a_thousand_pictures_are_in_the_gallery_and_are_loaded_when_they_come_into_view(
    site_folder: Path, tmp_path: Path, browser_with_camera: OpenBrowser
) -> None:
    """The gallery of 1000 references lists all of them at once, and asks for the pictures near the view only."""
    site = Path(shutil.copytree(site_folder, tmp_path / "dist"))
    first = BUNDLE["references"][0]
    many = [{**first, "id": f"{at:04}", "thumbnail": f"../pictures/1.png?{at}"} for at in range(1000)]
    (site / "hashes" / "references.json").write_text(json.dumps({**BUNDLE, "references": many}), encoding="utf-8")
    for packed in (site / "hashes").glob("references.json.*"):
        packed.unlink()
    with serving(site) as base:
        page = browser_with_camera(None, service_workers="block", viewport={"width": 360, "height": 740}).new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "/pictures/1.png?" in request.url else None)
        page.goto(base)
        page.locator(".gallery li").nth(999).wait_for(state="attached")
        page.wait_for_timeout(500)
        assert 0 <= len(asked) < 300
        page.locator(".gallery li").nth(999).scroll_into_view_if_needed()
        page.wait_for_function("[...document.querySelectorAll('.gallery img')].at(-1).naturalWidth > 0")
        assert f"{base}pictures/1.png?999" in asked
        assert len(asked) < 700


def test_a_picture_that_fails_hides_the_gallery(site: str, browser_with_camera: OpenBrowser) -> None:
    """A thumbnail that is not there hides the whole gallery, and the console names its address."""
    page = browser_with_camera(None, service_workers="block", viewport={"width": 360, "height": 740}).new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if "gallery" in message.text else None)
    page.route("**/pictures/2.png", lambda route: route.fulfill(status=404, body="not here"))
    page.goto(site)
    page.locator(".gallery li").first.wait_for(state="attached")
    page.locator(".gallery").evaluate("(gallery) => gallery.scrollIntoView()")
    page.locator(".gallery").wait_for(state="hidden")
    [text] = told
    assert "pictures/2.png" in text
