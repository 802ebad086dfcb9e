"""Window hashes: what the registration stage compares. Ten hashes of a picture, all on one 48 x 48 grid.

The first is of the whole picture, on the 2 x 2 means of the grid; nine are of the windows of half the picture's side,
a quarter apart (rows first). A bit is the sign of a cosine coefficient, not its place about the median as in
`phash`: then turning a picture by 90 degrees only moves and flips bits, and the sign has a smooth stand-in that the
corners can be fitted by.
"""

import numpy as np
import numpy.typing as npt

__all__ = [
    "BITS",
    "CORNERS_ONLY",
    "EVERY",
    "GRID",
    "HASHES",
    "HIGHEST",
    "SKETCH",
    "WHOLE",
    "Layout",
    "low_pass",
    "quarter_turned",
    "radius",
    "window_hashes",
]

GRID = 48
"""Side in samples of the grid that a picture is squashed to."""
_SIDE = GRID // 2
"""Side of a window, and of the 2 x 2 means of the grid."""
HIGHEST = 12
"""Cosine frequencies kept along each axis."""
BITS = HIGHEST * HIGHEST
"""Bits of a hash. The first stands for the constant term and is always 0."""
HASHES = 10


def _cosines(samples: int) -> npt.NDArray[np.float64]:
    """Returns the DCT-II of a row of samples, (12, samples), the lowest frequencies."""
    angles = np.arange(HIGHEST)[:, None] * (np.arange(samples) + 0.5) * (np.pi / samples)
    cosines: npt.NDArray[np.float64] = np.cos(angles)
    return cosines


_EXACT_COSINES = np.rint(2.0**16 * _cosines(_SIDE))
"""In 1/65536: with grey levels of four pixels below 2^10 and 24 x 24 terms, sums stay below 2^52 and are exact."""

_frequencies = np.hypot(np.arange(HIGHEST)[:, None], np.arange(HIGHEST))
radius: npt.NDArray[np.float32] = _frequencies.astype(np.float32).ravel()
"""Spatial frequency of each coefficient, (144,). Pictures have about equal power in coefficient times radius."""


def window_hashes(thumbnail: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Returns the window hashes of a picture, (10, 144), the same on every machine.

    Args:
        thumbnail: (48, 48), the whole picture squashed to a square; `phash.thumbnail` makes it.
    """
    grid = thumbnail.astype(np.float64)
    whole = grid.reshape(_SIDE, 2, _SIDE, 2).sum(axis=(1, 3))
    starts = range(0, GRID - _SIDE + 1, _SIDE // 2)
    windows = [grid[top : top + _SIDE, left : left + _SIDE] for top in starts for left in starts]
    coefficients = _EXACT_COSINES @ (np.stack([whole, *windows]) @ _EXACT_COSINES.T)
    bits: npt.NDArray[np.bool_] = (coefficients > 0).reshape(HASHES, BITS)
    bits[:, 0] = False
    return bits


def low_pass(cut: float) -> npt.NDArray[np.float32]:
    """Returns the weight of each coefficient, (144,): 1 for low frequencies, 1/2 at `cut`, 0 for the constant term."""
    weights = 1 / (1 + (radius / cut) ** 4)
    weights[0] = 0
    return weights.astype(np.float32)


def quarter_turned(coefficients: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Returns the coefficients of the same pictures turned by 90 degrees to the left.

    What was the top right corner becomes the top left one. No sample is taken again: the axes change places, and
    odd frequencies along the one that is reversed change their sign.

    Args:
        coefficients: (pictures, 10, 144), in the order of the hashes.
    """
    signs = (-1.0) ** np.arange(HIGHEST, dtype=np.float32)[:, None]
    turned = coefficients.reshape(-1, HASHES, HIGHEST, HIGHEST).swapaxes(2, 3) * signs
    # Place (row, column) takes the window that was at (column, 2 - row).
    origin = [0, *(1 + 3 * column + 2 - row for row in range(3) for column in range(3))]
    return turned[:, origin].reshape(-1, HASHES, BITS)


class Layout:
    """Linear maps from a patch of samples to the coefficients of some windows, and to how they change in a warp.

    A warp moves the samples of a patch, which spans -1 to 1 along each axis; to first order its eight parameters
    are: shift right, shift down, dx by x, dx by y, dy by x, dy by y, and the two of perspective. Every derivative
    is a product of cosines along one axis with another along the other, so no patch is sampled again for it.

    Attributes:
        size: side of the patch in samples.
        hashes: which of the ten hashes these windows are.
    """

    def __init__(self, size: int, starts: tuple[int, ...], side: int, hashes: tuple[int, ...]) -> None:
        self.size = size
        self.hashes = list(hashes)
        self._blocks = len(starts)
        plain = np.zeros((len(starts) * HIGHEST, size))
        for block, start in enumerate(starts):
            plain[block * HIGHEST : (block + 1) * HIGHEST, start : start + side] = _cosines(side)
        place = (np.arange(size) + 0.5) * (2 / size) - 1
        slope = np.gradient(np.eye(size), place, axis=0)
        self._plain = plain.astype(np.float32)
        self._by_place = (plain * place).astype(np.float32)
        self._slopes = [((plain * place**power) @ slope).astype(np.float32) for power in range(3)]

    def coefficients(self, patches: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Returns coefficients times radius of patches (n, size, size), shape (n, windows, 144)."""
        return self._joined(self._plain, self._across(patches, self._plain)) * radius

    def derivatives(self, patches: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Returns `coefficients`, and their derivatives by the eight parameters of a warp, (n, 8, windows, 144)."""
        plain, by_place = self._across(patches, self._plain), self._across(patches, self._by_place)
        slope, slope_1, slope_2 = (self._across(patches, operator) for operator in self._slopes)
        joined = self._joined
        derivatives = np.stack(
            [
                joined(self._plain, slope),
                joined(self._slopes[0], plain),
                joined(self._plain, slope_1),
                joined(self._by_place, slope),
                joined(self._slopes[0], by_place),
                joined(self._slopes[1], plain),
                joined(self._plain, slope_2) + joined(self._slopes[1], by_place),
                joined(self._by_place, slope_1) + joined(self._slopes[2], plain),
            ],
            axis=1,
        )
        return joined(self._plain, plain) * radius, derivatives * radius

    def _across(self, patches: npt.NDArray[np.float32], operator: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        products: npt.NDArray[np.float32] = patches.reshape(-1, self.size) @ operator.T
        return products.reshape(-1, self.size, len(operator))

    def _joined(self, operator: npt.NDArray[np.float32], across: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        blocks = self._blocks
        both: npt.NDArray[np.float32] = np.matmul(operator, across).reshape(-1, blocks, HIGHEST, blocks, HIGHEST)
        return both.swapaxes(2, 3).reshape(-1, blocks * blocks, BITS)


WHOLE = Layout(_SIDE, (0,), _SIDE, (0,))
"""The whole picture, on a coarse patch."""
CORNERS_ONLY = Layout(GRID, (0, _SIDE), _SIDE, (1, 3, 7, 9))
"""The four windows at the corners: two fifths of the work of all nine."""
EVERY = Layout(GRID, (0, _SIDE // 2, _SIDE), _SIDE, tuple(range(1, HASHES)))
SKETCH = Layout(_SIDE, (0, _SIDE // 4, _SIDE // 2), _SIDE // 2, tuple(range(1, HASHES)))
"""All nine from the coarse patch, a sixth of the work: right enough in the lowest frequencies."""
