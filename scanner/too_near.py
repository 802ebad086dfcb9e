"""Tells whether a frame shows only a part of a reference: the picture is held too near.

The bundle has hashes of nine windows of each reference, each of half its side. A frame that shows a half of a picture
or more shows a whole window. Boxes all over the frame are compared with every window in low frequencies. The likeliest
boxes are then moved and stretched until their hash agrees with the window's, or does not.
docs/decisions/why-this-advice.md has the measurements. The answer is advice for a person, and no verdict.
"""

import math
from functools import cached_property, lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt

from .grey import to_grey
from .plain_shapes import plainness
from .ranking import WindowTable
from .refinement import soft_sign
from .windows import BITS, HASHES, WHOLE, low_pass

__all__ = ["MOST_WINDOW_BITS", "Nearness"]

MOST_WINDOW_BITS = 20
"""Most bits, of 143, by which a box may differ from a window that it shows. Bits count more if the window is plain."""
LOOK_SECONDS = 4.0
"""Seconds without a match between two looks: a look takes as long as some frames."""
LARGEST_CATALOGUE = 1000
"""References up to which a look is short enough."""

_LEAST_SHARE = 0.62
"""Smallest box, as a share of the frame. The picture of a smaller window would nearly fit into the frame."""
_ASPECTS = (1.0, 0.75, 1.33)
_SHARES = (1.0, 0.92, 0.85, 0.78, 0.71, 0.65)
_STEP = 0.11
"""Distance of neighbouring boxes, in sides of a box."""
_LIKELY = 12
"""Windows whose likeliest boxes are fitted."""
_AT_ONCE = 32
"""Boxes whose coefficients are computed together. All at once would take 20 MB, which WebAssembly never gives back."""
_SOFTNESS = 0.67
_SMOOTH, _FINER, _ALL = (low_pass(cut) for cut in (4.0, 9.0, 1e9))
_STEPS = (
    *((0.06, _SMOOTH), (0.04, _SMOOTH), (0.04, _FINER), (0.025, _FINER), (0.025, _FINER)),
    *((0.015, _FINER), (0.015, _ALL), (0.008, _ALL), (0.008, _ALL)),
)
"""Steps of a fit: how far a box moves and stretches, in its sides, and the weight of each coefficient."""
_MOVES = np.array([(0, 0, 0, 0), *(sign * row for row in np.eye(4) for sign in (1, -1))])

Boxes = npt.NDArray[np.float64]
"""(n, 4): left, top, width and height in pixels of the frame."""


class Nearness:
    """Looks now and then whether a stream without a match shows only a part of a reference."""

    def __init__(self, table: WindowTable) -> None:
        self._table = table
        self._since: float | None = None

    def look(self, outcome: str, pixels: npt.ArrayLike, now: float) -> bool:
        """Returns whether a frame shows a part of a reference; False without a look where it is not yet time for one.

        Args:
            outcome: of the frame's verdict.
            pixels: of the frame, as `FrameScanner.scan` takes them.
            now: seconds of any clock.
        """
        if self._since is None or outcome == "match":
            self._since = now
        if outcome in {"match", "no_detail"} or now - self._since < LOOK_SECONDS:
            return False
        self._since = now
        return len(self._table) <= LARGEST_CATALOGUE and self._window_bits(to_grey(pixels)) <= MOST_WINDOW_BITS

    def _window_bits(self, grey: npt.NDArray[np.uint8]) -> float:
        """Returns the differing bits of the best fit of a window, times the window's plainness."""
        height, width = grey.shape
        sums = np.zeros((height + 1, width + 1), np.int64)
        grey.cumsum(axis=0, dtype=np.int64).cumsum(axis=1, out=sums[1:, 1:])
        boxes = _boxes(width, height)
        low = _SMOOTH > 0.1  # the others hardly count, and would take three times as long
        likeness = _soft(_coefficients(sums, boxes))[:, low] @ (self._signs * _SMOOTH)[:, low].T
        windows = np.argsort(likeness.max(axis=0))[::-1][:_LIKELY]
        fitted = _fitted(sums, boxes[likeness[:, windows].argmax(axis=0)], self._signs[windows])
        found = _coefficients(sums, fitted) > 0
        bits = self._signs[windows] > 0
        differing = (found != bits)[:, 1:].sum(axis=1)
        return float(min(count * _plainness(each) for count, each in zip(differing, bits, strict=True)))

    @cached_property
    def _signs(self) -> npt.NDArray[np.float32]:
        """The windows of all references, (9 references, 144): 1 where a bit is set, else -1."""
        windows = self._table.bits[:, 1:].reshape(-1, BITS)
        return np.where(windows, np.float32(1), np.float32(-1))


def _plainness(window: npt.NDArray[np.bool_]) -> float:
    """Returns the factor by which differing bits of a window count: the plainness of a picture of such windows."""
    return plainness(np.broadcast_to(window, (HASHES, BITS)))


@lru_cache(maxsize=4)
def _boxes(width: int, height: int) -> Boxes:
    """Returns boxes all over a frame."""
    boxes = []
    for aspect, share in product(_ASPECTS, _SHARES):
        across, down = share * min(width, height * aspect), share * min(height, width / aspect)
        if across < _LEAST_SHARE * width and down < _LEAST_SHARE * height:
            continue
        columns, rows = (
            np.linspace(0, free, math.ceil(free / (_STEP * side)) + 1) if free > 1 else [free / 2]
            for free, side in ((width - across, across), (height - down, down))
        )
        boxes += [(left, top, across, down) for left, top in product(columns, rows)]
    return np.array(boxes)


def _coefficients(sums: npt.NDArray[np.int64], boxes: Boxes) -> npt.NDArray[np.float32]:
    """Returns the coefficients of boxes, (n, 144), times `radius`; `sums` are those of all pixels above and left."""
    groups = [boxes[first : first + _AT_ONCE] for first in range(0, len(boxes), _AT_ONCE)]
    return np.concatenate([_coefficients_at_once(sums, group) for group in groups])


def _coefficients_at_once(sums: npt.NDArray[np.int64], boxes: Boxes) -> npt.NDArray[np.float32]:
    cells = np.arange(WHOLE.size + 1) / WHOLE.size
    columns, rows = (
        np.clip(np.rint(boxes[:, axis, None] + boxes[:, axis + 2, None] * cells), 0, sums.shape[1 - axis] - 1).astype(
            int
        )
        for axis in (0, 1)
    )
    corners = sums[rows[:, :, None], columns[:, None, :]]
    areas = np.maximum(1, np.diff(rows)[:, :, None] * np.diff(columns)[:, None, :])
    means = np.diff(np.diff(corners, axis=1), axis=2) / areas
    return WHOLE.coefficients(means.astype(np.float32))[:, 0]


def _soft(coefficients: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return soft_sign(coefficients[:, None], _SOFTNESS)[0][:, 0]


def _fitted(sums: npt.NDArray[np.int64], boxes: Boxes, signs: npt.NDArray[np.float32]) -> Boxes:
    """Returns boxes moved and stretched inside the frame towards the windows of `signs`, (n, 144)."""
    limits = np.array([sums.shape[1] - 1, sums.shape[0] - 1], float)
    for step, weights in _STEPS:
        tried = _moved(boxes[:, None], step * _MOVES)
        soft = _soft(_coefficients(sums, tried.reshape(-1, 4))).reshape(len(boxes), len(_MOVES), BITS)
        gain = (soft * (signs * weights)[:, None]).sum(axis=2)
        gain = gain[:, 1:].reshape(-1, 4, 2) - gain[:, :1, None]
        way = np.where(gain.max(axis=2) > 0, 1 - 2 * gain.argmax(axis=2), 0)
        boxes = _moved(boxes, step * way)
        boxes[:, 2:] = np.minimum(boxes[:, 2:], limits)
        boxes[:, :2] = np.clip(boxes[:, :2], 0, limits - boxes[:, 2:])
    return boxes


def _moved(boxes: Boxes, by: Boxes) -> Boxes:
    """Returns boxes moved and stretched about their middle: right, down, wider and higher, in sides of the box."""
    sizes = boxes[..., 2:] * (1 + by[..., 2:])
    corners = boxes[..., :2] + boxes[..., 2:] * (by[..., :2] - by[..., 2:] / 2)
    return np.concatenate([corners, sizes], axis=-1)
