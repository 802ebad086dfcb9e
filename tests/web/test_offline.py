"""The page works on a second visit without a network, and under the strict policy of docs/hosting.md."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from support.browsers import OpenBrowser
from support.faulty_site import serving_with
from support.places import PICTURES, PROJECT, SCRIPTED_CAMERA

LISTEN = "globalThis.matches = []; addEventListener('match', ({ detail }) => matches.push(detail.id));"
SHOW = "(source) => scriptedCamera.show(source, 0.65).then(() => (scriptedCamera.rise = -0.04))"


def picture_as_address(name: str) -> str:
    import base64

    return "data:image/png;base64," + base64.b64encode((PICTURES / f"{name}.png").read_bytes()).decode()


def until(page: Page, expression: str, seconds: float = 90) -> None:
    """Waits for an expression or promise, also where a policy forbids the eval that Playwright's own waiting needs."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never came true: {expression}"
        page.wait_for_timeout(200)


def test_the_second_visit_works_without_a_network(site: str, browser_with_camera: OpenBrowser) -> None:
    """A page visited once opens, starts Python and recognises a picture with the network off."""
    context = browser_with_camera(None, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.add_init_script(SCRIPTED_CAMERA + LISTEN + "scriptedCamera.size = [720, 1280];")
    page.goto(site)
    page.wait_for_function("navigator.serviceWorker.controller !== null", timeout=60_000)
    context.set_offline(True)
    page.reload()
    page.evaluate(SHOW, picture_as_address("album"))
    page.evaluate("void document.querySelector('image-scanner').start()")
    until(page, "matches.length > 0")
    assert page.evaluate("matches[0]") == "album"


def test_an_older_build_is_removed_when_a_newer_one_has_come(
    site_folder: Path, tmp_path: Path, browser_with_camera: OpenBrowser
) -> None:
    """The visitor's browser keeps one build; caches of other sites on the same origin stay untouched."""
    folder = tmp_path / "dist"
    shutil.copytree(site_folder, folder)
    with serving_with(folder, {}) as base:
        page = browser_with_camera(None).new_page()
        page.goto(base)
        page.wait_for_function("navigator.serviceWorker.controller !== null", timeout=60_000)
        page.evaluate("caches.open('somebody else')")
        first = page.evaluate("caches.keys()")
        assets = json.loads((folder / "assets.json").read_text())
        for path in folder.glob("assets.json.*"):
            path.unlink()
        (folder / "assets.json").write_text(json.dumps({**assets, "version": "newer"}))
        for path in folder.glob("service-worker.js.*"):
            path.unlink()
        with (folder / "service-worker.js").open("a") as script:
            script.write("// newer\n")
        page.reload()
        until(page, "caches.keys().then((names) => names.some((name) => name.endsWith('newer')))")
        until(page, "caches.keys().then((names) => names.length === 2)")
        names = page.evaluate("caches.keys()")
        assert "somebody else" in names
        assert not set(first) - {"somebody else"} & set(names)
        page.get_by_text("A new version is ready.").wait_for()


def test_the_service_worker_keeps_every_file_of_the_page(
    site: str, site_folder: Path, browser_with_camera: OpenBrowser
) -> None:
    """The service worker keeps all that is shipped, except pictures and licence texts, for visits without a network."""
    page = browser_with_camera(None).new_page()
    page.goto(site)
    page.wait_for_function("navigator.serviceWorker.controller !== null", timeout=60_000)
    kept = page.evaluate("""async () => {
        const [name] = await caches.keys();
        const requests = await (await caches.open(name)).keys();
        return requests.map(({ url }) => url);
    }""")
    shipped = {path.relative_to(site_folder).as_posix() for path in site_folder.rglob("*.*") if path.is_file()}
    wanted = {path for path in shipped if not path.startswith(("licences/", "pictures/"))}
    wanted = {path for path in wanted if not path.endswith((".br", ".gz"))}
    assert {"page/scanner.js", "python/actions.js", "hashes/references.json"} < wanted
    assert {site + path for path in wanted | {""}} == set(kept)


def test_the_page_works_under_the_documented_policy(site_folder: Path, browser_with_camera: OpenBrowser) -> None:
    """The page works under the Content-Security-Policy that docs/hosting.md recommends, and violates none of it."""
    text = (PROJECT / "docs" / "hosting.md").read_text(encoding="utf-8")
    policy = next(line for line in text.splitlines() if line.startswith("default-src"))
    with serving_with(site_folder, {}, headers={"Content-Security-Policy": policy}) as base:
        page = browser_with_camera(None, service_workers="block", viewport={"width": 360, "height": 740}).new_page()
        violations: list[str] = []
        page.on(
            "console",
            lambda message: violations.append(message.text) if "Content Security" in message.text else None,
        )
        page.add_init_script(SCRIPTED_CAMERA + LISTEN + "scriptedCamera.size = [720, 1280];")
        page.goto(base)
        page.evaluate(SHOW, picture_as_address("album"))
        page.evaluate("void document.querySelector('image-scanner').start()")
        until(page, "matches.length > 0")
        assert page.evaluate("matches[0]") == "album"
        assert violations == []


def test_the_page_can_be_installed(site_folder: Path) -> None:
    """The manifest names existing icons with their true sizes, and a start address inside its scope."""
    manifest = json.loads((site_folder / "manifest.webmanifest").read_text(encoding="utf-8"))
    assert manifest["display"] == "standalone"
    assert (manifest["start_url"], manifest["scope"]) == ("./", "./")
    sizes = set()
    for icon in manifest["icons"]:
        path = site_folder / icon["src"]
        assert path.is_file()
        if path.suffix == ".png":
            with Image.open(path) as picture:
                assert icon["sizes"] == "{}x{}".format(*picture.size)
                sizes.add((icon["sizes"], icon.get("purpose", "any")))
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes
    page = (site_folder / "index.html").read_text(encoding="utf-8")
    assert '<link rel="manifest" href="manifest.webmanifest" />' in page
