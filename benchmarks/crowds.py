"""Streams of crowded photographs, for `benchmarks.sight`: how soon is every picture named, and is it still followed?

The clock of a stream's budget counts CPU time here: other work on the machine takes none of it.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.clock import count_cpu_time
from benchmarks.enrolled import seeded
from benchmarks.photo_sets import FRAME_SIDE, HALVES, Photograph, catalogue, photographs, pixels
from benchmarks.tables import head, ms_of, tell
from scanner import FrameScanner, HashBundle
from scanner.offline import build_bundle
from scanner.pipeline import SEARCH_SECONDS

CROWD_FRAMES = 12
COUNTED = (1, 3, 6, 9, 12)
STEP = 0.015
"""Share of a side that a crowd moves by in a frame."""
CIRCLE = 0.04
"""Share of a side that a crowd moves away from its place at most: it goes round, so that nothing leaves the frame."""
BROWSER = 3
"""How many times as long a browser takes as CPython for one piece of work."""
SPEEDS = {"CPython": SEARCH_SECONDS, "browser": SEARCH_SECONDS / BROWSER}
"""Seconds of a frame that the search goes on, by the speed that is measured."""


def measure_crowds(cases: Path, cameras: Path, halves: Sequence[str] = HALVES) -> None:
    """Prints how many pictures in sight a stream names, by half, speed and frame, beside those that a still names."""
    count_cpu_time()
    crowds = [photo for photo in photographs(cases, cameras) if len(photo.in_sight) > 1]
    head(
        f"Photographs of several pictures, {CROWD_FRAMES} frames each",
        *("half", "speed", "photographs", "in sight", "named by a still"),
        *(f"within {count}" for count in COUNTED),
        *(f"of a still's within {CROWD_FRAMES}", "followed in the last frame", "pieces of a frame"),
        *("CPU ms of a frame: mean, median, 95 %", "names not in sight"),
    )
    bundles: dict[str, HashBundle] = {}
    for half in halves:
        these = [photo for photo in crowds if photo.half == half]
        for photo in these:
            if photo.catalogue not in bundles:
                bundles[photo.catalogue] = build_bundle(catalogue(photo.catalogue, cases, cameras), skip_bad=True)
        by_still = {photo.path.name: _named_by_still(bundles[photo.catalogue], photo) for photo in these}
        for speed, seconds in SPEEDS.items():
            _measure(half, speed, seconds, these, bundles, by_still)


def _named_by_still(bundle: HashBundle, photo: Photograph) -> set[str]:
    """Returns the pictures in sight that a still of the first frame names."""
    scanner = FrameScanner(bundle, memory=False)
    return {str(found.id) for found in scanner.scan_all(next(moved(photo)))} & photo.in_sight


def _measure(
    half: str,
    speed: str,
    seconds: float,
    photos: Sequence[Photograph],
    bundles: dict[str, HashBundle],
    by_still: dict[str, set[str]],
) -> None:
    named, of_still, last = np.zeros(CROWD_FRAMES, int), 0, 0
    times: list[float] = []
    done: list[int] = []
    wrong: list[str] = []
    for photo in photos:
        scanner = FrameScanner(bundles[photo.catalogue], search_seconds=seconds)
        told: set[str] = set()
        now: set[str] = set()
        for number, frame in enumerate(moved(photo)):
            started = time.process_time()
            now = {str(found.id) for found in scanner.scan_all(frame)}
            times.append((time.process_time() - started) * 1000)
            done.append(scanner.pieces)
            told |= now
            named[number] += len(told & photo.in_sight)
        of_still += len(told & by_still[photo.path.name])
        last += len(now & photo.in_sight)
        wrong += [f"{photo.path.stem}: {name}" for name in sorted(told - photo.in_sight - photo.may_be_named)]
    in_sight, in_still = (sum(len(each) for each in sets) for sets in ([p.in_sight for p in photos], by_still.values()))
    shares = [f"{named[count - 1]} ({named[count - 1] / in_sight:.0%})" for count in COUNTED]
    tell(
        *(half, speed, len(photos), in_sight, in_still, *shares, f"{of_still} ({of_still / max(1, in_still):.0%})"),
        *(f"{last / max(1, named[-1]):.0%}", f"{np.mean(done):.0f}", ms_of(times), "; ".join(wrong)),
    )


def moved(photo: Photograph) -> Iterator[np.ndarray]:
    """Yields frames of a photograph that goes round a small circle, with a camera's noise."""
    still = pixels(photo.path, FRAME_SIDE)
    source = seeded("crowd", photo.path.name)
    side = max(still.shape[:2])
    room = int(CIRCLE * side) + 1
    wide = np.pad(still, ((room, room), (room, room), (0, 0)), mode="edge")
    start = source.uniform(0, 2 * np.pi)
    for number in range(CROWD_FRAMES):
        angle = start + number * STEP / CIRCLE
        left, top = (room + round(CIRCLE * side * way) for way in (np.cos(angle), np.sin(angle)))
        frame = wide[top : top + still.shape[0], left : left + still.shape[1]].astype(np.int16)
        grains = np.rint(source.normal(0, 2.5, frame.shape[:2])).astype(np.int16)
        yield np.clip(frame + grains[..., None], 0, 255).astype(np.uint8)
