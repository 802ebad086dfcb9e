"""End a command by a signal in a sentence that is true: what has been written, and what has not."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

__all__ = ["SIGNALS", "EndedError", "ended_by_signals", "name_interruption", "noting_what_was_written"]

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Signals that end a command: Ctrl-C, `kill`, and a terminal that is closed."""


class EndedError(SystemExit):
    """A signal other than Ctrl-C ends the command; Ctrl-C is Python's own KeyboardInterrupt."""


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Turns signals into exceptions until the block of code ends, so that everything is put in order.

    A second signal ends the process at once: putting in order may be what takes too long. A signal that the command was
    started to ignore stays ignored.
    """
    before = {}
    with suppress(ValueError):  # only the main thread hears signals
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, _raise)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise(number: int, frame: FrameType | None) -> NoReturn:
    for each in SIGNALS:
        if signal.getsignal(each) is _raise:
            signal.signal(each, _end_at_once)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise EndedError(128 + number)


def _end_at_once(number: int, frame: FrameType | None) -> NoReturn:
    os._exit(128 + number)


@contextmanager
def noting_what_was_written(*places: str | Path) -> Iterator[None]:
    """Adds a note to an interruption for each of the files or folders that has been replaced by then."""
    before = {place: _identity(place) for place in places}
    try:
        yield
    except (KeyboardInterrupt, EndedError) as error:
        for place in places:
            note = f"{place} is written, whole"
            if _identity(place) != before[place] and note not in getattr(error, "__notes__", []):
                error.add_note(note)
        raise


def _identity(place: str | Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(place)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns


def name_interruption(error: BaseException, writes: bool) -> None:
    """Prints how the command was ended and, if it `writes` files, which of them are written."""
    how = "interrupted" if isinstance(error, KeyboardInterrupt) else "ended by a signal"
    written = "; ".join(getattr(error, "__notes__", [])) or "nothing was written"
    with suppress(OSError):  # the terminal may be closed
        print(f"{how}: {written}" if writes else how, file=sys.stderr, flush=True)
