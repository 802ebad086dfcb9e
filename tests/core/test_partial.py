"""Pictures that are cut off by the frame's edge or covered: the windows in sight are enough, and strangers stay out."""

import numpy as np
import pytest
from PIL import Image

from scanner import HashBundle
from scanner.catalogue import Catalogue
from scanner.fit import STILL, Fitter
from scanner.limits import DEFAULT_THRESHOLD
from scanner.partial import PartialFit, judged_partly, partial_fits
from scanner.pieces import finished
from scanner.verdict import judge_windows
from scanner.visible import VISIBLE, visible_shares
from scanner.warp import Pyramid
from support.places import PICTURES, PROJECT

BUNDLE = HashBundle.load(PROJECT / "hashes" / "references.json")
WIDTH, HEIGHT = 640, 480
SQUARE = np.array([(0.0, 0), (1, 0), (1, 1), (0, 1)])


@pytest.fixture(scope="module")
def fitter() -> Fitter:
    return Fitter(Catalogue.of(BUNDLE).windows, STILL)


def shown(name: str, side: str, share: float = 1 / 3, height: int = 420) -> tuple[np.ndarray, np.ndarray]:
    """Returns a grey frame with a picture that an edge of the frame cuts a share off, and the picture's corners."""
    picture = Image.open(PICTURES / f"{name}.png").convert("L")
    picture = picture.resize((round(height * picture.width / picture.height), height))
    out = round(share * picture.width), round(share * picture.height)
    left, top = {
        "left": (-out[0], 30),
        "right": (WIDTH - picture.width + out[0], 30),
        "top": (150, -out[1]),
        "bottom": (150, HEIGHT - picture.height + out[1]),
    }[side]
    frame = Image.new("L", (WIDTH, HEIGHT), 120)
    frame.paste(picture, (left, top))
    return np.asarray(frame), SQUARE * picture.size + [left, top]


def fitted(fitter: Fitter, frame: np.ndarray, corners: np.ndarray, name: str) -> PartialFit:
    """Returns the fit of a reference that starts 4 % of its sides beside its corners."""
    beside = corners + 0.04 * (corners[2] - corners[0]) * [(1, -1), (-1, 1), (1, 1), (-1, -1)]
    (fit,) = finished(partial_fits(fitter, Pyramid(frame), beside[None], np.array([BUNDLE.ids.index(name)])))
    return fit


def outcome(fitter: Fitter, frame: np.ndarray, fit: PartialFit, threshold: int = DEFAULT_THRESHOLD) -> str:
    return finished(judged_partly(fitter, Pyramid(frame), fit, threshold))


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
@pytest.mark.parametrize("name", ["whale", "queen of hearts", "monstera"])
def test_a_picture_with_a_third_beyond_the_edge_is_fitted_and_believed(fitter: Fitter, name: str, side: str) -> None:
    """A picture with a third beyond any edge of the frame is a match, and its corners beyond are found."""
    frame, corners = shown(name, side)
    fit = fitted(fitter, frame, corners, name)
    assert np.abs(fit.corners - corners).max() < 0.05 * 420
    assert outcome(fitter, frame, fit) == "match"


def test_windows_beyond_the_edge_never_count() -> None:
    """A window counts with four fifths of it in the frame; the share is 0 beyond the edge and behind the camera."""
    pyramid = Pyramid(np.zeros((300, 400), np.uint8))
    half_out = SQUARE * [200, 200] + [300, 50]
    left, middle, right = visible_shares(pyramid, half_out[None])[0].reshape(3, 3).T
    assert (left == 1).all()
    assert (middle == 0.5).all()
    assert (right == 0).all()
    assert (visible_shares(pyramid, half_out[None] + [200, 0]) == 0).all()
    assert (visible_shares(pyramid, (SQUARE * 200 + 50)[None]) == 1).all()
    crossed = np.array([(50.0, 50), (350, 60), (200, 70), (210, 55)])  # the far side passes through infinity
    assert visible_shares(pyramid, crossed[None]).min() < VISIBLE


def test_a_fit_is_not_believed_by_windows_that_the_frame_does_not_show(fitter: Fitter) -> None:
    """The costs of more windows than the frame shows are infinite, so no limit believes them."""
    frame, corners = shown("whale", "right")
    fit = fitted(fitter, frame, corners, "whale")
    visible = int((visible_shares(Pyramid(frame), fit.corners[None] / 2) >= VISIBLE).sum())
    assert 3 <= visible < 9
    assert np.isfinite(fit.sums[:visible]).all()
    assert np.isinf(fit.sums[visible:]).all()


def test_another_reference_at_the_place_is_not_believed(fitter: Fitter) -> None:
    """No other reference is a match at the place of a picture that is cut off."""
    frame, corners = shown("lighthouse", "left")
    for name in BUNDLE.ids:
        if name != "lighthouse":
            assert outcome(fitter, frame, fitted(fitter, frame, corners, name)) == "no_match"


def test_a_lower_threshold_of_the_bundle_believes_less(fitter: Fitter) -> None:
    """A fit just below a limit is a match with the usual threshold, and none in a bundle with half of it."""
    sums, leads = [0, 0, 100, 200, 300, 400, 500, 600, 700], [80.0] * 9
    assert judge_windows(sums, 0, leads, 100, DEFAULT_THRESHOLD) == "match"
    assert judge_windows(sums, 0, leads, 100, DEFAULT_THRESHOLD // 2) == "no_match"


def test_windows_that_differ_speak_against_a_fit_among_many_references() -> None:
    """Among 1000 references, three good windows name a picture that is cut off, and none whose other windows differ."""
    sums, leads = [20, 45, 75], [100.0] * 9
    cut_off, differing = [*sums, *[np.inf] * 6], [*sums, 200, 340, 480, 620, 760, 900]
    assert judge_windows(cut_off, 0, leads, 1000, DEFAULT_THRESHOLD) == "match"
    assert judge_windows(differing, 0, leads, 1000, DEFAULT_THRESHOLD) == "no_match"
    assert judge_windows(differing, 0, leads, 100, DEFAULT_THRESHOLD) == "match"


def test_an_unusual_pose_speaks_against_a_fit_among_many_references() -> None:
    """Among 1000 references, three good windows name no picture in a pose that they name it in among 100."""
    sums, leads = [20, 45, 75, *[np.inf] * 6], [100.0] * 9
    assert judge_windows(sums, 10, leads, 1000, DEFAULT_THRESHOLD) == "match"
    assert judge_windows(sums, 20, leads, 1000, DEFAULT_THRESHOLD) == "no_match"
    assert judge_windows(sums, 20, leads, 100, DEFAULT_THRESHOLD) == "match"


def test_two_references_that_share_what_is_seen_are_not_told_apart() -> None:
    """Three perfect windows name no picture while another reference fits them almost as well."""
    sums = [0, 0, 0, *[np.inf] * 6]
    assert judge_windows(sums, 0, [40.0] * 9, 100, DEFAULT_THRESHOLD) == "match"
    assert judge_windows(sums, 0, [20.0] * 9, 100, DEFAULT_THRESHOLD) == "ambiguous"
