"""Warps: corners to patches and back."""

import numpy as np

from scanner.warp import PATCH_CORNERS, Pyramid, homographies, mapped, patches
from support.pictures import natural


def test_a_homography_takes_the_corners_of_the_patch_to_the_corners_in_the_frame() -> None:
    """The patch's corners meet the quadrilateral's, also under strong perspective and in either order of turn."""
    corners = np.array([[[10, 20], [110, 35], [90, 140], [0, 120]], [[5, 5], [5, 95], [75, 85], [85, 10]]], float)
    assert np.allclose(mapped(homographies(corners), PATCH_CORNERS[None]), corners)


def test_a_patch_shows_what_lies_between_its_corners() -> None:
    """A picture pasted into a frame is read back, with any of its corners as the top left."""
    picture = natural(3, 192)
    frame = np.full((300, 390), 90, np.uint8)
    frame[52:244, 100:292] = picture
    corners = np.array([[100, 52], [292, 52], [292, 244], [100, 244]], float)
    expected = picture.reshape(48, 4, 48, 4).mean(axis=(1, 3))
    expected -= expected.mean()
    for turn in range(4):
        patch = patches(Pyramid(frame), np.roll(corners, -turn, axis=0)[None], 48)[0]
        assert np.abs(patch - np.rot90(expected, turn)).mean() < 1


def test_frames_of_any_size_and_shape_have_a_pyramid() -> None:
    """A patch of any frame is finite numbers: one pixel, a long strip, a large photograph."""
    for height, width in ((1, 1), (2, 700), (3, 3), (17, 40), (1080, 1920), (3000, 2000)):
        pyramid = Pyramid(np.full((height, width), 77, np.uint8))
        corners = PATCH_CORNERS[None] * [width / 2, height / 2] / pyramid.scale
        assert np.isfinite(patches(pyramid, corners, 24)).all()
        assert max(pyramid.levels[0].shape) <= 401
