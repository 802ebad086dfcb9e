"""Say what a transparent picture loses on white paper."""

import numpy as np
import numpy.typing as npt

from scanner.limits import MINIMUM_DETAIL
from scanner.phash import THUMBNAIL_SIZE, detail, fade
from scanner.resample import area_means

__all__ = ["GROUND", "lost_on_white"]

TIMES = 4.0
"""Times as much contrast on a darker ground as on white, from which much is lost; see docs/decisions/offline.md."""
GROUND = "give it the ground that it is printed on"


def lost_on_white(grey: npt.NDArray[np.uint8], clear: npt.NDArray[np.uint8]) -> str | None:
    """Returns a warning if a picture shows much less on white than on grey or black, else None.

    Args:
        grey: the picture on white, (height, width).
        clear: how transparent each pixel is, (height, width), 0 opaque to 255 clear.
    """
    if not clear.any():
        return None
    white, through = _thumbnail(grey), _thumbnail(clear)
    on_white = _contrast(white)
    # Black paper is darker than white by 255, as far as it shows through; mid-grey paper is half-way.
    others = [_contrast(np.clip(white.astype(np.int16) - through // part, 0, 255).astype(np.uint8)) for part in (1, 2)]
    if max(others) < max(TIMES * on_white, MINIMUM_DETAIL):
        return None
    return (
        "expected shapes that show on white paper, which transparent parts count as, found a contrast of "
        f"{on_white:.1f} grey levels on white and {max(others):.1f} on a darker ground: {GROUND}"
    )


def _thumbnail(levels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    height, width = levels.shape
    cells = np.arange(THUMBNAIL_SIZE + 1, dtype=np.int64)
    return area_means(levels, cells * height, cells * width, THUMBNAIL_SIZE)


def _contrast(thumbnail: npt.NDArray[np.uint8]) -> float:
    return float(detail(fade(thumbnail)))
