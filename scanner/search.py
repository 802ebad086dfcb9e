"""The search: looks all over a frame for any reference, in pieces that fit between frames.

Starts are border quadrilaterals and the scan region with small moves; where these lead to nothing certain, borders with
moved sides and places all over the frame as well.
"""

import itertools
from collections.abc import Iterator

import numpy as np

from .fit import Fit, Fitter, sides_moved
from .frame import Region
from .limits import CERTAIN_SEARCH_BITS
from .pieces import Work
from .quadrilaterals import border_quadrilaterals
from .race import QUICK, THOROUGH, Race, race
from .warp import PATCH_CORNERS, Floats, Pyramid

__all__ = ["Search"]

QUADRILATERALS = 40
"""Border quadrilaterals that are starts, at most."""
RANKED_AGAIN = 960
"""Candidates that are ranked a second time."""
_INSETS = 0.06 * np.array(
    [[0, 0, 0, 0], [1, 1, 1, 1], [-1, -1, -1, -1], *np.eye(4), [1, 0, 1, 0], [0, 1, 0, 1]], np.float64
)
"""Shares that the sides of border quadrilaterals move inwards: a border may be the edge of the paper, or of a box."""
_NUDGES = (
    (1.0, 0, 0.0, 0.0),
    (0.85, 0, 0.0, 0.0),
    (1.15, 0, 0.0, 0.0),
    (1.0, -7, 0.0, 0.0),
    (1.0, 7, 0.0, 0.0),
    (1.0, 0, 0.1, 0.0),
    (1.0, 0, -0.1, 0.0),
    (1.0, 0, 0.0, 0.1),
    (1.0, 0, 0.0, -0.1),
)
"""Zoom, degrees, and shares of its sides that the scan region is moved by."""
_LONG_SIDES = (0.95, 0.72)
"""Long sides of pictures without a border, as shares of the frame's short side. Fitting reaches between them."""
_TILTS = (-13.0, 0.0, 13.0)
"""Degrees that pictures without a border are turned by."""
_OBLONG = 0.72
"""Short side of pictures without a border, as a share of their long side."""
_SHIFTS = ((-0.12, 0.0, 0.12), (-0.1, 0.0, 0.1))
"""Shifts of the centre of pictures without a border, as shares of the frame's width and height."""


class Search:
    """One search of a frame.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        region: where a picture is expected; None = all of the frame.

    Attributes:
        best: the best fit so far, however bad; None where nothing has been fitted yet.
    """

    def __init__(self, fitter: Fitter, pyramid: Pyramid, region: Region | None = None) -> None:
        self.best: Fit | None = None
        self._fitter = fitter
        self._pyramid = pyramid
        self._region = region
        self._borders: Floats | None = None

    def work(self) -> Work[Fit]:
        """Yields after each piece of work; returns the best fit. A certain quick race is the last."""
        for tier in self.tiers():
            yield from tier
            yield
        assert self.best is not None  # the scan region itself is always a start
        return self.best

    def tiers(self) -> Iterator[Work[Fit]]:
        """Yields the race of the likeliest places, then one of all, if the first has found nothing certain.

        Each race must be finished before the next one is asked for, and returns its winner.
        """
        yield self._tier(QUICK)
        if self.best is None or self.best.search_bits > CERTAIN_SEARCH_BITS:
            yield self._tier(THOROUGH)

    def _tier(self, plan: Race) -> Work[Fit]:
        pyramid = self._pyramid
        if self._borders is None:
            self._borders = yield from border_quadrilaterals(pyramid.levels[0], QUADRILATERALS)
            yield
        expected = _expected(pyramid.shape, self._region) / pyramid.scale
        starts = np.concatenate([self._borders, expected])
        if plan.everywhere:
            starts = np.concatenate([sides_moved(starts, _INSETS), _anywhere(pyramid.levels[0].shape)])
        won = yield from _raced(self._fitter, pyramid, starts, plan, expected[0].mean(axis=0))
        if self.best is None or won.search_bits < self.best.search_bits:
            self.best = won
        return won


def _raced(fitter: Fitter, pyramid: Pyramid, starts: Floats, plan: Race, centre: Floats) -> Work[Fit]:
    """Yields after each piece of work; returns the winner of a race of the candidates that starts rank best."""
    corners, references = yield from fitter.table.ranked(pyramid, starts, plan.candidates, RANKED_AGAIN)
    return (yield from race(fitter, pyramid, corners, references, plan, centre))


def _expected(shape: tuple[int, ...], region: Region | None) -> Floats:
    """Returns the scan region with small moves, (n, 4, 2) in frame pixels; the unmoved region is first."""
    height, width = shape
    left, top, across, down = region or (0, 0, width, height)
    sides = np.array([across, down])
    places = []
    for zoom, tilt, right, below in _NUDGES:
        turn = _turn(np.radians(tilt))
        places.append((PATCH_CORNERS * sides * (zoom / 2)) @ turn + [left, top] + sides * [0.5 + right, 0.5 + below])
    return np.stack(places)


def _anywhere(shape: tuple[int, ...]) -> Floats:
    """Returns places all over a frame for pictures without a border, (n, 4, 2)."""
    frame = np.array(shape[::-1], np.float64)
    places = []
    for side, tilt, across, down in itertools.product(_LONG_SIDES, np.radians(_TILTS), *_SHIFTS):
        turn = _turn(tilt)
        for oblong in ((_OBLONG, 1.0), (1.0, _OBLONG)):
            half = PATCH_CORNERS * np.array(oblong) * (side * frame.min() / 2)
            places.append(half @ turn + frame * (0.5 + np.array([across, down])))
    return np.stack(places)


def _turn(angle: float) -> Floats:
    """Returns the matrix that turns rows (x, y) clockwise as seen, y pointing down."""
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
