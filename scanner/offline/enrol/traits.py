"""Traits of a picture that say how well a camera will recognise it, measured without a camera."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scanner.crops import CELL_SIZES, SHIFTS
from scanner.phash import thumbnail, unpack
from scanner.plain_shapes import plainness
from scanner.reference import Hashed
from scanner.windows import EVERY, radius

__all__ = ["Traits", "traits"]

_NOISE = 4.0
"""Standard deviation, in grey levels of a thumbnail's pixel, of what a hand and a camera change. Half and twice as much
sort pictures into recognised and missed nearly as well: areas under the curve of 0.95, 0.94 and 0.94."""
_FIRMEST = 7
"""Windows that the scanner counts, of nine."""


class Traits(NamedTuple):
    """What the forecast of one picture is made from.

    Attributes:
        contrast: of the picture as the hash sees it, in grey levels.
        plainness: 1 for a picture full of detail, about 1.5 for a drawing of one thing, 48 at most.
        lost_bits: window bits, 0 to 500, that noise is expected to turn in the seven firmest windows.
        shift_bits: bits of 144 that the hash changes by where the picture is shifted by a twentieth of its side. A
            pattern that repeats itself turns more bits than other pictures.
    """

    contrast: float
    plainness: float
    lost_bits: float
    shift_bits: float

    @property
    def cost(self) -> float:
        """Bits that a good fit is expected to cost, as `scanner.verdict` counts them: lost bits times plainness."""
        return self.lost_bits * self.plainness


def traits(grey: npt.NDArray[np.uint8], made: Hashed) -> Traits:
    """Returns the traits of a picture, (height, width) uint8, with these hashes."""
    windows = unpack(made.windows)
    return Traits(made.detail, plainness(windows), _lost_bits(thumbnail(grey)), _shift_bits(unpack(made.hashes)))


def _lost_bits(small: npt.NDArray[np.uint8]) -> float:
    """Returns how many window bits noise is expected to turn: bits of faint coefficients turn half of the time."""
    coefficients = EVERY.coefficients(small[None].astype(np.float32))[0, :, 1:] / radius[1:]
    side = EVERY.size // 2
    spread = _NOISE * side / 2  # of a coefficient, as its squared cosines add up to a quarter of the window's pixels
    turned = 1 / (1 + np.exp(np.minimum(1.702 * np.abs(coefficients) / spread, 50)))  # nearly the normal distribution
    return float(np.sort(turned.sum(axis=1))[:_FIRMEST].sum())


def _shift_bits(hashes: npt.NDArray[np.bool_]) -> float:
    """Returns the mean distance of the upright crop from the four crops one step beside it."""
    grid = hashes.reshape(len(CELL_SIZES), len(SHIFTS), len(SHIFTS), -1)[len(CELL_SIZES) // 2]
    middle = len(SHIFTS) // 2
    beside = [grid[middle - 1, middle], grid[middle + 1, middle], grid[middle, middle - 1], grid[middle, middle + 1]]
    return float(np.mean([(grid[middle, middle] != crop).sum() for crop in beside]))
