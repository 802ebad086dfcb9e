"""A stream's memory of earlier frames. Memory only adds evidence, and `Memory.forget` drops all of it at once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from .fit import Fit
from .frame import Frame
from .limits import AGREEING_FRAMES, REMEMBERED_FRAMES, WORTH_REFITTING
from .parts import RunningPart
from .pieces import Budget, Work
from .tracks import Tracks
from .warp import Floats

__all__ = ["Evidence", "LastMatch", "Memory", "RunningSearch"]

Found = TypeVar("Found")

TRACKED_FRAMES = 10
"""Frames after a match in which its reference is followed from its last place."""


class Evidence:
    """The references that earlier frames spoke for. Agreeing frames add up; a disagreeing frame erases nothing.

    Attributes:
        spoke: (index of a reference, number of a frame that spoke for it).
    """

    def __init__(self) -> None:
        self.spoke: list[tuple[int, int]] = []

    def add(self, reference: int, frame: int) -> bool:
        """Notes that a frame spoke for a reference; returns whether enough frames agree on the reference now.

        A frame counts once, also if both its crops and its search speak for the reference.

        Args:
            reference: index of the reference.
            frame: number of the frame in its stream.
        """
        self.spoke.append((reference, frame))
        newest = max(when for _, when in self.spoke)
        self.spoke = [(what, when) for what, when in self.spoke if newest - when < REMEMBERED_FRAMES]
        return len({when for what, when in self.spoke if what == reference}) >= AGREEING_FRAMES


class LastMatch(NamedTuple):
    """The last match of a stream.

    Attributes:
        reference: index of the reference matched.
        corners: of the picture, (4, 2) in frame pixels.
        number: of the matched frame.
    """

    reference: int
    corners: Floats
    number: int


class RunningSearch(Generic[Found]):
    """The search of one frame, which goes on while later frames of its stream come.

    Args:
        frame: the frame that is searched.
        tiers: works done one after the other, each of which returns what it has found. A tier begins when the one
            before has ended.
        turn: place in `in_turn.TURNS` of the search.

    Attributes:
        frame: the frame that is searched.
        turn: place in `in_turn.TURNS` of the search.
        pieces: pieces of the search that are done.
    """

    def __init__(self, frame: Frame, tiers: Iterable[Work[Sequence[Found]]], turn: int = 0) -> None:
        self.frame = frame
        self.turn = turn
        self.pieces = 0
        self._found: list[Found] = []
        self._work = self._all(tiers)

    def _all(self, tiers: Iterable[Work[Sequence[Found]]]) -> Iterator[None]:
        for tier in tiers:
            self._found += yield from tier
            yield

    def advance(self, budget: Budget) -> bool:
        """Searches until the budget is spent, one piece at least; returns whether the search has ended."""
        for _ in self._work:
            self.pieces += 1
            if budget.spent():
                return False
        return True

    def news(self) -> list[Found]:
        """Returns what has been found since the last call.

        A find judged twice would still be one frame's evidence.
        """
        found, self._found = self._found, []
        return found


class Memory:
    """All that a stream remembers of earlier frames.

    Attributes:
        evidence: references that earlier frames spoke for.
        carried: best fit of the last frame, which is fitted to the next frame too; None if no fit was good enough.
        middle: the search of the middle under way, or None.
        search: the search of a frame under way, or None.
        next_search: place in `in_turn.TURNS` of the search that begins next.
        latest: the last match, however long ago, or None.
        tracks: the pictures that are followed.
        part: the search for further pictures under way, or None.
        turn: place in `parts.TURNS` of the search that begins next.
        quiet: searches for further pictures in a row that have found nothing.
        strayed: how far the whole frame has moved since something new was in sight, (x, y) in frame pixels.
        shape: (height, width) of the frames; None before the first one.
        frames: number of the last frame, from 1 on; 0 before the first one.
    """

    def __init__(self) -> None:
        self.tracks = Tracks()
        self.forget()

    def forget(self) -> None:
        """Forgets every earlier frame. Appearances are numbered on."""
        self.tracks.forget()
        self.evidence = Evidence()
        self.carried: Fit | None = None
        self.middle: RunningSearch[Any] | None = None
        self.search: RunningSearch[Any] | None = None
        self.next_search = 0
        self.latest: LastMatch | None = None
        self.part: RunningPart | None = None
        self.turn = 0
        self.quiet = 0
        self.strayed: Floats = np.zeros(2)
        self.shape: tuple[int, ...] | None = None
        self.frames = 0

    def next_number(self, shape: tuple[int, ...]) -> int:
        """Returns the number of the next frame, from 1 on; forgets every earlier frame if the frame's size changed.

        After a phone is turned, the corners of earlier frames mean nothing.

        Args:
            shape: (height, width) of the frame.
        """
        if self.shape not in (None, shape):
            self.forget()
        self.shape = shape
        self.frames += 1
        return self.frames

    def carry(self, fit: Fit) -> None:
        """Keeps a fit for the next frame, if it is good enough and the best of its frame so far."""
        if fit.window_bits < WORTH_REFITTING and (self.carried is None or fit.search_bits < self.carried.search_bits):
            self.carried = fit

    def matched(self, reference: int, corners: Floats, number: int) -> None:
        """Keeps a match, (4, 2) in frame pixels; drops searches and carried fit, which began before the match."""
        self.latest = LastMatch(reference, corners, number)
        self.stop()
        self.carried = None

    def stop(self) -> None:
        """Ends the searches under way."""
        self.middle = self.search = None

    def last_match(self, reference: int, number: int) -> LastMatch | None:
        """Returns the last match if it is of `reference`, at most `TRACKED_FRAMES` before frame `number`, else None."""
        last = self.latest
        if last is None or last.reference != reference or number - last.number > TRACKED_FRAMES:
            return None
        return last
