"""Rivals: how near other references come where one lies. Where one fits by chance, the next one fits almost as well."""

from typing import NamedTuple

import numpy as np

from .fit import Fit, Fitter
from .pieces import finished
from .warp import Pyramid

__all__ = ["Rivals", "rivals"]

_RANKED_AGAIN = 96
"""Candidates ranked a second time where rivals are chosen: rivals that come near are among the first few of these."""


class Rivals(NamedTuple):
    """How near other references come where one lies, in window bits of 1001.

    Attributes:
        upright: of the nearest reference that is fitted as the first one lies.
        turned: of the nearest reference in any quarter turn.
    """

    upright: int
    turned: int


def rivals(fitter: Fitter, pyramid: Pyramid, fit: Fit, nearest: int | None, most: int) -> Rivals | None:
    """Returns how near other references come where a fit lies; None if there is no other reference.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        fit: a reference and where it lies.
        nearest: index of the other reference nearest by outline bits, always fitted; None if there is no other.
        most: further references that are fitted, in any quarter turn: the ones most like what is seen there.
    """
    if nearest is None:
        return None
    corners = fit.corners[None] / pyramid.scale
    places, references = finished(fitter.table.ranked(pyramid, corners, _RANKED_AGAIN, _RANKED_AGAIN))
    others = np.flatnonzero(references != fit.index)[:most]
    fitted_anyway = (references[others] == nearest) & (places[others] == corners).all(axis=(1, 2))
    others = others[~fitted_anyway]
    places = np.concatenate([corners, places[others]])
    references = np.concatenate([[nearest], references[others]])
    upright = (places == corners).all(axis=(1, 2))
    _, bits = fitter.settled(pyramid, references, places)
    return Rivals(int(bits[upright].min()), int(bits.min()))
