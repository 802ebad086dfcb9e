"""Spread: no place and no reference takes all the candidates."""

import numpy as np

from scanner.spread import spread
from scanner.warp import PATCH_CORNERS


def at(x: float, y: float, side: float = 40) -> np.ndarray:
    """Returns the corners of a square around a middle."""
    return PATCH_CORNERS * side / 2 + [x, y]


def test_the_best_of_every_place_are_chosen_before_the_worse_of_any() -> None:
    """A place with many good candidates leaves room for the fewer, worse ones of another place."""
    corners = np.array([at(50, 50)] * 6 + [at(150, 50)] * 2)
    likeness = np.array([9, 8, 7, 6, 5, 4, 2, 1.0])
    assert spread(likeness, corners, np.arange(8), 4, 2, 1).tolist() == [0, 1, 6, 7]
    assert spread(likeness, corners, np.arange(8), 3, 2, 1).tolist() == [0, 1, 6]
    assert spread(likeness, corners, np.arange(8), 99, 99, 99).tolist() == list(range(8))


def test_one_reference_is_chosen_once_at_a_place_and_again_elsewhere() -> None:
    """A reference is a candidate at two places, as two copies may be in sight, but only once at one of them."""
    corners = np.array([at(50, 50), at(53, 50), at(150, 50), at(50, 50)])
    assert spread(np.array([4, 3, 2, 1.0]), corners, np.array([5, 5, 5, 6]), 9, 2, 1).tolist() == [0, 2, 3]


def test_a_picture_and_the_box_around_it_are_two_places() -> None:
    """A place inside another one is a place of its own if it is much smaller."""
    corners = np.array([at(50, 50, 100), at(50, 50, 60), at(50, 50, 95)])
    assert spread(np.array([3, 2, 1.0]), corners, np.array([0, 0, 0]), 9, 1, 1).tolist() == [0, 1]


def test_of_no_candidates_none_is_chosen() -> None:
    """An empty field stays empty."""
    assert spread(np.zeros(0), np.zeros((0, 4, 2)), np.zeros(0, np.int64), 9, 1, 1).tolist() == []
