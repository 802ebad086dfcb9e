"""Overlap: which places are taken, and which pixels they cover."""

import numpy as np
import pytest

from scanner.overlap import covered, free_of, overlaps
from support.pictures import turned

SQUARE: np.ndarray = np.array([[10, 10], [50, 10], [50, 50], [10, 50]], float)


def moved(right: float, down: float) -> np.ndarray:
    """Returns the square at another place."""
    return SQUARE + np.array([right, down])


@pytest.mark.parametrize(
    ("other", "share"),
    [
        (SQUARE, 1),
        (moved(20, 0), 0.5),
        (moved(10, 20), 0.375),
        (moved(40, 0), 0),
        (moved(100, 0), 0),
        (30 + (SQUARE - 30) / 2, 1),
        (30 + (SQUARE - 30) * 3, 1),
        (turned(SQUARE, 90), 1),
        (turned(SQUARE, 45), 2 * (2**0.5 - 1)),
        (np.array([[10, 10], [50, 10], [50, 50], [29.999, 30.001]]), 1),
    ],
    ids=["same", "half", "corner", "touching", "apart", "inside", "around", "on its side", "diamond", "triangle"],
)
def test_the_overlap_is_the_share_of_the_smaller_place(other: np.ndarray, share: float) -> None:
    """Two places share a known part of the smaller one, in any order of their corners and at any place in the frame."""
    for here in (0, 1e4):
        for one, two in ((SQUARE, other), (other, SQUARE), (SQUARE[::-1], other), (SQUARE, np.roll(other, 1, axis=0))):
            assert overlaps(one + here, two[None] + here) == pytest.approx([share], abs=1e-6)


def test_the_overlap_is_the_share_of_pixels_in_both() -> None:
    """The overlap of slanted places is the share of fine pixels that lie in both."""
    rng = np.random.default_rng(4)
    angles = np.sort(rng.uniform(0, 0.5 * np.pi, (12, 4)) + np.arange(4) * np.pi / 2, axis=1)
    places = 200 + rng.uniform(-60, 60, (12, 1, 2)) + 90 * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    masks = [covered((400, 400), place[None], rim=0) for place in places]
    for place, mask in zip(places, masks, strict=True):
        counted = [(mask & other).sum() / min(mask.sum(), other.sum()) for other in masks]
        assert np.abs(overlaps(place, places) - counted).max() < 0.02


def test_a_start_is_free_where_little_of_it_is_taken() -> None:
    """A start is free unless one of the found covers more of it than is allowed; with nothing found all are free."""
    starts = np.array([SQUARE, moved(30, 0), moved(200, 0)])
    assert free_of(SQUARE[None], starts, 0.3).tolist() == [False, True, True]
    assert free_of(np.array([SQUARE, SQUARE + 190]), starts, 0.2).tolist() == [False, False, True]
    assert free_of(np.zeros((0, 4, 2)), starts, 0.3).all()
    assert free_of(SQUARE[None], np.zeros((0, 4, 2)), 0.3).shape == (0,)


def test_the_pixels_of_a_found_picture_and_its_rim_are_covered() -> None:
    """A mask covers a picture and its border, wherever it lies, also partly or wholly beyond the image."""
    mask = covered((80, 100), np.array([SQUARE, moved(70, 0), SQUARE - 500]))
    assert mask[9:51, 9:51].all()
    assert not mask[:8].any()
    assert not mask[52:].any()
    assert not mask[:, 53:78].any()
    assert mask[20, 99]
    assert not covered((80, 100), np.zeros((0, 4, 2))).any()
