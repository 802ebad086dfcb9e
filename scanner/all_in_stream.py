"""The recipe of a stream that tells every picture in sight.

The pictures of the frame before are followed. While nothing is in sight, one picture is looked for as in a stream that
tells one. While fewer are in sight than asked for, searches take turns for further ones: of parts of the frame, for
pictures that are cut off or covered, and by keypoints.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from .all_in_sight import AllInSight, Found
from .candidates import Candidate, Sources
from .catalogue import Catalogue
from .fit import Fit, Fitter
from .follow import cut_off, place_bits, refitted
from .frame import Frame, Region, checked_region
from .grey import to_grey
from .judging import Judge
from .limits import FOLLOWED
from .memory import Memory
from .partial import PartialFit
from .partial_search import found_partly
from .parts import CUT_OFF, KEYPOINTS, TURNS, RunningPart, SearchedPart
from .pieces import Budget, Work
from .verdict import Verdict
from .votes import found_by_keypoints
from .warp import Floats, Pyramid

__all__ = ["AllInStream"]

ALONE, EAGER, AT_EASE = 8.0, 5.0, 1.0
"""How much longer further pictures are searched for in a frame than one: while none is followed, while some are, and
when every search in turn has found nothing. Pictures that are followed move more smoothly the shorter a frame takes."""
STRAYED = 0.15
"""Way of the whole frame after which it may show something new, as a share of its shorter side."""


class _InPart:
    """A search by the windows in sight, for pictures that the frame shows only in part or without a border."""

    def __init__(self, frame: Frame, judge: Judge, search: Work[list[PartialFit]]) -> None:
        self.found: list[Found] = []
        self._frame = frame
        self._judge = judge
        self._search = search

    def work(self) -> Work[None]:
        """Yields after each piece of work; `found` grows at the end."""
        for partly in (yield from self._search):
            self.found.append(self._judge.found_in_part(self._frame, partly))
            yield


class AllInStream:
    """Tells every picture in sight of a stream.

    Args:
        catalogue: the references.
        fitter: at the pace of a stream.
        sources: of candidates.
        judge: of candidates.
    """

    def __init__(self, catalogue: Catalogue, fitter: Fitter, sources: Sources, judge: Judge) -> None:
        self._catalogue = catalogue
        self._fitter = fitter
        self._sources = sources
        self._judge = judge

    def follow(self, frame: Frame, memory: Memory) -> None:
        """Moves the pictures of the frame before to their places in a frame."""

        def nearest(fit: Fit) -> bool:
            if cut_off(frame.pyramid, fit.corners[None] / frame.pyramid.scale)[0]:
                return True  # what lies beyond the edge would be compared, too
            margin = self._sources.compared(Candidate(frame, fit)).margin
            return margin is None or margin > 0

        shift = memory.tracks.follow(self._fitter, frame.pyramid, nearest)
        if memory.part is not None:
            memory.part.moved = memory.part.moved + shift
        memory.strayed = memory.strayed + shift
        if np.abs(memory.strayed).max() > STRAYED * min(frame.pyramid.shape):
            self._something_new(memory)

    def eagerness(self, memory: Memory) -> float:
        """Returns how much longer further pictures are searched for in a frame than one picture."""
        if memory.quiet >= len(TURNS):
            return AT_EASE
        return EAGER if memory.tracks.seen else ALONE

    def _something_new(self, memory: Memory) -> None:
        memory.quiet, memory.strayed = 0, np.zeros(2)

    def found_one(self, frame: Frame, memory: Memory, verdict: Verdict) -> None:
        """Follows the picture that a search for one picture has matched in a frame."""
        last, pyramid = memory.latest, frame.pyramid
        assert last is not None  # a match is kept as the latest
        corners = last.corners / pyramid.scale
        fit = self._placed(pyramid, last.reference, corners)
        memory.tracks.appeared(fit, verdict.distance or 0, verdict.margin)

    def search_on(self, frame: Frame, memory: Memory, budget: Budget) -> None:
        """Goes on with the searches within a budget, each once, and follows what is found."""
        for _ in TURNS:
            if memory.part is None:
                known = np.array([track.corners for track in memory.tracks.seen]).reshape(-1, 4, 2)
                memory.part = self._part(frame, memory.turn, known)
                memory.turn = (memory.turn + 1) % len(TURNS)
            ended = memory.part.advance(budget)
            if self._appear(frame, memory, memory.part):
                self._something_new(memory)
            if not ended:
                return
            memory.quiet += 1
            memory.part = None
            if budget.spent():
                return

    def part_again(
        self,
        searched: Callable[[int], tuple[npt.ArrayLike, Region | None]],
        number: int,
        turn: int,
        known: Floats,
        pieces: int,
    ) -> RunningPart:
        """Returns the search of an earlier frame with some pieces done.

        Args:
            searched: returns pixels and scan region of an earlier frame.
            number: of the frame.
            turn: place of the search in `parts.TURNS`.
            known: corners of the pictures that were followed in the frame, (n, 4, 2).
            pieces: pieces of the search that are done.
        """
        pixels, region = searched(number)
        grey = to_grey(pixels)
        running = self._part(Frame(Pyramid(grey), checked_region(region, *grey.shape), number), turn, known)
        if pieces:
            running.advance(Budget(0, pieces - 1))
            running.news()
        return running

    def _part(self, frame: Frame, turn: int, known: Floats) -> RunningPart:
        return RunningPart(frame, turn, known, self._search(frame, TURNS[turn], list(known)))

    def _search(self, frame: Frame, what: int, known: Sequence[Floats]) -> SearchedPart:
        """Returns a search of `parts.TURNS`, before its first piece, with known pictures left out."""
        fitter, pyramid, catalogue = self._fitter, frame.pyramid, self._catalogue
        if what == CUT_OFF:
            return _InPart(frame, self._judge, found_partly(fitter, pyramid, catalogue.threshold, known))
        if what == KEYPOINTS:
            search = found_by_keypoints(fitter, catalogue.keypoints, pyramid, catalogue.threshold, known)
            return _InPart(frame, self._judge, search)
        return AllInSight(fitter, pyramid, partial(self._judge.in_sight, frame), known, what)

    def _appear(self, frame: Frame, memory: Memory, running: RunningPart) -> bool:
        """Follows what a search of this frame or of an earlier one has found; returns whether anything has appeared."""
        appeared = False
        for found in running.news():
            fit = self._here(frame, found, running)
            if fit is not None and fit.window_bits * fit.plainness < FOLLOWED:
                verdict = found.verdict
                appeared |= memory.tracks.appeared(fit, verdict.distance or 0, verdict.margin)
        return appeared

    def _here(self, frame: Frame, found: Found, running: RunningPart) -> Fit | None:
        """Returns the fit of a find in a frame; None if it is no longer in sight."""
        fit, pyramid = found.fit, frame.pyramid
        in_part = TURNS[running.turn] in (CUT_OFF, KEYPOINTS)
        corners = fit.corners
        if running.frame.number != frame.number:
            if not in_part:
                return self._moved(pyramid, fit.index, corners + running.moved)
            again = self._sources.outline_in_part(frame, fit.index, corners + running.moved)
            if again is None:
                return None
            corners = again
        elif not in_part:
            return fit
        return self._placed(pyramid, fit.index, corners / pyramid.scale)

    def _moved(self, pyramid: Pyramid, index: int, corners: Floats) -> Fit:
        """Returns the fit of a reference near corners, (4, 2) in frame pixels: by a few steps, or settled anew."""
        (place,) = refitted(self._fitter, pyramid, np.array([index]), corners[None] / pyramid.scale)
        fit = self._placed(pyramid, index, place)
        if fit.window_bits * fit.plainness < FOLLOWED:
            return fit
        return self._fitter.fits(pyramid, [index], corners[None])[0]

    def _placed(self, pyramid: Pyramid, index: int, corners: Floats) -> Fit:
        """Returns the fit of a reference at corners, (4, 2) in the pyramid, which the frame's edge may cut off."""
        bits = place_bits(self._fitter, pyramid, corners[None], np.array([index]))
        return self._fitter.fit_at(pyramid, index, corners, int(bits[0]))
