"""The benchmark of the start tells the truth about the line, the bytes and the medians."""

from __future__ import annotations

import os
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from benchmarks import start
from benchmarks.slow_line import slow_line
from benchmarks.start_table import checked_document, replaced, tables
from benchmarks.visits import Visit, Wire, visiting
from scanner.offline.site.serve import serving

VISIT = Visit("ours", "unlimited", returning=False, ready=1.0, cpu=2.0, judged=1.5, wire=4_000_000)


def fetched(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=20) as answer:
        return answer.read()


def test_a_slow_line_carries_all_bytes_at_its_own_speed(tmp_path: Path) -> None:
    """Two files that come over one line share its speed, and arrive as they were sent."""
    content = os.urandom(250_000)
    (tmp_path / "file.bin").write_bytes(content)
    with serving(tmp_path) as base, slow_line(base, megabits=10) as line, ThreadPoolExecutor() as pool:
        began = time.monotonic()
        came = list(pool.map(fetched, [line.base + "file.bin"] * 2))
        seconds = time.monotonic() - began
        assert came == [content, content]
        assert line.received > 2 * len(content)  # with headers
    assert seconds > 2 * len(content) * 8 / 10e6


def test_an_answer_over_a_slow_line_takes_a_round_trip(tmp_path: Path) -> None:
    """A small file takes the time of the way there and back, and of making the connection."""
    (tmp_path / "file.txt").write_text("small")
    with serving(tmp_path) as base, slow_line(base, round_trip=0.2) as line:
        began = time.monotonic()
        assert fetched(line.base + "file.txt") == b"small"
        assert time.monotonic() - began > 0.4


def test_bytes_count_up_to_the_first_frame(tmp_path: Path, playwright: Playwright, chromium_path: str) -> None:
    """What a page asks for after the first frame is not counted, even if it comes before the visit ends."""
    (tmp_path / "index.html").write_text("<!doctype html><title>blank</title>")
    for name in ("before.bin", "after.bin"):
        (tmp_path / name).write_bytes(os.urandom(100_000))
    with serving(tmp_path) as base, visiting(playwright, chromium_path, str(tmp_path / "profile")) as (context, page):
        page.goto(base)
        wire = Wire(context)
        fetch = "(address) => fetch(address).then((answer) => answer.arrayBuffer()).then(() => {})"
        page.evaluate(fetch, "before.bin")
        asked = wire.asked()
        page.evaluate(fetch, "after.bin")
        page.wait_for_timeout(500)
        assert 100_000 < wire.received(asked) < 101_000
        assert 200_000 < wire.received(wire.asked()) < 202_000


def test_a_host_that_has_gzip_only_sends_gzip(tmp_path: Path) -> None:
    """The copy of a site for the column of gzip never sends brotli, whatever the browser takes."""
    site = tmp_path / "site"
    site.mkdir()
    for name in ("file.js", "file.js.br", "file.js.gz"):
        (site / name).write_text(name)
    with serving(start.without_brotli(site, tmp_path / "gzip")) as base:
        asked = urllib.request.Request(base + "file.js", headers={"Accept-Encoding": "gzip, br"})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            assert (answer.headers["Content-Encoding"], answer.read()) == ("gzip", b"file.js.gz")


def test_the_tables_give_medians_and_ratios() -> None:
    """A figure is the median of its rounds; a ratio is of medians; what was not measured is a dash."""
    before = [replace(VISIT, site="before", cpu=cpu) for cpu in (3.0, 5.0, 4.0)]
    ours = [replace(VISIT, cpu=cpu, first=90, later=30) for cpu in (1.0, 9.0, 2.0)]
    page = [replace(VISIT, condition="page at 10 Mbit/s", judged=seconds) for seconds in (3.0, 4.0, 9.0)]
    lines = tables([*before, *ours, *page], reached=True).splitlines()
    assert "| **ours**, first visit | 4.00 | – | 2.00 | – | 1.0 | – | – |" in lines
    assert "| CPU until ready, of before's | – | 1.00 | 0.50 |" in lines
    assert "| 10 Mbit/s, page open to first judged frame | – | – | 4.0 s |" in lines
    assert "3.0x (90 ms)" in next(line for line in lines if line.startswith("| first frame after ready"))


def test_a_document_that_cannot_take_the_tables_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong -o ends the program before it measures, with a sentence that says what is wrong."""
    unmarked = tmp_path / "unmarked.md"
    unmarked.write_text("# No place for figures\n")
    for path, said in ((tmp_path / "missing.md", "No such file"), (unmarked, "add both")):
        monkeypatch.setattr("sys.argv", ["start", "-o", str(path)])
        with pytest.raises(SystemExit, match=said):
            start.main()


def test_the_tables_take_the_place_of_the_former_ones(tmp_path: Path) -> None:
    """Only what stands between the two marks changes."""
    document = tmp_path / "start.md"
    document.write_text("head\n<!-- figures -->\nold\n<!-- end of figures -->\ntail\n")
    text = checked_document(str(document)).read_text()
    assert replaced(text, "new\n") == "head\n<!-- figures -->\nnew\n<!-- end of figures -->\ntail\n"
