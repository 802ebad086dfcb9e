"""Work in pieces: a generator yields between pieces, so that long work can be spread over several frames."""

from collections.abc import Generator
from typing import TypeVar

__all__ = ["Work", "finished"]

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
