"""Parts: a stream's searches for further pictures, one after the other: of a part of a frame, or by another way.

A search goes on in pieces, maybe while later frames come, with the followed pictures left out. The next search is one
of the newest frame. After all turns the first one comes again.
"""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from .all_in_sight import PARTS, Found
from .frame import Frame
from .pieces import Budget, Work
from .warp import Floats

__all__ = ["CUT_OFF", "KEYPOINTS", "PARTS_IN_TURN", "TURNS", "RunningPart", "SearchedPart"]

CUT_OFF, KEYPOINTS = -2, -3
"""The search for pictures that are cut off or covered, and the one by keypoints, among the numbers of parts."""
PARTS_IN_TURN = (0, 5, 1, 9, 3, 7, 2, 8, 4, 6)
"""Parts in the order of their turns: the whole frame, which shows most of a page of cards, then the tiles: the middle
one, the corners, the sides."""
assert sorted(PARTS_IN_TURN) == list(range(PARTS))
_WHOLE, _MIDDLE, *_AROUND = PARTS_IN_TURN
TURNS = (_MIDDLE, _WHOLE, *_AROUND, CUT_OFF, KEYPOINTS)
"""The searches of a stream of several pictures in the order of their turns. The middle tile gives names long before the
whole frame does. The two last ones take as long as eight tiles each, and find pictures that few frames show:
docs/decisions/how-pictures-are-followed.md has the measurements."""


class SearchedPart(Protocol):
    """A search in pieces.

    Attributes:
        found: pictures found so far.
    """

    found: list[Found]

    def work(self) -> Work[None]:
        """Yields after each piece of work; `found` grows meanwhile."""
        ...


class RunningPart:
    """The search of one frame, which goes on while later frames of its stream come.

    Args:
        frame: the frame that is searched.
        turn: place of the search in `TURNS`.
        known: corners of the pictures followed in the frame, (n, 4, 2) in frame pixels.
        search: the search.

    Attributes:
        frame: the frame that is searched.
        turn: place of the search in `TURNS`.
        known: corners of the pictures followed in the frame, (n, 4, 2) in frame pixels.
        pieces: pieces of the search that are done.
        moved: how far the whole frame has moved since, (x, y) in frame pixels.
    """

    def __init__(self, frame: Frame, turn: int, known: Floats, search: SearchedPart) -> None:
        self.frame = frame
        self.turn = turn
        self.known = known
        self.pieces = 0
        self.moved: Floats = np.zeros(2)
        self._search = search
        self._work: Iterator[None] = search.work()
        self._told = 0

    def advance(self, budget: Budget) -> bool:
        """Searches until the budget is spent, one piece at least; returns whether the search has ended."""
        for _ in self._work:
            self.pieces += 1
            if budget.spent():
                return False
        return True

    def news(self) -> list[Found]:
        """Returns the pictures found in the frame that is searched, each once."""
        new = self._search.found[self._told :]
        self._told += len(new)
        return new
