"""Visible windows: the ones of a picture's nine windows that lie in the frame.

A picture that the frame's edge cuts off has windows beyond it. The rim of a frame goes on beyond its edge when patches
are read, so these windows hash as stripes, and may not count.
"""

import numpy as np
import numpy.typing as npt

from .warp import Floats, Pyramid, homographies

__all__ = ["VISIBLE", "visible_shares"]

VISIBLE = 0.8
"""Least share of a window inside the frame for the window to count. Half of a picture then still has three windows,
and a part beyond the edge flips few bits."""
_POINTS = 3
"""Points along each side of a quarter of a window."""
_LEAST_DEPTH = 0.05
"""Depth up to which a point lies behind the camera, where a twisted quadrilateral passes through infinity."""

_place = (np.arange(4 * _POINTS) + 0.5) / (2 * _POINTS) - 1
_GRID = np.stack([*np.meshgrid(_place, _place), np.ones((4 * _POINTS, 4 * _POINTS))], axis=-1).reshape(-1, 3)


def visible_shares(pyramid: Pyramid, corners: Floats) -> Floats:
    """Returns the share of each window inside the frame, (n, 9), of pictures between corners (n, 4, 2).

    Args:
        pyramid: the frame.
        corners: in pixels of the pyramid's finest level.
    """
    height, width = pyramid.levels[0].shape
    placed = _GRID @ homographies(corners).swapaxes(1, 2)
    depth = placed[..., 2]
    before = depth > _LEAST_DEPTH
    x, y = (placed[..., axis] / np.where(before, depth, 1) for axis in (0, 1))
    inside: npt.NDArray[np.bool_] = before & (x >= 0) & (x <= width) & (y >= 0) & (y <= height)
    quarters = inside.reshape(-1, 4, _POINTS, 4, _POINTS).mean(axis=(2, 4))
    rows = quarters[:, :-1] + quarters[:, 1:]
    shares: Floats = (rows[:, :, :-1] + rows[:, :, 1:]).reshape(-1, 9) / 4
    return shares
