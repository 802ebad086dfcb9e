"""The pose penalty: bits for a picture that seems small, narrow, slanted or in steep perspective.

A hand holds a picture up to be seen; corners fitted by chance end anywhere. The quadrilateral alone tells one from the
other, whatever the reference. docs/decisions/limits.md has the measurement.
"""

import numpy as np
import numpy.typing as npt

from .warp import Floats, areas, homographies

__all__ = ["pose_penalties"]

_EASY_PERSPECTIVE = 0.12
"""Largest perspective without a penalty: the share by which a picture's rim is farther off than its middle. Half of
the measured photographs have less than 0.07."""
_PERSPECTIVE_BITS = 200.0
"""Bits for each unit of perspective above `_EASY_PERSPECTIVE`."""
_LARGE = 0.3
"""Least share of the frame's area without a penalty."""
_HALVING_BITS = 20.0
"""Bits for each halving of the area below `_LARGE`. A frame has more places for small pictures, and chance fits one
somewhere."""
_WIDE = 1.5
"""Largest ratio of the longer to the shorter axis without a penalty, for pictures up to 1.5 : 1."""
_DOUBLING_BITS = 40.0
"""Bits for each doubling of the ratio above `_WIDE`."""
_UPRIGHT = 82.0
"""Least angle between the axes without a penalty, in degrees. A picture turned by 45 degrees and leaning back by 30
has 82."""
_DEGREE_BITS = 2.0
"""Bits for each degree below `_UPRIGHT`."""
_IMPOSSIBLE = 1e4
"""Bits for corners that lie at infinity."""


def pose_penalties(corners: Floats, frame_area: float) -> npt.NDArray[np.float64]:
    """Returns the pose penalty of each quadrilateral in bits, (n,), 0 or more.

    Args:
        corners: (n, 4, 2), x and y of the picture's top left, top right, bottom right and bottom left.
        frame_area: area of the frame, in squared units of the corners.
    """
    depths = homographies(corners)[:, 2]
    perspective = np.hypot(depths[:, 0], depths[:, 1]) / np.maximum(np.abs(depths[:, 2]), 1e-9)
    right = corners[:, 1] + corners[:, 2] - corners[:, 0] - corners[:, 3]
    down = corners[:, 2] + corners[:, 3] - corners[:, 0] - corners[:, 1]
    squares, across = (right**2).sum(axis=1) + (down**2).sum(axis=1), (right * down).sum(axis=1)
    spanned = np.abs(right[:, 0] * down[:, 1] - right[:, 1] * down[:, 0])
    # The singular values l and s of the matrix (right, down) have l^2 + s^2 = squares and l s = spanned.
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
