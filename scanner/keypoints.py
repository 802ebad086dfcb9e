"""Keypoints: corners of a picture's drawing, each with a hash of the pixels around it, for pictures without a border.

A search that starts from four straight sides never finds a picture that fills the frame beyond its border. A keypoint
carries its place, size and direction, so that one match of a keypoint in a frame with one of a reference says where all
of the reference lies (`votes`).

Keypoints are corners after Harris and Stephens, "A Combined Corner and Edge Detector" (1988), on eight sizes a third of
an octave apart. Each is turned by the centroid of the grey levels around it, after Rosin, "Measuring Corner Properties"
(1999). Every number on the way is whole and below 2^53, also where float64 holds it for BLAS, so that the keypoints of
a picture are equal on every machine (docs/decisions/why-exact-integers.md).
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from .pieces import Work, finished
from .quoting import quoted
from .resample import area_means

__all__ = [
    "IN_REFERENCE",
    "LONG_SIDE",
    "MOST_IN_REFERENCE",
    "RADIUS",
    "SAMPLES",
    "Keypoints",
    "found_in",
    "from_text",
    "keypoints",
    "square_hashes",
]

LONG_SIDE = 250
"""Longer side in pixels that a picture has at the finest size of its keypoints."""
SIZES = 8
"""Sizes of keypoints."""
STEP = 2 ** (1 / 3)
"""Factor from one size to the next."""
IN_REFERENCE = 60
"""Keypoints of a reference, about: 12 bytes each."""
MOST_IN_REFERENCE = 255
"""Keypoints of a reference that a reader accepts, at most."""

RADIUS = 14
"""Pixels from a keypoint, at its own size, to the sides of the square that is hashed."""
SAMPLES = 24
"""Side in samples of the square that is hashed."""
_PARTS = 16
"""Parts of a pixel that places of samples are rounded to."""
_PIXEL_PARTS = 256
"""Parts of a pixel that edges of cells are rounded to: no cell is empty, even where one pixel becomes 250."""
_DIRECTIONS = 256
"""Directions that a keypoint may have."""
_BITS = 64
"""Bits of a keypoint's hash: the signs of the lowest cosine frequencies but the constant term."""
_TURN_BITS, _COSINE_BITS = 15, 13
_BYTES = 12
"""Bytes of a keypoint: x, y, size, direction, and eight of its hash."""

_turns = np.arange(_DIRECTIONS) * (2 * np.pi / _DIRECTIONS)
_TURNS = np.rint(2.0**_TURN_BITS * np.stack([np.cos(_turns), np.sin(_turns)]))
"""Cosine and sine of each direction, (2, 256), in 1/32768."""
_REACH = np.arange(-RADIUS, RADIUS + 1)
_DISC = (_REACH[:, None] ** 2 + _REACH**2 <= RADIUS**2).ravel()
_MOMENTS = np.stack([np.tile(_REACH, len(_REACH)), np.repeat(_REACH, len(_REACH))], axis=1)[_DISC].astype(np.float64)
"""x and y of each pixel of the disc whose centroid gives a keypoint its direction."""


@cache
def _offsets() -> npt.NDArray[np.int32]:
    """Returns x and y of each sample about a keypoint, for each direction, in 1/16 pixel: (2, 256, 576).

    Made at the first use: the memory snapshot that a site ships is smaller without it.
    """
    odd = np.arange(1 - SAMPLES, SAMPLES, 2)
    x, y = np.tile(odd, SAMPLES), np.repeat(odd, SAMPLES)
    cosine, sine = _TURNS.astype(np.int64)[:, :, None]
    # A sample lies at an odd number of halves of a step, and a step has 2 * RADIUS / SAMPLES pixels.
    divisor = SAMPLES << _TURN_BITS
    offsets = np.empty((2, _DIRECTIONS, SAMPLES**2), np.int32)
    for axis, factors in enumerate(((cosine, -sine), (sine, cosine))):
        turned = factors[0] * x + factors[1] * y
        turned *= 2 * RADIUS * _PARTS
        turned += divisor
        turned //= 2 * divisor
        offsets[axis] = turned
    return offsets


@cache
def _kernel() -> npt.NDArray[np.float64]:
    """Returns the products of cosines whose sums over the samples give the bits, (576, 64).

    Sums stay below 2^52: 24 x 24 terms, each of 256 parts of a grey level below 2^8 and two factors of at most 2^13.
    """
    angles = np.arange(SAMPLES)[:, None] * (np.arange(SAMPLES) + 0.5) * (np.pi / SAMPLES)
    cosines = np.rint(2.0**_COSINE_BITS * np.cos(angles))
    lowest = sorted((down**2 + right**2, down, right) for down in range(12) for right in range(12))[1 : _BITS + 1]
    return np.stack([np.outer(cosines[down], cosines[right]).ravel() for _, down, right in lowest], axis=1)


@dataclass(frozen=True, eq=False)
class Keypoints:
    """Keypoints of one picture.

    Attributes:
        width: of the picture that the keypoints were found in, in pixels.
        height: of the picture that the keypoints were found in, in pixels.
        places: x and y of each keypoint in the picture, (n, 2).
        sizes: of each keypoint, (n,), 0 to 7: the square that is hashed has a side of 28 pixels times STEP to the size.
        directions: of each keypoint, (n,), in 1/256 of a full turn, clockwise as seen.
        hashes: of each keypoint, (n,) uint64.
    """

    width: int
    height: int
    places: npt.NDArray[np.float64]
    sizes: npt.NDArray[np.uint8]
    directions: npt.NDArray[np.uint8]
    hashes: npt.NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.hashes)

    @property
    def scales(self) -> npt.NDArray[np.float64]:
        """Size of each keypoint as a factor, (n,): 1 for the finest."""
        scales: npt.NDArray[np.float64] = STEP ** self.sizes.astype(np.float64)
        return scales

    @property
    def angles(self) -> npt.NDArray[np.float64]:
        """Direction of each keypoint in radians, (n,)."""
        angles: npt.NDArray[np.float64] = self.directions.astype(np.float64) * (2 * np.pi / _DIRECTIONS)
        return angles

    def only(self, chosen: npt.NDArray[np.bool_]) -> "Keypoints":
        """Returns the chosen ones, (n,), of the keypoints."""
        sizes, directions = self.sizes[chosen], self.directions[chosen]
        return Keypoints(self.width, self.height, self.places[chosen], sizes, directions, self.hashes[chosen])

    def to_text(self) -> str:
        """Returns the keypoints of a reference as a bundle keeps them, which `from_text` reads.

        The text is base64. The first two bytes are width and height. Twelve bytes follow for each keypoint: x and y,
        both rounded down, its size, its direction, and its hash, the lowest bits first.
        """
        rows = np.empty((len(self), _BYTES), np.uint8)
        rows[:, :2] = self.places
        rows[:, 2], rows[:, 3] = self.sizes, self.directions
        rows[:, 4:] = self.hashes.astype("<u8")[:, None].view(np.uint8)
        return base64.b64encode(bytes([self.width, self.height]) + rows.tobytes()).decode("ascii")


def from_text(text: object) -> Keypoints:
    """Returns the keypoints that a text of a bundle holds; `to_text` writes an equal text again.

    Raises:
        ValueError: not such a text; the message names the expected and the found.
    """
    if not isinstance(text, str):
        raise ValueError(f"expected keypoints as a text in base64, found {quoted(text)}")
    most = -(-(2 + _BYTES * MOST_IN_REFERENCE) // 3) * 4
    if len(text) > most:
        raise ValueError(f"expected keypoints of at most {most} characters, found {len(text)}")
    try:
        packed = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        packed = b""
    if len(packed) < 2 or len(packed) % _BYTES != 2 or base64.b64encode(packed).decode("ascii") != text:
        raise ValueError(f"expected keypoints as base64 of 2 bytes and {_BYTES} for each, found {quoted(text)}")
    width, height = packed[:2]
    rows = np.frombuffer(packed, np.uint8, offset=2).reshape(-1, _BYTES)
    if max(width, height) != LONG_SIDE or min(width, height) < 1:
        raise ValueError(
            f"expected keypoints of a picture whose longer side is {LONG_SIDE} pixels, found {width} x {height}"
        )
    if (rows[:, 0] >= width).any() or (rows[:, 1] >= height).any() or (rows[:, 2] >= SIZES).any():
        raise ValueError(f"expected keypoints inside their picture and of sizes below {SIZES}, found others")
    hashes = np.ascontiguousarray(rows[:, 4:]).view("<u8")[:, 0].astype(np.uint64)
    return Keypoints(width, height, rows[:, :2].astype(np.float64) + 0.5, rows[:, 2], rows[:, 3], hashes)


def keypoints(grey: npt.NDArray[np.uint8]) -> Keypoints:
    """Returns the keypoints of a picture of any size and shape, (height, width); equal on every machine."""
    height, width = grey.shape
    longer = max(height, width)
    down, across = (max(1, (2 * side * LONG_SIDE + longer) // (2 * longer)) for side in (height, width))
    found = finished(found_in(_shrunk(grey, down, across), IN_REFERENCE))
    return replace(found, places=np.floor(found.places) + 0.5)  # as a bundle keeps them


def found_in(grey: npt.NDArray[np.uint8], most: int) -> Work[Keypoints]:
    """Yields after each piece of work; returns about `most` keypoints of a picture, (height, width), by size.

    Each size has a share of the keypoints that is as large as the share of the area it looks at, nearly.
    """
    height, width = grey.shape
    places, directions, hashes = [], [], []
    counts = []
    for image, factor, share in _levels(grey, most):
        x, y = _corners(image, share)
        places.append(np.stack([(x + 0.5) * factor[0], (y + 0.5) * factor[1]], axis=1))
        yield
        direction, bits = _hashed(image, x, y)
        directions.append(direction)
        hashes.append(bits)
        counts.append(len(x))
        yield
    sizes = np.repeat(np.arange(len(counts), dtype=np.uint8), counts)
    if not counts:
        return Keypoints(width, height, np.zeros((0, 2)), sizes, sizes, np.zeros(0, np.uint64))
    return Keypoints(width, height, np.concatenate(places), sizes, np.concatenate(directions), np.concatenate(hashes))


def _levels(grey: npt.NDArray[np.uint8], most: int) -> Iterator[tuple[npt.NDArray[np.uint8], tuple[float, float], int]]:
    """Yields a picture at each size that is large enough.

    Each comes with the sides of its pixels, in pixels of the finest size, and its share of `most`.
    """
    height, width = grey.shape
    weights = STEP ** (-1.2 * np.arange(SIZES))
    shares = np.maximum(4, np.floor(most * weights / weights.sum())).astype(int)
    for size, share in enumerate(shares.tolist()):
        down, across = (int(side / STEP**size) for side in (height, width))
        if min(down, across) < SAMPLES:
            return
        image = _shrunk(grey, down, across) if size else grey
        yield image, (width / across, height / down), share


def _shrunk(grey: npt.NDArray[np.uint8], height: int, width: int) -> npt.NDArray[np.uint8]:
    """Returns a picture squashed to a size by area means, the edges of cells rounded to 1/256 pixel."""
    rows, columns = (
        np.arange(cells + 1, dtype=np.int64) * (side * _PIXEL_PARTS) // cells
        for cells, side in zip((height, width), grey.shape, strict=True)
    )
    return area_means(grey, rows, columns, _PIXEL_PARTS)


def _corners(image: npt.NDArray[np.uint8], most: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Returns x and y of the pixels that are most like a corner, the strongest first."""
    level = image.astype(np.int32)
    across, down = level[1:-1, 2:] - level[1:-1, :-2], level[2:, 1:-1] - level[:-2, 1:-1]
    squares_across, squares_down, both = (
        _smoothed(_smoothed(product)) for product in (across * across, down * down, across * down)
    )
    # Sums of squares stay below 2^24, and their products below 2^48.
    one, other, mixed = (each.astype(np.float64) for each in (squares_across, squares_down, both))
    strength = (one * other - mixed * mixed) / (one + other + 1)
    middle = strength[1:-1, 1:-1]
    top = middle > 0
    for right in (-1, 0, 1):
        for below in (-1, 0, 1):
            if right or below:
                rows, columns = (
                    slice(1 + step, side - 1 + step) for step, side in zip((below, right), strength.shape, strict=True)
                )
                top &= middle >= strength[rows, columns]
    y, x = np.nonzero(top)
    strongest = np.argsort(-middle[y, x], kind="stable")[:most]
    lost = (image.shape[0] - middle.shape[0]) // 2
    return x[strongest] + lost, y[strongest] + lost


def _smoothed(values: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Returns sums of 3 x 3 values with weights 1, 2, 1 along each axis; one row or column is lost at each side."""
    rows = values[:-2] + 2 * values[1:-1] + values[2:]
    smoothed: npt.NDArray[np.int32] = rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]
    return smoothed


def _hashed(
    image: npt.NDArray[np.uint8], x: npt.NDArray[np.int64], y: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint64]]:
    """Returns the directions of keypoints, (n,) uint8, and their hashes, (n,) uint64.

    The rim of a picture goes on beyond it.
    """
    margin = 2 * RADIUS
    wide = np.pad(image, margin, mode="edge")
    flat = wide.ravel()
    row = wide.shape[1]
    places = (y + margin) * row + x + margin
    disc = (_MOMENTS[:, 1].astype(np.int64) * row + _MOMENTS[:, 0].astype(np.int64))[None]
    moments = flat[places[:, None] + disc].astype(np.float64) @ _MOMENTS
    direction = (moments @ _TURNS).argmax(axis=1)
    across, down = _offsets()[:, direction]
    first = places[:, None] + (down >> 4) * row + (across >> 4)
    right, below = across & (_PARTS - 1), down & (_PARTS - 1)
    upper = flat[first] * (_PARTS - right) + flat[first + 1] * right
    lower = flat[first + row] * (_PARTS - right) + flat[first + row + 1] * right
    samples = upper * (_PARTS - below) + lower * below
    return direction.astype(np.uint8), square_hashes(samples)


def square_hashes(samples: npt.NDArray[np.number]) -> npt.NDArray[np.uint64]:
    """Returns the hash of each keypoint, (n,), by the 24 x 24 samples of its square, (n, 576); whole ones are exact."""
    bits = samples.astype(np.float64) @ _kernel() > 0
    return np.packbits(bits, axis=1, bitorder="little").view("<u8")[:, 0].astype(np.uint64)
