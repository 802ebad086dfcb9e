"""The runtimes `stock` and `cdn` start in a real browser and judge a frame as the trimmed runtime does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext

from scanner.offline.site import assemble_site
from scanner.offline.site.runtime import CDN_URL, obtain_runtime
from scanner.offline.site.serve import serving
from support.browsers import OpenBrowser
from support.places import VISIT


def judged(context: BrowserContext, base: str) -> tuple[str, int]:
    """Returns the outcome and distance of one drawn frame in the site at `base`, which asks for nothing in vain."""
    page = context.new_page()
    in_vain: list[str] = []
    context.on("response", lambda response: None if response.ok else in_vain.append(response.url))
    context.on("requestfailed", lambda request: in_vain.append(request.url))
    page.goto(base + "licences/NOTICE.txt")
    page.add_script_tag(path=VISIT)
    answer: dict[str, Any] = page.evaluate("(base) => visit(base)", base)
    assert in_vain == []
    return answer["outcome"], answer["distance"]


def test_pyodide_as_published_gives_the_same_verdict(
    browser_with_camera: OpenBrowser, site: str, tmp_path: Path
) -> None:
    """A site of --runtime stock starts, asks for no file that it lacks, and judges as the trimmed runtime does."""
    context = browser_with_camera()
    assemble_site(tmp_path / "stock", runtime="stock")
    with serving(tmp_path / "stock") as stock:
        assert judged(context, stock) == judged(context, site)


def test_pyodide_from_another_host_gives_the_same_verdict(
    browser_with_camera: OpenBrowser, site: str, tmp_path: Path
) -> None:
    """A site of --runtime cdn starts with its files on another origin, a second local server in the CDN's place."""
    context = browser_with_camera()
    host = tmp_path / "host"
    host.mkdir()
    for name, content in obtain_runtime().files.items():
        (host / name).write_bytes(content)
    assemble_site(tmp_path / "dist", runtime="cdn")
    with serving(host) as cdn, serving(tmp_path / "dist") as base:
        for packed in (tmp_path / "dist").glob("assets.json.*"):
            packed.unlink()
        listing = tmp_path / "dist" / "assets.json"
        listing.write_text(listing.read_text().replace(CDN_URL, cdn))
        assert judged(context, base) == judged(context, site)
