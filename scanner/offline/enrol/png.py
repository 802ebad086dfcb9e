"""Verify a PNG by the checksums of its chunks, and leave out what its pixels do not need.

Pillow decodes a PNG with a flipped bit without a word, and calls a large text or colour profile damage.
"""

import struct
import zlib

from scanner.errors import ImageError
from scanner.offline.enrol.faults import damaged

__all__ = ["verified_png"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIXELS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"eXIf"}
"""Chunks with pixels, their transparency and the way up. An animation's further frames are in others."""
_TEXTS = {b"tEXt", b"zTXt", b"iTXt"}
_WAY_UP = (b"exif\0", b"Raw profile type exif\0", b"XML:com.adobe.xmp\0")
"""Texts in which some programs keep which way is up."""
_MOST_TEXT = 1 << 20
"""Bytes of a text, unpacked, that Pillow takes."""


def verified_png(data: bytes) -> tuple[bytes, bool]:
    """Returns a PNG of the chunks that the pixels need, and whether the file has its end.

    A file that was cut off behind its pixels lacks the end only. Bytes behind the end do no harm.

    Raises:
        ImageError: a chunk differs from its checksum.
    """
    view, kept, place = memoryview(data), [_SIGNATURE], len(_SIGNATURE)
    end = _chunk(b"IEND")
    while place + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        stop = place + 12 + length
        if stop > len(data):
            break
        (checksum,) = struct.unpack_from(">I", data, stop - 4)
        if zlib.crc32(view[place + 4 : stop - 4]) != checksum:
            shown = kind.decode("ascii", "backslashreplace")
            raise ImageError(damaged(f"the checksum of a PNG's chunk {shown} is another"))
        if kind == b"IEND":
            return b"".join([*kept, end]), True
        if (kind in _PIXELS and length) or (kind in _TEXTS and _tells_way_up(kind, data[place + 8 : stop - 4])):
            kept.append(view[place:stop])  # type: ignore[arg-type]
        place = stop
    return b"".join([*kept, end]), False


def _chunk(kind: bytes) -> bytes:
    return struct.pack(">I", 0) + kind + struct.pack(">I", zlib.crc32(kind))


def _tells_way_up(kind: bytes, data: bytes) -> bool:
    if not data.startswith(_WAY_UP):
        return False
    packed = data.partition(b"\0")[2]
    if kind == b"zTXt":
        packed = packed[1:]
    elif kind == b"iTXt" and packed[:1] == b"\1":
        packed = packed[2:].split(b"\0", 2)[-1]
    else:
        return len(data) <= _MOST_TEXT
    unpack = zlib.decompressobj()
    try:
        unpack.decompress(packed, _MOST_TEXT)
    except zlib.error:
        return False
    return not unpack.unconsumed_tail
