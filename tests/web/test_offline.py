"""The page works on a second visit without a network, and under the strict policy of docs/hosting.md."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from PIL import Image

from scanner.offline.site.hosts import host_files
from scanner.offline.site.made import LIST
from scanner.offline.site.serve import serving
from support.browsers import OpenBrowser
from support.faulty_site import replaced_by, serving_with
from support.places import PICTURES, PROJECT, SCRIPTED_CAMERA
from support.scanner_page import until

LISTEN = "globalThis.matches = []; addEventListener('match', ({ detail }) => matches.push(detail.id));"
SHOW = "(source) => scriptedCamera.show(source, 0.65).then(() => (scriptedCamera.rise = -0.04))"


def picture_as_address(name: str) -> str:
    import base64

    return "data:image/png;base64," + base64.b64encode((PICTURES / f"{name}.png").read_bytes()).decode()


def only_for_plain_starts(site_folder: Path) -> set[str]:
    """The paths of the files that a page asks for only where it cannot start from the snapshot."""
    assets = json.loads((site_folder / "assets.json").read_text(encoding="utf-8"))
    return {assets["files"][role]["url"] for role in ("asm", "wasm", *assets["libraries"].values())}


def test_the_second_visit_works_without_a_network(site: str, browser_with_camera: OpenBrowser) -> None:
    """A page visited once opens, starts Python and recognises a picture with the network off."""
    context = browser_with_camera(None, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.add_init_script(SCRIPTED_CAMERA + LISTEN + "scriptedCamera.size = [720, 1280];")
    page.goto(site)
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    context.set_offline(True)
    page.reload()
    page.evaluate(SHOW, picture_as_address("album"))
    page.evaluate("void document.querySelector('image-scanner').start()")
    until(page, "matches.length > 0")
    assert page.evaluate("matches[0]") == "album"


def test_the_service_worker_keeps_every_file_of_the_page(
    site: str, site_folder: Path, browser_with_camera: OpenBrowser
) -> None:
    """The service worker keeps all that a visit without a network needs; it keeps pictures once they are shown."""
    page = browser_with_camera(None).new_page()
    page.goto(site)
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.locator(".gallery img").first.wait_for()
    page.reload()  # now the service worker sees the gallery's requests
    until(page, "document.querySelector('.gallery img')?.naturalWidth > 0")
    kept = page.evaluate("""async () => {
        const [name] = await caches.keys();
        const requests = await (await caches.open(name)).keys();
        return requests.map(({ url }) => url).filter((url) => !url.includes("?"));
    }""")
    shipped = {path.relative_to(site_folder).as_posix() for path in site_folder.rglob("*.*") if path.is_file()}
    wanted = {path for path in shipped if not path.startswith(("licences/", "pictures/"))}
    wanted = {path for path in wanted if not path.endswith((".br", ".gz"))} - host_files().keys() - {LIST}
    wanted.remove("service-worker.js")  # the browser keeps it by itself
    wanted -= only_for_plain_starts(site_folder)
    assert {"page/scanner.js", "python/actions.js", "hashes/references.json", "index.html", "assets.json"} < wanted
    pictures = {url for url in kept if url.startswith(f"{site}pictures/")}
    assert pictures
    assert {site + path for path in wanted} == set(kept) - pictures


def test_every_file_of_the_site_is_listed_with_its_checksum(site_folder: Path) -> None:
    """The service worker knows the checksum of every file that a page can ask for, and of nothing else."""
    line = next(
        line for line in (site_folder / "service-worker.js").read_text().splitlines() if line.startswith("const BUILD")
    )
    build = json.loads(line.removeprefix("const BUILD = ").removesuffix(";"))
    assert build["version"] == json.loads((site_folder / "assets.json").read_text())["version"]
    files = {path.relative_to(site_folder).as_posix(): path for path in site_folder.rglob("*") if path.is_file()}
    asked = {name: path for name, path in files.items() if name not in {LIST, *host_files()}}
    listed = {name: path for name, path in asked.items() if not name.endswith((".br", ".gz"))}
    del listed["service-worker.js"]
    assert build["kept"].keys() | build["later"].keys() == listed.keys()
    for name, checksum in {**build["kept"], **build["later"]}.items():
        assert checksum == hashlib.sha256(listed[name].read_bytes()).hexdigest(), name
    plain = only_for_plain_starts(site_folder)
    assert {name for name in listed if name.startswith(("runtime/", "page/"))} - plain <= build["kept"].keys()
    assert plain <= build["later"].keys()


def test_the_page_works_under_the_documented_policy(site_folder: Path, browser_with_camera: OpenBrowser) -> None:
    """The page works under the Content-Security-Policy that docs/hosting.md recommends, and violates none of it."""
    with serving_with(site_folder, {}, headers={"Content-Security-Policy": documented_policy()}) as base:
        context = browser_with_camera(None, viewport={"width": 360, "height": 740})
        page = context.new_page()
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
        until(page, "navigator.serviceWorker.controller !== null")
        assert violations == []


def test_the_demo_page_carries_the_documented_policy(site_folder: Path, browser_with_camera: OpenBrowser) -> None:
    """The demo page brings the policy of docs/hosting.md along, so on any host it runs no script written into it."""
    text = (site_folder / "index.html").read_text(encoding="utf-8")
    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert found
    assert found[1] == documented_policy()
    assert text.index("Content-Security-Policy") < text.index("<script")
    with serving(site_folder) as base:
        page = browser_with_camera(None, service_workers="block").new_page()
        page.goto(base)
        ran = page.evaluate("""() => {
            const script = document.createElement("script");
            script.textContent = "globalThis.ran = true";
            document.body.append(script);
            return globalThis.ran ?? false;
        }""")
        assert ran is False


def documented_policy() -> str:
    text = (PROJECT / "docs" / "hosting.md").read_text(encoding="utf-8")
    return next(line for line in text.splitlines() if line.startswith("default-src"))


def test_a_page_opened_as_a_file_says_that_it_has_to_be_served(
    site_folder: Path, browser_with_camera: OpenBrowser
) -> None:
    """Opened by a double click, the page says that it has to be served over http or https, and by which command."""
    page = browser_with_camera(None).new_page()
    page.goto((site_folder / "index.html").as_uri())
    told = page.locator("body").inner_text()
    assert "opened as a file" in told
    assert "phash-scanner serve" in told
    assert page.locator("image-scanner").bounding_box() is None


NO_STORAGE = """
    Object.defineProperty(globalThis, "sessionStorage", {
      get() { throw new DOMException("Access is denied for this document.", "SecurityError"); },
    });
"""


def test_the_page_works_where_the_browser_keeps_nothing_for_it(site: str, browser_with_camera: OpenBrowser) -> None:
    """Where the browser denies the page its storage, the scanner is there, and no word of damaged scripts."""
    page = browser_with_camera(None).new_page()
    page.add_init_script(NO_STORAGE)
    page.goto(site)
    until(page, "document.querySelector('image-scanner').view === 'scanning'")
    assert page.locator("image-scanner").bounding_box() is not None
    assert not page.get_by_text("did not arrive whole").is_visible()


def test_damage_is_told_where_the_browser_keeps_nothing(site_folder: Path, browser_with_camera: OpenBrowser) -> None:
    """Where scripts are damaged and storage is denied, the page says so once and does not reload for ever."""
    broken = replaced_by(b"import nothing", "text/javascript")
    with serving_with(site_folder, {"image-scanner-element.js": broken}) as base:
        page = browser_with_camera(None, service_workers="block").new_page()
        page.add_init_script(NO_STORAGE)
        page.goto(base)
        page.get_by_text("did not arrive whole, or the browser is too old").wait_for()
        page.evaluate("globalThis.stayed = true")
        page.wait_for_timeout(1000)
        assert page.evaluate("globalThis.stayed") is True


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
