"""A second visit starts from a snapshot of Python's memory; after any fault of the snapshot it starts plainly."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from support.places import VISIT


class Visitor:
    """A person with one browser who visits the site again and again."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.context, self.site = context, site
        self.asked: list[str] = []
        context.route("**/*", self._note)
        self._observer = self.page()

    def _note(self, route: Any) -> None:
        self.asked.append(route.request.url)
        route.continue_()

    def page(self) -> Page:
        """Opens a page of the site that does nothing by itself."""
        page = self.context.new_page()
        page.goto(self.site + "licences/NOTICE.txt")
        page.add_script_tag(path=VISIT)
        return page

    def visit(self, **options: object) -> tuple[dict[str, Any], bool]:
        """Opens the site, scans one frame and leaves. Returns the verdict, and whether Python started plainly."""
        self.asked.clear()
        page = self.page()
        answer = page.evaluate("([base, options]) => visit(base, options)", [self.site, options])
        plain = self.started_plainly()
        if plain and options.get("snapshots", True):
            self.wait_until(self.has_kept, 60)
        page.close()
        return answer, plain

    def started_plainly(self) -> bool:
        """Tells whether Python's library was fetched before Python ran; a restored Python fetches it later."""
        loaded = next(place for place, address in enumerate(self.asked) if address.endswith("?loaded"))
        return any("python_stdlib" in address for address in self.asked[:loaded])

    def shelf(self, change: str = "") -> dict[str, Any]:
        """Returns the entries that the browser keeps; `change` is JavaScript that changes them."""
        kept: dict[str, Any] = self._observer.evaluate(f"() => shelf({change})")
        return kept

    def has_kept(self) -> bool:
        """Tells whether a snapshot made by this browser for this build is kept."""
        kept = [value for value in self.shelf().values() if isinstance(value, dict)]
        return bool(kept) and "Mozilla" in kept[0]["madeFor"] and kept[0]["bytes"] > 20_000_000

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Returns when the condition holds or the time is over; the test itself asserts the condition."""
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end:
            self.wait(0.25)

    def wait(self, seconds: float) -> None:
        """Lets the browser go on."""
        self._observer.wait_for_timeout(1000 * seconds)


@pytest.fixture(scope="module")
def regular(playwright: Playwright, chromium_path: str, site: str) -> Iterator[Visitor]:
    """One visitor for many tests."""
    browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
    yield Visitor(browser.new_context(), site)
    browser.close()


@pytest.fixture
def visitor(regular: Visitor) -> Visitor:
    """A visitor who has been here, with a good snapshot kept."""
    if not regular.has_kept():
        regular.visit()
    assert regular.has_kept()
    return regular


def test_the_second_visit_starts_from_memory_and_answers_the_same(
    browser_with_camera: Callable[..., BrowserContext], site: str
) -> None:
    """A second and a third visit start without Python's library, and give a frame the verdict of the first."""
    visitor = Visitor(browser_with_camera(), site)
    first, plain = visitor.visit()
    assert plain
    for _ in range(2):
        again, plain = visitor.visit()
        assert not plain
        assert (again["outcome"], again["distance"]) == (first["outcome"], first["distance"])
        assert "tried" not in visitor.shelf().values()


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("one byte is damaged", "(v) => (typeof v === 'object' && (v.memory[9_000_000] ^= 1), v)"),
        ("the end is missing", "(v) => ({ ...v, memory: v.memory?.slice(0, 1_000_000) })"),
        ("it was made by another build or browser", "(v) => ({ ...v, key: 'another build' })"),
        ("it computes something else", "(v) => ({ ...v, test: 'c0ffee' })"),
        ("the database holds something else", "() => 'nonsense'"),
        ("it has no memory", "(v) => ({ ...v, memory: null })"),
    ],
)
def test_a_doubtful_snapshot_is_thrown_away_and_the_start_is_plain(visitor: Visitor, what: str, change: str) -> None:
    """A visit with a doubtful snapshot starts plainly, and leaves a good snapshot for the next visit."""
    visitor.shelf(change)
    answer, plain = visitor.visit()
    assert plain, what
    assert answer["outcome"] in {"match", "no_match", "ambiguous"}, what
    assert visitor.has_kept(), what


def test_damaged_memory_with_a_matching_checksum_is_caught_by_the_start_or_the_self_test(
    visitor: Visitor,
) -> None:
    """A memory wiped before its checksum was made is noticed, and Python starts plainly."""
    page = visitor.page()
    page.evaluate(
        """async () => {
          const wiped = new Uint8Array(31457408);
          const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", wiped));
          const checksum = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
          await shelf((value) => ({ ...value, memory: wiped, checksum }));
        }"""
    )
    answer, plain = visitor.visit()
    assert plain
    assert answer["outcome"] in {"match", "no_match", "ambiguous"}


def test_a_snapshot_that_took_the_page_down_is_not_tried_again(visitor: Visitor) -> None:
    """A snapshot whose start never ended is not tried again: the next start is plain."""
    page = visitor.page()
    page.evaluate(
        """async (site) => {
          const opened = indexedDB.open("image-scanner");
          await new Promise((resolve) => (opened.onsuccess = resolve));
          const store = opened.result.transaction("snapshots", "readwrite").objectStore("snapshots");
          const put = store.put("tried", `${site} tried`);
          await new Promise((resolve) => (put.onsuccess = resolve));
          opened.result.close();
        }""",
        visitor.site,
    )
    _, plain = visitor.visit()
    assert plain


def test_a_full_disk_only_means_a_plain_start_next_time(
    browser_with_camera: Callable[..., BrowserContext], site: str
) -> None:
    """Two visits work with a quota too small for the snapshot, and nothing is kept."""
    visitor = Visitor(browser_with_camera(), site)
    session = visitor.context.new_cdp_session(visitor.page())
    session.send("Storage.overrideQuotaForOrigin", {"origin": site.rstrip("/"), "quotaSize": 1_000_000})
    for _ in range(2):
        page = visitor.page()
        visitor.asked.clear()
        answer = page.evaluate("(base) => visit(base)", site)
        assert answer["outcome"] in {"match", "no_match", "ambiguous"}
        assert visitor.started_plainly()
        visitor.wait(5)  # longer than the worker does before it writes
        assert visitor.shelf() == {}
        page.close()


def test_one_option_keeps_nothing_and_uses_nothing(visitor: Visitor) -> None:
    """A worker told to use no snapshots uses no kept one, and keeps none in a new visitor's browser."""
    before = visitor.shelf()
    _, plain = visitor.visit(snapshots=False)
    assert plain
    visitor.wait(5)
    assert visitor.shelf() == before


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
    """With `snapshot="off"` or `snapshot: false` Python starts, and nothing is left in the visitor's browser."""
    context = browser_with_camera(service_workers="block")
    page = context.new_page()
    body = f"<!doctype html>{SITES_THAT_OPT_OUT[way]}"
    page.route("**/opted-out.html", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(site + "opted-out.html")
    page.wait_for_function("globalThis.ready")
    visitor = Visitor(context, site)
    visitor.wait(6)  # longer than the worker does before it writes
    assert visitor.shelf() == {}


def test_a_restored_python_brings_what_a_call_lacks(visitor: Visitor) -> None:
    """A call that needs a module missing from the snapshot waits for the module's file, and then works."""
    page = visitor.page()
    visitor.asked.clear()
    found = page.evaluate(
        """async (base) => {
          const { startPython } = await import(base + "python/runtime.js");
          const { calling } = await import(base + "python/missing-files.js");
          const core = await startPython(base, () => {});
          const load = core.__builtins__.get("__import__");
          let lacking = false;
          try { load("numpy.ma.mrecords") } catch { lacking = true }
          await calling(() => load("numpy.ma.mrecords"));
          return { lacking };
        }""",
        visitor.site,
    )
    page.close()
    assert found == {"lacking": True}
    assert any("numpy.zip" in address for address in visitor.asked)


def test_a_restored_python_can_still_import_what_it_had_not(visitor: Visitor) -> None:
    """A restored Python gets, in a quiet moment, the files that a plain start would have had."""
    page = visitor.page()
    visitor.asked.clear()
    page.evaluate("(base) => visit(base)", visitor.site)
    assert not visitor.started_plainly()
    visitor.wait_until(lambda: sum("zip" in address for address in visitor.asked) >= 3, 60)
    names = {address.rsplit("/", 1)[-1] for address in visitor.asked if address.endswith(".zip")}
    assert names == {"python_stdlib.zip", "numpy.zip", "scanner.zip"}
    page.evaluate("() => scanAgain()")
