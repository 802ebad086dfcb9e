"""The answers of a run of `benchmarks.recognition`, row by row, and the report of the rows."""

import itertools
from dataclasses import dataclass, field

import numpy as np

from benchmarks import same_drawing

FRAMES = 10  # of a hold-up
LONG_HOLD_UP = 40  # frames of a hold-up in which the picture has to be searched for: a second and a half
COUNTED_FRAMES = (1, 2, 3, 4, 6, 8, 10, 20, 40)
STRAIGHT = {"shift": 0.0, "zoom": 1.0, "tilt": 0.0, "perspective": 0.0}


@dataclass
class Tally:
    """The numbers of right answers, of no answer, and of wrong answers. A stranger named is a wrong answer."""

    right: int = 0
    nothing: int = 0
    wrong: int = 0

    def add(self, answer: str | None, truth: str | None) -> None:
        """Adds one answer; `truth` is None where nothing should be said."""
        if answer is None:
            self.nothing += 1
        elif answer == truth:
            self.right += 1
        else:
            self.wrong += 1

    @property
    def total(self) -> int:
        """The number of answers."""
        return self.right + self.nothing + self.wrong


@dataclass
class Row:
    """One line of the table."""

    name: str
    references: int
    enrolled: bool = True
    """Whether the picture shown is in the catalogue; if not, every id is wrong."""
    single: Tally = field(default_factory=Tally)
    held: Tally = field(default_factory=Tally)
    alone_ms: list[float] = field(default_factory=list)
    stream_ms: list[float] = field(default_factory=list)
    frames_needed: list[int] = field(default_factory=list)
    """Frames up to the match, of each hold-up named rightly."""
    mistakes: list[str] = field(default_factory=list)
    repeats: list[str] = field(default_factory=list)
    """Strangers taken for a reference whose drawing they show: neither right nor wrong, and not in the tallies."""


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Returns the 95 % interval of a share, after Wilson (1927)."""
    if total == 0:
        return 0.0, 1.0
    z, share = 1.96, hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * np.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def percent(hits: int, total: int) -> str:
    if total == 0:
        return "-"
    low, high = wilson(hits, total)
    return f"{100 * hits / total:.1f} ({100 * low:.1f} to {100 * high:.1f})"


def cells(tally: Tally) -> list[str]:
    if tally.total == 0:
        return ["-", "-", "-", "0"]
    right = percent(tally.right, tally.total)
    return [right, percent(tally.nothing, tally.total), percent(tally.wrong, tally.total), str(tally.total)]


def time_cell(times: list[float]) -> str:
    return f"{np.median(times):.0f}, {np.percentile(times, 95):.0f}" if times else "-"


def line_of(row: Row) -> str:
    return " | ".join(
        [
            row.name,
            str(row.references),
            *cells(row.single),
            *cells(row.held),
            time_cell(row.alone_ms),
            time_cell(row.stream_ms),
        ]
    )


def sweep_line(name: str, points: list[tuple[float, Tally]]) -> str:
    return f"{name}: " + ", ".join(f"{value:g} {100 * tally.right / tally.total:.0f} %" for value, tally in points)


def falls_to(points: list[tuple[float, Tally]], start: float, share: float, upwards: bool) -> str:
    """Returns where, going away from `start`, the share of right answers first falls below `share`."""
    ordered = [(value, tally.right / tally.total) for value, tally in points]
    side = sorted(point for point in ordered if (point[0] >= start) == upwards or point[0] == start)
    if not upwards:
        side.reverse()
    for (before, high), (after, low) in itertools.pairwise(side):
        if high >= share > low:
            return f"{before + (after - before) * (high - share) / (high - low):.3g}"
    if side and side[0][1] < share:
        return "never reached"
    return f"beyond {side[-1][0]:g}" if side else "-"


def report_of(rows: list[Row], sweeps: dict[str, list[tuple[float, Tally]]], pictures: int) -> str:
    """Returns the report as Markdown."""
    known = [row for row in rows if row.enrolled]
    unknown = [row for row in rows if not row.enrolled]
    lines = [
        "# Recognition, measured",
        "",
        f"Made by `python -m benchmarks.recognition` over {pictures} pictures of the half not tuned on; "
        "[README.md](README.md) names the exceptions. Shares are in percent, with 95 % Wilson intervals. A single "
        f"frame is judged alone. A hold-up is up to {FRAMES} frames of an unsteady hand, until one is matched. Times "
        "are CPU milliseconds per frame, median and 95th percentile, in CPython on one core of a busy machine.",
        "",
        "![plot](recognition.svg)",
        "",
    ]
    if known:
        lines += [
            "## Pictures in the catalogue",
            "",
            "| | references | single: right | nothing | wrong | frames "
            "| within 10: right | nothing | wrong | hold-ups | ms alone | ms in a stream |",
            "|---|---|---|---|---|---|---|---|---|---|---|---|",
            *(f"| {line_of(row)} |" for row in known),
            "",
        ]
    held = [row for row in known if row.held.total]
    if held:
        lines += [
            "## How many frames it takes",
            "",
            "Hold-ups named rightly within so many frames, in percent.",
            "",
            f"| | references | {' | '.join(str(count) for count in COUNTED_FRAMES)} |",
            f"|---|---|{'---|' * len(COUNTED_FRAMES)}",
            *(f"| {row.name} | {row.references} | {' | '.join(named_within(row))} |" for row in held),
            "",
        ]
    if unknown:
        lines += [
            "## Nothing to recognise: false accepts",
            "",
            "Clip art repeats itself: a folder shows the penguin that is enrolled. A stranger with "
            f"{same_drawing.AGREEING} SIFT features or more in common with the reference named shows its drawing; "
            + (
                "such answers are counted by themselves."
                if same_drawing.AVAILABLE
                else "without OpenCV no such answer was told apart."
            ),
            "",
            "| | references | single | frames | within 10 | hold-ups | drawing repeated | ms alone | ms in a stream |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        for row in unknown:
            alone, later = row.single, row.held
            parts = [row.name, str(row.references), percent(alone.wrong, alone.total), str(alone.total)]
            parts += [
                percent(later.wrong, later.total),
                str(later.total),
                str(len(row.repeats)),
                time_cell(row.alone_ms),
            ]
            parts.append(time_cell(row.stream_ms))
            lines.append(f"| {' | '.join(parts)} |")
        empty = [row for row in unknown if row.name.startswith("nothing")]
        wrong, total = sum(row.single.wrong for row in empty), sum(row.single.total for row in empty)
        if empty:
            parts = ["nothing held up, all", "", percent(wrong, total), str(total), "", "", "", "", ""]
            lines.append(f"| {' | '.join(parts)} |")
        lines.append("")
    if sweeps:
        lines += [
            "## How far off a hand may be",
            "",
            "Single frames in the light and camera of TYPICAL. One property of the hand varies, and all others are "
            "straight. The frame has the picture's shape: a picture tilted by 45 degrees, or zoomed in, reaches beyond "
            "the frame. Shift is a share of the side; tilt and perspective are in degrees.",
            "",
            "| | right falls below 90 % at | below 50 % at | right at each value |",
            "|---|---|---|---|",
        ]
        for name, points in sweeps.items():
            ways = [(True, "")] if name != "zoom" else [(False, " out"), (True, " in")]
            for upwards, label in ways:
                ninety, fifty = (falls_to(points, STRAIGHT[name], share, upwards) for share in (0.9, 0.5))
                values = sweep_line("", points).removeprefix(": ")
                lines.append(f"| {name}{label} | {ninety} | {fifty} | {values} |")
        lines.append("")
    mistakes = [f"- {row.name}, {row.references} references: {text}" for row in rows for text in row.mistakes]
    lines += ["## Every wrong answer", "", *(mistakes or ["None."]), ""]
    repeats = [f"- {row.name}, {row.references} references: {text}" for row in rows for text in row.repeats]
    if repeats:
        lines += ["## Strangers that show a reference's drawing", "", *repeats, ""]
    return "\n".join(lines)


def named_within(row: Row) -> list[str]:
    """Returns the share of hold-ups that were named within each of COUNTED_FRAMES."""
    longest = LONG_HOLD_UP if row.name.startswith("anywhere") else FRAMES
    return [
        f"{100 * sum(needed <= count for needed in row.frames_needed) / row.held.total:.1f}" if count <= longest else ""
        for count in COUNTED_FRAMES
    ]
