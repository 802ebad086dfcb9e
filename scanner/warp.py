"""Warps: maps between the four corners of a picture in a frame and the patch of samples between the corners.

Corners are (x, y) in pixels: the picture's top left, top right, bottom right and bottom left. A pixel covers one unit,
so the frame reaches from (0, 0) to (width, height). Inside a patch, x and y run from -1 to 1.
"""

from copy import copy

import numpy as np
import numpy.typing as npt

__all__ = ["PATCH_CORNERS", "Floats", "Indices", "Pyramid", "areas", "homographies", "mapped", "patches", "rectified"]

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

PATCH_CORNERS: Floats = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])

LONG_SIDE = 400
"""Longest side of a pyramid's finest level, in pixels: enough for 12 cosine frequencies of a picture that fills a
quarter of the frame."""
_SMALLEST = 16
"""Least side of a halved level, in pixels."""
_AT_ONCE = 24
"""Patches that are sampled together. 60 of them take 7 MB meanwhile, which a browser's WebAssembly never gives back."""


class Pyramid:
    """A frame shrunk to at most 400 pixels by the means of square boxes, then halved again and again.

    Args:
        grey: the frame, (height, width).

    Attributes:
        shape: (height, width) of the frame.
        scale: frame pixels per pixel of the finest level.
        levels: float32 grey levels, finest first; each level has half the sides of the level before.
    """

    def __init__(self, grey: npt.NDArray[np.uint8]) -> None:
        self.shape = height, width = grey.shape
        self.scale = max(1, -(-max(height, width) // LONG_SIDE))
        self.levels = [_box_means(grey, min(self.scale, height, width))]
        while min(self.levels[-1].shape) >= 2 * _SMALLEST:
            fine = self.levels[-1]
            down, across = fine.shape[0] // 2 * 2, fine.shape[1] // 2 * 2
            rows = fine[0:down:2, :across] + fine[1:down:2, :across]
            self.levels.append((rows[:, 0::2] + rows[:, 1::2]) * np.float32(0.25))
        self._squares = np.concatenate([_squares_of(level) for level in self.levels])
        shapes = np.array([level.shape for level in self.levels])
        self._heights, self._widths = shapes[:, 0], shapes[:, 1]
        self._starts = np.concatenate([[0], np.cumsum(shapes.prod(axis=1))[:-1]])

    def capped(self, brightest: float) -> "Pyramid":
        """Returns the pyramid of a frame in which nothing is brighter than a grey level: glare is as dark as that."""
        darker = copy(self)
        darker.levels = [np.minimum(level, np.float32(brightest)) for level in self.levels]
        darker._squares = np.concatenate([_squares_of(level) for level in darker.levels])
        return darker

    def at(
        self, x: npt.NDArray[np.float32], y: npt.NDArray[np.float32], levels: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float32]:
        """Returns grey levels at places, (n, rows, columns), bilinear between pixels; the rim goes on beyond the frame.

        Args:
            x: (n, rows, columns), in pixels of the finest level.
            y: (n, rows, columns), in pixels of the finest level.
            levels: (n,), the level that each of the n is read from.
        """
        shape = (-1, 1, 1)
        width, height = self._widths[levels].reshape(shape), self._heights[levels].reshape(shape)
        shrink = (0.5**levels).astype(np.float32).reshape(shape)
        x = np.clip(x * shrink - np.float32(0.5), 0, (width - 1.001).astype(np.float32))
        y = np.clip(y * shrink - np.float32(0.5), 0, (height - 1.001).astype(np.float32))
        column, row = x.astype(np.int32), y.astype(np.int32)
        x -= column
        y -= row
        row *= width.astype(np.int32)
        row += column
        row += self._starts[levels].astype(np.int32).reshape(shape)
        # One read of four neighbours takes half the time of four reads in a browser.
        around = self._squares.take(row, mode="wrap").view(np.float32).reshape(*row.shape, 4)
        above, below = around[..., 0], around[..., 2]
        above = above + (around[..., 1] - above) * x
        below = below + (around[..., 3] - below) * x
        below -= above
        below *= y
        above += below
        samples: npt.NDArray[np.float32] = above
        return samples

    def level_for(self, step: Floats) -> npt.NDArray[np.int64]:
        """Returns the levels, (n,), whose pixels are nearest in size to steps, (n,), in pixels of the finest level."""
        levels: npt.NDArray[np.int64] = np.floor(np.log2(np.maximum(step, 1e-3)) + 0.6).astype(np.int64)
        return np.clip(levels, 0, len(self.levels) - 1)


def _squares_of(level: npt.NDArray[np.float32]) -> npt.NDArray[np.complex128]:
    """Returns each pixel with its neighbours to the right, below, and both, as one item of 16 bytes, (pixels,).

    Items at the right and bottom rim lack neighbours and are never read: no sample lies beyond the last pixel's middle.
    """
    squares = np.zeros((*level.shape, 4), np.float32)
    squares[..., 0] = level
    squares[:, :-1, 1] = level[:, 1:]
    squares[:-1, :, 2] = level[1:]
    squares[:-1, :-1, 3] = level[1:, 1:]
    return squares.view(np.complex128).ravel()


def _box_means(grey: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.float32]:
    """Returns the means of boxes of `side` x `side` pixels; a smaller rest at the right and bottom is cut."""
    if side == 1:
        return np.pad(grey.astype(np.float32), [(0, max(0, 2 - length)) for length in grey.shape], mode="edge")
    height, width = grey.shape[0] // side, grey.shape[1] // side
    rows = np.zeros((height, width * side), np.uint16)
    for offset in range(side):
        rows += grey[offset : height * side : side, : width * side]
    sums = np.zeros((height, width), np.float32)
    for offset in range(side):
        sums += rows[:, offset::side]
    sums *= np.float32(1 / side**2)
    return np.pad(sums, [(0, max(0, 2 - length)) for length in sums.shape], mode="edge")


def areas(corners: Floats) -> Floats:
    """Returns the areas of quadrilaterals, (n, 4, 2) to (n,): half the cross product of the diagonals."""
    area: Floats = np.abs(_cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])) / 2
    return area


def homographies(corners: Floats) -> Floats:
    """Returns the projective maps from the patch to quadrilaterals, (n, 4, 2), as matrices, (n, 3, 3).

    After Heckbert, "Fundamentals of Texture Mapping and Image Warping" (1989), section 2.2.3.
    """
    first, second, third, fourth = (corners[:, index] for index in range(4))
    one, other, rest = second - third, fourth - third, first - second + third - fourth
    area = _cross(one, other)
    area = np.where(np.abs(area) < 1e-9, 1e-9, area)
    across, down = _cross(rest, other) / area, _cross(one, rest) / area
    unit = np.empty((len(corners), 3, 3))
    unit[:, :2, 0] = second - first + across[:, None] * second
    unit[:, :2, 1] = fourth - first + down[:, None] * fourth
    unit[:, :2, 2] = first
    unit[:, 2, 0], unit[:, 2, 1], unit[:, 2, 2] = across, down, 1
    maps: Floats = unit @ np.array([[0.5, 0, 0.5], [0, 0.5, 0.5], [0, 0, 1]])
    return maps


def mapped(maps: Floats, points: Floats) -> Floats:
    """Returns the places in the frame, (n, points, 2), of points in the patch, (n or 1, points, 2)."""
    projected = points @ maps[:, :, :2].swapaxes(1, 2) + maps[:, None, :, 2]
    placed: Floats = projected[..., :2] / projected[..., 2:]
    return placed


def patches(pyramid: Pyramid, corners: Floats, size: int) -> npt.NDArray[np.float32]:
    """Returns the patches of samples, (n, size, size) of mean 0, between corners, (n, 4, 2) in the finest level."""
    samples = np.empty((len(corners), size, size), np.float32)
    for first in range(0, len(corners), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        samples[some] = _patches_at_once(pyramid, corners[some], size)
    return samples


def _patches_at_once(pyramid: Pyramid, corners: Floats, size: int) -> npt.NDArray[np.float32]:
    maps: npt.NDArray[np.float32] = homographies(corners).astype(np.float32)[:, :, :, None, None]
    place = ((np.arange(size) + 0.5) * (2 / size) - 1).astype(np.float32)
    x, y = place[None, None, :], place[None, :, None]
    # A twisted quadrilateral may pass through infinity. A least depth holds its samples at the frame's rim.
    depth = np.maximum(maps[:, 2, 0] * x + maps[:, 2, 1] * y + maps[:, 2, 2], np.float32(0.05))
    across = ((maps[:, 0, 0] * x + maps[:, 0, 1] * y + maps[:, 0, 2]) / depth).astype(np.float32)
    down = ((maps[:, 1, 0] * x + maps[:, 1, 1] * y + maps[:, 1, 2]) / depth).astype(np.float32)
    samples = pyramid.at(across, down, pyramid.level_for(np.sqrt(areas(corners)) / size))
    samples -= samples.mean(axis=(1, 2), keepdims=True)
    return samples


def rectified(pyramid: Pyramid, corners: Floats, size: int) -> npt.NDArray[np.uint8]:
    """Returns the picture between corners, (4, 2) in frame pixels: upright, (size, size), with mean 128."""
    samples = patches(pyramid, corners[None] / pyramid.scale, size)[0]
    picture: npt.NDArray[np.uint8] = np.clip(np.rint(samples + 128), 0, 255).astype(np.uint8)
    return picture


def _cross(one: Floats, other: Floats) -> Floats:
    product: Floats = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    return product
