"""Window hashes: ten hashes of a picture on one 48 x 48 grid, by which corners are fitted.

The first hash is of the whole picture, on the 2 x 2 means of the grid. Nine are of windows of half the picture's side,
a quarter apart, rows first. A bit is the sign of a cosine coefficient; `phash` compares with the median instead. By
signs, turning a picture by 90 degrees only moves and flips bits, and corners can be fitted by a smooth soft sign.
"""

import numpy as np
import numpy.typing as npt

__all__ = [
    "BITS",
    "COARSE_CORNERS",
    "COARSE_EVERY",
    "CORNERS",
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
"""Window hashes of a picture: the whole picture, then nine windows."""


def _cosines(samples: int) -> npt.NDArray[np.float64]:
    """Returns the 12 lowest frequencies of the DCT-II of a row of samples, (12, samples)."""
    angles = np.arange(HIGHEST)[:, None] * (np.arange(samples) + 0.5) * (np.pi / samples)
    cosines: npt.NDArray[np.float64] = np.cos(angles)
    return cosines


_EXACT_COSINES = np.rint(2.0**16 * _cosines(_SIDE))
"""DCT-II in 1/65536. Sums stay below 2^52 and are exact: 24 x 24 terms, each of four grey levels below 2^10 and two
factors of at most 2^16."""

_frequencies = np.hypot(np.arange(HIGHEST)[:, None], np.arange(HIGHEST))
radius: npt.NDArray[np.float32] = _frequencies.astype(np.float32).ravel()
"""Spatial frequency of each coefficient, (144,). Coefficient times radius has about equal power at all frequencies."""


def window_hashes(thumbnail: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Returns the window hashes of a picture, (10, 144) bool, equal on every machine.

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
    """Returns the coefficients of pictures turned by 90 degrees to the left: the top right corner becomes the top left.

    No picture is sampled again. The axes change places, and odd frequencies along the reversed axis change their sign.

    Args:
        coefficients: (pictures, 10, 144), in the order of the hashes.
    """
    signs = (-1.0) ** np.arange(HIGHEST, dtype=np.float32)[:, None]
    turned = coefficients.reshape(-1, HASHES, HIGHEST, HIGHEST).swapaxes(2, 3) * signs
    # Place (row, column) takes the window that was at (column, 2 - row).
    origin = [0, *(1 + 3 * column + 2 - row for row in range(3) for column in range(3))]
    return turned[:, origin].reshape(-1, HASHES, BITS)


class Layout:
    """Linear maps from a patch of samples to the coefficients of some windows, and to their derivatives by a warp.

    A warp moves the samples of a patch, which spans -1 to 1 along each axis. To first order a warp has eight
    parameters: shift right, shift down, dx by x, dx by y, dy by x, dy by y, and the two of perspective. Each derivative
    is an operator along the rows and another along the columns, so no patch is sampled again.

    Args:
        size: side of the patch in samples.
        starts: first sample of each window along an axis.
        side: of a window in samples.
        hashes: places of the windows among the ten hashes.

    Attributes:
        size: side of the patch in samples.
        hashes: places of the windows among the ten hashes.
    """

    def __init__(self, size: int, starts: tuple[int, ...], side: int, hashes: tuple[int, ...]) -> None:
        self.size = size
        self.hashes = list(hashes)
        blocks = len(starts)
        plain = np.zeros((blocks, HIGHEST, size))
        for block, start in enumerate(starts):
            plain[block, :, start : start + side] = _cosines(side)
        place = (np.arange(size) + 0.5) * (2 / size) - 1
        slope = np.gradient(np.eye(size), place, axis=0)
        # A block reads its own samples and, for its slopes, one more beyond each inner end.
        span = side + blocks - 1
        firsts = [0] if blocks == 1 else range(0, size - span + 1, (size - span) // (blocks - 1))
        self._spans = [slice(first, first + span) for first in firsts]
        operators = np.stack([plain * place, plain, *((plain * place**power) @ slope for power in range(3))])
        read = [operators[:, block, :, samples] for block, samples in enumerate(self._spans)]
        self._operators = np.stack(read, axis=1).astype(np.float32)

    def coefficients(self, patches: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Returns the coefficients of patches, (n, size, size) to (n, windows, 144), times `radius`."""
        across = self._across(patches, self._operators[1:2])
        return self._joined(self._down(across, 1)[0]) * radius

    def derivatives(self, patches: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Returns `coefficients` of patches, and the derivatives by the parameters of a warp, (n, 8, windows, 144)."""
        across = self._across(patches, self._operators)  # by place, plain, slope, slope by place, slope by its square
        plain, right, right_x, right_xx = self._down(across[1:5], 1)
        right_y, right_xy = self._down(across[2:4], 0)
        down_x, down = self._down(across[:2], 2)
        down_xy, down_y = self._down(across[:2], 3)
        (down_yy,) = self._down(across[1:2], 4)
        warps = [right, down, right_x, right_y, down_x, down_y, right_xx + down_xy, right_xy + down_yy]
        derivatives = np.stack([self._joined(warp) for warp in warps], axis=1)
        derivatives *= radius
        return self._joined(plain) * radius, derivatives

    def _across(self, patches: npt.NDArray[np.float32], operators: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Applies operators to the rows of patches; returns (operators, blocks, n, 12, rows)."""
        columns = patches.swapaxes(1, 2)
        blocks = [operators[:, block, None] @ columns[:, span] for block, span in enumerate(self._spans)]
        return np.stack(blocks, axis=1)

    def _down(self, across: npt.NDArray[np.float32], operator: int) -> npt.NDArray[np.float32]:
        """Applies an operator to columns; returns (operators across, blocks down, blocks across, n, 12, 12).

        Frequencies across come before frequencies down.
        """
        rows = across.reshape(-1, self.size)
        blocks = [rows[:, span] @ self._operators[operator, block].T for block, span in enumerate(self._spans)]
        return np.stack(blocks).reshape(len(blocks), *across.shape[:4], HIGHEST).swapaxes(0, 1)

    def _joined(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Returns values (blocks down, blocks across, n, 12, 12), as `_down` gives them, as (n, windows, 144)."""
        by_picture = values.transpose(2, 0, 1, 4, 3)
        return by_picture.reshape(len(by_picture), len(self.hashes), BITS)


WHOLE = Layout(_SIDE, (0,), _SIDE, (0,))
"""The whole picture, on a coarse patch."""
EVERY = Layout(GRID, (0, _SIDE // 2, _SIDE), _SIDE, tuple(range(1, HASHES)))
"""All nine windows, on the grid that references are hashed on."""
CORNERS = Layout(GRID, (0, _SIDE), _SIDE, (1, 3, 7, 9))
"""The four windows at the corners: two fifths of the work of all nine."""
SKETCH = Layout(_SIDE, (0, _SIDE // 4, _SIDE // 2), _SIDE // 2, tuple(range(1, HASHES)))
"""All nine windows on the coarse patch: a sixth of the work, and exact enough in the lowest frequencies."""
_COARSE_SIDE = 20
COARSE_EVERY = Layout(2 * _COARSE_SIDE, (0, _COARSE_SIDE // 2, _COARSE_SIDE), _COARSE_SIDE, tuple(range(1, HASHES)))
"""All nine windows on a grid of 40 samples: two thirds of the work, and exact enough to fit corners by
(docs/decisions/how-a-picture-is-found.md)."""
COARSE_CORNERS = Layout(2 * _COARSE_SIDE, (0, _COARSE_SIDE), _COARSE_SIDE, (1, 3, 7, 9))
"""The four windows at the corners, on a grid of 40 samples."""
