r"""How often the product is right, silent or wrong: measured through `build_bundle` and `FrameScanner` alone.

    python -m benchmarks.recognition PICTURES/report                      the levels, strangers, empty scenes
    python -m benchmarks.recognition PICTURES/report --quick              these with fewer frames, in two minutes
    python -m benchmarks.recognition PICTURES/report --others PICTURES/cut-outs --photos PHOTOS \
        --corners corners.json -o benchmarks/recognition.md

`benchmarks/pictures.py` makes PICTURES. PHOTOS has `references/`, and a folder of photographs for each camera; a
photograph has the file name of its reference. `benchmarks/photo_corners.py` makes corners.json, which adds the boxed
rows.

Every draw has a seed of its own (row, picture, hold-up), so a change of one row changes no other.
"""

import argparse
import itertools
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded: a browser's worker has one thread

from benchmarks.cameras import photograph_rows
from benchmarks.clock import count_cpu_time
from benchmarks.enrolled import STRANGERS, load, made_up, pick, too_plain_of
from benchmarks.hold_ups import Scanners, measure_anywhere, measure_in_region, measure_level
from benchmarks.plot import draw_plot
from benchmarks.report import Row, Tally, line_of, report_of, sweep_line
from benchmarks.sweeps import SWEEPS, measure_sweep
from benchmarks.unknown import LEFT_OUT, empty_scenes, measure_empty, measure_left_out, measure_strangers
from scanner.files import write_atomically
from scanner.offline.predict.simulated_hand import HARD, LEVELS, TYPICAL


def main() -> int:
    options = parse()
    started = time.perf_counter()
    count_cpu_time()
    few = options.quick
    pictures = load(options.pictures, None)
    too_plain = too_plain_of(dict(itertools.islice(pictures.items(), 2 * options.references)))
    pictures = {name: picture for name, picture in pictures.items() if name not in too_plain}
    names = list(pictures)
    # Every other picture of the rest, not the last ones: kinds run out one by one, so the last are all clip art.
    enrolled, strangers = names[: options.references], names[options.references :: 2][:STRANGERS]
    fill = {name: pictures[name] for name in names if name not in strangers}
    fill |= load(options.others, None) if options.others else {}

    def catalogue(size: int) -> Scanners:
        """Returns scanners of `size` references: pictures, then others, then parts of both, turned or mirrored."""
        return Scanners(dict(itertools.islice(itertools.chain(fill.items(), made_up(fill)), size)))

    rows: list[Row] = []
    sweeps: dict[str, list[tuple[float, Tally]]] = {}

    def wanted(row: str) -> bool:
        return not options.rows or any(part in row for part in options.rows.split(","))

    def done(row: Row) -> None:
        rows.append(row)
        print(line_of(row), file=sys.stderr, flush=True)
        save()

    def save() -> None:
        """Writes the rows so far, so that a long run that is cut short is not lost."""
        if options.output:
            write_atomically(options.output, report_of(rows, sweeps, len(pictures)).encode())
            draw_plot(options.output.with_suffix(".svg"), rows, sweeps)

    scanners = catalogue(options.references)
    shown = pick(pictures, enrolled)
    for level in LEVELS:
        if wanted(level.name):
            done(measure_level(level, scanners, shown, 1 if few else options.hold_ups))
    if wanted("HARD, 200 x 200"):
        done(measure_in_region(HARD, scanners, shown, 1 if few else options.hold_ups))
    for size in () if few else options.catalogues:
        if wanted(f"TYPICAL {size}"):
            larger = catalogue(size)
            done(measure_level(TYPICAL, larger, shown, options.hold_ups))
            done(measure_strangers(larger, pick(pictures, strangers), options.stranger_frames // 2))
    if options.photos:
        for name, measure in photograph_rows(options.photos, options.corners, few):
            if wanted(name):
                done(measure(name))
    if wanted("anywhere"):
        done(measure_anywhere(scanners, shown, 1 if few else 2))
    if wanted("strangers"):
        unknown = pick(pictures, names[options.references :])
        done(measure_strangers(scanners, unknown, options.stranger_frames // (10 if few else 1)))
    if wanted(LEFT_OUT):
        done(measure_left_out(scanners, shown))
    for kind in empty_scenes():
        if wanted(kind):
            done(measure_empty(kind, scanners, 40 if few else options.empty_frames))
    if wanted("sweep"):
        for name, values in SWEEPS.items():
            few_shown = pick(pictures, enrolled[: 15 if few else options.sweep_pictures])
            sweeps[name] = [(value, measure_sweep(name, value, scanners, few_shown)) for value in values]
            print(sweep_line(name, sweeps[name]), file=sys.stderr, flush=True)
            save()
    save()
    if not options.output:
        print(report_of(rows, sweeps, len(pictures)))
    print(f"{time.perf_counter() - started:.0f} s", file=sys.stderr)
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0], epilog="See benchmarks/README.md.")
    parser.add_argument("pictures", type=Path, help="folder of pictures; the first ones are enrolled")
    parser.add_argument("--others", type=Path, help="folder of pictures that only fill up a large catalogue")
    parser.add_argument("--photos", type=Path, help="folder with references/ and one folder per camera")
    parser.add_argument("--corners", type=Path, help="corners.json of the photographs: adds the boxed rows")
    parser.add_argument("-o", "--output", type=Path, help="the report (.md); a plot (.svg) is put beside it")
    parser.add_argument("--quick", action="store_true", help="fewer frames")
    parser.add_argument("--rows", default="", help="only rows whose name has one of these, e.g. HARD,photo")
    parser.add_argument("--references", type=int, default=100)
    parser.add_argument("--catalogues", type=int, nargs="*", default=[1000, 10_000])
    parser.add_argument("--hold-ups", type=int, default=2, help="per picture and level")
    parser.add_argument("--stranger-frames", type=int, default=800)
    parser.add_argument("--sweep-pictures", type=int, default=10)
    parser.add_argument("--empty-frames", type=int, default=1000, help="of each kind of empty scene")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
