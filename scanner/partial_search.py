"""The search for pictures that a frame shows only in part, in pieces that fit between frames.

Starts are border quadrilaterals, and three sides completed by a fourth. Each start proposes candidates of its own,
ranked by the windows that lie in the frame, and a race leaves some of every place.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .fit import Fitter, Stage
from .overlap import covered, free_of
from .partial import AGREEING, HIDDEN, MOST_OVERLAP, PartialFit, believed, fits_at, fitted_partly, visible_bits
from .pieces import Work
from .quadrilaterals import Sizes, Tier, quadrilaterals_by_size
from .spread import spread
from .three_sides import three_sided
from .visible import VISIBLE, visible_shares
from .warp import Floats, Indices, Pyramid
from .windows import SKETCH

__all__ = ["found_partly", "search_partly"]

BORDERS = Tier(Sizes(0.03, 1.6, 0.1), 60)
"""Quadrilaterals of four sides that are starts. The frame's edge may cut their corners off."""
BASES = 90
"""Starts of three sides, at most; each is completed at three aspects."""
LEAST_WINDOWS = 3
"""Windows of a start that the frame must show, seven tenths of each."""
_OF_EACH_START = 6
"""Candidates of one start, at most."""
_ROUGH_STEPS = 3
"""Steps of the first stage of the race."""
_LEFT = (120, 40, 20)
"""Candidates left after ranking, after the first stage of the race, and after the second."""
_SAME = ((3, 2), (3, 2), (2, 1))
"""Candidates left of one place, and of one reference there, after the ranking and each stage of the race."""
_ROUGH = Stage(SKETCH, softness=1.5, cut=5.0)
_ROUGHLY_VISIBLE, _NEARLY_VISIBLE = 0.6, 0.7
"""Least share of a window inside the frame for the window to lead the first stage of the race, and the ranking. Starts
are not exact."""
_SKETCHED_AT_A_TIME = 60
"""Candidates fitted by sketched windows in one piece of work."""


def found_partly(
    fitter: Fitter, pyramid: Pyramid, threshold: int, known: Sequence[Floats] = ()
) -> Work[list[PartialFit]]:
    """Yields after each piece of work; returns the pictures that a search finds in sight in part, the best first.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        threshold: of the bundle, 1 to 144 bits.
        known: corners of pictures found before, (4, 2) each in frame pixels. Nothing is looked for there.
    """
    fits = yield from search_partly(fitter, pyramid, known)
    return (yield from believed(fitter, pyramid, fits, threshold, known))


def search_partly(fitter: Fitter, pyramid: Pyramid, known: Sequence[Floats] = ()) -> Work[list[PartialFit]]:
    """Yields after each piece of work; returns the fits of a search for pictures in sight in part, the best first.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        known: corners of pictures found before, (4, 2) each in frame pixels. Nothing is looked for there.
    """
    image = pyramid.levels[0]
    found = np.array(known, np.float64).reshape(-1, 4, 2) / pyramid.scale
    masked = covered(image.shape, found) if len(found) else None
    borders = yield from quadrilaterals_by_size(image, [BORDERS], masked=masked)
    yield
    completed = yield from three_sided(image, BASES, masked)
    yield
    starts = np.concatenate([borders, completed])
    starts = starts[free_of(found, starts, MOST_OVERLAP)]
    visible = visible_shares(pyramid, starts) >= _NEARLY_VISIBLE
    enough = visible.sum(axis=1) >= LEAST_WINDOWS
    if not enough.any():
        return []
    yield
    corners, references, likeness = yield from fitter.table.ranked_visible(
        pyramid, starts[enough], _OF_EACH_START, visible[enough], AGREEING
    )
    places, references = _spread(likeness, corners, references, 0)
    yield
    return (yield from _raced(fitter, pyramid, places, references))


def _raced(fitter: Fitter, pyramid: Pyramid, places: Floats, references: Indices) -> Work[list[PartialFit]]:
    """Yields after each piece of work; returns the fits that are left of candidates, the best first.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        places: of the candidates, (n, 4, 2) in the pyramid.
        references: of the candidates, (n,).
    """
    groups = [slice(first, first + _SKETCHED_AT_A_TIME) for first in range(0, len(places), _SKETCHED_AT_A_TIME)]
    leading = visible_shares(pyramid, places) >= _ROUGHLY_VISIBLE
    weights = np.where(leading, 1.0, HIDDEN)
    for _ in range(_ROUGH_STEPS):
        for some in groups:
            places[some] = fitter.step(pyramid, places[some], references[some], _ROUGH, weights[some])
            yield
    likeness = np.empty(len(places), np.float32)
    visible = visible_shares(pyramid, places) >= VISIBLE
    for some in groups:
        likeness[some] = fitter.table.visible_likeness(pyramid, places[some], references[some], visible[some], AGREEING)
        yield
    places, references = _spread(likeness, places, references, 1)
    places = yield from fitted_partly(fitter, pyramid, places, references, (3, 0))
    bits, _ = visible_bits(fitter, pyramid, places, references)
    bits.sort(axis=1)
    places, references = _spread(-bits[:, :AGREEING].sum(axis=1), places, references, 2)
    yield
    places = yield from fitted_partly(fitter, pyramid, places, references, (1, 4))
    return (yield from fits_at(fitter, pyramid, places, references))


def _spread(
    likeness: npt.NDArray[np.floating], places: Floats, references: Indices, stage: int
) -> tuple[Floats, Indices]:
    """Returns the places and references of the best candidates that go on after a stage."""
    best = spread(likeness, places, references, _LEFT[stage], *_SAME[stage])
    return places[best], references[best]
