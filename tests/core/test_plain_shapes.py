"""References made of plain shapes have a high plainness."""

from collections.abc import Callable

import numpy as np

from scanner.phash import thumbnail
from scanner.plain_shapes import plainness
from scanner.windows import window_hashes
from support.pictures import cover, natural
from tools.draw_demo_pictures import lighthouse


def plainness_of(picture: np.ndarray) -> float:
    return plainness(window_hashes(thumbnail(picture)))


def drawing(shape: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
    """Returns a dark shape on light ground; `shape` says whether (x, y), from -1 to 1, lies in the shape."""
    y, x = (np.mgrid[:480, :480] + 0.5) / 240 - 1
    return np.where(shape(x, y), 40, 220).astype(np.uint8)


def test_a_picture_full_of_detail_counts_as_it_is() -> None:
    """Photograph-like pictures and covers with text differ from every plain shape."""
    assert plainness_of(natural(3, 480)) < 1.06
    assert plainness_of(cover(3, (480, 480)).mean(axis=-1).astype(np.uint8)) < 1.06
    assert plainness_of(np.asarray(lighthouse().convert("L"))) < 1.06


def test_a_picture_of_one_shape_counts_as_plain() -> None:
    """A disc, a bar and a house count as plain: their windows are edges and corners, as found everywhere."""
    assert plainness_of(drawing(lambda x, y: np.hypot(x, y) < 0.6)) > 1.25
    assert plainness_of(drawing(lambda x, y: np.abs(x + 0.3 * y) < 0.3)) > 1.25
    assert plainness_of(drawing(lambda x, y: (np.abs(x) < 0.6) & (y > -0.2))) > 1.25


def test_light_on_dark_is_as_plain_as_dark_on_light() -> None:
    """A shape and its negative have one plainness."""
    disc = drawing(lambda x, y: np.hypot(x - 0.1, y) < 0.5)
    assert abs(plainness_of(disc) - plainness_of(255 - disc)) < 0.1
