"""Pictures under glare: keypoints between the streaks confirm what no window shows clearly."""

import numpy as np
import numpy.typing as npt
import pytest

from scanner import HashBundle, enrol
from scanner.catalogue import Catalogue
from scanner.confirming import agreeing_keypoints, confirmed
from scanner.fit import STILL, Fitter
from scanner.limits import WORTH_CONFIRMING
from scanner.partial import PartialFit, believed
from scanner.pieces import finished
from scanner.votes import CONFIRMED, found_by_keypoints, search_by_keypoints
from scanner.warp import Floats, Pyramid
from support.hard_frames import drawing

Grey = npt.NDArray[np.uint8]
THRESHOLD = 25


def dark_drawing(seed: int) -> Grey:
    """Returns a dark picture of rectangles of many sizes and levels."""
    return drawing(seed, ground=70, brightest=139, rectangles=110, shrinking=0.75)


def under_glare(picture: Grey, streaks: int, seed: int) -> Grey:
    """Returns a frame, (480, 640), of a picture at (120, 90) on a desk, with streaks of a lamp's light across it."""
    frame = np.full((480, 640), 110, np.uint8)
    frame[90 : 90 + picture.shape[0], 120 : 120 + picture.shape[1]] = picture
    source = np.random.default_rng(seed)
    rows, columns = np.indices(frame.shape)
    light = np.zeros(frame.shape)
    for _ in range(streaks):
        middle, slant, wave = source.uniform(140, 500), source.uniform(-0.5, 0.5), source.uniform(0, 6)
        way = columns - middle - slant * (rows - 240) - 12 * np.sin(rows / 25 + wave)
        light += 255 * np.exp(-((way / source.uniform(8, 22)) ** 2))
    lit: Grey = np.minimum(255, frame + light).astype(np.uint8)
    return lit


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.of(HashBundle(enrol(f"drawing-{seed}", dark_drawing(seed)) for seed in range(16)))


@pytest.fixture(scope="module")
def fitter(catalogue: Catalogue) -> Fitter:
    return Fitter(catalogue.windows, STILL)


@pytest.mark.parametrize(("streaks", "seed"), [(6, 2), (6, 3), (7, 2)])
def test_a_picture_under_streaks_of_glare_is_named(
    catalogue: Catalogue, fitter: Fitter, streaks: int, seed: int
) -> None:
    """A lamp's light in every window of a picture hides it from the judge until its keypoints confirm the fit."""
    pyramid = Pyramid(under_glare(dark_drawing(3), streaks, seed))
    fits = finished(search_by_keypoints(fitter, catalogue.keypoints, pyramid))
    assert finished(believed(fitter, pyramid, fits, THRESHOLD)) == []
    (found,) = finished(found_by_keypoints(fitter, catalogue.keypoints, pyramid, THRESHOLD))
    assert catalogue.ids[found.index] == "drawing-3"
    assert np.abs(found.corners - [[120, 90], [520, 90], [520, 390], [120, 390]]).mean() < 20
    known: list[Floats] = [found.corners]
    assert finished(confirmed(fitter, catalogue.keypoints, pyramid, fits[:CONFIRMED], THRESHOLD, known)) == []


@pytest.mark.parametrize("streaks", [4, 5])
def test_a_picture_under_less_glare_is_named_by_its_windows(catalogue: Catalogue, fitter: Fitter, streaks: int) -> None:
    """Keypoints between the streaks of light lead so near to a picture's place that its windows make it a match."""
    pyramid = Pyramid(under_glare(dark_drawing(3), streaks, 2))
    fits = finished(search_by_keypoints(fitter, catalogue.keypoints, pyramid))
    (found,) = finished(believed(fitter, pyramid, fits, THRESHOLD))
    assert catalogue.ids[found.index] == "drawing-3"


def test_keypoints_agree_where_their_picture_lies_and_nowhere_else(catalogue: Catalogue, fitter: Fitter) -> None:
    """Most keypoints agree at a picture's place; those of other pictures, and those of places beside it, do not."""
    pyramid = Pyramid(under_glare(dark_drawing(3), 0, 0))
    place: Floats = np.array([[120, 90], [520, 90], [520, 390], [120, 390]], np.float64)
    table = catalogue.keypoints

    def agreeing(index: int, corners: Floats) -> int:
        return finished(agreeing_keypoints(table, pyramid, index, corners))

    index = list(catalogue.ids).index("drawing-3")
    assert agreeing(index, place) > 0.8 * (table.references == index).sum()
    assert max(agreeing(other, place) for other in range(len(catalogue)) if other != index) < WORTH_CONFIRMING
    assert agreeing(index, place + np.array([40, 25])) < WORTH_CONFIRMING
    assert agreeing(index, place * 100) == 0


def test_a_stranger_under_glare_is_not_confirmed(catalogue: Catalogue, fitter: Fitter) -> None:
    """A drawing that is not enrolled names nothing, and no second look at it makes it a match."""
    for seed in (101, 102, 103):
        pyramid = Pyramid(under_glare(dark_drawing(seed), 5, seed))
        fits: list[PartialFit] = finished(search_by_keypoints(fitter, catalogue.keypoints, pyramid))
        assert finished(confirmed(fitter, catalogue.keypoints, pyramid, fits, THRESHOLD)) == []
