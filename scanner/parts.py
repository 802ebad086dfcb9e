"""Parts: a stream's search for further pictures, one part of a frame after the other.

A part of a frame is searched in pieces, maybe while later frames come, with the followed pictures left out. The next
part is one of the newest frame. After all parts the first one's turn comes again.
"""

from collections.abc import Iterator

import numpy as np

from .all_in_sight import PARTS, AllInSight, Found
from .frame import Frame
from .pieces import Budget
from .warp import Floats

__all__ = ["TURNS", "RunningPart"]

TURNS = (0, 5, 1, 9, 3, 7, 2, 8, 4, 6)
"""Parts in the order of their turns: the whole frame, which shows most of a page of cards, then the tiles: the middle
one, the corners, the sides."""
assert sorted(TURNS) == list(range(PARTS))


class RunningPart:
    """The search of a part of one frame, which goes on while later frames of its stream come.

    Args:
        frame: the frame that is searched.
        turn: place of the part in `TURNS`.
        known: corners of the pictures followed in the frame, (n, 4, 2) in frame pixels.
        search: the search of the part.

    Attributes:
        frame: the frame that is searched.
        turn: place of the part in `TURNS`.
        known: corners of the pictures followed in the frame, (n, 4, 2) in frame pixels.
        pieces: pieces of the search that are done.
        moved: how far the whole frame has moved since, (x, y) in frame pixels.
    """

    def __init__(self, frame: Frame, turn: int, known: Floats, search: AllInSight) -> None:
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
