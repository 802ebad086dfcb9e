"""The recipe of a stream that tells every picture in sight.

The pictures of the frame before are followed. While nothing is in sight, one picture is looked for as in a stream that
tells one. While fewer are in sight than asked for, parts of the frame are searched for further ones.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from .all_in_sight import AllInSight
from .candidates import Candidate, Sources
from .fit import Fit, Fitter
from .frame import Frame, Region, checked_region
from .grey import to_grey
from .judging import Judge
from .limits import FOLLOWED
from .memory import Memory
from .parts import TURNS, RunningPart
from .pieces import Budget
from .verdict import Verdict
from .warp import Floats, Pyramid

__all__ = ["AllInStream"]


class AllInStream:
    """Tells every picture in sight of a stream.

    Args:
        fitter: at the pace of a stream.
        sources: of candidates.
        judge: of candidates.
    """

    def __init__(self, fitter: Fitter, sources: Sources, judge: Judge) -> None:
        self._fitter = fitter
        self._sources = sources
        self._judge = judge

    def follow(self, frame: Frame, memory: Memory) -> None:
        """Moves the pictures of the frame before to their places in a frame."""

        def nearest(fit: Fit) -> bool:
            margin = self._sources.compared(Candidate(frame, fit)).margin
            return margin is None or margin > 0

        shift = memory.tracks.follow(self._fitter, frame.pyramid, nearest)
        if memory.part is not None:
            memory.part.moved = memory.part.moved + shift

    def found_one(self, frame: Frame, memory: Memory, verdict: Verdict) -> None:
        """Follows the picture that a search for one picture has matched in a frame."""
        last, pyramid = memory.latest, frame.pyramid
        assert last is not None  # a match is kept as the latest
        corners = last.corners / pyramid.scale
        bits = int(self._fitter.window_bits(pyramid, corners[None], np.array([last.reference]))[0])
        fit = self._fitter.fit_at(pyramid, last.reference, corners, bits)
        memory.tracks.appeared(fit, verdict.distance or 0, verdict.margin)

    def search_on(self, frame: Frame, memory: Memory, budget: Budget) -> None:
        """Searches further parts within a budget, each part once, and follows what is found."""
        for _ in TURNS:
            if memory.part is None:
                known = np.array([track.corners for track in memory.tracks.seen]).reshape(-1, 4, 2)
                memory.part = self._part(frame, memory.turn, known)
                memory.turn = (memory.turn + 1) % len(TURNS)
            ended = memory.part.advance(budget)
            self._appear(frame, memory, memory.part)
            if not ended:
                return
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
        """Returns the search of a part of an earlier frame with some pieces done.

        Args:
            searched: returns pixels and scan region of an earlier frame.
            number: of the frame.
            turn: place of the part in `parts.TURNS`.
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
        judged = partial(self._judge.in_sight, frame)
        search = AllInSight(self._fitter, frame.pyramid, judged, list(known), TURNS[turn])
        return RunningPart(frame, turn, known, search)

    def _appear(self, frame: Frame, memory: Memory, running: RunningPart) -> None:
        """Follows what a part of this frame or of an earlier one has shown, if it is still in sight."""
        found = running.news()
        fits = [each.fit for each in found]
        now = running.frame.number == frame.number
        if fits and not now:
            starts = np.array([fit.corners for fit in fits]) + running.moved
            fits = self._fitter.fits(frame.pyramid, [fit.index for fit in fits], starts)
        for each, fit in zip(found, fits, strict=True):
            if now or fit.window_bits * fit.plainness < FOLLOWED:
                memory.tracks.appeared(fit, each.verdict.distance or 0, each.verdict.margin)
