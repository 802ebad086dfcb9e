"""The search of the middle: for a picture held up before the camera, nearer or farther than the guide asks for.

Starts are border quadrilaterals of the middle; places around what has detail there, as a small picture stands out from
a plain ground; and upright places at a ladder of sizes and proportions, which need neither. Few candidates race, so
that the search ends within three frames. docs/decisions/how-a-picture-is-found.md has the measurements.
"""

import itertools

import numpy as np

from .fit import Fit, Fitter
from .frame import Region
from .lines import Image, slopes_of
from .pieces import Work
from .quadrilaterals import Box, Sizes, Tier, quadrilaterals_by_size
from .race import IN_THE_MIDDLE, race
from .warp import PATCH_CORNERS, Floats, Pyramid

__all__ = ["middle_search"]

BORDERS = Tier(Sizes(0.012, 1.0, 0.06), 12)
"""Border quadrilaterals that are starts."""
RANKED_AGAIN = 96
"""Candidates that are ranked a second time. More take longer, and change little among so few starts."""
AROUND = 1.3
"""Side of the square that borders are looked for in, in sides of the guide: the border of a picture that fills the
guide lies outside."""
GUIDE = 0.7
"""Side of the square in the middle of a frame that stands for the guide where the scan region is all of the frame, as
a share of the frame's short side."""
SIZES = (0.66, 0.86, 1.12, 1.45)
"""Long sides of upright places, in sides of the guide. Fitting reaches between them."""
PROPORTIONS = (0.7, 1.0, 1.4)
"""Widths of upright places, in heights."""
SHIFTS = ((0.0, 0.0), (0.06, 0.0), (-0.06, 0.0), (0.0, 0.06), (0.0, -0.06))
"""Shifts of upright places smaller than `SHIFTED`, in sides of the guide."""
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


def middle_search(fitter: Fitter, pyramid: Pyramid, region: Region) -> Work[Fit]:
    """Yields after each piece of work; returns the best fit in the middle, however bad. The fit is not perturbed.

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
    box = (0, 0, width, height) if anywhere else _square(image, middle, guide * AROUND)
    borders = yield from quadrilaterals_by_size(image, [BORDERS], box)
    yield
    detailed = [_detailed(image, _square(image, middle, guide * side)) for side in DETAILED]
    starts = np.concatenate([borders, *detailed, _upright() * guide + middle])
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


def _upright() -> Floats:
    """Returns upright places about the origin, (n, 4, 2), in sides of the guide."""
    places = []
    for size, proportion in itertools.product(SIZES, PROPORTIONS):
        half = PATCH_CORNERS * np.array([min(1, proportion), min(1, 1 / proportion)]) * (size / 2)
        places += [half + shift for shift in (SHIFTS if size < SHIFTED else SHIFTS[:1])]
    return np.stack(places)
