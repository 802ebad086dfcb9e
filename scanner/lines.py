"""Straight lines in a frame, and the slopes of its edges.

Edges are found and thinned. A Hough transform finds lines; an edge votes only for lines along itself (Ballard,
"Generalizing the Hough transform", 1981).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .warp import Floats

__all__ = ["Image", "Lines", "Slopes", "shared_out", "slopes_of", "straight_lines"]

Image = npt.NDArray[np.float32]
Slopes = tuple[Image, Image]
"""Slopes rightwards and downwards, in grey levels a pixel, (height, width) each."""

EDGES = 16000
"""Edge pixels that vote, at most: the strongest."""
WEAKEST_EDGE = 2.0
"""Least slope of an edge, in grey levels a pixel."""
ANGLES = 120
"""Directions of Hough lines in a full turn, not half of one: a line has a bright side."""
BIN = 2.0
"""Width of a Hough line in pixels."""
WAYS = 12
"""Directions that lines and pairs are shared out among, so that a page of text or the grain of wood does not take
all."""


class Lines(NamedTuple):
    """Straight lines of an image; a line has a bright side.

    Attributes:
        angles: of the slope, towards the bright side, in radians, (n,).
        offsets: of the line from the image's centre along the slope, in pixels, (n,).
        normals: (x, y) of the slope, of length 1, (n, 2).
        votes: of the edges along the line, (n,).
    """

    angles: Floats
    offsets: Floats
    normals: Floats
    votes: Floats


def slopes_of(image: Image) -> Slopes:
    """Returns the slopes rightwards and downwards after a 3 x 3 blur, 0 at the rim."""
    smooth = image.copy()
    smooth[1:-1] = (image[:-2] + image[2:] + 2 * image[1:-1]) * np.float32(0.25)
    wide = smooth.copy()
    wide[:, 1:-1] = (smooth[:, :-2] + smooth[:, 2:] + 2 * smooth[:, 1:-1]) * np.float32(0.25)
    right, down = np.zeros_like(wide), np.zeros_like(wide)
    right[1:-1, 1:-1] = (wide[1:-1, 2:] - wide[1:-1, :-2]) * np.float32(0.5)
    down[1:-1, 1:-1] = (wide[2:, 1:-1] - wide[:-2, 1:-1]) * np.float32(0.5)
    return right, down


def straight_lines(slopes: Slopes, most: int, most_a_way: int) -> Lines:
    """Returns the lines with most votes.

    Args:
        slopes: of the image, as `slopes_of` returns them.
        most: lines returned, at most.
        most_a_way: lines returned in one direction, at most.
    """
    right, down = slopes
    height, width = right.shape
    places, steepness = _thinned(right, down)
    row, column = np.divmod(places, width)
    x, y = column + 0.5 - width / 2, row + 0.5 - height / 2
    turn = 2 * np.pi / ANGLES
    own = np.rint(np.arctan2(down.ravel()[places], right.ravel()[places]) / turn).astype(np.int64)
    farthest = np.hypot(height, width) / 2
    bins = int(2 * farthest / BIN) + 3
    cosines, sines = np.cos(np.arange(ANGLES) * turn), np.sin(np.arange(ANGLES) * turn)
    # Votes weigh the square root of the slope, up to a limit: bold text should not outvote the faint rim of a box.
    weights = np.sqrt(np.minimum(steepness, 24)).astype(np.float64)
    votes = np.zeros(ANGLES * bins)
    for near in (-1, 0, 1):
        angle = (own + near) % ANGLES
        offset = ((x * cosines[angle] + y * sines[angle] + farthest) * (1 / BIN)).astype(np.int64)
        votes += np.bincount(angle * bins + offset, weights, minlength=votes.size)
    table = votes.reshape(ANGLES, bins)
    smooth = table.copy()
    smooth[:, 1:] += 0.5 * table[:, :-1]
    smooth[:, :-1] += 0.5 * table[:, 1:]
    peak = np.pad(smooth, ((2, 2), (0, 0)), mode="wrap")
    peak = np.maximum.reduce([peak[shift : shift + ANGLES] for shift in range(5)])
    peak = np.pad(peak, ((0, 0), (2, 2)))
    peak = np.maximum.reduce([peak[:, shift : shift + bins] for shift in range(5)])
    tops = np.flatnonzero((smooth >= peak) & (smooth > 0))
    tops = tops[np.argsort(-smooth.ravel()[tops], kind="stable")]
    tops = tops[shared_out(tops // bins * turn, most_a_way)][:most]
    angle, offset = np.divmod(tops, bins)
    # The mean place of the votes around a peak is finer than a bin.
    around = np.pad(table, ((0, 0), (1, 1)))[
        (angle[:, None, None] + np.arange(-1, 2)[:, None]) % ANGLES, offset[:, None, None] + np.arange(3)
    ]
    total = around.sum(axis=(1, 2))
    finer = np.arange(-1, 2)
    angles = (angle + (around.sum(axis=2) @ finer) / total) * turn
    offsets = (offset + 0.5 + (around.sum(axis=1) @ finer) / total) * BIN - farthest
    normals = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return Lines(angles, offsets, normals, smooth.ravel()[tops])


def shared_out(angles: npt.NDArray[np.floating], most: int) -> npt.NDArray[np.int64]:
    """Returns the indices, ascending, of the first `most` lines of each direction; a half turn changes no direction."""
    way = np.floor(angles * (WAYS / np.pi)).astype(np.int64) % WAYS
    return np.sort(np.concatenate([np.flatnonzero(way == each)[:most] for each in range(WAYS)]))


def _thinned(right: Image, down: Image) -> tuple[npt.NDArray[np.int64], Image]:
    """Returns the pixels that are steepest across their edge: places in the raveled image, (n,), and slopes, (n,)."""
    squares = right * right + down * down
    centre = squares[1:-1, 1:-1]
    across, along = np.abs(right[1:-1, 1:-1]), np.abs(down[1:-1, 1:-1])
    # Neighbours along the slope, to the nearest 45 degrees.
    flat, steep = along * 2.414 < across, across * 2.414 < along
    falling = right[1:-1, 1:-1] * down[1:-1, 1:-1] > 0
    thin = centre > WEAKEST_EDGE**2
    for chosen, before, after in (
        (flat, squares[1:-1, :-2], squares[1:-1, 2:]),
        (steep, squares[:-2, 1:-1], squares[2:, 1:-1]),
        (~flat & ~steep & falling, squares[:-2, :-2], squares[2:, 2:]),
        (~flat & ~steep & ~falling, squares[:-2, 2:], squares[2:, :-2]),
    ):
        thin &= ~chosen | ((centre > before) & (centre >= after))
    rows, columns = np.nonzero(thin)
    places = (rows + 1) * right.shape[1] + columns + 1
    steepness = squares.ravel()[places]
    if len(places) > EDGES:
        enough = steepness >= np.partition(steepness, len(steepness) - EDGES)[len(steepness) - EDGES]
        places, steepness = places[enough], steepness[enough]
    return places, np.sqrt(steepness)
