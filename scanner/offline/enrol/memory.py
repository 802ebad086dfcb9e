"""Refuse a picture by the memory that decoding it takes, before it is decoded.

A file of some kilobytes can ask for gigabytes, and several processes decode at a time.
"""

import re
from typing import Any

from PIL import Image

from scanner.errors import ImageError

__all__ = ["MOST_BYTES", "MOST_PIXELS", "needed_bytes", "refuse_large", "too_large_file", "too_many_pixels"]

MOST_PIXELS = 100_000_000
"""Pictures with more pixels are refused."""

MOST_BYTES = 1_000_000_000
"""Pictures that take more memory to decode and hash are refused: enough for 100 million pixels of a PNG or an ordinary
JPEG, and for 58 million of a WebP."""

_STORED = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2}
"""Bytes of a pixel in Pillow's memory, by mode; 4 in every other mode."""

_DECODING = {"WEBP": 12, "AVIF": 12, "HEIF": 12, "GIF": 2, "BMP": 2, "DIB": 2}
"""Bytes for each pixel that a format's decoder holds besides; see docs/decisions/offline.md for the measurement."""

_HASHING = 800
"""Bytes that hashing takes for each column of pixels; it matters for strips of a million columns."""


def refuse_large(image: Image.Image, file_bytes: int = 0, decoding: int | None = None) -> None:
    """Raises an ImageError if an image, not decoded yet, has too many pixels or takes too much memory to decode.

    Args:
        image: as `Image.open` returns it.
        file_bytes: bytes of its file that are held in memory.
        decoding: bytes for each pixel that the decoder needs besides the picture; None: known by the format.
    """
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise ImageError(too_many_pixels(f"{width} x {height}"))
    needed = needed_bytes(image, file_bytes, decoding)
    if needed > MOST_BYTES:
        found = f"{width} x {height} pixels in {image.format or 'memory'}, which take {_megabytes(needed)}"
        smaller = "make the picture smaller" + ", or save it as PNG" * (image.format in {"WEBP", "AVIF", "HEIF"})
        raise ImageError(f"expected at most {_megabytes(MOST_BYTES)} of memory to read it, found {found}: {smaller}")


def needed_bytes(image: Image.Image, file_bytes: int = 0, decoding: int | None = None) -> int:
    """Returns the memory that decoding and hashing an image takes at most; arguments as of `refuse_large`."""
    width, height = image.size
    row = -(-width * _STORED.get(image.mode, 4) // 4) * 4 + 8  # Pillow rounds rows up, and keeps a pointer to each
    if decoding is None:
        decoding = _DECODING.get(image.format or "", 0)
    own = 2 + image.has_transparency_data  # grey, a turned copy of it, and how clear each pixel is
    return height * row + (decoding + own) * width * height + _strip_bytes(image) + width * _HASHING + file_bytes


def too_large_file(size: int) -> str:
    """Returns the text of the fault for a file of so many bytes."""
    return f"expected a file of at most {_megabytes(MOST_BYTES)}, found {_megabytes(size)}: make the picture smaller"


def too_many_pixels(found: str | Image.DecompressionBombError) -> str:
    """Returns the text of the fault for a picture of too many pixels: its size, or Pillow's error."""
    if not isinstance(found, str):
        told = re.search(r"(\d+) pixels", str(found))
        found = f"{int(told[1]) // 1_000_000} million" if told else "more"
    return f"expected at most {MOST_PIXELS // 1_000_000} million pixels, found {found}: make the picture smaller"


def _strip_bytes(image: Image.Image) -> int:
    """Returns the bytes of the largest strip or tile of a TIFF, which is unpacked as a whole; 0 for other formats."""
    tags: Any = getattr(image, "tag_v2", None)
    if tags is None or tags.get(259, 1) == 1:  # not packed
        return 0
    width, height = tags.get(322, image.width), tags.get(323, min(tags.get(278, image.height), image.height))
    bits = sum(tags.get(258, (1,)))
    if len(tags.get(258, (1,))) == 1:
        bits *= tags.get(277, 1)
    return int(-(-width * bits // 8) * height)


def _megabytes(count: int) -> str:
    return f"{-(-count // 1_000_000):,} MB"
