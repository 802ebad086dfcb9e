"""Python that lacks code in the middle of a call is started again, and the page notices nothing but the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Playwright

from support.faulty_site import Fault, SiteHandler, edited, missing, replaced_by, serving_with
from support.visitor import Visitor, flipped

# A frame 241 pixels wide makes Python call code that no scan runs.
CALL = "return module.scan_frame("
COLD_CALL = f"if (width === 241) module.np.linalg.svd(module.np.eye(3)).destroy();\n      {CALL}"
COLD = "_umath_linalg.cold.wasm"

FIRST_LINE = "expectEarly(early);"
# The quiet moment, in which cold code is fetched, never comes.
NEVER_QUIET = """
    const later = setTimeout;
    globalThis.setTimeout = (act, time, ...rest) => (time >= 3000 ? 0 : later(act, time, ...rest));
"""
NO_SYNCHRONOUS_REQUESTS = """
    const { open } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.open = function (method, address, waits = true, ...rest) {
      if (!waits) throw new DOMException("no synchronous requests here", "InvalidAccessError");
      return open.call(this, method, address, waits, ...rest);
    };
"""
SCAN = """
    globalThis.scan = async (scanner, width) => {
      const region = { left: 0, top: 0, width, height: width };
      const message = { scanner, width, height: width, pixels: drawn(width), region };
      const { outcome, distance } = await ask("scanFrame", message);
      return [outcome, distance];
    };
"""


@contextmanager
def frail(
    context: BrowserContext,
    folder: Path,
    faults: dict[str, Fault] | None = None,
    script: str = "",
    call: str = COLD_CALL,
) -> Iterator[Visitor]:
    """Gives a visitor whose worker never has a quiet moment, of a site with faults."""
    changed = {
        "python/actions.js": edited((CALL, call)),
        "python/answering.js": edited((FIRST_LINE, NEVER_QUIET + script + FIRST_LINE)),
    }
    with serving_with(folder, changed | (faults or {})) as base:
        visitor = Visitor(context, base, folder)
        visitor.opened.add_script_tag(content=SCAN)
        yield visitor


def scan_twice(visitor: Visitor, **options: object) -> list[Any]:
    """Scans a frame, then one that calls cold code; returns the verdict on the second."""
    scanner = visitor.opened.evaluate(f"(options) => visit({visitor.site!r}, options)", options)["scanner"]
    verdict: list[Any] = visitor.opened.evaluate("(scanner) => scan(scanner, 241)", scanner)
    return verdict


@pytest.fixture(scope="module")
def plain_verdict(playwright: Playwright, chromium_path: str, site_folder: Path) -> Iterator[list[Any]]:
    """Outcome and distance of the second frame in a plain start."""
    browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
    with frail(browser.new_context(), site_folder) as visitor:
        yield scan_twice(visitor, snapshots=False)
    browser.close()


@pytest.fixture
def context(browser_with_camera: Callable[..., BrowserContext]) -> BrowserContext:
    """A visitor whom nobody has seen before."""
    return browser_with_camera(service_workers="block")


def test_a_call_of_cold_code_brings_it(context: BrowserContext, site_folder: Path, plain_verdict: list[Any]) -> None:
    """A call of code that has not come yet asks for the code and goes on."""
    with frail(context, site_folder) as visitor:
        assert scan_twice(visitor) == plain_verdict
    assert visitor.asked.count(visitor.path_of("cold-_umath_linalg")) == 1
    assert visitor.path_of("wasm") not in visitor.asked


def test_a_call_that_lacks_a_module_brings_it(
    context: BrowserContext, site_folder: Path, plain_verdict: list[Any]
) -> None:
    """A call that needs a module missing from the snapshot waits for the module's file, and then works."""
    call = f'if (width === 241) module.__builtins__.get("__import__")("numpy.ma.mrecords").destroy();\n      {CALL}'
    with frail(context, site_folder, call=call) as visitor:
        assert scan_twice(visitor) == plain_verdict
    assert visitor.path_of("numpy") in visitor.asked
    assert visitor.path_of("wasm") not in visitor.asked


def damaged(folder: Path) -> Fault:
    (path,) = folder.glob(f"runtime/*/{COLD}")
    return replaced_by(flipped(path.read_bytes()), "application/wasm")


@pytest.mark.parametrize("fault", ["missing", "flipped", "no synchronous request"])
def test_where_cold_code_cannot_come_python_starts_again(
    context: BrowserContext, site_folder: Path, plain_verdict: list[Any], fault: str
) -> None:
    """A call that cannot be finished is answered as in a plain start."""
    faults: dict[str, dict[str, Fault]] = {"missing": {COLD: missing}, "flipped": {COLD: damaged(site_folder)}}
    script = NO_SYNCHRONOUS_REQUESTS if fault == "no synchronous request" else ""
    with frail(context, site_folder, faults.get(fault), script) as visitor:
        assert scan_twice(visitor) == plain_verdict
        assert visitor.path_of("wasm") in visitor.asked


def test_all_scanners_of_a_page_outlive_a_python_that_lacks_code(
    context: BrowserContext, site_folder: Path, plain_verdict: list[Any]
) -> None:
    """Scanners that were open go on under their handles, closed ones stay closed, and new ones open."""
    with frail(context, site_folder, {COLD: missing}) as visitor:
        told = visitor.opened.evaluate(
            """async (base) => {
              const { scanner: first } = await visit(base);
              const url = `${base}hashes/references.json`;
              const [closed, second, other] = await Promise.all([
                ask("openScanner", { url, memory: false }),
                ask("openScanner", { url, memory: true, most: 5 }),
                ask("openScanner", { url: `${url}?other`, memory: false }),
              ]);
              await ask("closeScanner", { scanner: closed });
              const open = [first, second, other];
              // Asked at once, so that some of them find Python broken by another's call.
              const verdicts = await Promise.all(open.map((scanner) => scan(scanner, 241)));
              const refused = await scan(closed, 240).catch(({ message }) => message);
              const fresh = await ask("openScanner", { url, memory: false });
              const makers = await Promise.all(open.map((scanner) => ask("makers", { scanner })));
              const sums = makers.map(({ sha256 }) => sha256);
              for (const scanner of open) await ask("closeScanner", { scanner });
              const handles = [...open, closed, fresh];
              return { handles, verdicts, refused, after: await scan(fresh, 241), sums };
            }""",
            visitor.site,
        )
        assert visitor.asked.count(visitor.path_of("wasm")) == 1
    assert told["verdicts"] == [plain_verdict] * 3
    assert "open the scanner again" in told["refused"]
    assert len(set(told["handles"])) == 5
    assert told["after"] == plain_verdict
    assert len(set(told["sums"])) == 1
    assert len(told["sums"][0]) == 64


def only_once(handler: SiteHandler, content: bytes, asked: list[str]) -> None:
    """Sends a file at the first request; later ones are answered with 404."""
    answer = missing if asked else replaced_by(content)
    asked.append(handler.path)
    answer(handler, content)


def test_where_no_start_works_the_page_is_told(context: BrowserContext, site_folder: Path) -> None:
    """Where neither the code nor the files of a plain start come, the call ends in an error that says so."""
    faults: dict[str, Fault] = {COLD: missing, "assets.json": partial(only_once, asked=[])}
    with (
        frail(context, site_folder, faults) as visitor,
        pytest.raises(Error, match=r"runtime-failed: Python failed, and could not be started again .*assets\.json"),
    ):
        scan_twice(visitor)
