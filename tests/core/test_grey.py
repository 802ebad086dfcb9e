"""Colour to grey."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from scanner.errors import ImageError
from scanner.grey import _BAND, to_grey


def test_grey_of_every_colour_is_what_pillow_says() -> None:
    """A picture read by Pillow and a frame read in the browser become equal greys."""
    rng = np.random.default_rng(1)
    colours = rng.integers(0, 256, (300, 300, 3), np.uint8)
    colours[0, :4] = [[255, 255, 255], [0, 0, 0], [255, 0, 0], [0, 0, 255]]
    assert np.array_equal(to_grey(colours), np.asarray(Image.fromarray(colours).convert("L")))


def test_the_alpha_of_a_camera_frame_is_ignored() -> None:
    """RGBA frames give the grey of their RGB part."""
    frame = np.random.default_rng(2).integers(0, 256, (20, 30, 4), np.uint8)
    assert np.array_equal(to_grey(frame), to_grey(np.ascontiguousarray(frame[..., :3])))


@pytest.mark.parametrize(
    ("pixels", "found"),
    [
        (np.zeros((4, 4)), "float64"),
        (np.zeros((4, 4, 2), np.uint8), r"\(4, 4, 2\)"),
        (np.zeros((2, 4, 4, 3), np.uint8), r"\(2, 4, 4, 3\)"),
        (np.zeros((0, 4, 3), np.uint8), r"\(0, 4, 3\)"),
        ("frame.png", "found <U9"),
        (None, "object"),
        ([[1, 2], [3]], "rows of different lengths"),
    ],
)
def test_what_is_not_a_frame_is_refused_by_name(pixels: Any, found: str) -> None:
    """The error for wrong input says what was expected and what was found."""
    with pytest.raises(ImageError, match=found):
        to_grey(pixels)


def test_a_large_photo_is_turned_to_grey_as_a_small_one_is() -> None:
    """A photo of many bands becomes grey as any of its rows alone does."""
    photo = np.random.default_rng(2).integers(0, 256, (3001, 401, 3), np.uint8)
    assert photo[..., 0].size > 2 * _BAND
    grey = to_grey(photo)
    for rows in (slice(0, 3), slice(1300, 1312), slice(2990, 3001)):
        assert np.array_equal(grey[rows], to_grey(photo[rows]))
