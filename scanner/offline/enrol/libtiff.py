"""Collect the complaints of libtiff, which it writes to stderr while it decodes on."""

import os
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["complaints"]

_STDERR = 2
_COMPLAINT = re.compile(rb"[\w.]+: [^\n]*\n")
_ONE_AT_A_TIME = threading.Lock()


@contextmanager
def complaints() -> Iterator[list[str]]:
    """Gives a list that holds libtiff's complaints after the block of code.

    Lines that others write to stderr meanwhile come out after the block.
    """
    told: list[str] = []
    with _ONE_AT_A_TIME:
        try:
            stderr = os.dup(_STDERR)
        except OSError:  # a program without a console
            yield told
            return
        with tempfile.TemporaryFile() as file:
            os.dup2(file.fileno(), _STDERR)
            try:
                yield told
            finally:
                os.dup2(stderr, _STDERR)
                os.close(stderr)
                file.seek(0)
                for line in file:
                    if _COMPLAINT.fullmatch(line):
                        told.append(line.decode("ascii", "backslashreplace").strip())
                    else:
                        os.write(_STDERR, line)
