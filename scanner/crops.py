"""The 75 crops of a reference and the 9 variants of a scan region.

A reference is cut at 3 zooms and 5 x 5 shifts: a picture held a few per cent off the scan region meets a crop that is
off by about as much. Crops do not turn, so the scan region is read at 3 tilts and 3 zooms instead.
docs/decisions/why-75-crops.md compares this plan with others.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from .phash import THUMBNAIL_SIZE
from .resample import area_means, halved, padded

__all__ = [
    "CELL_SIZES",
    "CROPS",
    "SHIFTS",
    "SHIFT_STEP",
    "SQUARE_SIZE",
    "VARIANTS",
    "picture_corners",
    "query_thumbnails",
    "reference_square",
    "reference_thumbnails",
]

SQUARE_SIZE = 720
"""Side in pixels of the square that a reference is squashed to: 48 cells of 15 pixels. Cells of 14, 15 and 16 pixels
make three zooms in whole pixels."""
CELL_SIZES = (16, 15, 14)
"""Pixels of the square per thumbnail pixel: zoom 0.94, 1 and 1.07. A zoom below 1 looks beyond the picture's edge."""
SHIFTS = (-2, -1, 0, 1, 2)
"""Places of crops along each axis, in shift steps from the middle."""
SHIFT_STEP = 36
"""Pixels of the square: 5 % of its side."""
CROPS = len(CELL_SIZES) * len(SHIFTS) ** 2

_PADDING = (max(CELL_SIZES) * THUMBNAIL_SIZE - SQUARE_SIZE) // 2 + max(SHIFTS) * SHIFT_STEP


def reference_square(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Returns the square that a reference's crops are cut from, (720, 720): a picture of any size, squashed."""
    height, width = grey.shape
    cells = np.arange(SQUARE_SIZE + 1, dtype=np.int64)
    return area_means(grey, cells * height, cells * width, SQUARE_SIZE)


def reference_thumbnails(square: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Returns the 75 crops of a reference as thumbnails, (75, 48, 48): by zoom, then shift down, then shift right.

    Args:
        square: (720, 720), from `reference_square`.
    """
    far = SQUARE_SIZE + _PADDING
    canvas = padded(square, -_PADDING, -_PADDING, far, far)
    thumbnails = []
    for cell in CELL_SIZES:
        first = _PADDING + (SQUARE_SIZE - cell * THUMBNAIL_SIZE) // 2
        starts = first + SHIFT_STEP * np.array(SHIFTS)
        cells = (starts[:, None] + cell * np.arange(THUMBNAIL_SIZE)).ravel()
        # Rows first, then the columns of the row sums. Adding up only the cells of the five shifts takes two thirds of
        # the time of running sums over the canvas.
        down = np.ascontiguousarray(_cell_sums(canvas, cells, cell, np.uint16).T)  # 255 * 16 < 2^16
        sums = _cell_sums(down, cells, cell, np.uint32).T
        means = ((2 * sums + cell * cell) // (2 * cell * cell)).astype(np.uint8)
        thumbnails.append(means.reshape(len(SHIFTS), THUMBNAIL_SIZE, len(SHIFTS), THUMBNAIL_SIZE).swapaxes(1, 2))
    return np.stack(thumbnails).reshape(CROPS, THUMBNAIL_SIZE, THUMBNAIL_SIZE)


def _cell_sums(
    values: npt.NDArray[np.unsignedinteger], cells: npt.NDArray[np.int64], size: int, number: type[np.unsignedinteger]
) -> npt.NDArray[np.unsignedinteger]:
    """Returns, for each row number in `cells`, the sum of `size` rows from it on: (len(cells), width)."""
    sums = np.zeros((len(cells), values.shape[1]), number)
    for step in range(size):
        sums += values[cells + step]
    return sums


VARIANTS = tuple((tilt, zoom) for zoom in (1.0, 0.93, 1.07) for tilt in (0, -4, 4))
"""Tilt in degrees (positive = the picture is turned clockwise in the frame) and zoom (above 1 = the picture is larger
than the scan region). The first variant is the scan region as it is."""

_SAMPLES = 4
"""Samples per thumbnail pixel along each axis. 4 x 4 nearest pixels, a pixel or two apart, stand for the area."""
_GRID = THUMBNAIL_SIZE * _SAMPLES


def query_thumbnails(grey: npt.NDArray[np.uint8], region: tuple[int, int, int, int]) -> npt.NDArray[np.uint8]:
    """Returns the scan region as thumbnails, one for each of `VARIANTS`: (9, 48, 48).

    The region is squashed to a square, as references are. A variant that looks beyond the region sees the frame there,
    and mid-grey beyond the frame.

    Args:
        grey: the frame, (height, width).
        region: (left, top, width, height) in whole pixels; not empty.
    """
    left, top, width, height = region
    # The box reaches an eighth of the longer side beyond the region; a variant tilted by 4 degrees at zoom 1.07 looks
    # less far. Multiples of 16 keep the region's edge on the edge of a pixel when the box is halved.
    around = (max(width, height) // 128 + 1) * 16
    box = padded(grey, left - around, top - around, left + width + around, top + height + around)
    halvings = 0
    while min(width, height) >> halvings >= 2 * _GRID:
        box = halved(box)
        halvings += 1
    samples = box.ravel()[_variant_positions(width, height, around, halvings)]
    sums = samples.sum(axis=0, dtype=np.uint16)
    means: npt.NDArray[np.uint8] = ((sums + _SAMPLES**2 // 2) // _SAMPLES**2).astype(np.uint8)
    return means.reshape(len(VARIANTS), THUMBNAIL_SIZE, THUMBNAIL_SIZE)


def picture_corners(variant: int, crop: int, region: tuple[int, int, int, int]) -> tuple[tuple[float, float], ...]:
    """Returns the corners of a reference in the frame, if one of its crops looks like one variant of the scan region.

    Args:
        variant: index in `VARIANTS`.
        crop: 0 to 74, in the order of `reference_thumbnails`.
        region: (left, top, width, height) in frame pixels.

    Returns:
        Four (x, y) in frame pixels: the picture's top left, top right, bottom right and bottom left. They are exact to
        about 3 % of the side and 2 degrees, half the distance of neighbouring crops and variants.
    """
    left, top, width, height = region
    tilt, zoom = VARIANTS[variant]
    cosine, sine = _turn(tilt)
    zoom_index, shift = divmod(crop, len(SHIFTS) ** 2)
    shift_down, shift_right = divmod(shift, len(SHIFTS))
    side = CELL_SIZES[zoom_index] * THUMBNAIL_SIZE
    corners = []
    for corner_x, corner_y in ((0, 0), (1, 0), (1, 1), (0, 1)):
        # Distance from the middle of the crop: in sides of the crop, then in frame pixels. The tilt is added below.
        right = ((corner_x - 0.5) * SQUARE_SIZE - SHIFTS[shift_right] * SHIFT_STEP) / side * width * zoom
        down = ((corner_y - 0.5) * SQUARE_SIZE - SHIFTS[shift_down] * SHIFT_STEP) / side * height * zoom
        corners.append(
            (
                left + width / 2 + right * cosine - down * sine,
                top + height / 2 + right * sine + down * cosine,
            )
        )
    return tuple(corners)


@lru_cache(maxsize=4)
def _variant_positions(width: int, height: int, around: int, halvings: int) -> npt.NDArray[np.intp]:
    """Returns the index in the raveled box of each sample, (16, 9 * 48 * 48), by whole-number arithmetic only."""
    # Offsets from the middle of the region are in 1/384 pixel. Turning multiplies them by 65536.
    offsets = 2 * np.arange(_GRID, dtype=np.int64) + 1 - _GRID
    down, right = offsets * height, offsets * width
    across, deep = (width + 2 * around) >> halvings, (height + 2 * around) >> halvings
    middle_x, middle_y = (length * _GRID << 16 for length in (width + 2 * around, height + 2 * around))
    # A pixel has 384 = 3 * 2^7 units. The shift comes first, so that the number divided by 3 fits into 32 bits.
    shift = 7 + 16 + halvings
    # Filled variant by variant: memory that one large sum takes is never given back in a browser.
    positions = np.empty((_SAMPLES, _SAMPLES, len(VARIANTS), THUMBNAIL_SIZE, THUMBNAIL_SIZE), np.intp)
    for number, (tilt, zoom) in enumerate(VARIANTS):
        # The grid turns clockwise as the picture does: y points down.
        cosine, sine = (round(value * 65536 * zoom) for value in _turn(tilt))
        x = (middle_x - down * sine)[:, None] + right * cosine
        y = (middle_y + down * cosine)[:, None] + right * sine
        column, row = ((axis >> shift).astype(np.int32) // 3 for axis in (x, y))
        found = np.clip(row, 0, deep - 1) * across + np.clip(column, 0, across - 1)
        by_pixel = found.reshape(THUMBNAIL_SIZE, _SAMPLES, THUMBNAIL_SIZE, _SAMPLES)
        positions[:, :, number] = by_pixel.transpose(1, 3, 0, 2)
    return positions.reshape(_SAMPLES**2, -1)


def _turn(degrees: float) -> tuple[float, float]:
    """Returns cosine and sine of an angle in degrees."""
    radians = degrees * np.pi / 180
    return float(np.cos(radians)), float(np.sin(radians))
