"""A frame to be judged, and the scan region in it."""

from typing import NamedTuple

from .errors import ImageError
from .quoting import quoted
from .warp import Pyramid

__all__ = ["Frame", "Region", "checked_region", "middle_squares"]

Region = tuple[int, int, int, int]
"""(left, top, width, height) in frame pixels."""


class Frame(NamedTuple):
    """A frame and its place in a stream.

    Attributes:
        pyramid: the frame's grey levels.
        region: the scan region, where a picture is looked for first.
        number: of the frame in its stream, from 1 on.
    """

    pyramid: Pyramid
    region: Region
    number: int


def checked_region(region: Region | None, height: int, width: int) -> Region:
    """Returns the scan region of a frame of height x width pixels; all of the frame where none is given.

    Raises:
        ImageError: not four whole numbers, empty, or not inside the frame.

    >>> checked_region(None, 480, 640)
    (0, 0, 640, 480)
    """
    if region is None:
        return 0, 0, width, height
    try:
        left, top, across, down = (int(number) for number in region)
        whole = (left, top, across, down) == tuple(region)
    except (TypeError, ValueError, OverflowError):
        whole = False
    if not whole:
        raise ImageError(
            f"expected a scan region of four whole numbers (left, top, width, height), found {quoted(region)}: "
            "round its numbers"
        )
    if left < 0 or top < 0 or across < 1 or down < 1 or left + across > width or top + down > height:
        raise ImageError(
            f"expected a scan region inside the frame of {width} x {height} pixels, found "
            f"{quoted((left, top, across, down))} "
            "as (left, top, width, height): clip it to the frame"
        )
    return left, top, across, down


MIDDLE_SHARES = (1.0, 0.8, 0.6)
"""Sides of the squares in the middle of a photograph that crops are cut from, as shares of its short side: people put
the picture they mean in the middle."""


def middle_squares(frame: Frame) -> list[Region]:
    """Returns squares in the middle of a still, the largest first; an empty list if the scan region is a part of it.

    >>> import numpy as np
    >>> middle_squares(Frame(Pyramid(np.zeros((480, 640), np.uint8)), (0, 0, 640, 480), 1))
    [(80, 0, 480, 480), (128, 48, 384, 384), (176, 96, 288, 288)]
    """
    height, width = frame.pyramid.shape
    if frame.region != (0, 0, width, height):
        return []
    sides = [max(1, round(min(height, width) * share)) for share in MIDDLE_SHARES]
    squares = [((width - side) // 2, (height - side) // 2, side, side) for side in sides]
    return [square for square in squares if square != frame.region]
