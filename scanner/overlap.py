"""Overlap: the area that convex quadrilaterals have in common, and the pixels that they cover."""

import numpy as np
import numpy.typing as npt

from .warp import Floats, areas

__all__ = ["covered", "free_of", "overlaps"]

RIM = 0.06
"""Width of the rim around a found picture whose pixels count as covered too, as a share of the picture: the edge of a
border is a few pixels wide."""


def overlaps(one: Floats, others: Floats) -> Floats:
    """Returns the area that a quadrilateral, (4, 2), shares with others, (n, 4, 2), as shares of the smaller one, (n,).

    Quadrilaterals are convex. A share is 0 to 1.

    >>> square = np.array([[0, 0], [2, 0], [2, 2], [0, 2]], float)
    >>> overlaps(square, np.array([square, square + 1, square + 2])).tolist()
    [1.0, 0.25, 0.0]
    """
    # Near the origin rounding takes least.
    origin = one.mean(axis=0)
    first, second = _clockwise(np.broadcast_to(one - origin, others.shape)), _clockwise(others - origin)
    # The outline of the common area: each outline's sides, as far as they lie inside the other one. A side that lies on
    # the other outline is of both, and counts once.
    common = _inside(first, second, True) + _inside(second, first, False)
    smaller = np.minimum(areas(first), areas(second))
    shares: Floats = np.clip(common / np.maximum(smaller, 1e-9), 0, 1)
    return shares


def free_of(found: Floats, starts: Floats, most: float) -> npt.NDArray[np.bool_]:
    """Returns which starts, (m, 4, 2), overlap with none of the found, (n, 4, 2), by more than `most`."""
    free = np.ones(len(starts), np.bool_)
    for corners in found:
        free[free] = overlaps(corners, starts[free]) <= most
    return free


def covered(shape: tuple[int, ...], found: Floats, rim: float = RIM) -> npt.NDArray[np.bool_]:
    """Returns the pixels of an image, (height, width), whose middle lies in a found quadrilateral or on its rim.

    Args:
        shape: (height, width) of the image.
        found: (n, 4, 2), convex, in pixels of the image.
        rim: width of the rim, as a share of the picture.
    """
    height, width = shape
    mask = np.zeros((height, width), np.bool_)
    for corners in _clockwise(found):
        middle = corners.mean(axis=0)
        grown = middle + (corners - middle) * (1 + rim)
        left, top = np.clip(np.floor(grown.min(axis=0)), 0, [width, height]).astype(int)
        right, bottom = np.clip(np.ceil(grown.max(axis=0)), 0, [width, height]).astype(int)
        x, y = np.arange(left, right) + 0.5, np.arange(top, bottom)[:, None] + 0.5
        inside = np.ones((bottom - top, right - left), np.bool_)
        for (from_x, from_y), (to_x, to_y) in zip(grown, np.roll(grown, -1, axis=0), strict=True):
            inside &= (to_x - from_x) * (y - from_y) - (to_y - from_y) * (x - from_x) >= 0
        mask[top:bottom, left:right] |= inside
    return mask


def _clockwise(corners: Floats) -> Floats:
    """Returns quadrilaterals, (n, 4, 2), in their clockwise order as seen."""
    one, other = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    turned = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0] < 0
    ordered: Floats = np.where(turned[:, None, None], corners[:, ::-1], corners)
    return ordered


def _inside(sides_of: Floats, other: Floats, with_outline: bool) -> Floats:
    """Returns the area between the origin and the sides of quadrilaterals as far as they lie inside others, (n,).

    The sides are clipped after Cyrus and Beck, "Generalized two- and three-dimensional clipping" (1978).

    Args:
        sides_of: (n, 4, 2), clockwise.
        other: (n, 4, 2), clockwise.
        with_outline: whether a side that lies on a side of the other, in its direction, is inside.
    """
    way = np.roll(sides_of, -1, axis=1) - sides_of
    edge = np.roll(other, -1, axis=1) - other
    # Axis 1: side, axis 2: edge of the other one. Height above an edge at the side's begin, and its growth.
    apart = sides_of[:, :, None] - other[:, None]
    begin = edge[:, None, :, 0] * apart[..., 1] - edge[:, None, :, 1] * apart[..., 0]
    grows = edge[:, None, :, 0] * way[:, :, None, 1] - edge[:, None, :, 1] * way[:, :, None, 0]
    level = grows == 0
    at = -begin / np.where(level, 1, grows)
    enters = np.where(grows > 0, at, 0).max(axis=2, initial=0)
    leaves = np.where(grows < 0, at, 1).min(axis=2, initial=1)
    onward = (way[:, :, None] * edge[:, None]).sum(axis=3) > 0
    outside = (level & ((begin < 0) | (begin == 0) & ~(with_outline & onward))).any(axis=2)
    seen = ~outside & (leaves > enters)
    from_, to = sides_of + way * enters[..., None], sides_of + way * leaves[..., None]
    swept = from_[..., 0] * to[..., 1] - from_[..., 1] * to[..., 0]
    area: Floats = np.where(seen, swept, 0).sum(axis=1) / 2
    return area
