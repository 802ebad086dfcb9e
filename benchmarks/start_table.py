"""The tables of `benchmarks.start`, and their place in a document."""

from __future__ import annotations

import os
import statistics
import textwrap
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from benchmarks.visits import Visit

START, END = "<!-- figures -->\n", "<!-- end of figures -->"
NAMES = {
    "stock": "stock Pyodide",
    "before": "before",
    "ours": "**ours**",
    "opencv": "OpenCV.js 4.5.2",
    "mindar": "MindAR 1.2.5",
}
COMPARED = ("stock", "before", "ours")


class Figures:
    """The medians of visits."""

    def __init__(self, visits: Iterable[Visit]) -> None:
        self._visits = list(visits)
        self.sites = [site for site in NAMES if any(visit.site == site for visit in self._visits)]

    def median(self, figure: str, site: str, condition: str = "unlimited", returning: bool = False) -> float | None:
        """Returns the median of a figure of `Visit`, or None where there was no such visit."""
        values = [
            getattr(visit, figure)
            for visit in self._visits
            if (visit.site, visit.condition, visit.returning) == (site, condition, returning)
        ]
        return statistics.median(values) if values else None

    def rounds(self) -> int:
        """Returns how often the visit that was made least often was made."""
        kinds = [(visit.site, visit.condition, visit.returning) for visit in self._visits]
        return min(kinds.count(kind) for kind in set(kinds))


def tables(visits: Iterable[Visit], reached: bool) -> str:
    """Returns the table of all sites; with `reached`, also the one that compares ours with an earlier build."""
    figures = Figures(visits)
    lines = [*all_sites(figures), ""]
    if reached:
        lines += [*compared(figures), ""]
    where = f"Chromium on a {os.cpu_count()}-core machine, {time.strftime('%Y-%m-%d')}"
    notes = f"Medians of {figures.rounds()} rounds, {where}."
    return "\n".join(lines) + f"\n{textwrap.fill(notes, 118)}\n"


def all_sites(figures: Figures) -> list[str]:
    """Returns the lines of the table of all sites, first visits and returning ones."""
    lines = [
        "| | MB, brotli | MB, gzip | s CPU | of stock | s until ready | s at 10 Mbit/s | s with 4x slower CPU |",
        "|---|---|---|---|---|---|---|---|",
    ]
    stock = figures.median("cpu", "stock")
    for site in figures.sites:
        for returning, visit in ((False, "first visit"), (True, "returning")):
            cpu = figures.median("cpu", site, returning=returning)
            cells = [
                _number(figures.median("wire", site, returning=returning), 2, 1e-6),
                _number(figures.median("wire", site, "gzip", returning), 2, 1e-6),
                _number(cpu, 2),
                _number(_ratio(cpu, stock), 2),
                *(
                    _number(figures.median("ready", site, condition, returning), 1)
                    for condition in ("unlimited", "10 Mbit/s", "4x slower CPU")
                ),
            ]
            lines.append(f"| {NAMES[site]}, {visit} | {' | '.join(cells)} |")
    return lines


def compared(figures: Figures) -> list[str]:
    """Returns the lines of the table that compares our build, an earlier one and stock Pyodide."""
    slow = {site: figures.median("ready", site, "4x slower CPU") for site in figures.sites}
    first_cpu = figures.median("cpu", "before")

    def megabytes(site: str) -> str:
        return " / ".join(
            _number(figures.median("wire", site, condition), 2, 1e-6) for condition in ("unlimited", "gzip")
        )

    def cpu_of_before(site: str) -> str:
        return _number(_ratio(figures.median("cpu", site), first_cpu), 2)

    def returning_cpu_of_before(site: str) -> str:
        return _number(_ratio(figures.median("cpu", site, returning=True), first_cpu), 2)

    def slow_of_before(site: str) -> str:
        ratio = _number(_ratio(slow.get(site), slow.get("before")), 2)
        return f"{ratio} ({_number(slow.get(site), 1, unit=' s')})"

    def slow_of_rivals(site: str) -> str:
        return ", ".join(
            _number(_ratio(slow.get(site), slow.get(rival)), 1, unit="x") for rival in ("opencv", "mindar")
        )

    def seconds_of_page(site: str) -> str:
        return _number(figures.median("judged", site, "page at 10 Mbit/s"), 1, unit=" s")

    def megabytes_of_page(site: str) -> str:
        return _number(figures.median("wire", site, "page at 10 Mbit/s"), 2, 1e-6)

    def first_of_later(condition: str, site: str) -> str:
        first, later = (figures.median(figure, site, condition) for figure in ("first", "later"))
        return f"{_number(_ratio(first, later), 1, unit='x')} ({_number(first, unit=' ms')})"

    rows: dict[str, Callable[[str], str]] = {
        "MB until the first frame is judged, brotli / gzip": megabytes,
        "CPU until ready, of before's": cpu_of_before,
        "seconds until ready with 4x slower CPU, of before's": slow_of_before,
        "the same, of OpenCV.js's and MindAR's": slow_of_rivals,
        "10 Mbit/s, page open to first judged frame": seconds_of_page,
        "MB by then, with the page, its pictures and what it keeps": megabytes_of_page,
        "first frame after ready, of a later one": partial(first_of_later, "unlimited"),
        "first frame after ready and a camera's opening, of a later one": partial(first_of_later, "camera opens"),
        "first photo after ready, of a later one": partial(first_of_later, "photo"),
        "returning visit, CPU until ready, of before's first": returning_cpu_of_before,
    }
    lines = [f"| {title} | {' | '.join(map(cells, COMPARED))} |" for title, cells in rows.items()]
    return [f"| first visit | {' | '.join(COMPARED)} |", "|---|---|---|---|", *lines]


def _ratio(value: float | None, base: float | None) -> float | None:
    return value / base if value is not None and base else None


def _number(value: float | None, digits: int = 0, scale: float = 1, unit: str = "") -> str:
    return "–" if value is None else f"{value * scale:.{digits}f}{unit}"


def checked_document(name: str) -> Path:
    """Returns a path if it is a document with a place for the tables; ends the program otherwise."""
    path = Path(name)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SystemExit(
            f"{path}: expected a document with a place for the tables, found otherwise ({error.strerror}): name one"
        ) from error
    if START not in text or END not in text.partition(START)[2]:
        raise SystemExit(f"{path}: expected the marks {START.strip()} and {END}, found none: add both")
    return path


def replaced(text: str, table: str) -> str:
    """Returns a document with what stands between its two marks renewed."""
    head, start, rest = text.partition(START)
    _, end, tail = rest.partition(END)
    return f"{head}{start}{table}{end}{tail}"
