"""JSON texts of others, read so that nothing is lost, and none can break its reader.

Size and nesting are limited before a text is parsed: in a browser, Python's own parser ends the whole interpreter at
some 1,600 levels, before Python raises RecursionError. `web/python/bundle-text.js` has both limits for the page.
"""

import json
import os
from typing import Any, NoReturn

import numpy as np

from .quoting import excerpt

__all__ = ["MOST_BYTES", "MOST_LEVELS", "read_at_most", "refuse_inexact", "strict_json"]

MOST_BYTES = 400_000_000
"""Largest text. A bundle of 100,000 references has 353 MB; a browser's texts end at 512 million characters."""

MOST_LEVELS = 64
"""Deepest nesting of objects and lists. A bundle without own fields has four levels. Python in a browser, the page's
JSON and the messages between page and worker all bear more than ten times as many."""

_READ_BYTES = 1 << 24

MOST_EXACT = 2**53 - 1
"""Largest whole number that JavaScript keeps exactly."""


def read_at_most(path: str | os.PathLike[str], most: int = MOST_BYTES) -> bytes:
    """Returns the bytes of a file.

    Raises:
        ValueError: the file has more than `most` bytes.
        OSError: the file cannot be read.
    """
    with open(path, "rb") as file:
        _check_size(os.fstat(file.fileno()).st_size, most)
        pieces, size = [], 0
        while piece := file.read(_READ_BYTES):  # a pipe tells no size, and a device may never end
            pieces.append(piece)
            size += len(piece)
            _check_size(size, most)
    return b"".join(pieces)


def strict_json(text: str | bytes, *, most_levels: int = MOST_LEVELS) -> Any:
    """Returns the value of a JSON text that can be written again without loss.

    Args:
        text: bytes are UTF-8, with or without a byte order mark.
        most_levels: deepest nesting of objects and lists.

    Raises:
        ValueError: the text is not JSON, is too large or nested too deeply, or holds NaN, infinity, half a surrogate
            pair, one name twice in an object, or a number with more digits than a double keeps.
    """
    _check_size(len(text))
    _check_bytes(text.encode("utf-8") if isinstance(text, str) else text, most_levels)
    if isinstance(text, bytes):
        text = text.decode("utf-8-sig")
    try:
        value = json.loads(text, **_HOOKS)
        if "\\ud" in text or "\\uD" in text:  # half a surrogate pair comes in as an escape only, and cannot be written
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def refuse_inexact(value: Any) -> None:
    """Refuses whole numbers that a page would change silently.

    Raises:
        ValueError: a whole number in the value is beyond 2**53 - 1, where JavaScript rounds.
    """
    if isinstance(value, int) and abs(value) > MOST_EXACT:
        shown = f"{value}" if abs(value) < 10**20 else "a number of more than 20 digits"
        raise ValueError(f"{shown}, which JavaScript cannot keep exactly: write it in quotes, as a text")
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            refuse_inexact(each)


def _check_size(size: int, most: int = MOST_BYTES) -> None:
    if size > most:
        raise ValueError(f"more than {most // 1_000_000} MB")


def _check_bytes(data: bytes, most_levels: int) -> None:
    _check_size(len(data))
    if _deeper_than(data, most_levels):
        raise ValueError(f"lists and objects are nested more than {most_levels} levels deep")


def _deeper_than(data: bytes, most: int) -> bool:
    """Returns whether a JSON text has lists and objects in more than `most` levels. Brackets inside texts do not count.

    The passes over all bytes are made in C: a bundle of 35 MB takes a tenth of a second.

    >>> text = b'[[1, "]]", [], "[[["]]'
    >>> _deeper_than(text, 2), _deeper_than(text, 3)
    (True, False)
    """
    if data.count(b"[") + data.count(b"{") <= most:
        return False
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    marks = data.translate(None, _UNMARKED).replace(b'""', b"")  # without pairs of quotes, equal brackets are inside
    depth = quotes = 0
    for start in range(0, len(marks), _PIECE):
        piece = np.frombuffer(marks, np.uint8, min(_PIECE, len(marks) - start), start)
        before = quotes + np.cumsum(piece == ord('"'))
        levels = depth + np.cumsum(np.where(before % 2 == 0, _STEPS[piece], 0))
        if levels.max() > most:
            return True
        quotes, depth = int(before[-1]), int(levels[-1])
    return False


_PIECE = 1 << 20
_UNMARKED = bytes(set(range(256)) - set(b'[]{}"'))
_STEPS = np.zeros(256, np.int8)
_STEPS[list(b"[{")], _STEPS[list(b"]}")] = 1, -1


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


def _whole(digits: str) -> int:
    if len(digits) > 1000:  # the time to read a number grows with the square of its digits
        raise ValueError(f"{excerpt(digits, 40)}, of {len(digits)} digits, is too large a number")
    return int(digits)


def _exact_float(digits: str) -> float:
    number = float(digits)
    if number - number != 0:
        raise ValueError(f"{excerpt(digits, 40)} is too large a number")
    if number == 0 and any(digit in "123456789" for digit in digits.lower().partition("e")[0]):
        raise ValueError(f"{excerpt(digits, 40)} is too small a number to be told from 0")
    # Programs write a double with as few digits as tell it from its neighbours, or with 17.
    if number != 0 and _decimal(digits) not in (_decimal(repr(number)), _decimal(f"{number:.17g}")):
        raise ValueError(f"{excerpt(digits, 40)} has more digits than a number keeps: round it, or write it in quotes")
    return number


def _decimal(digits: str) -> tuple[str, int]:
    """Returns the significant digits of a number that is not 0, and the power of ten of the last one."""
    mantissa, _, exponent = digits.lower().lstrip("-").partition("e")
    whole, _, part = mantissa.partition(".")
    significant = (whole + part).strip("0")
    trailing = len(whole + part) - len((whole + part).rstrip("0"))
    return significant, int(exponent or 0) - len(part) + trailing


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    known = dict(pairs)
    if len(known) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return known


_HOOKS: dict[str, Any] = {
    "parse_constant": _refuse_constant,
    "parse_int": _whole,
    "parse_float": _exact_float,
    "object_pairs_hook": _object,
}
