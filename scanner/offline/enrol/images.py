"""Picture file to grey pixels. With `pixels`, the only module that reads pictures through Pillow."""

import io
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError, features

from scanner.errors import ImageError
from scanner.offline.enrol.faults import CURE, EMPTY, damaged, first_line, unknown, unopened, without_reader
from scanner.offline.enrol.jpeg import coding, with_its_end
from scanner.offline.enrol.kinds import content_kind
from scanner.offline.enrol.libtiff import complaints
from scanner.offline.enrol.memory import MOST_BYTES, MOST_PIXELS, refuse_large, too_large_file, too_many_pixels
from scanner.offline.enrol.pixels import Picture, Upright, colour_of, grey_of, small_of, upright_of
from scanner.offline.enrol.png import verified_png
from scanner.offline.enrol.shown import printable, shown_path

__all__ = ["MOST_PIXELS", "Picture", "colour_of", "grey_of", "read_colour", "read_grey", "read_small", "read_upright"]

# Pillow tells its log of some damage; without a handler, Python prints the log.
logging.getLogger("PIL").addHandler(logging.NullHandler())

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "DIB", "TIFF")
_HELD_IN_MEMORY = {"PNG", "JPEG", "WebP", "AVIF", "HEIC"}
"""Kinds whose files are read at once: to be verified, or because their decoders do so."""
_NO_END = "expected a {0} with an end, found it cut off behind its last pixels, which are whole: copy the file again"


def read_grey(path: str | os.PathLike[str]) -> npt.NDArray[np.uint8]:
    """Returns a picture file as grey levels, (height, width) uint8, upright and on white.

    PNG, JPEG, WebP, GIF (first frame), BMP, TIFF (first page), AVIF and HEIC are read by their content, whatever the
    name's ending. HEIC needs the package `phash-scanner[heic]`.

    Raises:
        ImageError: there is no such file, it is no picture that can be read, is damaged, has more than `MOST_PIXELS`,
            or takes too much memory; the message names the file, the fault and the cure.
    """
    return read_upright(path).grey


def read_upright(path: str | os.PathLike[str]) -> Upright:
    """Returns a picture file as `read_grey` does, with warnings, which do not name the file."""
    with _opened(path) as (image, told):
        grey, more = upright_of(image)
        return Upright(grey, (*told, *more))


def read_colour(path: str | os.PathLike[str]) -> Image.Image:
    """Returns a picture file as an RGB image, upright and on white.

    Raises:
        ImageError: as for `read_grey`.
    """
    with _opened(path) as (image, _):
        return colour_of(image)


def read_small(path: str | os.PathLike[str], longest_side: int) -> Image.Image:
    """Returns a picture file as an RGB image, upright and on white, its longer side at most `longest_side` pixels.

    Raises:
        ImageError: as for `read_grey`.
    """
    with _opened(path) as (image, _):
        return small_of(image, longest_side)


@contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[tuple[Image.Image, list[str]]]:
    """Gives the picture in a file, decoded, and warnings; every failure becomes an ImageError that names the file."""
    try:
        with open(path, "rb") as file, warnings.catch_warnings():
            # Pillow warns of odd EXIF data, which does no harm, and of more than 89 million pixels, which we allow.
            warnings.filterwarnings("ignore", module=r"PIL\.")
            told: list[str] = []
            with _decoded(file, told) as image:
                yield image, told
        return
    except ImageError as error:
        fault = str(error)
    except Image.DecompressionBombError as error:
        fault = too_many_pixels(error)
    except MemoryError:
        fault = "expected a picture that fits into memory, found a larger one: make the picture smaller"
    except Exception as error:  # damage makes Pillow's decoders raise exceptions of any kind
        fault = unopened(path, error) if isinstance(error, OSError) and error.errno is not None else damaged(error)
    raise ImageError(f"{shown_path(path)}: {printable(fault)}")


def _decoded(file: BinaryIO, told: list[str]) -> Image.Image:
    """Returns the picture in an open file, verified and decoded; adds warnings to `told`."""
    beginning = file.read(1024)
    if not beginning:
        raise ImageError(EMPTY)
    kind = content_kind(beginning)
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    if kind == "TIFF":
        return _loaded_tiff(file, beginning)
    if kind not in _HELD_IN_MEMORY:
        return _loaded(file, kind, beginning)
    if size > MOST_BYTES:
        raise ImageError(too_large_file(size))
    data = file.read()
    if kind == "PNG":
        data, whole = verified_png(data)
        if not whole:
            told.append(_NO_END.format(kind))
    if kind != "JPEG":
        return _loaded(io.BytesIO(data), kind, beginning, len(data))
    found = coding(data)
    decoding = 2 * len(found.components) if found.buffered else 0
    if not found.ended:
        whole_data = with_its_end(
            data, lambda other: _loaded(io.BytesIO(other), kind, beginning, len(data), decoding).tobytes()
        )
        if whole_data is None:
            raise ImageError(damaged("a JPEG that breaks off"))
        data = whole_data
        told.append(_NO_END.format(kind))
    return _loaded(io.BytesIO(data), kind, beginning, len(data), decoding)


def _loaded(
    file: BinaryIO, kind: str | None, beginning: bytes, file_bytes: int = 0, decoding: int | None = None
) -> Image.Image:
    """Returns the picture in a file, decoded by Pillow unless it is too large."""
    try:
        image = Image.open(file, formats=_formats(kind))
    except UnidentifiedImageError:
        raise ImageError(_not_heic(file) if kind == "HEIC" else unknown(beginning)) from None
    refuse_large(image, file_bytes, decoding)
    image.load()
    return image


def _loaded_tiff(file: BinaryIO, beginning: bytes) -> Image.Image:
    """Returns the picture in a TIFF; libtiff's complaint is the fault, even if it has decoded on."""
    failed: OSError | None = None
    with complaints() as complained:
        try:
            image = _loaded(file, "TIFF", beginning)
        except OSError as error:
            failed = error
    if complained:
        complaint = complained[0][:100]
        if "not configured" in complaint:
            raise ImageError(f"expected a TIFF of a known coding, found another ({complaint}): {CURE}")
        raise ImageError(damaged(complaint))
    if failed:
        raise failed
    return image


def _formats(kind: str | None) -> tuple[str, ...]:
    """Returns Pillow's names of the formats to try for a file of a kind."""
    if kind == "AVIF":
        if not features.check("avif"):
            raise ImageError(without_reader(kind))
        return ("AVIF",)
    if kind == "HEIC":
        try:
            import pillow_heif  # here because it is an extra
        except ImportError:
            raise ImageError(without_reader(kind)) from None
        pillow_heif.register_heif_opener()
        return ("HEIF",)
    return _FORMATS


def _not_heic(file: BinaryIO) -> str:
    """Returns the text of the fault for a HEIC that Pillow's plugin refuses: it keeps libheif's reason to itself."""
    import pillow_heif

    file.seek(0)
    try:
        pillow_heif.open_heif(file)
        reason = "no picture inside"
    except Exception as error:  # as many kinds as the decoders of Pillow
        reason = first_line(error)
    if "limit" in reason:
        return damaged(reason)
    return f"expected a picture that libheif can decode (it says: {reason}), found HEIC: {CURE}"
