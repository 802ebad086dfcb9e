"""Ranking: chooses the likeliest candidates, each a start with a reference in one of four quarter turns.

A start is four corners in a frame that a picture may lie between. Likeness compares the soft signs of the start's
coefficients with the reference's bits, in low frequencies only: they tell references apart from a start that is 5 % of
a side off.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from .pieces import Work
from .plain_shapes import plainness, window_plainness
from .refinement import soft_sign
from .warp import Floats, Indices, Pyramid, patches
from .windows import BITS, EVERY, HASHES, SKETCH, WHOLE, low_pass, quarter_turned

__all__ = ["COUNTED_WINDOWS", "WindowTable"]

COUNTED_WINDOWS = 7
"""Windows of nine that count: the best fitting ones. A thumb or a lamp's glare covers one or two."""

_STARTS_AT_A_TIME = 60
"""Starts read from the frame in one piece of work."""
_COMPARED_AT_A_TIME = 200_000
"""Starts times references compared in one piece of work: 60 starts with up to 3300 references."""
_RANKED_AT_A_TIME = 160
"""Candidates ranked again in one piece of work."""

_WHOLE_CUT, _WINDOW_CUT = 7.0, 4.0
"""Frequencies above which a coefficient counts less than half in the first ranking: of the whole picture, of a
window."""
_AGAIN_CUT = 6.0
"""Frequency above which a coefficient of a window counts less than half in the second ranking."""
_FITTED_CUT = 14.0
"""Frequency above which a coefficient of a window counts less than half between fitted corners."""
_WHOLE_DIVISOR = 6
"""The whole picture counts a sixth in the second ranking, each of seven windows a seventh."""


class WindowTable:
    """The window hashes of a catalogue, made ready to be compared with frames.

    Args:
        bits: window hashes of all references, (references, 10, 144) bool.

    Attributes:
        bits: window hashes of all references, (references, 10, 144) bool.

    Raises:
        ValueError: the hashes have another shape.
    """

    def __init__(self, bits: npt.NDArray[np.bool_]) -> None:
        if bits.ndim != 3 or bits.shape[1:] != (HASHES, 144):
            raise ValueError(
                f"expected window hashes of shape (references, 10, 144), found {bits.shape}: "
                "pass scanner.phash.unpack(bundle.windows)"
            )
        self.bits = bits
        self._plainness: dict[int, float] = {}
        self._window_plainness: dict[int, Floats] = {}
        self._whole = _Signs(bits[:, :1], _WHOLE_CUT)
        self._windows = _Signs(bits[:, 1:], _WINDOW_CUT)

    def __len__(self) -> int:
        return len(self.bits)

    def plainness(self, reference: int) -> float:
        """Returns the plainness of a reference, 1 if it is full of detail, up to 1.6 (`plain_shapes.plainness`)."""
        if reference not in self._plainness:
            self._plainness[reference] = plainness(self.bits[reference])
        return self._plainness[reference]

    def window_plainness(self, reference: int) -> Floats:
        """Returns the plainness of each window of a reference, (9,), 1 to 3 (`plain_shapes.window_plainness`)."""
        if reference not in self._window_plainness:
            self._window_plainness[reference] = window_plainness(self.bits[reference])
        return self._window_plainness[reference]

    def ranked(self, pyramid: Pyramid, starts: Floats, most: int, again: int) -> Work[tuple[Floats, Indices]]:
        """Yields after each piece of work; returns corners, (n, 4, 2), and references, (n,), of the best candidates.

        Corners begin with the picture's top left. The best candidate comes first.

        Args:
            pyramid: the frame.
            starts: (m, 4, 2), in pixels of the pyramid's finest level.
            most: candidates returned, at most.
            again: candidates that are ranked a second time, by the seven windows that are most alike. A larger number
                costs time, and finds pictures behind glare or a thumb.
        """
        scores, which = np.zeros(0, np.float32), np.zeros((3, 0), np.int64)
        sketches = []
        for first, coefficients, table in self._compared(pyramid, starts):
            sketches.append(coefficients)
            flat = table.ravel()
            best = _greatest(flat, again)
            turns, start, reference = np.unravel_index(best, table.shape)
            scores = np.concatenate([scores, flat[best]])
            which = np.concatenate([which, np.stack([turns, start + first, reference])], axis=1)
            best = _greatest(scores, again)
            scores, which = scores[best], which[:, best]
            yield
        finer = yield from self._finer(np.concatenate(sketches), which)
        best = np.argsort(-finer, kind="stable")[:most]
        return _placed(starts, which[:, best])

    def ranked_each(
        self, pyramid: Pyramid, starts: Floats, most: int
    ) -> Work[tuple[Floats, Indices, npt.NDArray[np.float32]]]:
        """Yields after each piece of work; returns corners, (n, 4, 2), references and likeness, (n,), of candidates.

        Corners begin with the picture's top left. Candidates are in no order. A start of one picture takes none from a
        start of another, so that all pictures in sight are among the candidates.

        Args:
            pyramid: the frame.
            starts: (m, 4, 2), in pixels of the pyramid's finest level.
            most: candidates of one start, at most.
        """
        which, sketches = [np.zeros((3, 0), np.int64)], [np.zeros((0, HASHES, BITS), np.float32)]
        for first, coefficients, table in self._compared(pyramid, starts):
            sketches.append(coefficients)
            flat = table.transpose(1, 0, 2).reshape(len(coefficients), -1)
            kept = min(most, flat.shape[1])
            best = np.argpartition(-flat, kept - 1, axis=1)[:, :kept]
            start = np.repeat(np.arange(len(flat)), kept)
            which.append(np.stack([best.ravel() // len(self), start + first, best.ravel() % len(self)]))
            yield
        pairs = np.concatenate(which, axis=1)
        finer = yield from self._finer(np.concatenate(sketches), pairs)
        return *_placed(starts, pairs), finer

    def _compared(
        self, pyramid: Pyramid, starts: Floats
    ) -> Iterator[tuple[int, npt.NDArray[np.float32], npt.NDArray[np.float32]]]:
        """Yields a few starts at a time: number of the first, coefficients, (n, 10, 144), and likeness.

        Likeness is to all references in four quarter turns, (4, n, references).
        """
        at_a_time = max(1, min(_STARTS_AT_A_TIME, _COMPARED_AT_A_TIME // len(self)))
        for first in range(0, len(starts), at_a_time):
            seen = coefficients = _sketched(pyramid, starts[first : first + at_a_time])
            table = np.empty((4, len(seen), len(self)), np.float32)
            for turn in range(4):
                table[turn] = self._whole.alike(seen[:, :1]) + self._windows.alike(seen[:, 1:])
                seen = quarter_turned(seen)
            yield first, coefficients, table

    def _finer(self, coefficients: npt.NDArray[np.float32], which: Indices) -> Work[npt.NDArray[np.float32]]:
        """Yields after each piece of work; returns the likeness of candidates, (n,), in the second ranking.

        Args:
            coefficients: of all starts, (m, 10, 144).
            which: quarter turn, start and reference of each candidate, (3, n).
        """
        turns, start, reference = which
        finer = np.empty(len(start), np.float32)
        for first in range(0, len(start), _RANKED_AT_A_TIME):
            some = slice(first, first + _RANKED_AT_A_TIME)
            seen = coefficients[start[some]]
            for turn in range(1, 4):
                further = turns[some] >= turn
                seen[further] = quarter_turned(seen[further])
            finer[some] = self._alike_again(seen, reference[some])
            yield
        return finer

    def ranked_visible(
        self, pyramid: Pyramid, starts: Floats, each: int, visible: npt.NDArray[np.bool_], windows: int
    ) -> Work[tuple[Floats, Indices, npt.NDArray[np.float32]]]:
        """Yields after each piece of work; returns the best candidates of every start, in no order.

        They are corners, (n, 4, 2), beginning with the picture's top left; references, (n,); and likeness, (n,).

        Args:
            pyramid: the frame.
            starts: (m, 4, 2), in pixels of the pyramid's finest level.
            each: candidates of one start, at most.
            visible: the windows of each start that count, (m, 9). The whole picture counts where seven windows do.
            windows: the most alike windows that likeness is summed over.
        """
        at_a_time = max(1, min(_STARTS_AT_A_TIME, _COMPARED_AT_A_TIME // len(self)))
        most = min(each, 4 * len(self))
        which, finer = np.zeros((3, 0), np.int64), [np.zeros(0, np.float32)]
        for first in range(0, len(starts), at_a_time):
            seen = visible[first : first + at_a_time]
            coefficients = sketch = _sketched(pyramid, starts[first : first + at_a_time])
            sketch[:, 1:][~seen] = 0
            sketch[seen.sum(axis=1) < COUNTED_WINDOWS, 0] = 0
            table = np.empty((len(sketch), 4, len(self)), np.float32)
            for turn in range(4):
                table[:, turn] = self._whole.alike(coefficients[:, :1]) + self._windows.alike(coefficients[:, 1:])
                coefficients = quarter_turned(coefficients)
            flat = table.reshape(len(sketch), -1)
            best = np.argpartition(-flat, most - 1, axis=1)[:, :most]
            start = np.repeat(np.arange(len(sketch)), most)
            turns, reference = np.divmod(best.ravel(), len(self))
            which = np.concatenate([which, np.stack([turns, start + first, reference])], axis=1)
            yield
            for some in range(0, len(start), _RANKED_AT_A_TIME):
                part = slice(some, some + _RANKED_AT_A_TIME)
                again = sketch[start[part]]
                for turn in range(1, 4):
                    further = turns[part] >= turn
                    again[further] = quarter_turned(again[further])
                alike = self._alike(again[:, 1:], reference[part], slice(1, None), _AGAIN_CUT)
                alike.sort(axis=1)
                finer.append(alike[:, -windows:].sum(axis=1))
                yield
        turns, start, reference = which
        corners = starts[start[:, None], (np.arange(4) + turns[:, None]) % 4]
        return corners, reference, np.concatenate(finer)

    def visible_likeness(
        self, pyramid: Pyramid, corners: Floats, references: Indices, visible: npt.NDArray[np.bool_], windows: int
    ) -> npt.NDArray[np.float32]:
        """Returns the likeness of fitted candidates, (n,), over the most alike of their visible windows, (n, 9)."""
        coefficients = EVERY.coefficients(patches(pyramid, corners, EVERY.size))
        alike = self._alike(coefficients, references, slice(1, None), _FITTED_CUT)
        alike[~visible] = 0
        alike.sort(axis=1)
        likeness: npt.NDArray[np.float32] = alike[:, -windows:].sum(axis=1)
        return likeness

    def start_likeness(self, pyramid: Pyramid, corners: Floats, references: Indices) -> npt.NDArray[np.float32]:
        """Returns the likeness of candidates that are not fitted yet, (n,), as in the second ranking.

        Args:
            pyramid: the frame.
            corners: (n, 4, 2), in pixels of the pyramid's finest level.
            references: (n,).
        """
        return self._alike_again(_sketched(pyramid, corners), references)

    def fitted_likeness(self, pyramid: Pyramid, corners: Floats, references: Indices) -> npt.NDArray[np.float32]:
        """Returns the likeness of fitted candidates to their references, (n,), over the seven most alike windows.

        The whole picture does not count: corners fitted by the whole picture make it look alike for strangers too.
        """
        coefficients = EVERY.coefficients(patches(pyramid, corners, EVERY.size))
        return self._best_windows(coefficients, references, _FITTED_CUT)

    def _alike_again(self, coefficients: npt.NDArray[np.float32], references: Indices) -> npt.NDArray[np.float32]:
        """Returns the likeness of starts, (n, 10, 144), to references, (n,), despite glare or a thumb."""
        windows = self._best_windows(coefficients[:, 1:], references, _AGAIN_CUT)
        whole = self._alike(coefficients[:, :1], references, slice(0, 1), _WHOLE_CUT)
        return (windows / COUNTED_WINDOWS + whole[:, 0] / _WHOLE_DIVISOR).astype(np.float32)

    def _best_windows(
        self, coefficients: npt.NDArray[np.float32], references: Indices, cut: float
    ) -> npt.NDArray[np.float32]:
        """Returns the likeness, (n,), summed over the seven most alike windows of (n, 9, 144)."""
        alike = self._alike(coefficients, references, slice(1, None), cut)
        alike.sort(axis=1)
        best: npt.NDArray[np.float32] = alike[:, -COUNTED_WINDOWS:].sum(axis=1)
        return best

    def _alike(
        self, coefficients: npt.NDArray[np.float32], references: Indices, hashes: slice, cut: float
    ) -> npt.NDArray[np.float32]:
        """Returns the likeness of windows, (n, windows, 144), to the reference's windows, (n, windows).

        Each window is softened by itself: glare in one window does not make the others faint.
        """
        weights = low_pass(cut)
        chosen = np.flatnonzero(weights > 0.1)
        apart = coefficients[:, :, chosen]
        values = soft_sign(apart.reshape(-1, 1, len(chosen)), 1.0)[0].reshape(apart.shape) * weights[chosen]
        signs = np.where(self.bits[references, hashes][:, :, chosen], np.float32(1), np.float32(-1))
        alike: npt.NDArray[np.float32] = (values * signs).sum(axis=2)
        alike /= np.sqrt((values**2).sum(axis=2)) + np.float32(1e-6)
        return alike


class _Signs:
    """The bits of every reference as -1 and 1, in the frequencies that count.

    Args:
        bits: (references, windows, 144).
        cut: frequency above which a coefficient counts less than half.
    """

    def __init__(self, bits: npt.NDArray[np.bool_], cut: float) -> None:
        weights = low_pass(cut)
        self._chosen = np.flatnonzero(weights > 0.05)
        self._weights = weights[self._chosen]
        self._signs = np.where(bits[:, :, self._chosen], np.float32(1), np.float32(-1)).reshape(len(bits), -1).T

    def alike(self, coefficients: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Returns the likeness of starts, (n, windows, 144), to all references, (n, references)."""
        values = soft_sign(coefficients[:, :, self._chosen], 1.0)[0] * self._weights
        flat = values.reshape(len(values), -1)
        flat /= np.sqrt((flat**2).sum(axis=1, keepdims=True)) + np.float32(1e-6)
        products: npt.NDArray[np.float32] = flat @ self._signs
        return products


def _placed(starts: Floats, which: Indices) -> tuple[Floats, Indices]:
    """Returns the corners, (n, 4, 2), and references, (n,), of candidates: (3, n) of quarter turn, start, reference."""
    turns, start, reference = which
    return starts[start[:, None], (np.arange(4) + turns[:, None]) % 4], reference


def _sketched(pyramid: Pyramid, corners: Floats) -> npt.NDArray[np.float32]:
    """Returns the coefficients of all ten hashes, (n, 10, 144). Nine windows are exact in low frequencies only."""
    coarse = patches(pyramid, corners, WHOLE.size)
    return np.concatenate([WHOLE.coefficients(coarse), SKETCH.coefficients(coarse)], axis=1)


def _greatest(values: npt.NDArray[np.float32], most: int) -> Indices:
    """Returns the indices of the greatest values, in no order."""
    if len(values) <= most:
        return np.arange(len(values))
    return np.argpartition(-values, most)[:most]
