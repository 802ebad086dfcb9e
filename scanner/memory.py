"""What a stream of frames remembers: it may only add evidence, and it is all forgotten at once."""

from collections.abc import Iterator
from time import perf_counter
from typing import NamedTuple

from .fit import Fit
from .frame import Frame
from .limits import AGREEING_FRAMES, REMEMBERED_FRAMES, WORTH_REFITTING
from .search import Search
from .warp import Floats

__all__ = ["Evidence", "LastMatch", "Memory", "RunningSearch"]

TRACKED_FRAMES = 10
"""Frames after a match in which its reference is looked for where it was."""


class Evidence:
    """References that earlier frames spoke for: agreeing frames add up, a disagreeing one erases nothing."""

    def __init__(self) -> None:
        self._spoke: list[tuple[int, int]] = []

    def add(self, reference: int, frame: int) -> bool:
        """Adds that a frame, by its number, spoke for a reference; says whether enough frames agree on it now.

        A frame that speaks twice, once by its crops and once by its search, is still one frame.
        """
        self._spoke.append((reference, frame))
        self._spoke = [(what, when) for what, when in self._spoke if abs(frame - when) < REMEMBERED_FRAMES]
        return len({when for what, when in self._spoke if what == reference}) >= AGREEING_FRAMES


class LastMatch(NamedTuple):
    """The last match of a stream.

    Attributes:
        reference: index of the reference matched.
        corners: where it was, (4, 2) in frame pixels.
        number: of the frame that it was matched in.
    """

    reference: int
    corners: Floats
    number: int


class RunningSearch:
    """A search of one frame of a stream, which goes on while later frames come.

    Args:
        frame: the frame that is searched.
        search: of it.
    """

    def __init__(self, frame: Frame, search: Search) -> None:
        self.frame = frame
        self._search = search
        self._work: Iterator[None] = search.work()
        self._told: Fit | None = None

    def advance(self, end: float) -> bool:
        """Goes on until a time of `perf_counter`, by one piece at least; returns whether the search has ended."""
        return all(perf_counter() <= end for _ in self._work)

    def news(self) -> Fit | None:
        """Returns the best fit so far if it has not been returned before, else None.

        Judged once: one find of one frame, judged again, would be no second frame that agrees.
        """
        best = self._search.best
        if best is self._told:
            return None
        self._told = best
        return best


class Memory:
    """All that a stream remembers of earlier frames.

    Attributes:
        evidence: references that earlier frames spoke for.
        carried: the best fit of the last frame, fitted to the next one too.
        search: the search under way.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Forgets every earlier frame."""
        self.evidence = Evidence()
        self.carried: Fit | None = None
        self.search: RunningSearch | None = None
        self._last_match: LastMatch | None = None
        self._shape: tuple[int, ...] | None = None
        self._frames = 0

    def next_number(self, shape: tuple[int, ...]) -> int:
        """Returns the number of the next frame, (height, width); forgets all where frames of another size came before.

        A phone that was turned shows other places at the old ones.
        """
        if self._shape not in (None, shape):
            self.forget()
        self._shape = shape
        self._frames += 1
        return self._frames

    def carry(self, fit: Fit) -> None:
        """Keeps the best fit of a frame, if it is good enough to be fitted to the next frame too."""
        if fit.window_bits < WORTH_REFITTING and (self.carried is None or fit.search_bits < self.carried.search_bits):
            self.carried = fit

    def matched(self, reference: int, corners: Floats, number: int) -> None:
        """Keeps a match. Earlier frames show what was in sight then: what their search would find is old news."""
        self._last_match = LastMatch(reference, corners, number)
        self.search = self.carried = None

    def last_match(self, reference: int, number: int) -> LastMatch | None:
        """Returns the last match if it was of that reference, and a few frames before the frame of that number."""
        last = self._last_match
        if last is None or last.reference != reference or number - last.number > TRACKED_FRAMES:
            return None
        return last
