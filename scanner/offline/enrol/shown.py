"""Make names of files and other texts fit to be printed."""

import os
import re
from pathlib import Path

__all__ = ["printable", "shown_path"]


def shown_path(path: str | os.PathLike[str]) -> str:
    """Returns a path as printable text: forward slashes, and escapes for undecodable bytes and control characters."""
    return printable(Path(path).as_posix())


_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Control characters, line ends and halves of characters: a file may be named "a<newline>b"."""


def printable(text: str) -> str:
    r"""Returns a text on one line, with escapes for characters that move the cursor or cannot be encoded.

    >>> print(printable("two\nlines"))
    two\nlines
    """
    return _UNPRINTABLE.sub(lambda found: repr(found[0])[1:-1], text)
