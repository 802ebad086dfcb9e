"""Following: from the corners of pictures in one frame to their corners in the next.

A picture that was found is not looked for again: a few damped steps from its last corners fit it to the next frame, all
pictures in one call. How the whole frame moved is known before, by phase correlation of a coarse level.
docs/decisions/how-pictures-are-followed.md has the measurements.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from .fit import Fitter
from .warp import Floats, Indices, Pyramid, areas

__all__ = ["Spectrum", "frame_shift", "refitted", "spectrum"]

Spectrum = npt.NDArray[np.complex64]

DAMPING = 0.6
"""Share of a step that corners move by. Whole steps overshoot: from frame to frame the corners of a picture that keeps
still go to and fro by half a pixel. Smaller shares lag behind a moving picture."""
_LONG_STEP = 0.01
"""Longest way of a corner in a step, in sides, after which no further step follows."""
_STEPS = (2, 4)
"""Steps of a refit: at least, and at most while the steps are long."""

_LEVEL = 2
"""Level of the pyramid whose phases are correlated: 80 x 60 pixels of a frame of 640 x 480."""
_FARTHEST = 0.25
"""Largest shift of the whole frame that is believed, as a share of the level's shorter side."""
_WHITENED = 1e-3
"""Least magnitude of a frequency, as a share of the largest one, whose phase counts in full."""


def refitted(fitter: Fitter, pyramid: Pyramid, references: Indices, starts: Floats) -> Floats:
    """Returns the corners of pictures, (n, 4, 2) in pixels of the pyramid, near to their corners in the frame before.

    It reaches 4 % of a side. A picture that moved farther is lost here, and has to settle from anew.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        references: indices of the pictures' references, (n,).
        starts: (n, 4, 2), in pixels of the pyramid.
    """
    places, moving = starts.copy(), np.arange(len(starts))
    sides = np.sqrt(areas(starts)) + 1e-9
    for step in range(_STEPS[1]):
        before = places[moving]
        ways = fitter.step(pyramid, before, references[moving], fitter.pace.every) - before
        places[moving] = before + DAMPING * ways
        if step + 1 >= _STEPS[0]:
            moving = moving[np.sqrt((ways**2).sum(axis=-1)).max(axis=-1) > _LONG_STEP * sides[moving]]
        if not len(moving):
            break
    return places


def spectrum(pyramid: Pyramid) -> Spectrum:
    """Returns the spectrum of a coarse level of a frame, faded towards its rim."""
    level = pyramid.levels[min(_LEVEL, len(pyramid.levels) - 1)]
    height, width = level.shape
    fade = np.outer(_fade(height), _fade(width))
    faded = ((level - level.mean()) * fade).astype(np.float32)
    transformed: Spectrum = _waves(height) @ faded @ _waves(width)
    return transformed


def frame_shift(before: Spectrum, now: Spectrum, pyramid: Pyramid) -> Floats:
    """Returns how far the whole frame moved, (x, y) in frame pixels; (0, 0) where that is farther than can be told.

    After Kuglin and Hines, "The Phase Correlation Image Alignment Method" (1975).

    Args:
        before: spectrum of the frame before.
        now: spectrum of the frame.
        pyramid: the frame.
    """
    height, width = now.shape
    cross = now * before.conj()
    size = np.abs(cross)
    cross /= size + np.float32(_WHITENED) * size.max() + np.float32(1e-9)
    # The inverse transform, but for its scale.
    correlation = (_waves(height).conj() @ cross @ _waves(width).conj()).real
    row, column = np.unravel_index(int(correlation.argmax()), correlation.shape)
    shift = np.array([_peak(correlation[row], int(column)), _peak(correlation[:, column], int(row))])
    if np.abs(shift).max() > _FARTHEST * min(height, width):
        return np.zeros(2)
    frame_pixels: Floats = shift * pyramid.scale * 2 ** min(_LEVEL, len(pyramid.levels) - 1)
    return frame_pixels


def _peak(values: npt.NDArray[np.float32], place: int) -> float:
    """Returns the place of a peak of a cyclic row between its samples, from minus to plus half the row's length."""
    length = len(values)
    left, middle, right = (float(values[(place + each) % length]) for each in (-1, 0, 1))
    bend = left - 2 * middle + right
    between = 0.5 * (left - right) / bend if abs(bend) > 1e-9 else 0.0
    return place + between - (length if place > length / 2 else 0)


@lru_cache(maxsize=8)
def _waves(length: int) -> Spectrum:
    """Returns the matrix of the discrete Fourier transform. Pages have numpy without its `fft`."""
    places = np.arange(length)
    waves: Spectrum = np.exp(-2j * np.pi * (np.outer(places, places) % length) / length).astype(np.complex64)
    return waves


@lru_cache(maxsize=8)
def _fade(length: int) -> npt.NDArray[np.float32]:
    faded: npt.NDArray[np.float32] = np.hanning(length).astype(np.float32)
    return faded
