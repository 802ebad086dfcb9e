"""Border quadrilaterals, on frames drawn here."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from scanner.quadrilaterals import border_quadrilaterals
from tests.pictures import natural


def drawn(corners: np.ndarray, fill: int, ground: int) -> np.ndarray:
    """A sheet on a table, edges as soft as a camera makes them."""
    image = Image.new("L", (4 * 320, 4 * 240), ground)
    ImageDraw.Draw(image).polygon([tuple(corner) for corner in (4 * corners).tolist()], fill=fill)
    return np.asarray(image.resize((320, 240), Image.Resampling.BOX)).astype(np.float32)


@pytest.mark.parametrize(
    "corners",
    [
        [[80, 50], [230, 50], [230, 200], [80, 200]],
        [[60, 40], [250, 80], [220, 210], [40, 170]],
        [[160, 20], [250, 120], [150, 220], [60, 110]],
        [[90, 30], [220, 40], [250, 220], [60, 200]],
    ],
    ids=["upright", "tilted", "on its corner", "in perspective"],
)
@pytest.mark.parametrize(("fill", "ground"), [(200, 60), (90, 110)], ids=["bright", "faint"])
def test_the_border_of_a_sheet_is_found(corners, fill, ground):
    """The four corners of a plain sheet are the first that is found, to three pixels."""
    expected = np.array(corners, float)
    found = border_quadrilaterals(drawn(expected, fill, ground), 5)[0]
    nearest = min(np.abs(np.roll(found, turn, axis=0) - expected).max() for turn in range(4))
    assert nearest < 3


def test_a_sheet_that_leaves_the_frame_is_found():
    """A corner may lie outside the frame."""
    expected = np.array([[120, -25], [290, 60], [210, 220], [40, 135]], float)
    found = border_quadrilaterals(drawn(expected, 220, 80), 10)
    nearest = min(np.abs(np.roll(one, turn, axis=0) - expected).max() for one in found for turn in range(4))
    assert nearest < 6


def test_a_blank_frame_has_no_border():
    """Nothing is found where there is nothing, and nothing breaks on the smallest frames."""
    for shape in ((240, 320), (3, 3), (3, 400), (40, 7)):
        assert border_quadrilaterals(np.full(shape, 128, np.float32), 10).shape == (0, 4, 2)


def test_what_is_found_is_convex_clockwise_and_no_more_than_asked_for():
    """On clutter too."""
    found = border_quadrilaterals(natural(1, 300).astype(np.float32), 12)
    assert 0 < len(found) <= 12
    sides = np.roll(found, -1, axis=1) - found
    after = np.roll(sides, -1, axis=1)
    assert ((sides[..., 0] * after[..., 1] - sides[..., 1] * after[..., 0]) > 0).all()
