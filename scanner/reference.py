"""One picture we know, and the way from its pixels to its hashes, in the order that bundles keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .crops import CROPS, reference_square, reference_thumbnails
from .errors import BundleError, ImageError
from .grey import to_grey_on_white
from .keypoints import Keypoints, keypoints
from .limits import MINIMUM_DETAIL
from .phash import HASH_BITS, detail, fade, hash_faded, pack
from .quoting import quoted
from .windows import HASHES, window_hashes

__all__ = [
    "ASPECT",
    "HASH_BYTES",
    "RESERVED_FIELDS",
    "UPRIGHT_CROP",
    "Hashed",
    "Reference",
    "enrol",
    "enrolled",
    "hashed",
    "is_text",
]

HASH_BYTES = HASH_BITS // 8
UPRIGHT_CROP = CROPS // 2
"""Index of the crop that is the picture as it is: zoom 1, no shift."""
ASPECT = "aspect"
"""Field that enrolment adds to the site's own: the picture's width by its height, to three digits after the point."""
RESERVED_FIELDS = ("id", "hashes", "windows", "keypoints")
"""Fields of a reference that are ours; every other field is the site's own and is handed back with a match."""


@dataclass(frozen=True, eq=False)
class Reference:
    """One picture we know.

    Attributes:
        id: any Unicode text that is not empty.
        hashes: packed perceptual hashes of the crops, (75, 18) uint8: by zoom, then shift down, then shift right.
        windows: packed window hashes, (10, 18) uint8: the whole picture, then nine windows, rows first.
        fields: JSON values that the site wants back with a match, such as `url` and `title`.
        keypoints: corners of the drawing with their hashes, by which a picture without a border is found; None where a
            bundle keeps none.

    Raises:
        BundleError: an id, hashes or fields that could not be written and read back.
    """

    id: str
    hashes: npt.NDArray[np.uint8]
    windows: npt.NDArray[np.uint8]
    fields: Mapping[str, Any] = field(default_factory=dict)
    keypoints: Keypoints | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not self.id or not is_text(self.id):
            raise BundleError(
                "expected a reference id that is a Unicode text of at least one character, "
                f"found {quoted(self.id)}: choose another"
            )
        for name, count in (("hashes", CROPS), ("windows", HASHES)):
            array = getattr(self, name)
            if array.dtype != np.uint8 or array.shape != (count, HASH_BYTES):
                raise BundleError(
                    f"expected {name} of reference {quoted(self.id)} as packed uint8 of shape ({count}, {HASH_BYTES}), "
                    f"found {array.dtype} of shape {array.shape}: pass what scanner.phash.pack returns"
                )
        taken = sorted(set(RESERVED_FIELDS) & set(self.fields))
        if taken:
            raise BundleError(
                f"expected own field names for reference {quoted(self.id)}, found {quoted(taken[0])}, which is ours: "
                "rename it"
            )


class Hashed(NamedTuple):
    """The hashes of one picture.

    Attributes:
        hashes: packed, (75, 18) uint8, in the order of `Reference.hashes`.
        windows: packed, (10, 18) uint8, in the order of `Reference.windows`.
        detail: root mean square contrast of the faded picture, in grey levels; below `limits.MINIMUM_DETAIL` it is too
            plain to recognise.
        aspect: width of the picture by its height, to three digits after the point.
        keypoints: corners of the drawing with their hashes; None if they were not asked for.
    """

    hashes: npt.NDArray[np.uint8]
    windows: npt.NDArray[np.uint8]
    detail: float
    aspect: float
    keypoints: Keypoints | None = None


def hashed(grey: npt.NDArray[np.uint8], with_keypoints: bool = True) -> Hashed:
    """Returns the hashes of a picture, equal on every machine.

    Args:
        grey: (height, width) uint8, any size and shape.
        with_keypoints: whether to look for keypoints, which takes a few milliseconds.
    """
    thumbnails = reference_thumbnails(reference_square(grey))
    faded = fade(thumbnails)
    windows = window_hashes(thumbnails[UPRIGHT_CROP])
    found = keypoints(grey) if with_keypoints else None
    height, width = grey.shape
    aspect = max(0.001, round(width / height, 3))  # never 0, however narrow the picture
    return Hashed(pack(hash_faded(faded)), pack(windows), float(detail(faded[UPRIGHT_CROP])), aspect, found)


def enrol(id: str, pixels: npt.ArrayLike, fields: Mapping[str, Any] | None = None) -> Reference:
    """Returns the reference of one picture in memory, ready to be put into a `HashBundle`.

    Args:
        id: any Unicode text that is not empty. File systems spell "é" in two ways: bring ids to Unicode's composed form
            (NFC) first, as `build_bundle` does.
        pixels: the upright picture, (height, width), (height, width, 3) or (height, width, 4) uint8, RGB order, any
            size. Transparent parts count as white.
        fields: JSON values that the site wants back with a match. Without a field "aspect" of the site's own, the
            reference gets one.

    Raises:
        ImageError: not such an array, or a picture too plain to recognise.
        BundleError: an id or fields that a bundle cannot hold.

    >>> rows, columns = np.indices((90, 60))
    >>> enrol("waves", (rows * columns % 251).astype(np.uint8), {"title": "Waves"}).hashes.shape
    (75, 18)
    """
    return enrolled(id, hashed(to_grey_on_white(pixels)), fields or {})


def enrolled(id: str, made: Hashed, fields: Mapping[str, Any]) -> Reference:
    """Returns the reference of a picture that has been hashed, maybe in another process.

    Args:
        id: any Unicode text that is not empty.
        made: the picture's hashes.
        fields: JSON values that the site wants back with a match. Without a field "aspect" of the site's own, the
            reference gets one.

    Raises:
        ImageError: the picture is too plain to recognise.
        BundleError: an id or fields that a bundle cannot hold.
    """
    if made.detail < MINIMUM_DETAIL:
        raise ImageError(
            "expected a picture with shapes to tell it by, found one that is nearly flat "
            f"(contrast {made.detail:.1f} grey levels, at least {MINIMUM_DETAIL:g} are needed): choose another picture"
        )
    return Reference(id, made.hashes, made.windows, {ASPECT: made.aspect, **fields}, made.keypoints)


def is_text(text: str) -> bool:
    """Says whether a string is Unicode text: one with half a surrogate pair cannot be written."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
