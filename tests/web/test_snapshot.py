"""A visit starts from the snapshot of Python's memory that the site ships; at any doubt it starts plainly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright

from support.visitor import Change, Visitor, flipped


@pytest.fixture
def visitor(browser_with_camera: Callable[..., BrowserContext], site: str, site_folder: Path) -> Visitor:
    """A visitor whom nobody has seen before."""
    return Visitor(browser_with_camera(service_workers="block"), site, site_folder)


@pytest.fixture(scope="module")
def plain_verdict(
    playwright: Playwright, chromium_path: str, site: str, site_folder: Path
) -> Iterator[tuple[str, int]]:
    """Outcome and distance of the frame in a plain start."""
    browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
    visitor = Visitor(browser.new_context(), site, site_folder)
    verdict = visitor.visit(snapshots=False)
    assert visitor.started_plainly()
    yield verdict
    browser.close()


def test_a_first_visit_starts_from_the_shipped_memory(visitor: Visitor, plain_verdict: tuple[str, int]) -> None:
    """A first visit starts without Python's library, and gives a frame the verdict of a plain start."""
    assert visitor.visit() == plain_verdict
    assert not visitor.started_plainly()
    assert visitor.path_of("wasm") not in visitor.asked


@pytest.mark.parametrize("role", ["snapshot", "hot-asm", "hot-wasm", "hot-_multiarray_umath"])
@pytest.mark.parametrize("change", [flipped, None], ids=["flipped", "missing"])
def test_a_file_that_does_not_come_whole_means_a_plain_start(
    visitor: Visitor, plain_verdict: tuple[str, int], role: str, change: Change | None
) -> None:
    """A damaged or missing file of the quick start costs time, never the visit."""
    if change:
        visitor.gets(visitor.path_of(role), change)
    else:
        visitor.misses(visitor.path_of(role))
    assert visitor.visit() == plain_verdict
    assert visitor.started_plainly()


HEAD = 24
"""Bytes of a memory file before its JSON's length."""


def told(**values: object) -> Change:
    """Changes what a memory file says of the memory."""

    def change(content: bytes) -> bytes:
        length = int.from_bytes(content[HEAD : HEAD + 4], "little")
        changed = json.dumps(json.loads(content[HEAD + 4 : HEAD + 4 + length]) | values).encode()
        changed += b" " * (-len(changed) % 4)
        return content[:HEAD] + len(changed).to_bytes(4, "little") + changed + content[HEAD + 4 + length :]

    return change


DOUBTS: dict[str, Change] = {
    "a table of another length": told(table=7000),
    "a trampoline elsewhere": told(trampolineAt=4096),
    "another answer of the self-test": told(test="c0ffee"),
    "a head that is none": told(head=""),
    "more memory than any browser has": told(bytes=2**33),
    "memory that is wiped": lambda content: content[:200_000] + bytes(len(content) - 200_000),
    "memory that is cut off": lambda content: content[:-64],
    "memory with more behind it": lambda content: content + bytes(64),
    "another file": lambda content: b"nonsense",
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_memory_that_does_not_fit_means_a_plain_start(
    visitor: Visitor, plain_verdict: tuple[str, int], doubt: str
) -> None:
    """A memory file that comes whole, but is wrong, is noticed, and Python starts plainly."""
    visitor.gets_image(DOUBTS[doubt])
    assert visitor.visit() == plain_verdict
    assert visitor.started_plainly()


def test_a_memory_that_is_another_one_when_it_is_fetched_again_means_a_plain_start(
    visitor: Visitor, plain_verdict: tuple[str, int]
) -> None:
    """Where Python was linked by what another memory told, the right memory that comes after does not fill it."""
    said: list[str] = []
    visitor.opened.on("console", lambda message: said.append(message.text))
    visitor.gets(visitor.path_of("snapshot"), told(heapStart=0), times=1)
    assert visitor.visit() == plain_verdict
    assert visitor.asked.count(visitor.path_of("snapshot")) == 2
    assert visitor.started_plainly()
    assert any("found another one when it was fetched again" in text for text in said)


def test_a_memory_larger_than_the_first_is_given_room(visitor: Visitor, plain_verdict: tuple[str, int]) -> None:
    """A snapshot may take more memory than a browser first gives Python: the page asks for more, and starts quickly."""
    visitor.gets_image(told(bytes=40 << 20))
    assert visitor.visit() == plain_verdict
    assert not visitor.started_plainly()


@pytest.mark.parametrize("share", [0.4, 2.5])
def test_a_list_with_wrong_sizes_does_no_harm(visitor: Visitor, plain_verdict: tuple[str, int], share: float) -> None:
    """Files that are longer or shorter than the list of files says are taken, where their checksums are right."""
    for file in visitor.assets["files"].values():
        file["bytes"] = int(file["bytes"] * share)
    visitor.gets("assets.json", lambda _: json.dumps(visitor.assets).encode())
    assert visitor.visit() == plain_verdict
    assert not visitor.started_plainly()


def test_an_engine_that_places_functions_elsewhere_starts_plainly(
    visitor: Visitor, plain_verdict: tuple[str, int]
) -> None:
    """Where the engine's table of functions gets another length, Python starts plainly."""
    visitor.has_worker_with("""
        const { grow } = WebAssembly.Table.prototype;
        WebAssembly.Table.prototype.grow = function (count, ...rest) { return grow.call(this, count + 1, ...rest); };
    """)
    assert visitor.visit() == plain_verdict
    assert visitor.started_plainly()


# In JavaScriptCore a function taken from the table is another object than the one exported.
JAVASCRIPTCORE = """
    const { get, set } = WebAssembly.Table.prototype;
    const put = new Set();
    WebAssembly.Table.prototype.get = function (place) {
      const found = get.call(this, place);
      return found === null || put.has(found) ? found : found.bind(null);
    };
    WebAssembly.Table.prototype.set = function (place, value) {
      put.add(value);
      return set.call(this, place, value);
    };
"""
# CPython's trampoline, a module of 493 bytes, does not compile: it takes WebAssembly's garbage collection.
OLD = """
    WebAssembly.Module = new Proxy(WebAssembly.Module, {
      construct(target, [bytes]) {
        if (bytes.length === 493) throw new WebAssembly.CompileError("too new");
        return new target(bytes);
      },
    });
"""
# The first step of linking stands still.
STUCK = """
    const { instantiate } = WebAssembly;
    let first = true;
    WebAssembly.instantiate = async (...args) => {
      if (first && "GOT.func" in (args[1] ?? {})) await new Promise(() => (first = false));
      return instantiate.apply(WebAssembly, args);
    };
"""


def test_a_quick_start_that_stands_still_is_given_up(visitor: Visitor, plain_verdict: tuple[str, int]) -> None:
    """Where nothing happens any more although all files are here, Python starts plainly."""
    visitor.has_worker_with(STUCK)
    assert visitor.visit() == plain_verdict
    assert visitor.started_plainly()


@pytest.mark.parametrize("script", [JAVASCRIPTCORE, OLD], ids=["JavaScriptCore", "without garbage collection"])
def test_an_engine_of_another_kind_starts_from_the_same_memory(
    visitor: Visitor, plain_verdict: tuple[str, int], script: str
) -> None:
    """Engines whose linking is known to differ start from the shipped memory, with equal verdicts."""
    visitor.has_worker_with(script)
    assert visitor.visit() == plain_verdict
    assert not visitor.started_plainly()


def test_an_iphone_starts_from_the_same_memory(
    browser_with_camera: Callable[..., BrowserContext], site: str, site_folder: Path, plain_verdict: tuple[str, int]
) -> None:
    """Pyodide takes another way on iPhones; it leads from the same memory to the same verdict."""
    iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
    visitor = Visitor(browser_with_camera(service_workers="block", user_agent=iphone), site, site_folder)
    assert visitor.visit() == plain_verdict
    assert not visitor.started_plainly()


SITES_THAT_OPT_OUT = {
    "attribute": """<script type="module" src="image-scanner-element.js"></script>
        <image-scanner snapshot="off"></image-scanner>
        <script type="module">
          addEventListener("ready", () => (globalThis.ready = true));
          document.querySelector("image-scanner").start();
        </script>""",
    "option": """<video id="video"></video><script type="module">
          import { ImageScanner } from "./image-scanner.module.js";
          new ImageScanner(video, () => {}, { snapshot: false }).load().then(() => (globalThis.ready = true));
        </script>""",
}


@pytest.mark.parametrize("way", SITES_THAT_OPT_OUT)
def test_a_site_can_opt_out(browser_with_camera: Callable[..., BrowserContext], site: str, way: str) -> None:
    """With `snapshot="off"` or `snapshot: false` Python starts plainly."""
    page = browser_with_camera(service_workers="block").new_page()
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
    body = f"<!doctype html>{SITES_THAT_OPT_OUT[way]}"
    page.route("**/opted-out.html", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(site + "opted-out.html")
    page.wait_for_function("globalThis.ready")
    assert "python_stdlib.zip" in asked
    assert "python-memory.wasm" not in asked


def test_in_a_quiet_moment_the_rest_comes(visitor: Visitor) -> None:
    """After the first frames come the code and the files that a plain start would have had."""
    visitor.visit()
    visitor.wait_for("cold-wasm", "cold-_multiarray_umath", "cold-_umath_linalg", "stdlib", "numpy", "core")
    assert not visitor.started_plainly()
    visitor.opened.evaluate("scanAgain()")


def test_the_snapshot_of_an_earlier_version_gives_its_room_back(visitor: Visitor) -> None:
    """The database of 27 MB, in which earlier versions kept Python's memory, is deleted."""
    databases = "indexedDB.databases().then((all) => all.map(({ name }) => name))"
    visitor.opened.evaluate(
        """() => new Promise((resolve) => {
          const request = indexedDB.open("image-scanner", 1);
          request.onupgradeneeded = () => request.result.createObjectStore("snapshots");
          request.onsuccess = () => resolve(request.result.close());
        })"""
    )
    assert visitor.opened.evaluate(databases) == ["image-scanner"]
    visitor.visit()
    visitor.opened.wait_for_function(f"{databases}.then((names) => names.length === 0)")
