"""Exact area means: the only resampling, so that the builder and the browser see equal pixels.

Libraries change their resamplers between versions: Pillow 12.2 and 13.0 resize tall pictures differently. Sums of whole
numbers do not change.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["MID_GREY", "area_means", "halved", "padded"]

MID_GREY = 128
"""Grey level outside a picture or frame."""


def area_means(
    grey: npt.NDArray[np.uint8],
    rows: npt.NDArray[np.int64],
    columns: npt.NDArray[np.int64],
    denominator: int = 1,
) -> npt.NDArray[np.uint8]:
    """Returns the mean grey level of each cell of a grid, rounded half up: shape (len(rows) - 1, len(columns) - 1).

    Cells may be smaller than a pixel or cut through pixels: a pixel counts by its share inside the cell.

    Args:
        grey: shape (height, width).
        rows: ascending row edges of the cells, in 1/denominator pixel, from 0 to height * denominator.
        columns: ascending column edges of the cells, in 1/denominator pixel, from 0 to width * denominator.
        denominator: parts of a pixel, the unit of the edges.
    """
    heights, widths = np.diff(rows), np.diff(columns)
    down = _shares(rows, denominator, grey.shape[0])
    right = _shares(columns, denominator, grey.shape[1])
    row_type, sum_type = (_number_type(255 * int(heights.max()) * width) for width in (1, int(widths.max())))
    means = np.empty((len(heights), len(widths)), np.uint8)
    for first in range(0, len(heights), _BLOCK):
        block = slice(first, first + _BLOCK)
        across = _weighted_sums(grey, [(pixels[block], shares[block]) for pixels, shares in down], row_type)
        sums = _weighted_sums(np.ascontiguousarray(across.T), right, sum_type).T
        # Sums are whole and at most 255 * area < 2^53. IEEE 754 rounds the one division alike everywhere.
        means[block] = np.floor(sums / (heights[block, None] * widths) + 0.5)
    return means


_BLOCK = 48
"""Rows of cells summed at a time; the sums stay in the cache."""

_Shares = list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]


def _shares(edges: npt.NDArray[np.int64], denominator: int, pixels: int) -> _Shares:
    """Returns the first pixel of each cell and its share inside the cell, in 1/denominator; then the second one; ..."""
    first, stop = edges[:-1] // denominator, -(-edges[1:] // denominator)
    shares = []
    for step in range(int((stop - first).max())):
        start = (first + step) * denominator
        inside = np.minimum(edges[1:], start + denominator) - np.maximum(edges[:-1], start)
        shares.append((np.minimum(first + step, pixels - 1), np.maximum(inside, 0)))
    return shares


def _weighted_sums(values: npt.NDArray[Any], shares: _Shares, number: type[np.generic]) -> npt.NDArray[Any]:
    """Returns the weighted sums of `values` over cells along the first axis, (cells, width)."""
    sums = np.zeros((len(shares[0][0]), values.shape[1]), number)
    for pixels, share in shares:
        sums += np.multiply(values[pixels], share.astype(number)[:, None], dtype=number)
    return sums


def _number_type(largest: int) -> type[np.generic]:
    """Returns the quickest type that holds whole numbers up to `largest` exactly."""
    return np.int32 if largest < 1 << 31 else np.float64


def padded(grey: npt.NDArray[np.uint8], left: int, top: int, right: int, bottom: int) -> npt.NDArray[np.uint8]:
    """Returns the pixels of a box, shape (bottom - top, right - left), with mid-grey outside of `grey`."""
    inside = grey[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    if inside.shape == (bottom - top, right - left):
        return inside
    box = np.full((bottom - top, right - left), MID_GREY, np.uint8)
    row, column = max(-top, 0), max(-left, 0)
    box[row : row + inside.shape[0], column : column + inside.shape[1]] = inside
    return box


def halved(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Returns a picture at half its size: the mean of each 2 x 2 pixels, rounded half up. An odd last line is cut."""
    height, width = grey.shape[0] // 2 * 2, grey.shape[1] // 2 * 2
    rows = np.add(grey[0:height:2], grey[1:height:2], dtype=np.uint16)
    sums = rows[:, 0:width:2] + rows[:, 1:width:2]
    sums += 2
    sums >>= 2
    return sums.astype(np.uint8)
