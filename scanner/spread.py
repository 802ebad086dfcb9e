"""Spread: the best of many candidates, chosen so that no place and no reference takes all."""

import numpy as np
import numpy.typing as npt

from .warp import Floats, Indices, areas

__all__ = ["spread"]

NEAR = 0.35
"""Largest distance of the middles of two candidates of one place along either axis, in sides of the smaller one."""
ALIKE = 1.5
"""Ratio of sides from which two candidates at one middle are of two places: a picture, and the box around it."""


def spread(
    likeness: npt.NDArray[np.floating], corners: Floats, references: Indices, most: int, a_place: int, a_pair: int
) -> Indices:
    """Returns the indices of the best candidates, the best first.

    Args:
        likeness: of the candidates, (n,): more is better.
        corners: of the candidates, (n, 4, 2).
        references: of the candidates, (n,).
        most: candidates chosen, at most.
        a_place: candidates chosen at one place, at most.
        a_pair: candidates chosen of one reference at one place, at most.
    """
    left = np.argsort(-likeness, kind="stable")
    middles, sides = corners.mean(axis=1).astype(np.float32), np.sqrt(areas(corners)).astype(np.float32)
    at_place, of_pair = np.zeros(len(left), np.int64), np.zeros(len(left), np.int64)
    chosen: list[int] = []
    while len(chosen) < most and len(left):
        first = int(left[0])
        chosen.append(first)
        side, middle = sides[left], middles[left]
        reach = NEAR * np.minimum(side, sides[first])
        near = (np.abs(middle[:, 0] - middles[first, 0]) < reach) & (np.abs(middle[:, 1] - middles[first, 1]) < reach)
        near &= (side < ALIKE * sides[first]) & (sides[first] < ALIKE * side)
        at_place[left] += near
        of_pair[left] += near & (references[left] == references[first])
        open_ = (at_place[left] < a_place) & (of_pair[left] < a_pair)
        open_[0] = False
        left = left[open_]
    return np.array(chosen, np.int64)
