"""The race: many candidates are fitted side by side, and drop out as soon as others fit better."""

from dataclasses import dataclass

import numpy as np

from .fit import FAR, Fit, Fitter
from .limits import CERTAIN_SEARCH_BITS, SEARCH_POWER, WORTH_REFITTING
from .pieces import Work
from .pose import pose_penalties
from .warp import Floats, Indices, Pyramid

__all__ = ["IN_THE_MIDDLE", "LIKELY_IN_STILL", "LIKELY_IN_STREAM", "QUICK", "THOROUGH", "Race", "race"]


@dataclass(frozen=True)
class Race:
    """How many candidates begin, and how many are left after each stage of fitting.

    Attributes:
        candidates: candidates that begin, at most; all that the crops propose do.
        whole: (steps, candidates left) of the stage by the whole picture.
        corners: (steps, candidates left) of the stage by the four corner windows.
        every: steps of the stage by all windows.
        everywhere: whether starts are also border quadrilaterals with moved sides, and places without a border.
        perturbed: whether the winner is perturbed and refitted.
    """

    candidates: int
    whole: tuple[int, int]
    corners: tuple[int, int]
    every: int
    everywhere: bool = False
    perturbed: bool = True


QUICK = Race(48, (2, 12), (2, 3), 3)
THOROUGH = Race(160, (2, 24), (2, 4), 4, everywhere=True)
"""Only two steps by the whole picture: with more, strangers fit it as well, and glare pulls the true one away."""
IN_THE_MIDDLE = Race(8, (2, 6), (2, 2), 2, perturbed=False)
"""Few, so that the race ends within three frames of a stream in a browser."""
LIKELY_IN_STILL = Race(24, (1, 24), (4, 8), 4)
LIKELY_IN_STREAM = Race(24, (1, 6), (3, 2), 3)

_AT_A_TIME = 60
"""Candidates fitted by the whole picture in one piece of work."""
_OTHERS = 2
"""References that stay in a race to its end besides the ones that fit best, as they may be in sight as well."""


def race(
    fitter: Fitter, pyramid: Pyramid, corners: Floats, references: Indices, plan: Race, centre: Floats
) -> Work[Fit]:
    """Yields after each piece of work; returns the winner: of several pictures in sight, the one nearest to the centre.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        corners: of the candidates, (n, 4, 2), in pixels of the pyramid; moved in place.
        references: of the candidates, (n,); at least one.
        plan: how many go how far.
        centre: (2,), in pixels of the pyramid.
    """
    steps, left = plan.whole
    for _ in range(steps):
        for first in range(0, len(corners), _AT_A_TIME):
            some = slice(first, first + _AT_A_TIME)
            corners[some] = fitter.step(pyramid, corners[some], references[some], FAR)
            yield
    likeness = np.empty(len(corners), np.float32)
    for first in range(0, len(corners), _AT_A_TIME):
        some = slice(first, first + _AT_A_TIME)
        likeness[some] = fitter.table.fitted_likeness(pyramid, corners[some], references[some])
        yield
    best = np.argsort(-likeness, kind="stable")[:left]
    corners, references = corners[best], references[best]
    yield
    steps, left = plan.corners
    for _ in range(steps):
        corners = fitter.step(pyramid, corners, references, fitter.pace.corners)
        yield
    best = _best_and_others(fitter.window_bits(pyramid, corners, references), references, left)
    corners, references = corners[best], references[best]
    yield
    for _ in range(plan.every):
        corners = fitter.step(pyramid, corners, references, fitter.pace.every)
        yield
    bits = fitter.window_bits(pyramid, corners, references)
    first = _winner(fitter, pyramid, corners, references, bits, centre)
    yield
    index, least = int(references[first]), int(bits[first])
    if plan.perturbed and least < WORTH_REFITTING:
        return (yield from fitter.perturbed_from(pyramid, corners[first], index))
    return fitter.fit_at(pyramid, index, corners[first], least)


def _best_and_others(bits: Indices, references: Indices, left: int) -> Indices:
    """Returns the indices of the best candidates, and of the best of two other references that fit well."""
    best = np.argsort(bits, kind="stable")
    seen: dict[int, int] = {}
    for place, reference in enumerate(references[best].tolist()):
        seen.setdefault(reference, place)
    others = [place for place in seen.values() if place >= left and bits[best[place]] < WORTH_REFITTING]
    return np.concatenate([best[:left], best[others[:_OTHERS]]])


def _winner(
    fitter: Fitter, pyramid: Pyramid, corners: Floats, references: Indices, bits: Indices, centre: Floats
) -> int:
    """Returns the index of the best candidate; of several references in sight, the one nearest to the centre."""
    weights = [fitter.table.plainness(int(reference)) ** SEARCH_POWER for reference in references]
    search_bits = bits * weights + pose_penalties(corners, pyramid.levels[0].size)
    seen = search_bits <= CERTAIN_SEARCH_BITS
    if len(set(references[seen].tolist())) > 1:
        nearest = np.where(seen, ((corners.mean(axis=1) - centre) ** 2).sum(axis=1), np.inf).argmin()
        search_bits[references != references[nearest]] = np.inf
    return int(search_bits.argmin())
