"""Work in pieces: a generator yields between pieces, so that long work can be spread over several frames."""

from collections.abc import Generator
from time import perf_counter
from typing import TypeVar

__all__ = ["Budget", "Work", "finished"]

Result = TypeVar("Result")

Work = Generator[None, None, Result]
"""A generator that yields after each piece of work, a few milliseconds each, and returns a result."""


def finished(work: Work[Result]) -> Result:
    """Does all pieces of work now, and returns the result.

    >>> def work():
    ...     yield
    ...     return "done"
    >>> finished(work())
    'done'
    """
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result


class Budget:
    """Says after each piece of work whether the work goes on.

    Args:
        seconds: time for the work, from now on.
        pieces: times that the work goes on, whatever the clock says; None = the clock decides.

    Attributes:
        pieces: times that the work has gone on.

    >>> budget = Budget(0.015, pieces=2)
    >>> [budget.spent() for _ in range(4)]
    [False, False, True, True]
    """

    def __init__(self, seconds: float, pieces: int | None = None) -> None:
        self.pieces = 0
        self._end = perf_counter() + seconds
        self._most = pieces

    def spent(self) -> bool:
        """Returns whether the work stops here for now; a call that returns False counts one more piece."""
        spent = perf_counter() > self._end if self._most is None else self.pieces >= self._most
        self.pieces += not spent
        return spent
