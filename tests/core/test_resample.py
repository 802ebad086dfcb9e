"""Exact area means."""

import math
from fractions import Fraction

import numpy as np
import pytest

from scanner.resample import MID_GREY, area_means, padded


def exact_mean(grey: np.ndarray, top: Fraction, bottom: Fraction, left: Fraction, right: Fraction) -> int:
    """Returns the mean by its definition, in fractions: each pixel is weighted by its share of the cell."""
    total = Fraction(0)
    for y in range(math.floor(top), math.ceil(bottom)):
        for x in range(math.floor(left), math.ceil(right)):
            share_y = max(Fraction(0), min(bottom, Fraction(y + 1)) - max(top, Fraction(y)))
            share_x = max(Fraction(0), min(right, Fraction(x + 1)) - max(left, Fraction(x)))
            total += share_y * share_x * int(grey[y, x])
    mean = total / ((bottom - top) * (right - left))
    return int(mean + Fraction(1, 2))


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (11, 5), (24, 24)])
@pytest.mark.parametrize("cells", [1, 4, 6, 30])
def test_every_cell_is_the_exact_mean_of_what_it_covers(shape: tuple[int, int], cells: int) -> None:
    """A cell is the exact mean of its pixels, to the last grey level, also if it is smaller or cuts through pixels."""
    grey = np.random.default_rng(sum(shape) + cells).integers(0, 256, shape, np.uint8)
    edges = np.arange(cells + 1)
    means = area_means(grey, edges * shape[0], edges * shape[1], cells)
    for row in range(cells):
        for column in range(cells):
            expected = exact_mean(
                grey,
                Fraction(row * shape[0], cells),
                Fraction((row + 1) * shape[0], cells),
                Fraction(column * shape[1], cells),
                Fraction((column + 1) * shape[1], cells),
            )
            assert means[row, column] == expected


def test_a_very_tall_picture_keeps_its_mean_levels() -> None:
    """A picture of 40,000 rows, half white, shrinks to white above black without overflow."""
    tall = np.zeros((40_000, 3), np.uint8)
    tall[:20_000] = 255
    edges = np.arange(721)
    means = area_means(tall, edges * 40_000, edges * 3, 720)
    assert (means[:360] == 255).all()
    assert (means[360:] == 0).all()


def test_what_lies_outside_a_picture_is_mid_grey() -> None:
    """A box that reaches over an edge has 128 outside the picture and the picture's pixels inside."""
    grey = np.full((4, 6), 200, np.uint8)
    box = padded(grey, -2, -1, 8, 3)
    assert box.shape == (4, 10)
    assert (box[1:, 2:8] == 200).all()
    assert (box[0] == MID_GREY).all()
    assert (box[:, :2] == MID_GREY).all()
    assert (padded(grey, 10, 10, 12, 13) == MID_GREY).all()
