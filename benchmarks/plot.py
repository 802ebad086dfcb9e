"""Draws the recognition figures as one SVG file: shares by row, and shares by value of each property of the hand."""

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from scanner.files import write_atomically

INK, FAINT = "#222", "#ddd"
RIGHT, NOTHING, WRONG = "#2a7f62", "#c9ced6", "#c0392b"
WIDTH, LEFT, BAR = 960, 300, 20


def draw_plot(path: Path, rows: list, sweeps: dict) -> None:
    """Writes the plot; `rows` are those of `benchmarks.report`, `sweeps` the tallies by value of each property."""
    parts, y = [], 30
    known = [row for row in rows if row.enrolled]
    for title, which in (("Single frame", "single"), ("Within ten frames of one hold-up", "held")):
        bars = [(row, getattr(row, which)) for row in known if getattr(row, which).total]
        if bars:
            parts.append(text(20, y, title, size=16, weight="bold"))
            y += 14
            for row, tally in bars:
                parts += bar(y, f"{row.name}, {row.references}", tally)
                y += BAR + 6
            y += 24
    parts += legend(y - 14)
    y += 46
    panel_width = (WIDTH - 40) / 2
    for number, (name, points) in enumerate(sweeps.items()):
        left = 20 + (number % 2) * panel_width
        top = y + (number // 2) * 210
        parts += curve(left + 40, top, panel_width - 70, 140, name, points)
    if sweeps:
        y += 210 * ((len(sweeps) + 1) // 2)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y:.0f}" '
        'font-family="system-ui, sans-serif"><rect width="100%" height="100%" fill="#fff"/>'
    )
    write_atomically(path, "\n".join([head, *parts, "</svg>", ""]).encode())


def text(x: float, y: float, words: str, *, size: int = 13, anchor: str = "start", weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{INK}">{escape(words)}</text>'
    )


def box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def bar(y: float, label: str, tally: Any) -> list[str]:
    parts = [text(LEFT - 8, y + 15, label, anchor="end")]
    x, full = float(LEFT), WIDTH - LEFT - 100
    for count, colour in ((tally.right, RIGHT), (tally.nothing, NOTHING), (tally.wrong, WRONG)):
        length = full * count / tally.total
        parts.append(box(x, y, length, BAR, colour))
        x += length
    parts.append(text(x + 8, y + 15, f"{100 * tally.right / tally.total:.1f} %"))
    return parts


def legend(y: float) -> list[str]:
    parts, x = [], float(LEFT)
    for label, colour in (("right", RIGHT), ("nothing said", NOTHING), ("wrong", WRONG)):
        parts += [box(x, y, 14, 14, colour), text(x + 20, y + 12, label)]
        x += 130
    return parts


def curve(left: float, top: float, width: float, height: float, name: str, points: list) -> list[str]:
    """Returns a panel: share of right answers over the value swept."""
    parts = [text(left, top - 10, f"{name}: share right, single frame", weight="bold")]
    for share in (0, 0.5, 0.9, 1):
        y = top + height * (1 - share)
        parts.append(f'<path d="M{left:.1f} {y:.1f}h{width:.1f}" stroke="{FAINT}"/>')
        parts.append(text(left - 6, y + 4, f"{100 * share:.0f} %", size=11, anchor="end"))
    # Values are spread evenly, as most of them lie close together, at small distances from straight.
    places = [
        (left + width * number / max(1, len(points) - 1), top + height * (1 - tally.right / tally.total))
        for number, (_, tally) in enumerate(points)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts.append(f'<polyline points="{line}" fill="none" stroke="{RIGHT}" stroke-width="2.5"/>')
    for (x, y), (value, _) in zip(places, points, strict=True):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{RIGHT}"/>')
        parts.append(text(x, top + height + 18, f"{value:g}", size=11, anchor="middle"))
    return parts
