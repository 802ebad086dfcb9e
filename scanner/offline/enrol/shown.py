"""Make names of files and other texts fit to be printed."""

import os
from collections.abc import Sequence
from pathlib import Path

from scanner.quoting import printable

__all__ = ["listed", "printable", "shown_path"]


def listed(names: Sequence[str], most: int) -> str:
    """Returns at most so many names as a message lists them; the others are counted.

    >>> listed(["a", "b"], 2), listed(["a", "b", "c", "d"], 2)
    ('a, b', 'a, b and 2 more')
    """
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def shown_path(path: str | os.PathLike[str]) -> str:
    """Returns a path as printable text: forward slashes, and escapes for undecodable bytes and control characters."""
    return printable(Path(path).as_posix())
