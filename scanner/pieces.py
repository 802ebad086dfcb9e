"""Work in pieces: what takes longer than a frame may take is a generator that yields after each piece of work."""

from collections.abc import Generator
from typing import TypeVar

__all__ = ["Work", "finished"]

Result = TypeVar("Result")

Work = Generator[None, None, Result]
"""Yields after each piece of work, a few milliseconds each; returns its result."""


def finished(work: Work[Result]) -> Result:
    """Returns the result of work, all of it done now.

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
