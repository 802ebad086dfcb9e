r"""How many photographs by other people get the right name, next to ORB and SIFT: through the public calls alone.

    python -m benchmarks.photographs CASES PHOTOS
    python -m benchmarks.photographs CASES PHOTOS --one vinyl --one hj3yoo --no-peers       some sources only, quickly
    python -m benchmarks.photographs CASES PHOTOS --half tune --sheet misses.png            what was missed, to look at
    python -m benchmarks.photographs CASES PHOTOS --peers peers.json                        keeps OpenCV's answers
    python -m benchmarks.photographs CASES PHOTOS --left-out --half tune                    stills with nothing to name

`benchmarks/photo_sets.py` describes the folders. A catalogue of fewer than 100 references is filled up with those of
PHOTOS. Photographs are sent as the page sends a camera's frames, or with `--stills` as it sends files. With
`--left-out` the references that a photograph shows are not enrolled: any name is wrong, and the times are those of a
still with nothing in it.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded: a browser's worker has one thread

import numpy as np

from benchmarks.contact_sheet import Miss, draw_sheet
from benchmarks.peers import KINDS, Kept
from benchmarks.photo_sets import FRAME_SIDE, HALVES, Photograph, catalogue, photographs, pixels
from scanner import FrameScanner, HashBundle
from scanner.files import write_atomically
from scanner.offline import build_bundle

METHODS = ("one", "all", *KINDS)
LABELS = {"one": "scan", "all": "scan_all", "ORB": "ORB 1000", "SIFT": "SIFT 1000"}


@dataclass
class Answers:
    """What every method says of one photograph: ids by method, the surest first, and CPU milliseconds by method."""

    photo: Photograph
    ids: dict[str, list[str]] = field(default_factory=dict)
    ms: dict[str, float] = field(default_factory=dict)

    def outcome(self, method: str) -> str:
        """Returns "right", "nothing" or "wrong" for the surest name of a method; "" for one near the truth."""
        if not self.ids[method]:
            return "nothing"
        first = self.ids[method][0]
        if first in self.photo.in_sight:
            return "right"
        return "" if first in self.photo.may_be_named else "wrong"

    def named(self, method: str) -> int:
        """Returns how many of the pictures in sight a method names."""
        return len(self.photo.in_sight & set(self.ids[method]))

    def others(self, method: str) -> list[str]:
        """Returns the names that a method gives of pictures that are not in sight."""
        return [name for name in self.ids[method] if name not in self.photo.in_sight | self.photo.may_be_named]


def main() -> int:
    options = parse()
    chosen = [
        photo
        for photo in photographs(options.cases, options.photos)
        if (not options.one or photo.source in options.one) and options.half in (None, photo.half)
    ]
    if not chosen:
        known = sorted({photo.source for photo in photographs(options.cases, options.photos)})
        sys.exit(f"No photograph is of this source and half. The sources are: {', '.join(known)}.")
    kept = Kept(options.peers) if not options.no_peers and not options.left_out else None
    answers: list[Answers] = []
    try:
        for name in dict.fromkeys(photo.catalogue for photo in chosen):
            of_it = [photo for photo in chosen if photo.catalogue == name]
            longest = None if options.stills else FRAME_SIDE
            answers += measured(of_it, options.cases, options.photos, longest, kept, options.left_out)
    finally:
        if kept:
            kept.save()
    text = "\n".join(
        section(half, [each for each in answers if each.photo.half == half])
        for half in HALVES
        if any(each.photo.half == half for each in answers)
    )
    print(text)
    if options.output:
        write_atomically(options.output, text.encode())
    if options.answers:
        told = [{"photo": each.photo.path.name, "ids": each.ids, "ms": each.ms} for each in answers]
        write_atomically(options.answers, json.dumps(told, indent=1).encode())
    if options.sheet:
        draw_sheet(options.sheet, misses(answers, options.cases, options.photos))
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0], epilog="See benchmarks/README.md.")
    parser.add_argument("cases", type=Path, help="folder with cases.json, photos/ and references/")
    parser.add_argument("photos", type=Path, help="folder with references/ and one folder per camera")
    parser.add_argument("--half", choices=HALVES, help="only this half; both are printed apart otherwise")
    parser.add_argument("--one", action="append", metavar="SOURCE", help="only this source; may be given several times")
    parser.add_argument("--stills", action="store_true", help="photographs at full size, as the page sends files")
    parser.add_argument("--left-out", action="store_true", help="without the references in sight, and without peers")
    parser.add_argument("--no-peers", action="store_true", help="without ORB and SIFT")
    parser.add_argument("--peers", type=Path, metavar="JSON", help="keeps the answers of ORB and SIFT between runs")
    parser.add_argument("--sheet", type=Path, metavar="PNG", help="draws every photograph that was not named in full")
    parser.add_argument("--answers", type=Path, metavar="JSON", help="writes every answer")
    parser.add_argument("-o", "--output", type=Path, help="writes the tables (.md)")
    return parser.parse_args()


def measured(
    photos: list[Photograph], cases: Path, cameras: Path, longest: int | None, kept: Kept | None, left_out: bool
) -> list[Answers]:
    """Returns the answers to photographs of one catalogue; with `left_out` they show nothing that it holds."""
    name = photos[0].catalogue
    references = catalogue(name, cases, cameras)
    bundle = build_bundle(references, skip_bad=True)
    scanner = FrameScanner(bundle, memory=False)
    answers = []
    for photo in photos:
        each, seen = Answers(photo), pixels(photo.path, longest)
        if left_out:
            shown = photo.in_sight | photo.may_be_named
            each.photo = replace(photo, in_sight=frozenset(), may_be_named=frozenset())
            enrolled = [reference for reference in bundle.references if reference.id not in shown]
            scanner = FrameScanner(HashBundle(enrolled, bundle.threshold), memory=False)
        started = time.process_time()
        one = scanner.scan(seen).id
        each.ids["one"], each.ms["one"] = [one] if one else [], (time.process_time() - started) * 1000
        started = time.process_time()
        each.ids["all"] = [str(verdict.id) for verdict in scanner.scan_all(seen)]
        each.ms["all"] = (time.process_time() - started) * 1000
        answers.append(each)
        print(line(each), file=sys.stderr, flush=True)
    for kind in KINDS:  # one kind after the other: only one is kept ready
        if kept is None:
            break
        for each in answers:
            told = kept.answer(kind, name, references, each.photo.path.name, pixels(each.photo.path, longest))
            each.ids[kind], each.ms[kind] = told.ids, told.ms
    return answers


def line(answers: Answers) -> str:
    """Returns one photograph's answers, as a line for the person who waits."""
    told = ", ".join(f"{LABELS[method]}: {' '.join(ids) or 'nothing'}" for method, ids in answers.ids.items())
    return f"{answers.photo.source}, {answers.photo.path.name} ({len(answers.photo.in_sight)} in sight): {told}"


# The tables


def section(half: str, answers: list[Answers]) -> str:
    """Returns the tables of one half."""
    methods = [method for method in METHODS if all(method in each.ids for each in answers)]
    sources = list(dict.fromkeys(each.photo.source for each in answers))
    groups = {source: [each for each in answers if each.photo.source == source] for source in sources}
    groups["by others"] = [each for each in answers if each.photo.catalogue != "covers of films"]
    lines = [
        f"## {half.capitalize()} half",
        "",
        "The surest name: right / nothing / wrong.",
        "",
        *table(methods, {source: those for source, those in groups.items() if those}, surest, showing),
        "",
        "Pictures in sight that are named, and names of pictures that are not in sight.",
        "",
        *table(methods, {source: those for source, those in groups.items() if those}, crowd, in_sight),
        "",
        "CPU ms: mean, median, 95 %.",
        "",
        *table(methods, {"all": answers}, times, len),
        "",
        "Names of pictures that are not in sight:",
        "",
        *(others(methods, answers) or ["None."]),
        "",
    ]
    return "\n".join(lines)


def table(methods: list[str], groups: dict[str, list[Answers]], cell: object, count: object) -> list[str]:
    head = ["", "", *(LABELS[method] for method in methods)]
    rows = [[name, str(count(those)), *(cell(those, method) for method in methods)] for name, those in groups.items()]  # type: ignore[operator]
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def showing(answers: Iterable[Answers]) -> str:
    """Returns how many photographs show a reference, and how many show none."""
    shown = [bool(each.photo.in_sight) for each in answers]
    return f"{sum(shown)}" + (f" + {shown.count(False)} with none" if not all(shown) else "")


def surest(answers: list[Answers], method: str) -> str:
    """Returns the tally of the surest names; for a photograph that shows no reference only a wrong name counts."""
    outcomes = [each.outcome(method) for each in answers if each.photo.in_sight or each.outcome(method) == "wrong"]
    return " / ".join(str(outcomes.count(outcome)) for outcome in ("right", "nothing", "wrong"))


def in_sight(answers: Iterable[Answers]) -> str:
    return str(sum(len(each.photo.in_sight) for each in answers))


def crowd(answers: list[Answers], method: str) -> str:
    wrong = sum(len(each.others(method)) for each in answers)
    return f"{sum(each.named(method) for each in answers)}" + (f" and {wrong} others" if wrong else "")


def times(answers: list[Answers], method: str) -> str:
    taken = [each.ms[method] for each in answers if method in each.ms]
    return ", ".join(f"{value:.0f}" for value in (np.mean(taken), *np.percentile(taken, [50, 95]))) if taken else "-"


def others(methods: list[str], answers: list[Answers]) -> list[str]:
    return [
        f"- {LABELS[method]}, {each.photo.path.name}: {', '.join(each.others(method))}"
        for method in methods
        for each in answers
        if each.others(method)
    ]


def misses(answers: list[Answers], cases: Path, cameras: Path) -> list[Miss]:
    """Returns the photographs that the product named wrongly or not in full."""
    found, pictures = [], {}
    for each in answers:
        missed, wrong = each.photo.in_sight - set(each.ids["all"]), each.others("all") + each.others("one")
        if not missed and not wrong and each.outcome("one") != "nothing":
            continue
        name = each.photo.catalogue
        if name not in pictures:
            pictures[name] = catalogue(name, cases, cameras)
        expected = sorted(missed) or sorted(each.photo.in_sight)
        shown = [pictures[name][key] for key in (expected + wrong)[:4]]
        got = each.ids["one"] + [key for key in each.ids["all"] if key not in each.ids["one"]]
        found.append(Miss(pixels(each.photo.path, 400), each.photo.source, each.photo.path.name, expected, got, shown))
    return found


if __name__ == "__main__":
    sys.exit(main())
