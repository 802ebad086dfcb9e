"""Plainness: how near the windows of a reference come to an edge, a bar, a disc or a corner.

A search tries thousands of places, so it always finds some edge or blob. A reference made of edges and blobs fits there
by chance. Its fit has to be better than the fit of a reference full of detail before it is believed.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt

from .phash import pack
from .windows import BITS, HIGHEST, WHOLE

__all__ = ["plainness", "window_plainness"]

_RICH_BITS = 48.0
"""Bits of 144 by which the windows of a reference full of detail differ from the nearest plain shape, on average.
docs/decisions/limits.md has the measurement."""
_PLAINEST = 3.0
"""Largest plainness of one window. The nine windows of a reference never average more than 1.6."""
_ROUNDING = 0.01
"""Size up to which a coefficient may be a rounded 0."""


def plainness(bits: npt.NDArray[np.bool_]) -> float:
    """Returns the factor by which differing bits count: 1 for a reference full of detail, about 1.5 for a single shape.

    Args:
        bits: window hashes of the reference, (10, 144) bool.
    """
    richness = float(_richness(bits).mean())
    return float(_RICH_BITS / min(_RICH_BITS, max(richness, 1.0)))


def window_plainness(bits: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Returns the factor by which differing bits of each window count, (9,): 1 for detail, up to 3 for a plain shape.

    Args:
        bits: window hashes of the reference, (10, 144) bool.
    """
    factors: npt.NDArray[np.float64] = np.clip(_RICH_BITS / np.maximum(_richness(bits), 1), 1, _PLAINEST)
    return factors


def _richness(bits: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Returns the bits by which each window differs from the nearest plain shape, (9,)."""
    windows = pack(bits[1:])
    differing = np.bitwise_count(windows[:, None] ^ _plain_shapes()).sum(axis=-1, dtype=np.int64)
    richness: npt.NDArray[np.int64] = differing.min(axis=1)
    return richness


@cache
def _plain_shapes() -> npt.NDArray[np.uint8]:
    """Returns the packed hashes of plain shapes, light on dark and dark on light, (shapes, 18).

    One shape of eight is drawn; mirrors make the other seven. Odd frequencies change their sign in a mirror, and the
    axes change places in a mirror about the diagonal.
    """
    shapes = np.stack([shape.astype(np.float32) for shape in _drawn()])
    return _hashed(_mirrored(WHOLE.coefficients(shapes)[:, 0]))


def _drawn() -> Iterator[npt.NDArray[np.float64]]:
    """Yields plain shapes, one at a time: memory that all of them take is never given back in a browser."""
    y, x = (np.mgrid[: WHOLE.size, : WHOLE.size] + 0.5) * (2 / WHOLE.size) - 1
    for angle in np.radians(np.arange(0, 46, 7.5)):
        across = x * np.cos(angle) + y * np.sin(angle)
        for offset in np.arange(0, 1.01, 0.125):
            yield _edge(across - offset)
            for half in (0.2, 0.45):
                yield _edge(across - offset + half) - _edge(across - offset - half)
    for right in np.arange(0, 1.21, 0.3):
        for down in np.arange(0, right + 0.01, 0.3):
            left, up = x - right, y - down
            for radius in (0.3, 0.6, 0.9, 1.2):
                yield _edge(np.hypot(left, up) - radius)
            for angle in np.radians(np.arange(0, 360, 45)):
                one = left * np.cos(angle) + up * np.sin(angle)
                other = up * np.cos(angle) - left * np.sin(angle)
                yield np.minimum(_edge(one), _edge(other))


def _edge(distance: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Returns a soft step, -1 to 1 and about two samples wide, at signed distances from the edge."""
    edge: npt.NDArray[np.float64] = np.tanh(12 * distance)
    return edge


def _mirrored(coefficients: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Returns the coefficients of shapes, (n, 144), in all eight turns and mirrors, (8 n, 144)."""
    square = coefficients.reshape(-1, HIGHEST, HIGHEST)
    both = np.concatenate([square, square.swapaxes(1, 2)])
    signs = (-1.0) ** np.arange(HIGHEST, dtype=np.float32)
    both = np.concatenate([both, both * signs])
    return np.concatenate([both, both * signs[:, None]]).reshape(-1, BITS)


def _hashed(coefficients: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    # Some coefficients of a symmetric shape are 0 but for rounding, and rounding must not decide a bit.
    both = np.concatenate([coefficients > _ROUNDING, coefficients < -_ROUNDING])
    # np.unique would import numpy.ma while the visitor waits.
    distinct = sorted({row.tobytes() for row in pack(both)})
    return np.frombuffer(b"".join(distinct), np.uint8).reshape(len(distinct), -1)
