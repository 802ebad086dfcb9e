"""Border quadrilaterals, on frames drawn here."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from scanner.pieces import finished
from scanner.quadrilaterals import LARGE, SMALL, Sizes, border_quadrilaterals
from support.pictures import natural, turned


def borders(image: np.ndarray, most: int, sizes: Sizes = LARGE) -> np.ndarray:
    """Returns the quadrilaterals that are found after all pieces of work."""
    return finished(border_quadrilaterals(image, most, sizes))


def drawn(corners: np.ndarray, fill: int, ground: int) -> np.ndarray:
    """Returns a sheet on a table, with edges as soft as a camera makes them."""
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
def test_the_border_of_a_sheet_is_found(corners: list[list[int]], fill: int, ground: int) -> None:
    """The first quadrilateral found is the border of a plain sheet, to three pixels."""
    expected = np.array(corners, float)
    found = borders(drawn(expected, fill, ground), 5)[0]
    nearest = min(np.abs(np.roll(found, turn, axis=0) - expected).max() for turn in range(4))
    assert nearest < 3


def test_a_sheet_that_leaves_the_frame_is_found() -> None:
    """A sheet with a corner outside the frame is found."""
    expected = np.array([[120, -25], [290, 60], [210, 220], [40, 135]], float)
    found = borders(drawn(expected, 220, 80), 10)
    nearest = min(np.abs(np.roll(one, turn, axis=0) - expected).max() for one in found for turn in range(4))
    assert nearest < 6


def lines_of_text(frame: np.ndarray) -> None:
    """Prints rows of dark words over a whole frame, as a page behind a picture has them."""
    rng = np.random.default_rng(0)
    for top in range(6, frame.shape[0] - 6, 9):
        left = 10
        while left < frame.shape[1] - 20:
            width = int(rng.integers(6, 30))
            frame[top : top + 4, left : left + width] = 70
            left += width + 4


def test_a_page_of_text_around_a_picture_does_not_hide_it() -> None:
    """The picture's border is found among many more lines of text, which are long and straight too."""
    for degrees in (20, 30, 45, 60):
        expected = turned(np.array([[100, 78], [220, 78], [220, 162], [100, 162]]), degrees)
        page = np.full((240, 320), 200, np.float32)
        lines_of_text(page)
        inside = drawn(expected, 255, 0) / 255
        found = borders(page * (1 - inside) + 230 * inside, 40)
        nearest = min(np.abs(np.roll(one, turn, axis=0) - expected).max() for one in found for turn in range(4))
        assert nearest < 6


def test_a_blank_frame_has_no_border() -> None:
    """A blank frame has no quadrilateral, and the smallest frames raise no error."""
    for shape in ((240, 320), (3, 3), (3, 400), (40, 7)):
        assert borders(np.full(shape, 128, np.float32), 10).shape == (0, 4, 2)


def test_what_is_found_is_convex_clockwise_and_no_more_than_asked_for() -> None:
    """Every quadrilateral found in clutter is convex and clockwise, and there are at most as many as asked for."""
    found = borders(natural(1, 300).astype(np.float32), 12)
    assert 0 < len(found) <= 12
    sides = np.roll(found, -1, axis=1) - found
    after = np.roll(sides, -1, axis=1)
    assert ((sides[..., 0] * after[..., 1] - sides[..., 1] * after[..., 0]) > 0).all()


def test_lines_that_go_on_are_no_border() -> None:
    """A sheet, whose sides end at its corners, is found before larger stripes that go on across the frame."""
    expected = np.array([[60, 60], [160, 60], [160, 160], [60, 160]], float)
    frame = drawn(expected, 150, 100)
    for place in (20, 200):
        frame[:, place : place + 6] = 220
        frame[place : place + 6] = 220
    found = borders(frame, 3)[0]
    assert min(np.abs(np.roll(found, turn, axis=0) - expected).max() for turn in range(4)) < 3


def test_small_sheets_are_found_where_small_ones_are_looked_for() -> None:
    """A sheet of 4 % of the frame is no large quadrilateral, but a small one."""
    frame = np.full((300, 400), 90, np.float32)
    frame[60:130, 250:320] = 200
    place = np.array([[250, 60], [320, 60], [320, 130], [250, 130]])
    large, small = (borders(frame, 40, sizes) for sizes in (LARGE, SMALL))
    assert min(np.abs(found - place).max() for found in small[:3]) < 3
    assert all(np.abs(found - place).max() > 3 for found in large)
