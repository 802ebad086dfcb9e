"""How hard it is to believe that a picture is held like this: small, narrow, slanted or in steep perspective.

Corners that were fitted to something that is not there end anywhere; a hand holds a picture up to be seen. The
quadrilateral alone tells them apart, whatever the reference. docs/decisions/limits.md has the measurement.
"""

import numpy as np
import numpy.typing as npt

from .warp import Floats, areas, homographies

__all__ = ["pose_penalties"]

_EASY_PERSPECTIVE = 0.12
"""How much farther off a picture's rim is than its middle, as a share; half of the photographs have 0.07 and more."""
_PERSPECTIVE_BITS = 200.0
_LARGE = 0.3
"""Share of the frame that a picture held up for it fills."""
_HALVING_BITS = 20.0
"""For every time that a picture is half as large as that: so many more places of that size are there to be tried."""
_WIDE = 1.5
"""Longer by shorter axis: pictures up to 1.5 : 1, squashed or not."""
_DOUBLING_BITS = 40.0
_UPRIGHT = 82.0
"""Degrees between the axes: a picture turned by 45 degrees and leaning back by 30 has 82."""
_DEGREE_BITS = 2.0
_IMPOSSIBLE = 1e4
"""Bits of corners that lie at infinity."""


def pose_penalties(corners: Floats, frame_area: float) -> npt.NDArray[np.float64]:
    """Returns how many differing bits each of the quadrilaterals counts for, (n,), 0 or more.

    Args:
        corners: (n, 4, 2), x and y of the picture's top left, top right, bottom right and bottom left.
        frame_area: of the frame, in the square of the corners' unit.
    """
    depths = homographies(corners)[:, 2]
    perspective = np.hypot(depths[:, 0], depths[:, 1]) / np.maximum(np.abs(depths[:, 2]), 1e-9)
    right = corners[:, 1] + corners[:, 2] - corners[:, 0] - corners[:, 3]
    down = corners[:, 2] + corners[:, 3] - corners[:, 0] - corners[:, 1]
    squares, across = (right**2).sum(axis=1) + (down**2).sum(axis=1), (right * down).sum(axis=1)
    spanned = np.abs(right[:, 0] * down[:, 1] - right[:, 1] * down[:, 0])
    # Of the matrix (right, down): singular values l and s have l^2 + s^2 = squares and l s = spanned.
    root = np.sqrt(np.maximum(squares**2 - 4 * spanned**2, 0))
    ratio = np.sqrt(np.maximum(squares + root, 1e-9) / np.maximum(squares - root, 1e-9))
    angle = np.degrees(np.arctan2(spanned, np.abs(across)))
    bits = (
        _PERSPECTIVE_BITS * np.maximum(0, perspective - _EASY_PERSPECTIVE)
        + _HALVING_BITS * np.log2(np.maximum(1, _LARGE * frame_area / np.maximum(areas(corners), 1e-9)))
        + _DOUBLING_BITS * np.maximum(0, np.log2(ratio / _WIDE))
        + _DEGREE_BITS * np.maximum(0, _UPRIGHT - angle)
    )
    held: npt.NDArray[np.float64] = np.nan_to_num(bits, nan=_IMPOSSIBLE, posinf=_IMPOSSIBLE)
    return held
