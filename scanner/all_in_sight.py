"""All in sight: the search for every picture that a frame shows, in pieces that fit between frames.

Starts are border quadrilaterals in two tiers of size, and smaller ones in overlapping tiles of the frame. Each start
proposes candidates of its own, and a race leaves some of every place. The fits are judged, the best first, where
nothing has been found yet.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from .fit import CLEAN, FAR, Fit, Fitter, Stage
from .limits import WORTH_REFITTING
from .overlap import covered, free_of, overlaps
from .pieces import Work
from .quadrilaterals import Sizes, Tier, quadrilaterals_by_size, tiles
from .spread import spread
from .verdict import Verdict
from .warp import Floats, Indices, Pyramid

__all__ = ["PARTS", "AllInSight", "Found"]

LARGE = Tier(Sizes(0.05, 1.2, 0.06), 40)
"""Pictures that are seen best among the lines of the whole frame."""
SMALL = Tier(Sizes(0.012, 0.06, 0.06), 120)
"""Small pictures whose borders are among the clearest lines of the whole frame."""
IN_A_TILE = Tier(Sizes(0.012, 0.15, 0.06), 24)
"""Pictures whose borders are among the clearest lines of a tile only. Sizes overlap with `LARGE`: of a page of nine
cards, each 6 % of the frame, seven are missed without."""
PARTS = 10
"""Parts that a search may be limited to: the whole frame, then each of nine tiles."""
OF_EACH_START, OF_EACH_START_OF_PART = 8, 4
"""Candidates of one start, at most: in a still, and in a part of a stream's frame. There, more take
a tenth longer and give no further name."""
MOST_OVERLAP = 0.3
"""Largest share of a place that a found picture may cover. Two sleeves that lie on each other overlap less."""


class _Field(NamedTuple):
    """How many candidates race: at the begin, after the whole picture's stage, and after the corners'."""

    begin: int
    whole: int
    corners: int


_ALL = _Field(128, 48, 28)
_PART = _Field(32, 16, 8)
_STEPS = (2, 2, 3)
"""Steps of each stage of the race."""
_SAME = (2, 1)
"""Candidates of one place, and of one reference there, that go on to the next stage. In the first stage there are
more: corners that begin apart may meet."""
_SAME_AFTER_WHOLE = (3, 2)
_AT_A_TIME = {"whole": 60, "corners": 24, "every": 12}


class Found(NamedTuple):
    """A picture in sight.

    Attributes:
        fit: the reference and where it lies.
        verdict: the answer for it, a match.
    """

    fit: Fit
    verdict: Verdict


class AllInSight:
    """One search of a frame for all pictures in sight.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        judged: called with a fit; returns its verdict.
        known: corners of pictures known to be in sight, (4, 2) each in frame pixels, where nothing is looked for.
        part: number of the part of the frame that is searched, below `PARTS`; None = all of them.

    Attributes:
        found: pictures found so far, none of them where another or a known one is.
        doubtful: a verdict "ambiguous" of the search; None where there is none.
    """

    def __init__(
        self,
        fitter: Fitter,
        pyramid: Pyramid,
        judged: Callable[[Fit], Verdict],
        known: Sequence[Floats] = (),
        part: int | None = None,
    ) -> None:
        self.found: list[Found] = []
        self.doubtful: Verdict | None = None
        self._fitter = fitter
        self._pyramid = pyramid
        self._judged = judged
        self._taken = np.array(list(known), np.float64).reshape(-1, 4, 2)
        self._part = part

    def work(self) -> Work[None]:
        """Yields after each piece of work, a few milliseconds each; `found` grows meanwhile."""
        starts = yield from self._starts()
        if not len(starts):
            return
        each, field = (OF_EACH_START, _ALL) if self._part is None else (OF_EACH_START_OF_PART, _PART)
        corners, references, likeness = yield from self._fitter.table.ranked_each(self._pyramid, starts, each)
        best = spread(likeness, corners, references, field.begin, *_SAME)
        yield
        fits = yield from self._raced(corners[best], references[best], field)
        yield from self._judge(fits)

    def _starts(self) -> Work[Floats]:
        """Yields after each piece of work; returns border quadrilaterals, (n, 4, 2), where nothing is known."""
        image, known = self._pyramid.levels[0], self._taken / self._pyramid.scale
        masked = covered(image.shape, known) if len(known) else None
        parts = [None, *tiles(image.shape)]
        starts = [np.zeros((0, 4, 2))]
        for box in parts if self._part is None else parts[self._part : self._part + 1]:
            tiers = [LARGE, SMALL] if box is None else [IN_A_TILE]
            starts.append((yield from quadrilaterals_by_size(image, tiers, box, masked)))
            yield
        together = np.concatenate(starts)
        return together[free_of(known, together, MOST_OVERLAP)]

    def _raced(self, corners: Floats, references: Indices, field: _Field) -> Work[list[Fit]]:
        """Yields after each piece of work; returns the fits of candidates that are left, (n, 4, 2) and (n,)."""
        fitter, pyramid, pace = self._fitter, self._pyramid, self._fitter.pace
        whole, by_corners, every = _STEPS
        corners = yield from self._stepped(corners, references, FAR, whole, _AT_A_TIME["whole"])
        likeness = np.empty(len(corners), np.float32)
        for first in range(0, len(corners), _AT_A_TIME["whole"]):
            some = slice(first, first + _AT_A_TIME["whole"])
            likeness[some] = fitter.table.fitted_likeness(pyramid, corners[some], references[some])
            yield
        best = spread(likeness, corners, references, field.whole, *_SAME_AFTER_WHOLE)
        corners, references = corners[best], references[best]
        corners = yield from self._stepped(corners, references, pace.corners, by_corners, _AT_A_TIME["corners"])
        bits = yield from self._window_bits(corners, references)
        best = spread(-bits.astype(np.float64), corners, references, field.corners, *_SAME)
        corners, references = corners[best], references[best]
        yield
        corners = yield from self._stepped(corners, references, pace.every, every, _AT_A_TIME["every"])
        bits = yield from self._window_bits(corners, references)
        fits = []
        for reference, place, least in zip(references.tolist(), corners, bits.tolist(), strict=True):
            fits.append(fitter.fit_at(pyramid, reference, place, least))
            yield  # the plainness of a reference takes a while the first time
        return fits

    def _window_bits(self, corners: Floats, references: Indices) -> Work[Indices]:
        """Yields after each piece of work; returns the window bits of candidates, (n,)."""
        bits = [np.zeros(0, np.int64)]
        for first in range(0, len(corners), _AT_A_TIME["every"]):
            some = slice(first, first + _AT_A_TIME["every"])
            bits.append(self._fitter.window_bits(self._pyramid, corners[some], references[some]))
            yield
        return np.concatenate(bits)

    def _stepped(self, corners: Floats, references: Indices, stage: Stage, steps: int, at_a_time: int) -> Work[Floats]:
        """Yields after each piece of work; returns corners, (n, 4, 2), after some steps of a stage."""
        moved = corners.copy()
        for first in range(0, len(corners), at_a_time):
            some = slice(first, first + at_a_time)
            for _ in range(steps):
                moved[some] = self._fitter.step(self._pyramid, moved[some], references[some], stage)
                yield
        return moved

    def _judge(self, fits: list[Fit]) -> Work[None]:
        """Yields after each piece of work; adds to `found` the fits that are matches, the best first."""
        for reached in sorted(fits, key=lambda each: each.search_bits):
            if reached.window_bits >= WORTH_REFITTING or not self._free(reached):
                continue
            fit = reached
            verdict = self._judged(fit) if self._part is not None else None
            # A stream refits its pictures in every frame, so none that is a match already has to be perturbed.
            if reached.window_bits >= CLEAN and (verdict is None or verdict.outcome != "match"):
                corners = reached.corners / self._pyramid.scale
                fit = yield from self._fitter.perturbed_from(self._pyramid, corners, reached.index)
                if not self._free(fit):
                    continue
            if verdict is None or fit is not reached:
                verdict = self._judged(fit)
            if verdict.outcome == "ambiguous":
                self.doubtful = verdict
            if verdict.outcome == "match":
                self.found.append(Found(fit, verdict))
                self._taken = np.concatenate([self._taken, fit.corners[None]])
            yield

    def _free(self, fit: Fit) -> bool:
        """Returns whether nothing has been found where a fit is."""
        return bool((overlaps(fit.corners, self._taken) <= MOST_OVERLAP).all())
