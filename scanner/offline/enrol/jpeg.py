"""Look into a JPEG where Pillow does not: how it is coded, and whether its pixels are whole without its end."""

import re
from collections.abc import Callable
from typing import NamedTuple

from scanner.errors import ImageError
from scanner.offline.enrol.faults import CURE, damaged

__all__ = ["Coding", "coding", "with_its_end"]

END = b"\xff\xd9"
_MOST_SCANS = 200
"""Scans of a progressive JPEG; programs write about ten. Each of a thousand takes a pass over all pixels."""
_MARKER = re.compile(rb".{0,4096}?\xff([\x01-\xfe])", re.DOTALL)
"""The next marker. Pillow takes seconds to step over megabytes of filling."""
_NEXT_IN_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""A marker that ends the coded pixels of a scan."""
_ALONE = {*range(0xD0, 0xDA), 0x01}
"""Markers without a length."""
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_FILLING = bytes(range(1, 0xFF, 4))
_OTHER_FILLING = bytes(0xFF - byte for byte in _FILLING)
"""Bytes to put behind the coded pixels: every bit differs between the two, and neither holds a marker."""
_TAIL = 16
"""Bytes at the end of the coded pixels that have to matter."""


class Coding(NamedTuple):
    """How the pixels of a JPEG are coded.

    Attributes:
        components: ids of the colour components.
        progressive: whether further scans refine the first one.
        sent: (component, number of the coefficient) of each that is complete at the end of the file.
        scans: number of scans.
        ended: whether the mark of the end follows the scans.
        buffered: whether the decoder has to keep all coefficients until the end, two bytes each.
    """

    components: tuple[int, ...]
    progressive: bool
    sent: frozenset[tuple[int, int]]
    scans: int
    ended: bool
    buffered: bool


def coding(data: bytes) -> Coding:
    """Returns how a JPEG is coded.

    Raises:
        ImageError: the file has no pixels, more than 8 bits per colour, or so many scans that decoding takes minutes.
    """
    components: tuple[int, ...] = ()
    progressive = buffered = False
    sent: set[tuple[int, int]] = set()
    scans, place = 0, 2
    while (found := _MARKER.match(data, place)) and not (scans and found[1] == END[1:]):
        marker, place = found[1][0], found.end()
        if marker in _ALONE:
            continue
        length = int.from_bytes(data[place : place + 2], "big")
        segment = data[place + 2 : place + length]
        place += max(length, 2)
        if marker in _FRAMES and len(segment) >= 6:
            if segment[0] != 8:
                raise ImageError(f"expected a JPEG of 8 bits per colour, found {segment[0]}: {CURE}")
            progressive = marker in _PROGRESSIVE
            components = tuple(segment[6::3][: segment[5]])
        elif marker == 0xDA and len(segment) >= 4:
            scans += 1
            count = segment[0]
            inside = segment[1 : 1 + 2 * count : 2]
            buffered = buffered or progressive or count < len(components)
            first, last, precision = segment[1 + 2 * count : 4 + 2 * count].ljust(3, b"\xff")
            if not progressive:
                first, last, precision = 0, 63, 0
            if precision & 15 == 0:
                sent.update((each, number) for each in inside for number in range(first, min(last, 63) + 1))
            following = _NEXT_IN_SCAN.search(data, place)
            place = following.start() if following else len(data)
    if not scans:
        raise ImageError(damaged("a JPEG without pixels"))
    if scans > _MOST_SCANS:
        raise ImageError(f"expected a JPEG of at most {_MOST_SCANS} scans, found {scans}: save it again")
    return Coding(components, progressive, frozenset(sent), scans, found is not None, buffered)


def with_its_end(data: bytes, decoded: Callable[[bytes], bytes]) -> bytes | None:
    """Returns a JPEG that lacks the mark of its end with the mark; None if pixels are missing too.

    Coded pixels that are whole decode alike whatever bytes follow them. In a JPEG that is not progressive, the last
    bytes must matter as well: a file that goes on with zeros for want of pixels has its last pixels long before.

    Args:
        data: the file.
        decoded: decodes a whole JPEG to pixels.
    """
    found = coding(data)
    every = {(component, number) for component in found.components for number in range(64)}
    data = data.removesuffix(b"\xff")
    if found.sent < every or decoded(data + _FILLING + END) != decoded(data + _OTHER_FILLING + END):
        return None
    if not found.progressive:
        shorter = data[:-_TAIL]
        if decoded(shorter + _FILLING + END) == decoded(shorter + _OTHER_FILLING + END):
            return None
    return data + END
