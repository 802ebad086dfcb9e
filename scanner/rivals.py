"""Rivals: other references fitted to the place of a fit. Where one fits by chance, another fits almost as well."""

from typing import NamedTuple

import numpy as np

from .fit import Fit, Fitter
from .pieces import finished
from .warp import Pyramid

__all__ = ["Rivals", "rivals"]

_RANKED_AGAIN = 96
"""Candidates ranked a second time to choose rivals. Near rivals are among the first few."""


class Rivals(NamedTuple):
    """The window bits, 0 to 1001, of the nearest rivals at the place of a fit.

    Attributes:
        upright: of the nearest rival that lies the same way up as the fit.
        turned: of the nearest rival in any quarter turn.
    """

    upright: int
    turned: int


def rivals(fitter: Fitter, pyramid: Pyramid, fit: Fit, nearest: int | None, most: int) -> Rivals | None:
    """Returns the window bits of the nearest rivals of a fit; None if the catalogue has no other reference.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        fit: a reference and its corners.
        nearest: index of the other reference nearest by outline bits, always fitted; None if there is no other.
        most: further rivals, at most: the references that rank best between the corners, in any quarter turn.
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
