"""The search of the middle: for a picture held up before the camera, nearer or farther than the guide asks for.

Starts are border quadrilaterals of the middle; places around what has detail there, as a small picture stands out from
a plain ground; and upright places at a ladder of sizes and proportions, which need neither. Few candidates race, so
that the search ends within three frames. docs/decisions/how-a-picture-is-found.md has the measurements.
"""

import itertools
from typing import NamedTuple

import numpy as np

from .fit import Fit, Fitter
from .frame import Region
from .lines import Image, slopes_of
from .pieces import Work
from .quadrilaterals import Box, Sizes, Tier, quadrilaterals_by_size
from .race import IN_THE_MIDDLE, race
from .warp import PATCH_CORNERS, Floats, Pyramid

__all__ = ["middle_searches"]


class Ladder(NamedTuple):
    """Upright places about the middle, in sides of the guide. Fitting reaches between them.

    Attributes:
        sizes: of the long sides.
        proportions: widths in heights.
        shift: how far further places smaller than `SHIFTED` are shifted, in their own sizes.
    """

    sizes: tuple[float, ...]
    proportions: tuple[float, ...]
    shift: float

    def places(self) -> Floats:
        """Returns the places about the origin, (n, 4, 2)."""
        places = []
        for size, proportion in itertools.product(self.sizes, self.proportions):
            half = PATCH_CORNERS * np.array([min(1, proportion), min(1, 1 / proportion)]) * (size / 2)
            shifts = np.array(SHIFTS if size < SHIFTED else SHIFTS[:1]) * (self.shift * size)
            places += [half + shift for shift in shifts]
        return np.stack(places)


BORDERS = Tier(Sizes(0.005, 1.0, 0.06), 12)
"""Border quadrilaterals that are starts."""
RANKED_AGAIN = 96
"""Candidates that are ranked a second time. More take longer, and change little among so few starts."""
INNER = 0.65
"""Side of the square that borders of a picture smaller than the guide are looked for in, in sides of the guide. Larger
pictures need no borders; in a larger square the lines of small ones lose against longer ones."""
GUIDE = 0.7
"""Side of the square in the middle of a frame that stands for the guide where the scan region is all of the frame, as
a share of the frame's short side."""
SMALL = Ladder((0.27, 0.34, 0.43, 0.54), (0.75, 1.33), 0.15)
LARGE = Ladder((0.66, 0.86, 1.12, 1.45), (0.7, 1.0, 1.4), 0.09)
SHIFTS = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))
"""Ways that upright places are shifted."""
SHIFTED = 0.8
"""Size below which upright places are shifted: a hand is off by more in sides of a smaller picture."""
DETAILED = (0.65, 1.3)
"""Sides of the squares that detail is looked for in, in sides of the guide."""
STEEP = (0.15, 0.25, 0.35)
"""Shares of the slopes in the steepest row or column from which a row or column has detail."""
GROUND = 2.0
"""Slopes that count as the ground's, in medians of all slopes."""
SMOOTHED = 5
"""Rows or columns that slopes are averaged over."""


def middle_searches(fitter: Fitter, pyramid: Pyramid, region: Region) -> list[Work[Fit]]:
    """Returns searches of the middle, to be done one after the other.

    Each yields after each piece of work, and returns its best fit, however bad. The fit is not perturbed. One search
    is enough for a scan region. All of a frame is searched for large pictures first, then its middle for small ones.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        region: the scan region; all of the frame where none is given.
    """
    image = pyramid.levels[0]
    height, width = image.shape
    left, top, across, down = (length / pyramid.scale for length in region)
    middle = np.array([left + across / 2, top + down / 2])
    anywhere = region[2:] == pyramid.shape[::-1]
    guide = GUIDE * min(height, width) if anywhere else max(across, down)
    inner = _square(image, middle, guide * INNER)
    if not anywhere:
        return [_search(fitter, pyramid, middle, guide, inner, SMALL, LARGE)]
    return [
        _search(fitter, pyramid, middle, guide, (0, 0, width, height), LARGE),
        _search(fitter, pyramid, middle, guide, inner, SMALL),
    ]


def _search(fitter: Fitter, pyramid: Pyramid, middle: Floats, guide: float, box: Box, *ladders: Ladder) -> Work[Fit]:
    """Yields after each piece of work; returns the best fit of starts in a box and on ladders."""
    image = pyramid.levels[0]
    borders = yield from quadrilaterals_by_size(image, [BORDERS], box)
    yield
    detailed = [_detailed(image, _square(image, middle, guide * side)) for side in DETAILED]
    yield
    upright = [ladder.places() * guide + middle for ladder in ladders]
    starts = np.concatenate([borders, *detailed, *upright])
    corners, references = yield from fitter.table.ranked(pyramid, starts, IN_THE_MIDDLE.candidates, RANKED_AGAIN)
    return (yield from race(fitter, pyramid, corners, references, IN_THE_MIDDLE, middle))


def _square(image: Image, middle: Floats, side: float) -> Box:
    """Returns the part of a square that lies in an image."""
    height, width = image.shape
    left, top = (max(0, int(place - side / 2)) for place in middle)
    right, bottom = (min(most, int(place + side / 2)) for place, most in zip(middle, (width, height), strict=True))
    return left, top, right, bottom


def _detailed(image: Image, box: Box) -> Floats:
    """Returns upright places around what has detail in a part of an image, (n, 4, 2); none if the part is tiny."""
    left, top, right, bottom = box
    if min(right - left, bottom - top) < SMOOTHED:
        return np.zeros((0, 4, 2))
    steepness = np.hypot(*slopes_of(image[top:bottom, left:right]))
    median = np.partition(steepness, steepness.size // 2, axis=None)[steepness.size // 2]  # np.median loads numpy.ma
    steepness = np.maximum(steepness - GROUND * median, 0)
    sums = [np.convolve(steepness.sum(axis=axis), np.ones(SMOOTHED), "same") for axis in (0, 1)]
    places = []
    for share in STEEP:
        (first, last), (above, below) = (np.flatnonzero(each >= share * each.max())[[0, -1]] for each in sums)
        places.append([[first, above], [last + 1, above], [last + 1, below + 1], [first, below + 1]])
    found: Floats = np.array(places, np.float64) + np.array([left, top])
    return found
