"""Keep files that were made on this machine, and give back only content that is whole.

A checksum of the file's name and content stands before the content. An emptied, cut or exchanged file is noticed when
it is read, and is made anew.
"""

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

from scanner.offline.site.runtime import write_in_cache

__all__ = ["keep", "kept", "kept_or_made"]

ENDING = ".kept"
"""Ending of kept files: earlier versions share the folders, and kept content without a checksum."""

_CHECKSUM_BYTES = hashlib.sha256().digest_size


def kept_or_made(path: Path, make: Callable[[], bytes]) -> bytes:
    """Returns the content kept as `path`; `make` makes content that is missing or damaged.

    Only for content made from verified files. The name of `path` holds the checksum of its sources.

    Raises:
        DownloadError: the content cannot be kept.
    """
    content = kept(path)
    if content is None:
        content = make()
        keep(path, content)
    return content


def kept(path: Path) -> bytes | None:
    """Returns the content kept as `path`, or None where it is missing or damaged."""
    place = _place(path)
    if not os.path.lexists(place):
        return None
    try:
        if not place.is_file():
            raise OSError("no file")
        stored = place.read_bytes()
        content = stored[_CHECKSUM_BYTES:]
        if stored[:_CHECKSUM_BYTES] == _checksum(path.name, content):
            return content
        found = "other checksum than it was kept with"
    except OSError as error:
        found = error.strerror or str(error)
    print(f"{place} is damaged ({found}): making it anew", file=sys.stderr, flush=True)
    return None


def keep(path: Path, content: bytes) -> None:
    """Keeps `content` as `path`. Raises DownloadError where the cache cannot be written."""
    write_in_cache(_place(path), _checksum(path.name, content) + content)


def _place(path: Path) -> Path:
    return path.with_name(path.name + ENDING)


def _checksum(name: str, content: bytes) -> bytes:
    return hashlib.sha256(f"{name}\0".encode() + content).digest()
