"""Colour to grey, for every later stage."""

import numpy as np
import numpy.typing as npt

from .errors import ImageError

__all__ = ["Grey", "on_white", "to_grey", "to_grey_on_white"]

Grey = npt.NDArray[np.uint8]
"""Grey levels of a picture, (height, width), 0 black to 255 white."""

# Luma weights of ITU-R BT.601 in 1/65536, as Pillow has for "L". The weights add up to 65536, so white stays 255.
RED, GREEN, BLUE = 19595, 38470, 7471


def to_grey(pixels: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """Returns the luma of a picture, shape (height, width), 0 black to 255 white.

    Args:
        pixels: uint8, shape (height, width, 3) RGB; (height, width, 4) RGBA, whose alpha is ignored; or
            (height, width), which is grey already and returned as it is.

    Raises:
        ImageError: another type or shape, or a picture without pixels.
    """
    try:
        array = np.asarray(pixels)
    except ValueError:
        raise ImageError("expected one picture, found rows of different lengths: make them equally long") from None
    if array.dtype != np.uint8:
        raise ImageError(
            f"expected pixels of type uint8 (0 to 255), found {array.dtype}: convert them with .astype('uint8')"
        )
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise ImageError(
            "expected one picture of shape (height, width), (height, width, 3) or (height, width, 4), "
            f"found shape {array.shape}: pass one frame at a time, colours last"
        )
    if array.shape[0] == 0 or array.shape[1] == 0:
        raise ImageError(f"expected at least one pixel, found shape {array.shape}: wait until the camera delivers")
    if array.ndim == 2:
        return array
    grey = np.empty(array.shape[:2], np.uint8)
    rows = max(1, _BAND // array.shape[1])
    for top in range(0, len(array), rows):
        grey[top : top + rows] = _luma(array[top : top + rows])
    return grey


_BAND = 1 << 19
"""Pixels turned to grey at a time. All 16 million of a photograph at once would need 200 MB in a phone."""


def _luma(colours: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    luma = colours[..., 0].astype(np.uint32)
    luma *= RED
    luma += np.multiply(colours[..., 1], GREEN, dtype=np.uint32)
    luma += np.multiply(colours[..., 2], BLUE, dtype=np.uint32)
    luma += 1 << 15
    luma >>= 16
    return luma.astype(np.uint8)


def to_grey_on_white(pixels: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """Returns the luma of a picture laid on white paper, shape (height, width), 0 black to 255 white.

    Args:
        pixels: uint8, shape (height, width) grey, (height, width, 3) RGB or (height, width, 4) RGBA, with alpha
            0 clear to 255 opaque.

    Raises:
        ImageError: another type or shape, or a picture without pixels.
    """
    grey, array = to_grey(pixels), np.asarray(pixels)
    return on_white(grey, array[..., 3]) if array.shape[2:] == (4,) else grey


def on_white(grey: npt.NDArray[np.uint8], alpha: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Returns grey levels, (height, width), laid on white paper by alpha, (height, width), 0 clear to 255 opaque."""
    opaque = alpha.astype(np.uint32)
    return ((grey * opaque + 255 * (255 - opaque) + 127) // 255).astype(np.uint8)
