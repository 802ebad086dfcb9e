"""Hostile fields of an accepted bundle: they run nothing, ask no other host, and spoil nothing else."""

from __future__ import annotations

import base64
import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from scanner.offline.command.main import site
from scanner.offline.site.serve import serving
from support.browsers import OpenBrowser
from support.places import PICTURES, PROJECT

ALBUM = "data:image/png;base64," + base64.b64encode((PICTURES / "album.png").read_bytes()).decode()
BUNDLE = json.loads((PROJECT / "hashes" / "references.json").read_text(encoding="utf-8"))
REFERENCES: list[dict[str, Any]] = BUNDLE["references"]

SCRIPT = "<img src=x onerror='globalThis.ran = 1'><script>globalThis.ran = 1</script>"
DRAWING = "<svg xmlns='http://www.w3.org/2000/svg'><script>globalThis.ran = 1</script></svg>"

# {elsewhere} is another origin, {host} its host and port.
HOSTILE: dict[str, dict[str, Any]] = {
    "url that is script": {"url": "javascript:globalThis.ran=1"},
    "url that is script, with a tab": {"url": " java\tscript:globalThis.ran=1"},
    "url that is script, after a line feed": {"url": "\njavascript:globalThis.ran=1"},
    "url that holds a page": {"url": "data:text/html,<script>opener.ran=1</script>"},
    "url of a blob": {"url": "blob:http://localhost/x"},
    "url of an app": {"url": "intent://x#Intent;scheme=https;end"},
    "url of a file": {"url": "file:///etc/hostname"},
    "url with a misleading name": {"url": "https://museum.example@{host}/"},
    "url that is no text": {"url": {"href": "javascript:globalThis.ran=1"}},
    "url of a million characters": {"url": "https://museum.example/" + "x" * 10**6},
    "url that is none": {"url": "http://["},
    "title with markup": {"title": SCRIPT},
    "id with markup": {"id": SCRIPT},
    "title of a million characters": {"title": "x" * 10**6},
    "title that turns around": {"title": "\u202egnp.exe \u2066\u2067"},
    "title that is a list": {"title": [SCRIPT]},
    "title that is a number": {"title": 5},
    "thumbnail elsewhere": {"thumbnail": "{elsewhere}/1.png"},
    "thumbnail elsewhere, without a scheme": {"thumbnail": "//{host}/2.png"},
    "thumbnail elsewhere, with backslashes": {"thumbnail": "\\\\{host}\\3.png"},
    "thumbnail elsewhere, in capitals": {"thumbnail": "HTTP://{host}/4.png"},
    "thumbnail that is script": {"thumbnail": "javascript:globalThis.ran=1"},
    "thumbnail that is a page": {"thumbnail": "data:text/html,<script>globalThis.ran=1</script>"},
    "thumbnail that is a drawing with a script": {"thumbnail": "data:image/svg+xml," + DRAWING},
    "thumbnail that is none": {"thumbnail": "http://["},
    "thumbnail that is missing": {"thumbnail": "../pictures/missing.png"},
    "thumbnail that is no picture": {"thumbnail": "references.json"},
    "thumbnail that is a number": {"thumbnail": 5},
    "thumbnail that is an object": {"thumbnail": {"src": "{elsewhere}/5.png"}},
    "thumbnail of ten million characters": {"thumbnail": "data:image/png;base64," + "A" * 10**7},
}


class Elsewhere:
    """Another origin, which notes every request: its path and its Referer."""

    def __init__(self, server: http.server.HTTPServer) -> None:
        self.host = f"127.0.0.1:{server.server_port}"
        self.base = f"http://{self.host}"
        self.asked: list[tuple[str, str | None]] = []


@contextmanager
def another_origin() -> Iterator[Elsewhere]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            noted.asked.append((self.path, self.headers.get("Referer")))
            picture = (PICTURES / "album.png").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(picture)))
            self.end_headers()
            self.wfile.write(picture)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        noted = Elsewhere(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield noted
        finally:
            server.shutdown()


def bundle_with(fields: dict[str, Any], elsewhere: Elsewhere) -> bytes:
    """Returns the demo's bundle with other fields for its album, and with three sound neighbours."""
    album = next(reference for reference in REFERENCES if reference["id"] == "album")
    neighbours = [reference for reference in REFERENCES if reference["id"] != "album"][:3]
    own: dict[str, Any] = {key: album[key] for key in ("id", "hashes", "windows") if key in album}
    return bundle_of([{**own, **aimed(fields, elsewhere)}, *neighbours])


def bundle_of(references: list[dict[str, Any]]) -> bytes:
    ordered = sorted(references, key=lambda reference: str(reference["id"]))
    return json.dumps({**BUNDLE, "references": ordered}).encode()


def aimed(fields: dict[str, Any], elsewhere: Elsewhere) -> dict[str, Any]:
    """Returns fields that lead to the other origin."""
    text = json.dumps(fields).replace("{elsewhere}", elsewhere.base).replace("{host}", elsewhere.host)
    return dict(json.loads(text))


def copy_of(site_folder: Path, place: Path, bundles: dict[str, bytes]) -> Path:
    """Returns a copy of the site with other bundles."""
    shutil.copytree(site_folder, place)
    for packed in (place / "hashes").glob("references.json.*"):
        packed.unlink()
    for name, bundle in bundles.items():
        (place / "hashes" / name).write_bytes(bundle)
    return place


# Shows the element a photograph of the album under a bundle; returns what the page then shows.
FIND = """
async ([bundle, photograph]) => {
    const element = document.querySelector("image-scanner");
    element.setAttribute("bundle", `hashes/${bundle}`);
    const found = new Promise((resolve, reject) => {
        element.addEventListener("match", resolve, { once: true });
        element.addEventListener("error", ({ detail }) => reject(detail), { once: true });
    });
    await element.scanPhoto(await (await fetch(photograph)).blob());
    await found;
    const inside = element.shadowRoot;
    const thumbnail = inside.querySelector("img.thumbnail");
    // The address of a thumbnail that is none fails at once.
    const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    for (let i = 0; i < 50 && !thumbnail.hidden && !thumbnail.complete; i++) await later(100);
    await later(100);
    const link = inside.querySelector(".follow");
    return {
        ran: globalThis.ran ?? null,
        view: element.view,
        link: link.hidden ? null : link.href,
        title: inside.querySelector(".name").textContent,
        id: inside.querySelector(".id").textContent,
        injected: inside.querySelector(".facts img, .facts script") !== null,
        thumbnail: [...inside.querySelectorAll(".thumbnail")].filter((one) => !one.hidden).map((one) => one.localName),
    };
}
"""


def faults_of(seen: dict[str, Any]) -> list[str]:
    """Returns what is wrong with a find on the page."""
    return [
        fault
        for fault, is_so in {
            "a script ran": seen["ran"] is not None or seen["injected"],
            "the find is not shown": seen["view"] != "found" or not seen["title"] or not seen["id"],
            "the words are not cut": len(seen["title"]) > 201 or len(seen["id"]) > 201,
            "a link leads elsewhere": seen["link"] and not seen["link"].startswith("https://museum.example/"),
            "there is not one thumbnail": len(seen["thumbnail"]) != 1,
        }.items()
        if is_so
    ]


def recording(page: Page, base: str) -> tuple[list[str], list[str]]:
    """Returns two lists that grow with the page: requests that leave the site, and uncaught errors."""
    left: list[str] = []
    errors: list[str] = []
    own = (base, "data:image/", "blob:")
    page.on("request", lambda request: None if request.url.startswith(own) else left.append(request.url[:80]))
    page.on("pageerror", lambda error: errors.append(str(error)))
    return left, errors


def test_a_find_with_hostile_fields_runs_nothing_and_asks_no_other_host(
    site_folder: Path, tmp_path: Path, browser_with_camera: OpenBrowser
) -> None:
    """Whatever the fields of a find say: no script runs, no request leaves the site, and the find is shown."""
    with another_origin() as elsewhere:
        names = {case: f"case-{number}.json" for number, case in enumerate(HOSTILE)}
        bundles = {names[case]: bundle_with(fields, elsewhere) for case, fields in HOSTILE.items()}
        with serving(copy_of(site_folder, tmp_path / "dist", bundles)) as base:
            # Without the page's policy, as on a page of somebody else: the element keeps the promise by itself.
            phone = {"width": 360, "height": 740}
            context = browser_with_camera(None, bypass_csp=True, service_workers="block", viewport=phone)
            page = context.new_page()
            left, errors = recording(page, base)
            page.goto(base)
            found = {case: faults_of(page.evaluate(FIND, [name, ALBUM])) for case, name in names.items()}
        assert {case: faults for case, faults in found.items() if faults} == {}
        assert (left, errors, elsewhere.asked) == ([], [], [])


def test_hostile_fields_in_the_gallery_spoil_nothing_else(
    site_folder: Path, tmp_path: Path, browser_with_camera: OpenBrowser
) -> None:
    """The gallery shows every picture, however hostile its title; where it may not show one, it shows none."""
    with another_origin() as elsewhere:
        titles = [fields for case, fields in HOSTILE.items() if case.startswith("title")]
        thumbnails = [fields for case, fields in HOSTILE.items() if case == "thumbnail elsewhere"]
        folder = copy_of(site_folder, tmp_path / "dist", {"references.json": spoilt(titles, elsewhere)})
        with serving(folder) as base:
            page = browser_with_camera(None, bypass_csp=True, service_workers="block").new_page()
            page.add_init_script("addEventListener('ready', () => (globalThis.isReady = true))")
            left, errors = recording(page, base)
            page.goto(base)
            page.locator(".gallery li").nth(len(REFERENCES) - 1).wait_for()
            alts = page.evaluate("[...document.querySelectorAll('.gallery img')].map(({ alt }) => alt)")
            assert all(0 < len(alt) <= 201 for alt in alts)
            assert {reference["title"] for reference in REFERENCES[len(titles) :]} <= set(alts)
            (folder / "hashes" / "references.json").write_bytes(spoilt(thumbnails, elsewhere))
            page.reload()
            page.wait_for_function("globalThis.isReady === true")
            page.wait_for_timeout(500)
            assert page.locator(".gallery").is_hidden()
            assert page.locator(".gallery img").count() == 0
            assert page.evaluate("globalThis.ran ?? null") is None
        assert (left, errors, elsewhere.asked) == ([], [], [])


def spoilt(hostile: list[dict[str, Any]], elsewhere: Elsewhere) -> bytes:
    """Returns the demo's bundle, whose first references have hostile fields."""
    return bundle_of(
        [
            {**reference, **(aimed(hostile[at], elsewhere) if at < len(hostile) else {})}
            for at, reference in enumerate(REFERENCES)
        ]
    )


def test_a_thumbnail_comes_from_an_origin_that_the_owner_named(
    tmp_path: Path, browser_with_camera: OpenBrowser
) -> None:
    """`phash-scanner site --thumbnails-from` lets that origin in; the origin is not told the page's address."""
    with another_origin() as elsewhere:
        bundle = tmp_path / "references.json"
        everywhere = [{"thumbnail": "{elsewhere}/1.png"}] * len(REFERENCES)  # the gallery shows all or none
        bundle.write_bytes(spoilt(everywhere, elsewhere))
        arguments = ["-o", str(tmp_path / "dist"), "--bundle", str(bundle), "--page", "demo"]
        assert site([*arguments, "--thumbnails-from", "https://img.example", f"{elsewhere.base}/"]) == 0
        with serving(tmp_path / "dist") as base:
            phone = {"width": 360, "height": 740}
            context = browser_with_camera(None, service_workers="block", viewport=phone)
            page = context.new_page()
            page.goto(base)
            seen = page.evaluate(FIND, ["references.json", ALBUM])
            page.locator(".gallery img").first.wait_for()
        assert seen["thumbnail"] == ["img"]
        assert set(elsewhere.asked) == {("/1.png", None)}
