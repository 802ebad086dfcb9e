r"""Does the search of all in sight name pictures that are not enrolled? Through the public calls alone.

    python -m benchmarks.strangers PICTURES/report --frames 200 --empty-frames 1000 --keep FOLDER
    python -m benchmarks.strangers PICTURES/report --references 1000 --photos PHOTOS --cases CASES

Every frame goes through `scan` and `scan_all`. Frames of strangers are, in turn: one picture in the hand of EASY,
TYPICAL or HARD, as `benchmarks.recognition` shows it, and a scene of three pictures, some of them beyond the frame's
edge. Empty scenes are those of `benchmarks.recognition`. Photographs by others are shown to a catalogue that has none
of their pictures. A stranger that shows a reference's drawing (`benchmarks/same_drawing.py`) is counted apart.

`--keep` writes every frame that was named, with the corners drawn and the reference beside it, to be looked at.
"""

import argparse
import itertools
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded: a browser's worker has one thread

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.photo_sets import FRAME_SIDE, Pictures, photographs, pixels
from benchmarks.recognition import (
    BOX,
    STRAIGHT_SHOT,
    STRANGERS,
    WHOLE,
    empty_frame,
    empty_scenes,
    load,
    made_up,
    pick,
    seeded,
    too_plain_of,
)
from benchmarks.report import percent
from benchmarks.same_drawing import same_drawing
from scanner import FrameScanner, Verdict
from scanner.offline import build_bundle
from scanner.offline.predict.simulated_hand import LEVELS, draw_background, draw_shot, photograph

SHOWN = 3
"""Pictures in a scene of several."""

Scene = tuple[str, np.ndarray, list[np.ndarray]]
"""A label, a frame, and the pictures that it shows."""


def main() -> int:
    options = parse()
    pictures = load(options.pictures, None)
    too_plain = too_plain_of(pictures)
    names = [name for name in pictures if name not in too_plain]
    strangers = names[100::2][:STRANGERS]
    fill = pick(pictures, [name for name in names if name not in strangers])
    catalogue = dict(itertools.islice(itertools.chain(fill.items(), made_up(fill)), options.references))
    watch = Watch(catalogue, options.keep)
    print(f"Among {len(catalogue)} references. Named, in percent, with 95 % Wilson intervals:\n")
    print("| | frames | scan | scan_all | drawing repeated | mean CPU ms: scan | scan_all |\n" + "|---" * 7 + "|")
    watch.row("strangers", stranger_scenes(pick(pictures, strangers), options.frames))
    watch.row("empty scenes", empty_frames(options.empty_frames))
    if options.cases and options.photos:
        watch.row("photographs by others", other_photographs(options.cases, options.photos))
    print("\nEvery name:\n")
    print("\n".join(watch.named) or "None.")
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0], epilog="See benchmarks/README.md.")
    parser.add_argument("pictures", type=Path, help="folder of pictures; the first ones are enrolled")
    parser.add_argument("--references", type=int, default=100)
    parser.add_argument("--frames", type=int, default=200, help="of strangers")
    parser.add_argument("--empty-frames", type=int, default=200)
    parser.add_argument("--cases", type=Path, help="folder with cases.json: adds photographs by others")
    parser.add_argument("--photos", type=Path, help="folder with references/ and one folder per camera: adds these")
    parser.add_argument("--keep", type=Path, help="folder for the frames that were named")
    return parser.parse_args()


class Watch:
    """A scanner of one catalogue, which is shown none of its pictures."""

    def __init__(self, catalogue: Pictures, keep: Path | None) -> None:
        self._catalogue = catalogue
        self._keep = keep
        self._scanner = FrameScanner(build_bundle(catalogue, skip_bad=True), memory=False)
        self.named: list[str] = []

    def row(self, title: str, scenes: Iterator[Scene]) -> None:
        """Prints how many frames are named."""
        frames = repeated = 0
        wrong, seconds = [0, 0], [0.0, 0.0]
        for label, frame, shown in scenes:
            frames += 1
            for number, call in enumerate((self._one, self._all)):
                started = time.process_time()
                verdicts = call(frame)
                seconds[number] += time.process_time() - started
                own = [self._repeats(shown, str(verdict.id)) for verdict in verdicts]
                repeated += any(own)
                wrong[number] += not all(own)
                for verdict, repeats in zip(verdicts, own, strict=True):
                    self._note(f"{label}, {call.__name__[1:]}", frame, verdict, repeats)
            if frames % 100 == 0:
                print(f"{title}: {frames} frames, named {wrong}", file=sys.stderr, flush=True)
        if frames:
            times = [f"{1000 * each / frames:.0f}" for each in seconds]
            cells = [title, str(frames), *(percent(count, frames) for count in wrong), str(repeated), *times]
            print(f"| {' | '.join(cells)} |", flush=True)

    def _one(self, frame: np.ndarray) -> list[Verdict]:
        verdict = self._scanner.scan(frame)
        return [verdict] if verdict.id is not None else []

    def _all(self, frame: np.ndarray) -> list[Verdict]:
        return self._scanner.scan_all(frame)

    def _repeats(self, shown: list[np.ndarray], name: str) -> bool:
        return any(same_drawing(picture, self._catalogue[name]) for picture in shown)

    def _note(self, label: str, frame: np.ndarray, verdict: Verdict, repeats: bool) -> None:
        """Notes a frame that was named, and keeps it with the corners drawn and the reference beside it."""
        drawing = " (its drawing)" if repeats else ""
        self.named.append(f"- {label}: {verdict.id}{drawing}, {verdict.distance} bits, margin {verdict.margin}")
        if self._keep is None:
            return
        self._keep.mkdir(parents=True, exist_ok=True)
        seen = Image.fromarray(frame)
        if verdict.corners:
            ImageDraw.Draw(seen).polygon(verdict.corners, outline="red", width=2)
        reference = Image.fromarray(self._catalogue[str(verdict.id)])
        reference.thumbnail((300, seen.height))
        both = Image.new("RGB", (seen.width + 308, seen.height), "white")
        both.paste(seen, (0, 0))
        both.paste(reference, (seen.width + 8, 0))
        both.save(self._keep / f"{len(self.named):03d}.png")


def stranger_scenes(pictures: Pictures, frames: int) -> Iterator[Scene]:
    """Yields frames of one stranger and of several, in turn."""
    names = list(pictures)
    for number in range(frames):
        source, level = seeded("strangers in sight", number), LEVELS[number % 3]
        if number % 2 == 0:
            name = names[number // 2 % len(names)]
            frame, _ = photograph(pictures[name], draw_shot(level, source), BOX, draw_background(source, BOX))
            yield f"{name} ({level.name})", frame, [pictures[name]]
            continue
        chosen = [names[place] for place in source.choice(len(names), SHOWN, replace=False)]
        scene = draw_background(source, WHOLE)
        for name in chosen:
            held = replace(draw_shot(LEVELS[0], source), blur=0.0, motion=0.0, noise=0.0, glare=0.0, thumb=0.0, jpeg=95)
            across, along = source.uniform(-0.6, 0.6, 2)
            held = replace(held, shift_x=across, shift_y=along, zoom=source.uniform(0.2, 0.7))
            scene, _ = photograph(pictures[name], held, WHOLE, scene, squash=False)
        frame, _ = photograph(scene, replace(draw_shot(level, source), thumb=0.0, **STRAIGHT_SHOT), WHOLE)
        yield f"{', '.join(chosen)} ({level.name})", frame, list(pick(pictures, chosen).values())


def empty_frames(frames: int) -> Iterator[Scene]:
    kinds = list(empty_scenes())
    for number in range(frames):
        kind = kinds[number % len(kinds)]
        yield f"nothing held up: {kind}", empty_frame(kind, number // len(kinds)), []


def other_photographs(cases: Path, cameras: Path) -> Iterator[Scene]:
    for photo in photographs(cases, cameras):
        yield f"{photo.source} {photo.path.stem}", pixels(photo.path, FRAME_SIDE), []


if __name__ == "__main__":
    sys.exit(main())
