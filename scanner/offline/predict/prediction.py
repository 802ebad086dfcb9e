"""Predict how reliably each reference of a bundle will be recognised.

The simulated hand holds up every reference, and the scanner itself recognises it.
"""

import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from scanner.bundle import HashBundle
from scanner.crops import query_thumbnails
from scanner.grey import to_grey
from scanner.matcher import Matcher
from scanner.offline.enrol.alike import alike_pairs
from scanner.offline.enrol.images import Picture, colour_of, read_colour
from scanner.offline.predict.simulated_hand import (
    LEVELS,
    TYPICAL,
    Level,
    draw_background,
    draw_shot,
    next_shot,
    photograph,
)
from scanner.phash import fade, hash_faded, pack
from scanner.pipeline import FrameScanner

__all__ = [
    "FRAMES",
    "Outlook",
    "Prediction",
    "expected_seconds",
    "first_frames",
    "held_up_by_one",
    "predict",
    "recommended_threshold",
]

FRAMES = 10
"""Frames of a hold-up: one second at the rate at which a page scans."""
_FRAME = (400, 400)
_HOLD_UPS = 900
"""Hold-ups in all, divided among references and levels: a minute or two of one core; see docs/decisions/offline.md."""
_SECONDS = 0.1
"""Seconds of one core for a hold-up. See docs/decisions/offline.md."""
_SHARES = 100
"""Most parts that the references are divided into: each part needs a scanner of its own, and is a step of progress."""
_ALLOWED_FALSE = 1 / 1000
"""Largest share of frames of a picture outside the catalogue that may name a reference."""

Progress = Callable[[int, int], None]
Pixels = npt.NDArray[np.uint8]


@dataclass
class Outlook:
    """The outcome of one reference's hold-ups.

    Attributes:
        hold_ups: number of hold-ups at each level.
        first: level name -> hold-ups recognised on their first frame.
        soon: level name -> hold-ups recognised within `FRAMES` frames.
        taken_for: id that the scanner named wrongly -> number of hold-ups.
    """

    hold_ups: int
    first: Counter[str] = field(default_factory=Counter)
    soon: Counter[str] = field(default_factory=Counter)
    taken_for: Counter[str] = field(default_factory=Counter)


@dataclass
class Prediction:
    """The outcome of all hold-ups of a catalogue.

    Attributes:
        outlooks: id -> outlook.
        own: distance in bits of the reference shown, for each first frame of TYPICAL.
        others: distance in bits of the nearest reference that is neither shown nor a look-alike, for each first frame.
        advised: hold-ups of TYPICAL recognised on their first frame with the recommended threshold; None where no
            threshold is recommended, or the bundle has the recommended one.
    """

    outlooks: dict[str, Outlook]
    own: list[int]
    others: list[int]
    advised: int | None = None


def expected_seconds(references: int, processes: int) -> tuple[int, float]:
    """Returns the number of hold-ups of `predict` for so many references, and about how many seconds they take."""
    hold_ups = references * _hold_ups(references) * len(LEVELS)
    return hold_ups, hold_ups * _SECONDS / min(processes, references)


def predict(
    bundle: HashBundle,
    pictures: Mapping[str, Path | Picture],
    progress: Progress | None = None,
    executor: ProcessPoolExecutor | None = None,
) -> Prediction:
    """Holds up every reference of a bundle at every level, and returns how often each was recognised.

    Args:
        bundle: made from `pictures`.
        pictures: id -> file or picture, at least those in the bundle.
        progress: called with (references done, references in all).
        executor: processes that share the work; None: this process does all of it. The prediction is equal either way.
    """
    prediction, hold_ups = Prediction({}, [], []), _hold_ups(len(bundle))
    for part in _in_shares(bundle, pictures, progress, executor, LEVELS, FRAMES, hold_ups):
        prediction.outlooks |= part.outlooks
        prediction.own += part.own
        prediction.others += part.others
    best = recommended_threshold(prediction)
    if best is not None and best != bundle.threshold:
        advised = HashBundle(bundle.references, best)
        parts = list(_in_shares(advised, pictures, progress, executor, [TYPICAL], 1, hold_ups))
        prediction.advised = sum(first_frames(part) for part in parts)
    return prediction


def held_up_by_one(
    bundle: HashBundle,
    pictures: Mapping[str, Path | Picture],
    level: Level,
    hold_ups: int,
    progress: Progress | None = None,
    executor: ProcessPoolExecutor | None = None,
) -> dict[str, Outlook]:
    """Holds up every reference so many times at one level, and returns id -> outlook; the arguments as in `predict`."""
    outlooks: dict[str, Outlook] = {}
    for part in _in_shares(bundle, pictures, progress, executor, [level], FRAMES, hold_ups):
        outlooks |= part.outlooks
    return outlooks


def _in_shares(
    bundle: HashBundle,
    pictures: Mapping[str, Path | Picture],
    progress: Progress | None,
    executor: ProcessPoolExecutor | None,
    levels: Sequence[Level],
    frames: int,
    hold_ups: int,
) -> Iterator[Prediction]:
    """Yields the predictions of all references, a share of them at a time, in order."""
    alike, step = _look_alikes(bundle), math.ceil(len(bundle) / _SHARES)
    shares = [range(len(bundle))[first : first + step] for first in range(0, len(bundle), step)]
    shown = [[pictures[bundle.ids[index]] for index in share] for share in shares]
    rivals = [[alike.get(index, []) for index in share] for share in shares]
    at_work = partial(_held_up, bundle, levels, frames, hold_ups)
    for share, part in zip(shares, (executor.map if executor else map)(at_work, shares, shown, rivals), strict=True):
        yield part
        if progress:
            progress(share.stop, len(bundle))


def first_frames(prediction: Prediction) -> int:
    """Returns how many hold-ups of TYPICAL were recognised on their first frame."""
    return sum(outlook.first[TYPICAL.name] for outlook in prediction.outlooks.values())


def _hold_ups(references: int) -> int:
    """Returns how often each reference is held up at each level."""
    return max(1, min(10, _HOLD_UPS // (len(LEVELS) * references)))


def recommended_threshold(prediction: Prediction) -> int | None:
    """Returns the largest threshold at which strangers are named in at most 1 of 1000 frames; None if unknown.

    A frame of a reference, compared with all other references, stands for a frame of a picture not enrolled. Fewer than
    1000 frames cannot show a share of 1 in 1000. False accepts on real pictures halve with every 2 bits, so the
    smallest distance is lowered by 2 bits for every halving that the frames lack. The threshold is 9 to 31 bits.
    """
    others = sorted(prediction.others)
    if not others:
        return None
    allowed = int(_ALLOWED_FALSE * len(others))
    smallest = others[allowed]
    if allowed == 0:
        smallest -= 2 * math.ceil(max(0.0, math.log2(1 / (_ALLOWED_FALSE * len(others)))))
    return max(9, min(31, smallest - 1))


# The simulated hand


def _held_up(
    bundle: HashBundle,
    levels: Sequence[Level],
    frames: int,
    hold_ups: int,
    share: Sequence[int],
    pictures: Sequence[Path | Picture],
    alike: Sequence[Sequence[int]],
) -> Prediction:
    """Returns the prediction of a share of the references, given by index; runs in the executor."""
    # No clock limits the search: recognition would depend on how busy the machine is. See docs/decisions/offline.md.
    scanner, matcher = FrameScanner(bundle, search_seconds=0), Matcher(bundle.hashes)
    prediction = Prediction({}, [], [])
    for index, source, rivals in zip(share, pictures, alike, strict=True):
        name, picture = bundle.ids[index], _pixels(source)
        outlook = prediction.outlooks[name] = Outlook(hold_ups)
        for level in levels:
            for number in range(hold_ups):
                first = _hold_up(scanner, picture, name, level, number, outlook, frames)
                distances = _distances(matcher, first)
                if level == TYPICAL:
                    prediction.own.append(int(distances[index]))
                strangers = np.delete(distances, [index, *rivals])
                if len(strangers):
                    prediction.others.append(int(strangers.min()))
    return prediction


def _hold_up(
    scanner: FrameScanner, picture: Pixels, name: str, level: Level, number: int, outlook: Outlook, frames: int
) -> Pixels:
    """Shows one hold-up to the scanner until an id is named, counts the outcome, and returns the first frame."""
    source = np.random.default_rng(zlib.crc32(f"{level.name} {number} {name}".encode()))
    held, background = draw_shot(level, source), draw_background(source, _FRAME)
    scanner.reset()
    first: Pixels | None = None
    for moment in range(frames):
        frame, _ = photograph(picture, next_shot(held, level, source), _FRAME, background)
        first = frame if first is None else first
        found = scanner.scan(frame).id
        if found is None:
            continue
        if found == name:
            outlook.first[level.name] += moment == 0
            outlook.soon[level.name] += 1
        else:
            outlook.taken_for[found] += 1
        break
    assert first is not None
    return first


def _distances(matcher: Matcher, frame: Pixels) -> npt.NDArray[np.uint8]:
    """Returns the distance in bits of every reference to a frame, (references,) uint8."""
    grey = to_grey(frame)
    query = pack(hash_faded(fade(query_thumbnails(grey, (0, 0, grey.shape[1], grey.shape[0])))))
    nearest: npt.NDArray[np.uint8] = matcher.distances(query).min(axis=0)
    return nearest


def _look_alikes(bundle: HashBundle) -> dict[int, list[int]]:
    """Returns each reference's look-alikes, by index: references that no threshold keeps apart from it."""
    index = {name: place for place, name in enumerate(bundle.ids)}
    alike: dict[int, list[int]] = {}
    for pair in alike_pairs(bundle):
        if pair.turned:
            continue  # held upright they are not alike
        one, other = (index[name] for name in pair.ids)
        alike.setdefault(one, []).append(other)
        alike.setdefault(other, []).append(one)
    return alike


def _pixels(picture: Path | Picture) -> Pixels:
    """Returns a picture as (height, width, 3) uint8, upright and on white, at most 800 pixels long."""
    image = read_colour(picture) if isinstance(picture, Path) else colour_of(picture)
    image.thumbnail((800, 800))
    return np.asarray(image)
