"""Following: from the corners of pictures in one frame to their corners in the next.

A picture that was found is not looked for again: a few damped steps from its last corners fit it to the next frame, all
pictures in one call. How the whole frame moved is known before, by phase correlation of a coarse level.
docs/decisions/how-pictures-are-followed.md has the measurements.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from .fit import Fitter
from .visible import VISIBLE, visible_shares
from .warp import Floats, Indices, Pyramid, areas

__all__ = ["Spectrum", "cut_off", "frame_shift", "place_bits", "refitted", "spectrum"]

Spectrum = npt.NDArray[np.complex64]

DAMPING = 0.6
"""Share of a step that corners move by. Whole steps overshoot: from frame to frame the corners of a picture that keeps
still go to and fro by half a pixel. Smaller shares lag behind a moving picture."""
_LONG_STEP = 0.01
"""Longest way of a corner in a step, in sides, after which no further step follows."""
_STEPS = (2, 4)
"""Steps of a refit: at least, and at most while the steps are long."""

_COUNTED = 7
"""Windows that the bits of a place are of."""
_FEWEST = 3
"""Windows that a picture must have in the frame to be followed: fewer fit anything."""
_NOTHING = 1001
"""Window bits of a place that the frame does not show."""
_HIDDEN = 0.001
"""Weight of a window beyond the frame's edge in a step."""

_LEVEL = 2
"""Level of the pyramid whose phases are correlated: 80 x 60 pixels of a frame of 640 x 480."""
_FARTHEST = 0.25
"""Largest shift of the whole frame that is believed, as a share of the level's shorter side."""
_WHITENED = 1e-3
"""Least magnitude of a frequency, as a share of the largest one, whose phase counts in full."""


def refitted(fitter: Fitter, pyramid: Pyramid, references: Indices, starts: Floats) -> Floats:
    """Returns the corners of pictures, (n, 4, 2) in pixels of the pyramid, near to their corners in the frame before.

    It reaches 4 % of a side. A picture that moved farther is lost here, and has to settle from anew. A picture that the
    frame's edge cuts off is led by its windows in the frame.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        references: indices of the pictures' references, (n,).
        starts: (n, 4, 2), in pixels of the pyramid.
    """
    places = starts.copy()
    cut = cut_off(pyramid, starts)
    weights = np.where(visible_shares(pyramid, starts[cut]) >= VISIBLE, 1.0, _HIDDEN)
    for some, weighing in ((np.flatnonzero(~cut), None), (np.flatnonzero(cut), weights)):
        if len(some):
            places[some] = _refitted(fitter, pyramid, references[some], starts[some], weighing)
    return places


def place_bits(fitter: Fitter, pyramid: Pyramid, places: Floats, references: Indices) -> Indices:
    """Returns the window bits of pictures, (n,), 0 to 1001, where fewer than seven windows are in the frame by those.

    The differing bits of all windows in the frame then stand for seven. A picture with fewer than three has 1001.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        places: (n, 4, 2), in pixels of the pyramid.
        references: indices of the pictures' references, (n,).
    """
    bits = fitter.window_bits(pyramid, places, references)
    cut = np.flatnonzero(cut_off(pyramid, places))
    shown = visible_shares(pyramid, places[cut]) >= VISIBLE
    few = shown.sum(axis=1) < _COUNTED
    cut, shown = cut[few], shown[few]
    if len(cut):
        count = shown.sum(axis=1)
        differing = np.where(shown, fitter.differing(pyramid, places[cut], references[cut]), 0).sum(axis=1)
        bits[cut] = np.where(count < _FEWEST, _NOTHING, differing * _COUNTED // np.maximum(count, 1))
    return bits


def cut_off(pyramid: Pyramid, places: Floats) -> npt.NDArray[np.bool_]:
    """Returns which pictures between corners, (n, 4, 2) in pixels of the pyramid, the frame's edge cuts off, (n,)."""
    beyond = (places < 0) | (places > np.array(pyramid.levels[0].shape[::-1]))
    return np.asarray(beyond.any(axis=(1, 2)))


def _refitted(fitter: Fitter, pyramid: Pyramid, references: Indices, starts: Floats, weights: Floats | None) -> Floats:
    """Returns corners, (n, 4, 2), after damped steps by windows of these weights, (n, 9); None = all weigh the same."""
    places, moving = starts.copy(), np.arange(len(starts))
    sides = np.sqrt(areas(starts)) + 1e-9
    for step in range(_STEPS[1]):
        before = places[moving]
        weighing = None if weights is None else weights[moving]
        ways = fitter.step(pyramid, before, references[moving], fitter.pace.every, weighing) - before
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
