"""Picture to grey pixels: upright, opaque, 8 bits. The only module that reads pictures through Pillow."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from scanner.errors import ImageError
from scanner.grey import to_grey, to_grey_on_white
from scanner.offline.enrol.kinds import READABLE_KINDS, content_kind
from scanner.offline.enrol.shown import shown_path

__all__ = [
    "MOST_PIXELS",
    "Picture",
    "colour_of",
    "damaged",
    "grey_of",
    "read_colour",
    "read_grey",
]

Picture = Image.Image | npt.NDArray[np.uint8]
"""A Pillow image, or an array (height, width), (height, width, 3) or (height, width, 4) uint8, RGB order."""

MOST_PIXELS = 100_000_000
"""Pictures with more pixels are refused before decoding: a file of some kilobytes can ask for gigabytes."""

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "DIB", "TIFF")
_CURE = "save it again as PNG or JPEG"


# EXIF orientations by the step that turns an array (height, width) upright: first swap rows and columns, then flip.
_TRANSPOSED = {5, 6, 7, 8}
_UPSIDE_DOWN = {3, 4, 7, 8}
_MIRRORED = {2, 3, 6, 7}

_COLOUR_MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr"}
"""Modes that Pillow converts to RGBA without changing how the picture looks."""


def read_grey(path: str | os.PathLike[str]) -> npt.NDArray[np.uint8]:
    """Returns a picture file as grey levels, (height, width) uint8, upright and on white.

    PNG, JPEG, WebP, GIF (first frame), BMP and TIFF (first page) are read by their content, whatever the name's ending.

    Raises:
        ImageError: there is no such file, it is no picture that can be read, is damaged, or has more than
            `MOST_PIXELS`; the message names the file, the fault and the cure.
    """
    with _opened(path) as image:
        return grey_of(image)


def read_colour(path: str | os.PathLike[str]) -> Image.Image:
    """Returns a picture file as an RGB image, upright and on white.

    Raises:
        ImageError: there is no such file, it is no picture that can be read, is damaged, or has more than
            `MOST_PIXELS`.
    """
    with _opened(path) as image:
        return colour_of(image)


@contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[Image.Image]:
    """Gives the picture in a file; every failure becomes an ImageError that names the file."""
    try:
        with open(path, "rb") as file, warnings.catch_warnings():
            # Pillow warns of odd EXIF data, which does no harm, and of more than 89 million pixels, which we allow.
            warnings.filterwarnings("ignore", module=r"PIL\.")
            beginning = file.read(1024)
            if not beginning:
                raise ImageError("expected a picture, found an empty file: copy it again, or remove it")
            file.seek(0)
            try:
                image = Image.open(file, formats=_FORMATS)
            except UnidentifiedImageError:
                raise ImageError(_unknown(beginning)) from None
            with image:
                yield image
        return
    except ImageError as error:
        fault = str(error)
    except Image.DecompressionBombError:
        fault = _too_large("more")
    except MemoryError:
        fault = "expected a picture that fits into memory, found a larger one: make the picture smaller"
    except Exception as error:  # damage makes Pillow's decoders raise exceptions of any kind
        fault = _unopened(path, error) if isinstance(error, OSError) and error.errno is not None else damaged(error)
    raise ImageError(f"{shown_path(path)}: {fault}")


def grey_of(picture: Picture) -> npt.NDArray[np.uint8]:
    """Returns a picture in memory as grey levels, (height, width) uint8, upright and on white.

    Raises:
        ImageError: the picture is neither a Pillow image nor a uint8 array, has no pixels, is an image of more than
            `MOST_PIXELS`, or has a mode without a defined white.
        Exception: any, from Pillow, for a damaged file that has not been decoded yet.
    """
    if isinstance(picture, np.ndarray):
        return to_grey_on_white(picture)
    if not isinstance(picture, Image.Image):
        raise ImageError(
            f"expected a Pillow image or an array of uint8, found {type(picture).__name__}: "
            "open it with PIL.Image.open first"
        )
    width, height = picture.size
    if width < 1 or height < 1:
        raise ImageError(f"expected at least one pixel, found {width} x {height}: {_CURE}")
    if width * height > MOST_PIXELS:
        raise ImageError(_too_large(f"{width} x {height}"))
    picture.load()
    grey = _flattened(picture)
    # The orientation is read after decoding: Pillow's TIFF reader turns pictures itself and then says "upright".
    return _upright(grey, _orientation(picture))


def colour_of(picture: Picture) -> Image.Image:
    """Returns a picture in memory as an RGB image, upright and on white.

    Raises:
        ImageError: the mode has no defined white, or other faults that `grey_of` names.
    """
    if isinstance(picture, np.ndarray):
        image = Image.fromarray(picture)
    elif picture.mode in _COLOUR_MODES:
        try:
            image = ImageOps.exif_transpose(picture)
        except Exception:  # a picture is none the worse for damaged EXIF data
            image = picture
    else:
        image = Image.fromarray(grey_of(picture))  # 16 bits and the like: only `grey_of` scales them to 8 bits
    opaque = Image.new("RGBA", image.size, "white")
    opaque.alpha_composite(image.convert("RGBA"))
    return opaque.convert("RGB")


_BAND = 1 << 16
"""Pixels turned to grey at a time: intermediate arrays fit the cache, and large pictures need no gigabytes."""


def _flattened(image: Image.Image) -> npt.NDArray[np.uint8]:
    if image.mode in {"I", "F"} or image.mode.startswith("I;16"):
        return _from_deep(image)
    if image.mode == "LAB":
        image = image.getchannel("L")  # lightness; Pillow has no plain way from LAB to RGB
    width, height = image.size
    grey = np.empty((height, width), np.uint8)
    for top, bottom in _bands(height, width):
        grey[top:bottom] = _band_flattened(image.crop((0, top, width, bottom)))
    return grey


def _bands(height: int, width: int) -> Iterator[tuple[int, int]]:
    """Yields the first row of each band, and the row after its last."""
    rows = max(1, _BAND // width)
    for top in range(0, height, rows):
        yield top, min(top + rows, height)


def _band_flattened(image: Image.Image) -> npt.NDArray[np.uint8]:
    if image.has_transparency_data or image.mode in {"La", "RGBa"}:
        if image.mode == "La":
            image = image.convert("LA")
        rgba = np.asarray(image if image.mode == "RGBA" else image.convert("RGBA"))
        return to_grey_on_white(rgba)
    if image.mode in {"1", "L"}:
        return to_grey(np.asarray(image.convert("L")))
    return to_grey(np.asarray(image if image.mode == "RGB" else image.convert("RGB")))


def _from_deep(image: Image.Image) -> npt.NDArray[np.uint8]:
    """Returns 16-bit grey scaled to 8: 65535 becomes 255. Pillow's own conversion would clip at 255."""
    levels = np.asarray(image)
    if image.mode == "F" or levels.min() < 0 or levels.max() > 65535:
        raise ImageError(
            "expected 8 or 16 bits per colour, found 32, where no level is agreed to be white: "
            "save it with 8 bits per colour"
        )
    grey = np.empty(levels.shape, np.uint8)
    for top, bottom in _bands(*levels.shape):
        grey[top:bottom] = (levels[top:bottom].astype(np.uint32) * 255 + 32767) // 65535
    see_through = image.info.get("transparency")
    if isinstance(see_through, int):
        grey[levels == see_through] = 255
    return grey


def _orientation(image: Image.Image) -> int:
    """Returns the EXIF orientation, 1 (upright) to 8; 1 too where the EXIF data is missing or damaged."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # a picture is none the worse for damaged EXIF data
        return 1
    return orientation if orientation in range(1, 9) else 1


def _upright(grey: npt.NDArray[np.uint8], orientation: int) -> npt.NDArray[np.uint8]:
    if orientation in _TRANSPOSED:
        grey = grey.T
    if orientation in _UPSIDE_DOWN:
        grey = grey[::-1]
    if orientation in _MIRRORED:
        grey = grey[:, ::-1]
    return np.ascontiguousarray(grey)


def damaged(error: Exception) -> str:
    """Returns the text of the fault for a picture that Pillow cannot decode."""
    return f"expected a whole picture, found damage ({_first_line(error)}): {_CURE}"


def _unopened(path: str | os.PathLike[str], error: OSError) -> str:
    if os.path.isdir(path):
        return "expected a picture, found a folder: name a file inside it"
    if os.path.islink(path) and not os.path.exists(path) and not isinstance(error, PermissionError):
        return "expected a picture, found a link to nothing: mend or remove it"
    if isinstance(error, FileNotFoundError):
        return "expected a picture, found no such file: check the name"
    return f"expected a picture that can be opened, found otherwise ({error.strerror}): check its permissions"


def _too_large(found: str) -> str:
    return f"expected at most {MOST_PIXELS // 1_000_000} million pixels, found {found}: make the picture smaller"


def _unknown(beginning: bytes) -> str:
    kind = content_kind(beginning)
    readable = "PNG, JPEG, WebP, GIF, BMP or TIFF"
    if kind in READABLE_KINDS:
        return f"expected a whole picture, found damage at the beginning of a {kind} file: {_CURE}"
    if kind:
        return f"expected {readable}, found {kind}: {_CURE}"
    return f"expected {readable}, found a file that begins with {beginning[:12]!r}: {_CURE}, or remove it"


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:100]
