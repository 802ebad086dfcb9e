"""Picture in memory to grey pixels: upright, opaque, 8 bits."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageOps

from scanner.errors import ImageError
from scanner.grey import to_grey, to_grey_on_white
from scanner.offline.enrol.faults import CURE
from scanner.offline.enrol.memory import refuse_large
from scanner.offline.enrol.transparency import lost_on_white

__all__ = ["Picture", "Upright", "colour_of", "grey_of", "small_of", "upright_of"]

Picture = Image.Image | npt.NDArray[np.uint8]
"""A Pillow image, or an array (height, width), (height, width, 3) or (height, width, 4) uint8, RGB order."""

# EXIF orientations by the step that turns an array (height, width) upright: first swap rows and columns, then flip.
_TRANSPOSED = {5, 6, 7, 8}
_UPSIDE_DOWN = {3, 4, 7, 8}
_MIRRORED = {2, 3, 6, 7}

_COLOUR_MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr"}
"""Modes that Pillow converts to RGBA without changing how the picture looks."""


class Upright(NamedTuple):
    """A picture ready to be hashed.

    Attributes:
        grey: levels (height, width) uint8, upright and on white.
        warnings: one text for each thing that looks like a mistake in a picture that is used as it is.
    """

    grey: npt.NDArray[np.uint8]
    warnings: tuple[str, ...] = ()


def grey_of(picture: Picture) -> npt.NDArray[np.uint8]:
    """Returns a picture in memory as grey levels, (height, width) uint8, upright and on white.

    Raises:
        ImageError: the picture is neither a Pillow image nor a uint8 array, has no pixels, is an image that has too
            many pixels or takes too much memory, or has a mode without a defined white.
        Exception: any, from Pillow, for a damaged file that has not been decoded yet.
    """
    return upright_of(picture).grey


def upright_of(picture: Picture) -> Upright:
    """Returns a picture in memory as `grey_of` does, with warnings."""
    if isinstance(picture, np.ndarray):
        grey = to_grey_on_white(picture)
        return Upright(grey, _lost(grey, 255 - picture[..., 3] if picture.shape[2:] == (4,) else None))
    if not isinstance(picture, Image.Image):
        raise ImageError(
            f"expected a Pillow image or an array of uint8, found {type(picture).__name__}: "
            "open it with PIL.Image.open first"
        )
    width, height = picture.size
    if width < 1 or height < 1:
        raise ImageError(f"expected at least one pixel, found {width} x {height}: {CURE}")
    refuse_large(picture)
    picture.load()
    grey, clear = _flattened(picture)
    warnings = _lost(grey, clear)
    # The orientation is read after decoding: Pillow's TIFF reader turns pictures itself and then says "upright".
    return Upright(_upright(grey, _orientation(picture)), warnings)


def _lost(grey: npt.NDArray[np.uint8], clear: npt.NDArray[np.uint8] | None) -> tuple[str, ...]:
    lost = None if clear is None else lost_on_white(grey, clear)
    return (lost,) if lost else ()


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


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation -> the turn that makes a picture upright."""


def small_of(picture: Image.Image, longest_side: int) -> Image.Image:
    """Returns a decoded picture as an RGB image, upright and on white, made smaller if it is larger.

    Large pictures are made smaller first, so that no further copy of all their pixels is needed.

    Raises:
        ImageError: the mode has no defined white.
    """
    turn = _TURNS.get(_orientation(picture))
    if picture.mode not in _COLOUR_MODES:
        picture, turn = Image.fromarray(grey_of(picture)), None
    elif picture.has_transparency_data or picture.mode in {"1", "P"}:
        picture = picture.convert("RGBA")
    scale = longest_side / max(picture.size)
    if scale < 1:
        width, height = (max(1, round(side * scale)) for side in picture.size)
        picture = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3)
    opaque = Image.new("RGBA", picture.size, "white")
    opaque.alpha_composite(picture.convert("RGBA"))
    small = opaque.convert("RGB")
    return small if turn is None else small.transpose(turn)


_BAND = 1 << 16
"""Pixels turned to grey at a time: intermediate arrays fit the cache, and large pictures need no gigabytes."""

_Planes = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8] | None]
"""Grey on white, and how clear each pixel is, 0 opaque to 255 clear; None for a picture without transparency."""


def _flattened(image: Image.Image) -> _Planes:
    if image.mode == "LAB":
        image = image.getchannel("L")  # lightness; Pillow has no plain way from LAB to RGB
    width, height = image.size
    deep = image.mode in {"I", "F"} or image.mode.startswith("I;16")
    transparent = image.has_transparency_data or image.mode in {"La", "RGBa"}
    grey = np.empty((height, width), np.uint8)
    clear = np.empty((height, width), np.uint8) if transparent else None
    for top, bottom in _bands(height, width):
        band = image.crop((0, top, width, bottom))
        if deep:
            rows, see_through = _deep_band(band, image.info.get("transparency"))
        else:
            rows, see_through = _clear_band(band) if transparent else (_opaque_band(band), None)
        grey[top:bottom] = rows
        if clear is not None:
            clear[top:bottom] = 0 if see_through is None else see_through
    return grey, clear


def _bands(height: int, width: int) -> Iterator[tuple[int, int]]:
    """Yields the first row of each band, and the row after its last."""
    rows = max(1, _BAND // width)
    for top in range(0, height, rows):
        yield top, min(top + rows, height)


def _clear_band(image: Image.Image) -> _Planes:
    if image.mode == "La":
        image = image.convert("LA")
    rgba = np.asarray(image if image.mode == "RGBA" else image.convert("RGBA"))
    return to_grey_on_white(rgba), 255 - rgba[..., 3]


def _opaque_band(image: Image.Image) -> npt.NDArray[np.uint8]:
    if image.mode in {"1", "L"}:
        return to_grey(np.asarray(image.convert("L")))
    return to_grey(np.asarray(image if image.mode == "RGB" else image.convert("RGB")))


def _deep_band(image: Image.Image, see_through: object) -> _Planes:
    """Returns 16-bit grey scaled to 8: 65535 becomes 255. Pillow's own conversion would clip at 255."""
    levels = np.asarray(image)
    if image.mode == "F" or levels.min() < 0 or levels.max() > 65535:
        raise ImageError(
            "expected 8 or 16 bits per colour, found 32, where no level is agreed to be white: "
            "save it with 8 bits per colour"
        )
    grey = ((levels.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    if not isinstance(see_through, int):
        return grey, None
    clear = levels == see_through
    grey[clear] = 255
    return grey, clear.astype(np.uint8) * 255


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
