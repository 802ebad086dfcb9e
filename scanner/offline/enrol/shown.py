"""Make names of files and other texts fit to be printed."""

import os
from pathlib import Path

from scanner.quoting import printable

__all__ = ["printable", "shown_path"]


def shown_path(path: str | os.PathLike[str]) -> str:
    """Returns a path as printable text: forward slashes, and escapes for undecodable bytes and control characters."""
    return printable(Path(path).as_posix())
