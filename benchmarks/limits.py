r"""Each limit of a match, between frames that show a reference and frames that show none.

    python -m benchmarks.limits PICTURES/tune                                      prints the report, in some minutes
    python -m benchmarks.limits PICTURES/tune --photos PHOTOS -o benchmarks/limits.md

The report has two distributions of the cost of a fit for every row of the table in `scanner/limits.py`. The cost is
the one of `scanner.verdict.costs`, less the bits that a lead over rivals makes up for. A frame that shows a reference
counts with the least cost of this reference. A frame that shows none counts with the least cost of any reference.
`benchmarks/pictures.py` makes PICTURES; `benchmarks/recognition.py` describes PHOTOS.
"""

import argparse
import itertools
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded: a browser's worker has one thread

import numpy as np

import scanner.judging
import scanner.partial
from benchmarks.enrolled import STRANGERS, Pictures, load, made_up, pick, seeded, too_plain_of
from benchmarks.hold_ups import BOX, WHOLE, Scanners, trembling
from benchmarks.unknown import empty_frame, empty_scenes
from scanner import FrameScanner
from scanner.fit import Fitter
from scanner.limits import CROPS_BELOW_THRESHOLD, FOUND_BY_WINDOWS, LIMITS, MOST_LACKING, RIVALS, USUAL_LEAD
from scanner.offline.predict.simulated_hand import HARD, LEVELS, TYPICAL, draw_background, draw_shot, photograph
from scanner.partial import PartialFit
from scanner.pieces import Work
from scanner.verdict import Judgement, Outcome, costs, judge, judge_windows, lead_over, window_costs
from scanner.warp import Floats, Pyramid

FRAMES_HELD = 4
"""Frames of each hold-up that are shown to a stream. The first frame is judged alone, too."""
SMALL_ZOOM = (0.18, 0.3)
"""Heights of small pictures, as shares of a frame of 640 x 480."""
CUT_ZOOM, CUT_SHIFT = (0.6, 0.9), (0.4, 0.6)
"""Heights of pictures cut off by the frame's edge, and how far they are moved, as shares of a frame of 640 x 480."""
WORTH_RIVALS = 60
"""Bits above a limit with the longest lead up to which a fit of windows is fitted rivals, and noted."""
ROWS = (*LIMITS, *FOUND_BY_WINDOWS.values())
BIN = 20
"""Bits a line of the drawings."""
WIDEST = 40
"""Characters of the longest bar."""


class Recorder:
    """Notes the cost of every fit that is judged, by route."""

    def __init__(self) -> None:
        self.fits: list[tuple[str, int, float]] = []
        """Route, index of the reference, cost in bits."""
        self._partial = 0
        self._judged_partly = scanner.partial.judged_partly

    def judge(self, **fit: object) -> Judgement:
        """Judges a fit as the product does, and notes its cost."""
        rivals = fit["rivals"]
        others = rivals(RIVALS)  # type: ignore[operator]
        index = rivals.args[2].index  # type: ignore[attr-defined]
        plain = {name: value for name, value in fit.items() if name not in ("rivals", "references")}
        for row, cost in costs(**plain):  # type: ignore[arg-type]
            made_up_for = 0.0
            if others is not None:
                lead = lead_over(others, fit["window_bits"], fit["crop_bits"])  # type: ignore[arg-type]
                made_up_for = min(max(lead - USUAL_LEAD, -MOST_LACKING), row.lead_cap)
                if row is CROPS_BELOW_THRESHOLD and made_up_for < 0:
                    continue  # the row does not speak for a fit with a shorter lead
            self.fits.append((row.route, index, cost - made_up_for))
        return judge(**fit)  # type: ignore[arg-type]

    def listen(self) -> None:
        """Makes the product ask this recorder for every judgement."""
        scanner.judging.judge = self.judge  # type: ignore[assignment,attr-defined]
        scanner.partial.judged_partly = self.judged_partly
        scanner.partial.judge_windows = self.judge_windows  # type: ignore[assignment,attr-defined]

    def judged_partly(self, fitter: Fitter, pyramid: Pyramid, fit: PartialFit, threshold: int) -> Work[Outcome]:
        """Judges a fit of windows as the product does, and remembers the reference for `judge_windows`."""
        self._partial = fit.index
        return (yield from self._judged_partly(fitter, pyramid, fit, threshold))

    def judge_windows(
        self, sums: Floats, pose_penalty: float, leads: Floats, references: int, threshold: int
    ) -> Outcome:
        """Judges a fit of windows as the product does, and notes its costs; farther fits are fitted rivals as well."""
        outcome = judge_windows(sums, pose_penalty, leads, references, threshold)
        costs_now = window_costs(sums, pose_penalty, references)
        if np.isinf(leads).all():
            near = any(
                cost - FOUND_BY_WINDOWS[count].lead_cap <= FOUND_BY_WINDOWS[count].among(references) + WORTH_RIVALS
                for count, cost in costs_now.items()
            )
            return "match" if near else outcome
        for count, cost in costs_now.items():
            row = FOUND_BY_WINDOWS[count]
            self.fits.append((row.route, self._partial, cost - min(float(leads[count - 1]), row.lead_cap)))
        return outcome

    def note(self, into: dict[str, list[float]], reference: int | None) -> None:
        """Adds the least cost of the frame just judged, by route: of `reference`, or of any reference if it is None."""
        least: dict[str, float] = {}
        for route, index, cost in self.fits:
            if reference is None or index == reference:
                least[route] = min(cost, least.get(route, cost))
        self.fits.clear()
        for route, cost in least.items():
            into[route].append(cost)


def main() -> int:
    options = parse()
    recorder = Recorder()
    recorder.listen()
    pictures = load(options.pictures, None)
    too_plain = too_plain_of(pictures)
    pictures = {name: picture for name, picture in pictures.items() if name not in too_plain}
    names = list(pictures)
    shown, strangers = names[: options.references], names[options.references :: 2][:STRANGERS]
    fill = {name: pictures[name] for name in names if name not in strangers}
    parts = [HEAD]
    for size in [options.references, *options.catalogues]:
        catalogue = dict(itertools.islice(itertools.chain(fill.items(), made_up(fill)), size))
        scanners = Scanners(catalogue)
        order = sorted(catalogue)
        right: dict[str, list[float]] = defaultdict(list)
        wrong: dict[str, list[float]] = defaultdict(list)
        for judging, frame, reference in frames_that_show(scanners, pick(pictures, shown), options.hold_ups):
            judging.scan(frame)
            recorder.note(right, order.index(reference))
        for frame in frames_that_show_none(pick(pictures, strangers), options.frames):
            scanners.alone.scan(frame)
            recorder.note(wrong, None)
        parts.append(section(f"Among {size} references", size, right, wrong))
    if options.photos:
        parts.append(of_photographs(options.photos, recorder))
    report = "\n".join(parts)
    print(report)
    if options.output:
        options.output.write_text(report, encoding="utf-8")
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0], epilog="See benchmarks/README.md.")
    parser.add_argument("pictures", type=Path, help="folder of pictures; the first ones are enrolled")
    parser.add_argument("--photos", type=Path, help="folder with references/ and one folder per camera")
    parser.add_argument("-o", "--output", type=Path, help="the report (.md)")
    parser.add_argument("--references", type=int, default=100)
    parser.add_argument("--catalogues", type=int, nargs="*", default=[1000], help="further sizes of the catalogue")
    parser.add_argument("--hold-ups", type=int, default=1, help="per picture and level")
    parser.add_argument("--frames", type=int, default=600, help="that show no reference, half of them empty scenes")
    return parser.parse_args()


def frames_that_show(
    scanners: Scanners, pictures: Pictures, hold_ups: int
) -> Iterator[tuple[FrameScanner, np.ndarray, str]]:
    """Yields a scanner, a frame for it, and the reference shown.

    First come TYPICAL and HARD, alone and in a stream; then stills with a small picture, and with
    one that the frame's edge cuts off, in the light of TYPICAL.
    """
    for level in (TYPICAL, HARD):
        for name, picture in pictures.items():
            for number in range(hold_ups):
                source = seeded(level.name, name, number)
                held = draw_shot(level, source)
                scanners.remembering.reset()
                for turn, frame in enumerate(trembling(picture, level, source, held, BOX, True, FRAMES_HELD)):
                    if turn == 0:
                        yield scanners.alone, frame, name
                    yield scanners.remembering, frame, name
    for name, picture in pictures.items():
        source = seeded("small", name)
        zoom, tilt = source.uniform(*SMALL_ZOOM), source.uniform(-15, 15)
        held = replace(draw_shot(TYPICAL, source), zoom=zoom, tilt=tilt)
        for frame in trembling(picture, TYPICAL, source, held, WHOLE, False, 1):
            yield scanners.alone, frame, name
    for name, picture in pictures.items():
        source = seeded("cut off", name)
        zoom, away = source.uniform(*CUT_ZOOM), source.uniform(*CUT_SHIFT) * source.choice([-1, 1])
        held = replace(draw_shot(TYPICAL, source), zoom=zoom, shift_x=away)
        for frame in trembling(picture, TYPICAL, source, held, WHOLE, False, 1):
            yield scanners.alone, frame, name


def frames_that_show_none(pictures: Pictures, frames: int) -> Iterator[np.ndarray]:
    """Yields frames of pictures that are not enrolled, and of empty scenes, in turn."""
    names, kinds = list(pictures), list(empty_scenes())
    for number in range(frames // 2):
        name, level = names[number % len(names)], LEVELS[number % 3]
        source = seeded("strangers", name, number)
        frame, _ = photograph(pictures[name], draw_shot(level, source), BOX, draw_background(source, BOX))
        yield frame
        yield empty_frame(kinds[number % len(kinds)], number)


def of_photographs(folder: Path, recorder: Recorder) -> str:
    """Returns the section of photographs, each judged with its reference and without."""
    scanners = Scanners(load(folder / "references", None))
    order = sorted(load(folder / "references", None))
    right: dict[str, list[float]] = defaultdict(list)
    wrong: dict[str, list[float]] = defaultdict(list)
    for camera in sorted(path for path in folder.iterdir() if path.is_dir() and path.name != "references"):
        for name, photo in load(camera, None).items():
            scanners.alone.scan(photo)
            recorder.note(right, order.index(name))
            scanners.without(name).alone.scan(photo)
            recorder.note(wrong, None)
    return section("Photographs", len(order), right, wrong)


HEAD = """# Where each limit lies

Made by `python -m benchmarks.limits`. Costs are bits after the lead over rivals. A frame that shows a reference counts
with the least cost of that reference, a frame that shows none with the least cost of any. A row counts the frames with
a judged fit of its route: a fit that comes later is not judged once an earlier one is a match. Some strangers repeat
the drawing of a reference, and most costs below a limit are theirs. docs/decisions/limits.md says how each limit came
about.
"""


def section(title: str, references: int, right: dict[str, list[float]], wrong: dict[str, list[float]]) -> str:
    """Returns a table of quantiles and a drawing for every row of the table of limits."""
    lines = [
        f"\n## {title}\n",
        "| route | limit | frames that show | half below | 9 of 10 below | below the limit "
        "| frames that show none | least | 1 of 100 below | 1 of 10 below | below the limit |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in ROWS:
        limit = row.among(references)
        cells = [row.route, f"{limit:.0f}"]
        for costs_seen, quantiles in ((right[row.route], (0.5, 0.9)), (wrong[row.route], (0.0, 0.01, 0.1))):
            costs_array = np.array(costs_seen)
            cells.append(str(len(costs_array)))
            if len(costs_array):
                cells += [f"{np.quantile(costs_array, quantile):.0f}" for quantile in quantiles]
                cells.append(f"{100 * np.mean(costs_array <= limit):.1f} %")
            else:
                cells += ["-"] * (len(quantiles) + 1)
        lines.append("| " + " | ".join(cells) + " |")
    drawings = [drawing(row.route, row.among(references), right[row.route], wrong[row.route]) for row in ROWS]
    return "\n".join(lines + drawings) + "\n"


def drawing(route: str, limit: float, right: list[float], wrong: list[float]) -> str:
    """Returns both distributions of a route as bars of characters, with a line where the limit lies."""
    most = 600
    edges = np.arange(0, most + BIN, BIN)
    shares = [np.histogram(np.clip(values, 0, most - 1), edges)[0] / max(len(values), 1) for values in (right, wrong)]
    lines = [f"\n{route}:\n", "```text", f"{'bits':>9}  {'shows the reference':<{WIDEST}} shows none"]
    for number, low in enumerate(edges[:-1]):
        if low < limit <= low + BIN:
            bars = ["-" * WIDEST, "-" * WIDEST]
            lines.append(f"{limit:>9.0f}  {bars[0]} {bars[1]} limit")
        bars = ["#" * int(np.ceil(WIDEST * share[number] / (share.max() or 1.0))) for share in shares]
        if any(bars):
            lines.append(f"{low:>4}-{low + BIN:<4}  {bars[0]:<{WIDEST}} {bars[1]}".rstrip())
    return "\n".join([*lines, "```"])


if __name__ == "__main__":
    sys.exit(main())
