"""The searches that take turns over a stream's frames: each finds pictures that the others miss.

One search of a frame goes on in pieces while later frames come. Where it ends, the next one begins with the newest
frame: of all of the frame for one picture, of a part of it for all in sight, for pictures that are cut off or covered,
for pictures without a border.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy.typing as npt

from .all_in_sight import AllInSight
from .candidates import Candidate, Likely, Sources
from .catalogue import Catalogue
from .fit import Fitter
from .frame import Frame, Region, checked_region
from .grey import Grey, to_grey
from .judging import Judge
from .memory import Memory, RunningSearch
from .partial import PartialFit, whole_fit
from .partial_search import found_partly
from .parts import CUT_OFF, KEYPOINTS, PARTS_IN_TURN
from .pieces import Budget, Work
from .votes import found_by_keypoints
from .warp import Pyramid

__all__ = ["TURNS", "SearchesInTurn"]

Search = RunningSearch[Candidate]
Searched = Callable[[int], tuple[npt.ArrayLike, Region | None]]
"""Returns pixels and scan region of an earlier frame, by its number."""

_WHOLE = -1
_HALF = len(PARTS_IN_TURN) // 2
TURNS = (
    *(_WHOLE, KEYPOINTS, CUT_OFF, *PARTS_IN_TURN[:_HALF]),
    *(_WHOLE, KEYPOINTS, CUT_OFF, *PARTS_IN_TURN[_HALF:]),
)
"""The searches in the order of their turns. The parts of a frame are halved: a picture that a person means is mostly
one that the search of all of the frame finds, and must not wait for all of them. Keypoints find most pictures that are
cut off, in half the time of the search for these."""


class SearchesInTurn:
    """Searches the frames of a stream in which one picture is looked for.

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

    def search_on(self, frame: Frame, memory: Memory, budget: Budget) -> Iterator[Candidate]:
        """Yields what the search under way finds within a budget; where it ends, begins the next one in this frame."""
        while True:
            running = memory.search
            if running is not None:
                ended = running.advance(budget)
                yield from running.news()
                if not ended or (running.frame is frame and TURNS[memory.next_search] == _WHOLE):
                    return
            memory.search = self.running(frame, memory.next_search)
            memory.next_search = (memory.next_search + 1) % len(TURNS)
            if budget.spent():
                return

    def running(self, frame: Frame, turn: int) -> Search:
        """Returns the search of a frame whose turn it is, a place in `TURNS`, before its first piece."""
        fitter, pyramid, what = self._fitter, frame.pyramid, TURNS[turn]
        catalogue, threshold = self._catalogue, self._catalogue.threshold
        if what == _WHOLE:
            return RunningSearch(frame, self._sources.whole(frame), turn)
        if what == CUT_OFF:
            work = self._in_part(frame, found_partly(fitter, pyramid, threshold))
        elif what == KEYPOINTS:
            work = self._in_part(frame, found_by_keypoints(fitter, catalogue.keypoints, pyramid, threshold))
        else:
            work = self._part(frame, what)
        return RunningSearch(frame, [work], turn)

    def search_again(self, searched: Searched, memory: Memory, number: int, pieces: int, turn: int) -> Search:
        """Returns the search of an earlier frame with some pieces done; the one under way, if it is at them.

        Args:
            searched: returns pixels and scan region of an earlier frame.
            memory: of the stream so far.
            number: of the frame.
            pieces: pieces of the search that are done.
            turn: of the search, a place in `TURNS`.
        """
        running = memory.search
        if running is not None and (running.frame.number, running.pieces, running.turn) == (number, pieces, turn):
            return running
        return _advanced(self.running(_again(searched, number)[0], turn), pieces)

    def middle_again(self, searched: Searched, memory: Memory, number: int, pieces: int) -> Search:
        """Returns the search of an earlier frame's middle with some pieces done; the one under way, if it is at them.

        Args:
            searched: returns pixels and scan region of an earlier frame.
            memory: of the stream so far.
            number: of the frame.
            pieces: pieces of the search that are done.
        """
        running = memory.middle
        if running is not None and (running.frame.number, running.pieces) == (number, pieces):
            return running
        frame, grey = _again(searched, number)
        likely = Likely.among(self._sources.by_crops(grey, frame.region)[0], frame.region)
        return _advanced(self._sources.looking(frame, likely), pieces)

    def _part(self, frame: Frame, part: int) -> Work[list[Candidate]]:
        """Yields after each piece of work; returns the matches of a part of a frame."""
        search = AllInSight(self._fitter, frame.pyramid, partial(self._judge.in_sight, frame), part=part)
        yield from search.work()
        return [Candidate(frame, found.fit, in_sight=True, matched=True) for found in search.found]

    def _in_part(self, frame: Frame, search: Work[list[PartialFit]]) -> Work[list[Candidate]]:
        """Yields after each piece of work; returns the matches of a search that fits by the windows in sight."""
        fits = yield from search
        candidates = []
        for partly in fits:
            fit = whole_fit(self._fitter, frame.pyramid, partly)
            candidates.append(Candidate(frame, fit, matched=True, in_part=True))
            yield
        return candidates


def _again(searched: Searched, number: int) -> tuple[Frame, Grey]:
    """Returns an earlier frame, made again, and its grey levels."""
    pixels, region = searched(number)
    grey = to_grey(pixels)
    return Frame(Pyramid(grey), checked_region(region, *grey.shape), number), grey


def _advanced(search: Search, pieces: int) -> Search:
    """Returns a search after some pieces, whose finds were told before."""
    if pieces:
        search.advance(Budget(0, pieces - 1))
        search.news()
    return search
