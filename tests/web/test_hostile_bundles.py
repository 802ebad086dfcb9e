"""A hostile bundle ends in `bundle-invalid`, and takes neither the page nor its other scanners along."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from scanner.json_text import MOST_BYTES, MOST_LEVELS
from support.browsers import OpenBrowser
from support.faulty_site import edited, serving_with
from support.places import PICTURES, PROJECT, WEB

# `attempt(bundle)` looks at a photo with a bundle: the verdict, or the error.
PAGE = """<!doctype html><meta charset="utf-8">
<video id="video" style="width: 400px; height: 300px"></video>
<script type="module">
  import { ImageScanner } from "./image-scanner.module.js";
  const image = new Image();
  image.src = "album.png";
  await image.decode();
  globalThis.photo = (width) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height: width });
    canvas.getContext("2d").drawImage(image, 0, 0, width, width);
    return canvas;
  };
  globalThis.attempt = async (bundle, width = 300) => {
    try {
      const { id, reference } = await ImageScanner.scanImage(photo(width), { bundle });
      return { id, reference };
    } catch (error) {
      return { code: error.code ?? error.name, message: error.message };
    }
  };
  globalThis.errors = [];
  globalThis.camera = new ImageScanner(video, () => {}, { onError: (error) => errors.push(error.code) });
</script>"""

GOOD = json.loads((PROJECT / "hashes" / "references.json").read_text(encoding="utf-8"))
ALBUM = {**GOOD, "references": [each for each in GOOD["references"] if each["id"] == "album"]}
KINDS = ("lists", "objects", "both", "unclosed")
LEVELS = (10, 60, 61, 62, 65, 100, 1000, 1600, 5000, 100_000)


def nested(levels: int, kind: str) -> str:
    opening, middle, closing = {
        "lists": ("[", "", "]"),
        "objects": ('{"a":', "1", "}"),
        "both": ('[{"a":', "null", "}]"),
        "unclosed": ("[", "", ""),
    }[kind]
    if kind == "both":
        levels //= 2
    return opening * levels + middle + closing * levels


def with_field(raw: str) -> str:
    bundle = {**ALBUM, "references": [{**ALBUM["references"][0], "x": "@"}]}
    return json.dumps(bundle).replace('"@"', raw)


class Bundles:
    """A page of a site, and the bundles that its addresses answer with."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.texts: dict[str, bytes] = {"good.json": json.dumps(ALBUM).encode()}
        page.route("**/album.png", lambda route: route.fulfill(path=PICTURES / "album.png"))
        page.route("**/scan.html", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        page.route("**/test-*.json", self._answer)
        page.goto(base + "scan.html")
        page.wait_for_function("globalThis.camera")
        self._count = 0

    def _answer(self, route: Any) -> None:
        name = route.request.url.rpartition("test-")[2]
        route.fulfill(body=self.texts[name], content_type="application/json")

    def attempt(self, text: str | bytes, width: int = 300) -> dict[str, Any]:
        """Returns the result of a photo with a bundle of this text, under an address of its own."""
        self._count += 1
        name = f"{self._count}.json"
        self.texts[name] = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        result: dict[str, Any] = self.page.evaluate("([name, width]) => attempt(name, width)", [f"test-{name}", width])
        return result

    def good(self, width: int = 300) -> dict[str, Any]:
        result: dict[str, Any] = self.page.evaluate("(width) => attempt('test-good.json', width)", width)
        return result


@pytest.fixture
def bundles(site: str, browser_with_camera: OpenBrowser) -> Bundles:
    return Bundles(browser_with_camera(None, service_workers="block").new_page(), site)


def assert_refused(found: dict[str, Any], what: object) -> None:
    assert found.get("code") == "bundle-invalid", (what, found)
    assert len(found["message"]) <= 700, what
    assert found["message"].isprintable(), (what, ascii(found["message"]))


def test_no_nesting_breaks_the_page(bundles: Bundles) -> None:
    """Fields up to the limit come back with the match; anything deeper is refused, and a good bundle still opens."""
    for kind, levels in product(KINDS, LEVELS):
        whole = nested(levels, kind)
        found = bundles.attempt(with_field(whole))
        if levels <= MOST_LEVELS - 3 and kind != "unclosed":
            assert found["id"] == "album", (kind, levels)
            assert found["reference"]["x"] == json.loads(whole)
        else:
            assert_refused(found, (kind, levels))
        assert_refused(bundles.attempt(whole), ("whole", kind, levels))
        assert_refused(bundles.attempt('{"version": ' + whole + "}"), ("version", kind, levels))
        assert bundles.good()["id"] == "album", (kind, levels)


def test_python_in_the_page_refuses_nesting_by_itself(site_folder: Path, browser_with_camera: OpenBrowser) -> None:
    """Python's own limit holds in a browser, too: a text that only Python checks does not break it."""
    unlimited = edited((f"const MOST_LEVELS = {MOST_LEVELS};", "const MOST_LEVELS = 1e9;"))
    with serving_with(site_folder, {"python/bundle-text.js": unlimited}) as base:
        bundles = Bundles(browser_with_camera(None, service_workers="block").new_page(), base)
        for kind, levels in product(KINDS, (62, 1600, 100_000)):
            assert_refused(bundles.attempt(with_field(nested(levels, kind))), (kind, levels))
            assert bundles.good()["id"] == "album", (kind, levels)


HOSTILE: dict[str, str | bytes] = {
    "empty": "",
    "blank": " \n" * 10_000,
    "a web page": "<!doctype html>\u202e<title>404</title>",
    "no object": "null",
    "cut off": json.dumps(ALBUM)[:-9],
    "UTF-16": json.dumps(ALBUM).encode("utf-16"),
    "Latin-1": with_field('"é"').encode("latin-1"),
    "two byte order marks": "\ufeff\ufeff" + json.dumps(ALBUM),
    "half a surrogate pair": with_field('"\\ud800"'),
    "half a surrogate pair in bytes": with_field('"\ud800"'),
    "NaN": with_field("NaN"),
    "1e999": with_field("1e999"),
    "a number of a million digits": with_field("9" * 10**6),
    "a number that JavaScript rounds": with_field("9007199254740993"),
    "a name twice": with_field('{"a": 1, "a": 2}'),
    "an escape in a name": json.dumps({**ALBUM, "parameters": {**ALBUM["parameters"], "\x1b]0;\x07\u202e": 1}}),
    "a name of five million letters": json.dumps({**ALBUM, "parameters": {**ALBUM["parameters"], "x" * 5_000_000: 1}}),
    "a million empty references": json.dumps({**ALBUM, "references": [{}] * 10**6}),
    "no references": json.dumps({**ALBUM, "references": []}),
}


def test_every_hostile_bundle_is_refused_with_a_sentence(bundles: Bundles) -> None:
    """Broken, foreign and absurd bundles end in `bundle-invalid` with a short, printable message."""
    for what, text in HOSTILE.items():
        assert_refused(bundles.attempt(text), what)
    assert bundles.good()["id"] == "album"


def test_odd_but_lawful_fields_come_back_unchanged(bundles: Bundles) -> None:
    """Names such as `__proto__`, controls, zero characters and numbers at the limit come back with the match."""
    fields = {
        "__proto__": {"polluted": True}, "constructor": {"prototype": {"polluted": True}}, "toString": None,
        "": "\0\x1b\u202e", "n": [2**53 - 1, -(2**53) + 1, -0.5, 5e-324, 1.7976931348623157e308],
        "brackets": "[{" * 5000 + '"\\',
    }  # fmt: skip
    reference = {**ALBUM["references"][0], **fields}
    bundles.texts["odd.json"] = b"\xef\xbb\xbf" + json.dumps({**ALBUM, "references": [reference]}).encode()
    found = bundles.page.evaluate("attempt('test-odd.json').then((found) => JSON.stringify(found.reference))")
    shown = {name: value for name, value in reference.items() if name not in ("hashes", "windows", "keypoints")}
    assert json.loads(found) == shown
    assert bundles.page.evaluate("({}).polluted") is None


def test_an_endless_answer_is_refused_at_its_beginning(site_folder: Path, browser_with_camera: OpenBrowser) -> None:
    """A host that never stops sending is listened to only until it is plain that it sends no bundle."""
    pieces = [b"[" * 65_536, b"\xff" * 65_536, b"<p>" * 20_000]
    sending = iter(pieces)

    def endless(handler: Any, content: bytes) -> None:
        piece = next(sending)
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        handler.close_connection = True
        with suppress(OSError):
            while True:
                handler.wfile.write(piece)

    with serving_with(site_folder, {"references.json": endless}) as base:
        bundles = Bundles(browser_with_camera(None, service_workers="block").new_page(), base)
        for piece in pieces:
            assert_refused(bundles.page.evaluate("attempt('hashes/references.json')"), piece[:5])
        assert bundles.good()["id"] == "album"


def test_a_bundle_announced_as_too_large_is_not_fetched(site_folder: Path, browser_with_camera: OpenBrowser) -> None:
    """A bundle of a gigabyte is refused before it has come in."""

    def huge(handler: Any, content: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(10**9))
        handler.end_headers()
        handler.wfile.write(content)  # the rest never comes
        handler.close_connection = False

    with serving_with(site_folder, {"references.json": huge}) as base:
        bundles = Bundles(browser_with_camera(None, service_workers="block").new_page(), base)
        found = bundles.page.evaluate("attempt('hashes/references.json')")
        assert_refused(found, "huge")
        assert "more than 400 MB" in found["message"]


def test_page_and_python_have_equal_limits() -> None:
    """A bundle that the command accepts is accepted by the page, too."""
    text = (WEB / "python" / "bundle-text.js").read_text(encoding="utf-8").replace("_", "")
    assert f"const MOSTLEVELS = {MOST_LEVELS};" in text
    assert f"const MOSTBYTES = {MOST_BYTES};" in text


# Ends Python for good, as a text without limits would: at a bundle that says so, or at a photo of 77 pixels. A photo of
# 78 pixels raises an ordinary exception.
DEATH = """module.json.loads('{"a":'.repeat(100_000))"""
FAULTS = f"if (width === 77) {DEATH};\n      if (width === 78) module.json.loads('no JSON');\n      "
DEADLY = edited(
    ("module.open_bundle(text, handle)", f"(text.includes('deadly') && {DEATH}, module.open_bundle(text, handle))"),
    ("return module.scan_frame(", f"{FAULTS}return module.scan_frame("),
)


@pytest.fixture
def deadly(site_folder: Path, browser_with_camera: OpenBrowser) -> Iterator[Bundles]:
    """A page whose Python really dies of a bundle with the field "deadly", and of a photo 77 pixels wide."""
    with serving_with(site_folder, {"python/actions.js": DEADLY}) as base:
        yield Bundles(browser_with_camera(None, service_workers="block").new_page(), base)


def test_a_bundle_that_kills_python_leaves_a_page_that_works(deadly: Bundles) -> None:
    """A bundle at which Python dies is `bundle-invalid`; the next bundle opens in a fresh worker, again and again."""
    for _ in range(2):
        found = deadly.attempt(with_field('"deadly"'))
        assert_refused(found, "deadly")
        assert "atal" in found["message"] or "stack" in found["message"], found
        assert deadly.good()["id"] == "album"


def test_all_that_ask_for_a_bundle_that_kills_python_hear_of_the_bundle(deadly: Bundles) -> None:
    """Two scanners that open one bundle at once, at which Python dies, both end in `bundle-invalid`."""
    deadly.texts["both.json"] = with_field('"deadly"').encode()
    found = deadly.page.evaluate(
        """() => {
          const cameras = [1, 2].map(() => new camera.constructor(video, () => {}, { bundle: "test-both.json" }));
          const failed = (error) => error.code;
          return Promise.all([...cameras.map((each) => each.load().catch(failed)), attempt("test-good.json")]);
        }"""
    )
    assert found[:2] == ["bundle-invalid", "bundle-invalid"]
    assert found[2].get("id") == "album" or found[2]["code"] == "runtime-failed"
    assert deadly.good()["id"] == "album"


def test_scanners_beside_one_whose_bundle_kills_python_can_start_again(deadly: Bundles) -> None:
    """A camera that scans when another scanner's bundle kills Python is told, is switched off, and starts again."""
    page = deadly.page
    page.evaluate("camera.start()")
    page.wait_for_function("camera.state === 'scanning'")
    assert_refused(deadly.attempt(with_field('"deadly"')), "deadly")
    page.wait_for_function("camera.state === 'failed'")
    assert page.evaluate("errors") == ["runtime-failed"]
    page.evaluate("camera.start()")
    page.wait_for_function("camera.state === 'scanning'")
    assert deadly.good()["id"] == "album"


def test_python_failing_at_a_frame_is_no_fault_of_the_bundle(deadly: Bundles) -> None:
    """A frame at which Python fails is `runtime-failed`, and the next one is judged: by a fresh worker if Python died.

    After an ordinary exception, the other scanners of the page go on.
    """
    page = deadly.page
    page.evaluate("camera.start()")
    page.wait_for_function("camera.state === 'scanning'")
    failed = deadly.good(78)
    assert failed["code"] == "runtime-failed"
    assert "JSONDecodeError" in failed["message"]
    assert deadly.good()["id"] == "album"
    assert page.evaluate("[camera.state, errors]") == ["scanning", []]
    assert deadly.good(77)["code"] == "runtime-failed"
    assert deadly.good()["id"] == "album"
