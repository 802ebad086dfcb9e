"""Compare the build's forecasts with pictures held up by the simulated hand.

    python -m benchmarks.forecast FOLDER [--photos PHOTOS] [--outcomes FILE] [-o benchmarks/forecast.md]

FOLDER is that of `benchmarks.pictures`; PHOTOS has a folder `references` of printed covers. The hard covers of
`benchmarks.hard_covers` are enrolled 14 to a catalogue, as a small publisher has them, all other pictures 60 to a
catalogue. A checksum of the name decides whether a picture belongs to the half that limits are set on or to the half
that is reported. FILE keeps the outcomes, so that a run that was interrupted goes on where it stopped.
"""

import argparse
import hashlib
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.hard_covers import SERIES, hard_covers
from benchmarks.report import percent
from scanner.grey import to_grey
from scanner.offline.enrol.alike import alike_pairs
from scanner.offline.enrol.build import build
from scanner.offline.enrol.forecast import forecasts
from scanner.offline.enrol.groups import alike_groups
from scanner.offline.enrol.traits import traits
from scanner.offline.predict.prediction import FRAMES, held_up_by_one
from scanner.offline.predict.simulated_hand import TYPICAL
from scanner.reference import hashed

HALVES = ("report", "tune")
HARD = 14  # hard covers in a catalogue
OTHERS = 60  # other pictures in a catalogue
EACH = 8  # hard covers of a kind
FORECASTS = ("good", "weak", "hopeless")
COSTS = (0, 70, 140, 210, 280, 350, 420, 560, 700)
LEADS = (0, 15, 30, 60, 100, 150, 200)

Outcome = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    add = parser.add_argument
    add("folder", type=Path, help="folder that benchmarks.pictures made")
    add("--photos", type=Path, help="folder with references/, printed covers")
    add("--outcomes", type=Path, help="file that keeps the outcomes")
    add("--hold-ups", type=int, default=4, help="hold-ups of a picture [%(default)s]")
    add("--most", type=int, default=50, help="pictures of a kind in FOLDER, at most, for each half [%(default)s]")
    add("--jobs", type=int, default=2, help="processes [%(default)s]")
    add("-o", "--output", type=Path, help="file for the report, besides stdout")
    options = parser.parse_args()
    outcomes: dict[str, Outcome] = {}
    if options.outcomes and options.outcomes.exists():
        outcomes = json.loads(options.outcomes.read_text(encoding="utf-8"))
    with ProcessPoolExecutor(options.jobs) as executor:
        for half, pictures in catalogues(options.folder, options.photos, options.most):
            if not pictures.keys() <= outcomes.keys():
                outcomes |= held_up(half, pictures, options.hold_ups, executor)
                print(f"{len(outcomes)} pictures held up", file=sys.stderr, flush=True)
                if options.outcomes:
                    options.outcomes.write_text(json.dumps(outcomes), encoding="utf-8")
    text = report_of(outcomes, options.hold_ups, milliseconds(options.folder))
    print(text)
    if options.output:
        options.output.write_text(text + "\n", encoding="utf-8")
    return 0


def catalogues(folder: Path, photos: Path | None, most: int) -> Iterator[tuple[str, dict[str, Image.Image]]]:
    """Yields the half and the pictures, by name, of one catalogue after the other."""
    hard = hard_covers(EACH, sorted((folder / "tune").glob("*.jpg"))[-EACH:])
    others = {f"{half} {path.stem}": path for half in HALVES for path in sorted((folder / half).glob("*.jpg"))[:most]}
    others |= {f"cut-out {path.stem}": path for path in sorted((folder / "cut-outs").glob("*.jpg"))[: 2 * most]}
    if photos:
        others |= {f"printed cover {path.stem}": path for path in sorted((photos / "references").glob("*.jpg"))}
    for half in HALVES:
        yield from ((half, {name: hard[name] for name in names}) for names in _divided(hard, half, HARD))
        for names in _divided(others, half, OTHERS):
            yield half, {name: Image.open(others[name]).convert("RGB") for name in names}


def half_of(name: str) -> str:
    """Returns the half that a picture belongs to; all volumes of a series belong to one."""
    first = name.split(" ", maxsplit=1)[0]
    return first if first in HALVES else HALVES[int(_checksum(name)[:8], 16) % 2]


def _checksum(name: str) -> str:
    return hashlib.sha256(name.partition(" volume")[0].encode()).hexdigest()


def _divided(names: dict[str, Any], half: str, size: int) -> Iterator[list[str]]:
    """Yields the names of one half in shares of about `size`; the volumes of a series stay together."""
    ordered = sorted((_checksum(name), name) for name in names if half_of(name) == half)
    share: list[str] = []
    for place, (checksum, name) in enumerate(ordered, 1):
        share.append(name)
        if place == len(ordered) or (len(share) >= size and ordered[place][0] != checksum):
            yield share
            share = []


def held_up(
    half: str, pictures: dict[str, Image.Image], hold_ups: int, executor: ProcessPoolExecutor
) -> dict[str, Outcome]:
    """Returns name -> forecast and outcome for the pictures of one catalogue; refused pictures have the kind None."""
    made = build(pictures, skip_bad=True)
    groups = alike_groups(made.bundle, alike_pairs(made.bundle))
    expected = forecasts(made.traits, groups)
    leads = {name: group.leads[name] for group in groups if not group.turned for name in group.ids}
    shown = {name: pictures[name] for name in made.bundle.ids}
    outlooks = held_up_by_one(made.bundle, shown, TYPICAL, hold_ups, None, executor)
    found: dict[str, Outcome] = {name: {"half": half, "kind": None} for name in pictures}
    for name, outlook in outlooks.items():
        found[name] = {
            "half": half,
            "kind": expected[name].kind,
            "cost": made.traits[name].cost,
            "lead": leads.get(name),
            "soon": outlook.soon[TYPICAL.name],
            "wrong": sum(outlook.taken_for.values()),
        }
    return found


def milliseconds(folder: Path) -> float:
    """Returns the median CPU time of a forecast beside hashing, in milliseconds."""
    times = []
    for path in sorted((folder / "report").glob("*.jpg"))[:30]:
        grey = to_grey(np.asarray(Image.open(path).convert("RGB")))
        made, started = hashed(grey), time.process_time()
        traits(grey, made)
        times.append(1000 * (time.process_time() - started))
    return float(np.median(times))


def report_of(outcomes: dict[str, Outcome], hold_ups: int, milliseconds: float) -> str:
    """Returns the report as Markdown."""
    enrolled = {name: each for name, each in outcomes.items() if each["kind"]}
    reported = {name: each for name, each in enrolled.items() if each["half"] == "report"}
    lines = [
        "# Forecasts, measured",
        "",
        "Made by `python -m benchmarks.forecast`. The forecasts of the build are compared with pictures in ordinary "
        f"hands (TYPICAL): {hold_ups} hold-ups of up to {FRAMES} frames for each picture. Shares are in percent, with "
        "95 % Wilson intervals. Limits were set on one half of the pictures; a checksum of the name divides them. Hard "
        f"covers are drawn, and enrolled {HARD} to a catalogue; other pictures {OTHERS} to a catalogue.",
        "",
        "Patterns that repeat themselves are called weak at any cost below the hopeless one, though no hand finds "
        "some of them. A forecast knows nothing of print, paper "
        "and the reader's own camera.",
        "",
        f"{len(outcomes) - len(enrolled)} of {len(outcomes)} pictures were refused as nearly flat and are not counted. "
        f"A forecast takes {milliseconds:.1f} ms of one core for a picture of 640 px, beside hashing.",
        "",
        "## Recognised within ten frames",
        "",
        "| forecast | aim | half reported | pictures | half tuned on | pictures |",
        "|---|---|---|---|---|---|",
    ]
    for kind, aim in zip(FORECASTS, ("at least 99", "", "at most 20"), strict=True):
        row = [kind, aim]
        for half in HALVES:
            some = [each for each in enrolled.values() if (each["kind"], each["half"]) == (kind, half)]
            row += [percent(sum(each["soon"] for each in some), hold_ups * len(some)), str(len(some))]
        lines.append(f"| {' | '.join(row)} |")
    lines += _confusion(reported, hold_ups)
    alone = {name: each for name, each in enrolled.items() if each["lead"] is None}
    lines += _by_number("Expected cost of pictures unlike the others", "bits", "cost", COSTS, alone, hold_ups)
    lines += _by_number("Lead in a group", "window bits", "lead", LEADS, enrolled, hold_ups)
    lines += _by_source(reported, hold_ups)
    return "\n".join(lines)


def _confusion(reported: dict[str, Outcome], hold_ups: int) -> list[str]:
    counts = Counter((each["kind"], _became(each["soon"], hold_ups)) for each in reported.values())
    head = ("always", "sometimes", "at most 1 of 5")
    lines = ["", "## Forecast and outcome", "", "Pictures of the half reported.", ""]
    lines += [f"| forecast | recognised {head[0]} | {head[1]} | {head[2]} |", "|---|---|---|---|"]
    lines += [f"| {kind} | {' | '.join(str(counts[kind, became]) for became in head)} |" for kind in FORECASTS]
    return lines


def _became(soon: int, hold_ups: int) -> str:
    return "always" if soon == hold_ups else "at most 1 of 5" if soon <= hold_ups / 5 else "sometimes"


def _by_number(
    title: str, unit: str, key: str, edges: tuple[int, ...], enrolled: dict[str, Outcome], hold_ups: int
) -> list[str]:
    lines = ["", f"## {title}", "", "Both halves.", ""]
    lines += [f"| {unit} | recognised | wrong id | pictures |", "|---|---|---|---|"]
    for low, high in zip(edges, (*edges[1:], np.inf), strict=True):
        some = [each for each in enrolled.values() if each[key] is not None and low <= each[key] < high]
        soon, wrong, total = sum(each["soon"] for each in some), sum(each["wrong"] for each in some), len(some)
        span = f"{low} and more" if high == np.inf else f"{low} to {high}"
        lines.append(f"| {span} | {percent(soon, hold_ups * total)} | {percent(wrong, hold_ups * total)} | {total} |")
    return lines


def _by_source(reported: dict[str, Outcome], hold_ups: int) -> list[str]:
    by_source = defaultdict(list)
    for name, each in reported.items():
        words = name.split()
        source = " ".join(word for word in words[:2] if not word[0].isdigit()) if words[0] not in HALVES else "pictures"
        by_source[SERIES if words[0] == SERIES else source].append(each)
    lines = ["", "## By kind of picture", "", "Pictures of the half reported.", ""]
    lines += ["| kind | good | weak | hopeless | recognised |", "|---|---|---|---|---|"]
    for source, some in sorted(by_source.items()):
        counts = Counter(each["kind"] for each in some)
        cells = [str(counts[kind]) for kind in FORECASTS]
        soon = percent(sum(each["soon"] for each in some), hold_ups * len(some))
        lines.append(f"| {source} | {' | '.join(cells)} | {soon} |")
    return lines


if __name__ == "__main__":
    sys.exit(main())
