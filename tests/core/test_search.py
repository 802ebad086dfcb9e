"""Search and fit: a picture anywhere in the frame is found with its outline; strangers stay far from all references."""

import numpy as np
import pytest
from PIL import Image

from scanner.fit import STILL, Fit, Fitter
from scanner.limits import AMBIGUOUS_LEAD, RIVALS, USUAL_LEAD
from scanner.phash import thumbnail
from scanner.pieces import finished
from scanner.ranking import WindowTable
from scanner.rivals import rivals
from scanner.search import Search
from scanner.warp import Pyramid
from scanner.windows import window_hashes
from support.pictures import cover, natural, turned

ACCEPTED = 320
"""Largest search bits of a match."""
WIDTH, HEIGHT = 640, 480


def references(count: int) -> list[np.ndarray]:
    """Covers of 3 x 4 with a picture of natural spectrum in each."""
    pictures = []
    for seed in range(count):
        picture = np.asarray(Image.fromarray(cover(seed, (400, 300))).convert("L")).astype(int)
        texture = np.asarray(Image.fromarray(natural(seed + 900, 128)).resize((300, 400)))
        pictures.append(np.clip(picture * 0.6 + texture * 0.5 - 20, 0, 255).astype(np.uint8))
    return pictures


PICTURES = references(10)


def fitter_of(pictures: list[np.ndarray]) -> Fitter:
    return Fitter(WindowTable(np.stack([window_hashes(thumbnail(picture)) for picture in pictures])), STILL)


def search(fitter: Fitter, pyramid: Pyramid) -> Fit | None:
    """Returns the best fit of a search in one go."""
    return finished(Search(fitter, pyramid).work())


@pytest.fixture(scope="module")
def fitter() -> Fitter:
    return fitter_of(PICTURES)


def placed(picture: np.ndarray, corners: np.ndarray, ground: np.ndarray | None = None) -> np.ndarray:
    """Returns a frame that shows a picture between corners (4, 2), on a ground."""
    height, width = picture.shape
    equations, values = [], []
    for (x, y), (u, v) in zip(corners, [(0, 0), (width, 0), (width, height), (0, height)], strict=True):
        equations += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    warp = np.linalg.solve(np.array(equations, float), np.array(values, float))
    size, arguments = (WIDTH, HEIGHT), (Image.Transform.PERSPECTIVE, tuple(warp), Image.Resampling.BICUBIC)
    image = Image.fromarray(picture).transform(size, *arguments)
    mask = Image.fromarray(np.full_like(picture, 255)).transform(size, *arguments)
    if ground is None:
        ground = np.full((HEIGHT, WIDTH), 25, np.uint8)
    return np.asarray(Image.composite(image, Image.fromarray(ground), mask))


def box(centre: tuple[float, float], height: float, degrees: float) -> np.ndarray:
    """Returns the corners of an upright cover turned about its centre."""
    half = np.array([[-0.375, -0.5], [0.375, -0.5], [0.375, 0.5], [-0.375, 0.5]]) * height
    return turned(half, degrees) + np.array(centre)


def clutter(seed: int) -> np.ndarray:
    """Returns a frame of bricks of all greys, each with texture."""
    rng = np.random.default_rng(seed)
    frame = np.asarray(Image.fromarray(natural(seed, 160)).resize((WIDTH, HEIGHT))).astype(int)
    for _ in range(25):
        left, top = rng.integers(0, WIDTH), rng.integers(0, HEIGHT)
        frame[top : top + rng.integers(20, 160), left : left + rng.integers(20, 160)] += rng.integers(-90, 90)
    return np.clip(frame, 0, 255).astype(np.uint8)


PLACES = {
    "upright": box((320, 240), 380, 0),
    "tilted by 15 degrees": box((320, 240), 360, 15),
    "upside down": box((320, 240), 400, 180),
    "lying on its side": box((300, 250), 420, 90),
    "half size in a corner": box((520, 330), 230, -8),
    "in perspective": np.array([[190, 70], [430, 40], [480, 440], [150, 400]], float),
    "turned and in perspective": np.array([[470, 120], [440, 420], [130, 350], [190, 90]], float),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
@pytest.mark.parametrize("index", [0, 4, 7])
def test_a_picture_anywhere_in_the_frame_is_found_with_its_outline(
    fitter: Fitter, place: np.ndarray, index: int
) -> None:
    """The right reference is found with corners within 2 % of the frame's width, beginning at its own top left."""
    found = search(fitter, Pyramid(placed(PICTURES[index], place)))
    assert found.index == index
    assert found.window_bits < ACCEPTED
    assert np.abs(found.corners - place).max() < 0.02 * WIDTH


@pytest.mark.parametrize("seed", range(5))
def test_a_picture_among_clutter_is_found(fitter: Fitter, seed: int) -> None:
    """A picture is found among the edges of other things."""
    rng = np.random.default_rng(seed)
    place = box((320 + rng.uniform(-60, 60), 240), rng.uniform(300, 400), rng.uniform(-180, 180))
    found = search(fitter, Pyramid(placed(PICTURES[seed], place, clutter(seed))))
    assert found.index == seed
    assert found.window_bits < ACCEPTED


@pytest.mark.parametrize(("held", "beside"), [(0, 4), (4, 0), (7, 2)])
def test_of_two_pictures_in_sight_the_one_nearer_the_middle_is_meant(fitter: Fitter, held: int, beside: int) -> None:
    """The cover nearer to the middle wins, although a cover at the frame's edge fits as well."""
    frame = placed(PICTURES[beside], box((110, 250), 280, 4))
    frame = placed(PICTURES[held], box((370, 240), 280, -6), frame)
    assert search(fitter, Pyramid(frame)).index == held


def test_a_picture_that_fills_the_scan_region_needs_no_border(fitter: Fitter) -> None:
    """A picture whose border lies outside the frame is found: the scan region itself is a start."""
    picture = PICTURES[3]
    found = search(fitter, Pyramid(np.ascontiguousarray(picture[14:392, 8:290])))
    assert found.index == 3
    assert found.window_bits < ACCEPTED
    assert np.abs(found.corners - [[-8, -14], [292, -14], [292, 386], [-8, 386]]).max() < 8


def test_what_is_not_enrolled_stays_far_from_every_reference(fitter: Fitter) -> None:
    """Strangers, clutter, blank frames, gradients and noise never come near the limit of a match."""
    strangers = references(16)[10:]
    rng = np.random.default_rng(0)
    frames = [placed(picture, PLACES["tilted by 15 degrees"]) for picture in strangers]
    frames += [clutter(seed) for seed in range(10, 14)]
    frames += [
        np.full((HEIGHT, WIDTH), 200, np.uint8),
        np.tile(np.linspace(0, 255, WIDTH).astype(np.uint8), (HEIGHT, 1)),
        rng.integers(0, 256, (HEIGHT, WIDTH)).astype(np.uint8),
        np.tile(np.repeat(np.array([30, 220], np.uint8), 20), (HEIGHT, WIDTH // 40)),
    ]
    for frame in frames:
        found = search(fitter, Pyramid(frame))
        assert found is None or found.window_bits > ACCEPTED + 20


def test_frames_of_any_size_are_searched_without_an_error(fitter: Fitter) -> None:
    """Frames from one pixel to a long strip are searched without an error."""
    for shape in ((1, 1), (2, 3), (1, 500), (50, 4), (3, 3)):
        found = search(fitter, Pyramid(np.full(shape, 90, np.uint8)))
        assert found is None or found.window_bits > ACCEPTED


def test_a_search_may_be_spread_over_many_calls(fitter: Fitter) -> None:
    """A search spread over many calls has several pieces of work, and ends with the result of a search in one call."""
    frame = placed(PICTURES[2], PLACES["in perspective"])
    spread = Search(fitter, Pyramid(frame))
    found = [spread.best for _ in spread.work()]
    at_once = search(fitter, Pyramid(frame))
    assert len(found) > 4
    assert found[0] is None
    assert found[-1].index == at_once.index
    assert np.array_equal(found[-1].corners, at_once.corners)


def test_a_found_picture_is_followed_into_the_next_frame(fitter: Fitter) -> None:
    """A picture that moved by 4 % and turned by 5 degrees is found from its last place, without a search."""
    before, after = box((320, 240), 360, 10), box((335, 250), 350, 15)
    (followed,) = fitter.fits(Pyramid(placed(PICTURES[6], after)), [6], before[None])
    assert followed.window_bits < ACCEPTED
    assert np.abs(followed.corners - after).max() < 0.02 * WIDTH


@pytest.mark.parametrize("most", [1, RIVALS])
def test_a_picture_that_is_shown_leads_all_others_by_far(fitter: Fitter, most: int) -> None:
    """No other reference fits at the place of the picture shown."""
    pyramid = Pyramid(placed(PICTURES[5], PLACES["in perspective"]))
    found = search(fitter, pyramid)
    assert rivals(fitter, pyramid, found, 0, most).turned - found.window_bits > 2 * USUAL_LEAD


@pytest.mark.parametrize("quarters", range(4))
def test_a_copy_of_the_picture_is_its_first_rival_in_any_quarter_turn(quarters: int) -> None:
    """A copy enrolled in any quarter turn fits as well as the picture, and is the first rival fitted."""
    pictures = [*PICTURES, np.rot90(PICTURES[5], quarters)]
    fitter = fitter_of(pictures)
    pyramid = Pyramid(placed(PICTURES[5], PLACES["tilted by 15 degrees"]))
    found = search(fitter, pyramid)
    assert found.index in (5, 10)
    others = rivals(fitter, pyramid, found, 0, 1)
    assert abs(others.turned - found.window_bits) < AMBIGUOUS_LEAD
    assert (abs(others.upright - found.window_bits) < AMBIGUOUS_LEAD) == (quarters == 0)


def test_a_catalogue_of_one_works() -> None:
    """A search of a catalogue of one finds the picture, and there are no rivals."""
    fitter = fitter_of(PICTURES[:1])
    pyramid = Pyramid(placed(PICTURES[0], PLACES["upright"]))
    found = search(fitter, pyramid)
    assert found.index == 0
    assert found.window_bits < ACCEPTED
    assert rivals(fitter, pyramid, found, None, RIVALS) is None


def test_hashes_of_another_length_are_refused() -> None:
    """The error says what was expected and what was found."""
    with pytest.raises(ValueError, match=r"\(references, 10, 144\), found \(3, 9, 144\)"):
        WindowTable(np.zeros((3, 9, 144), np.bool_))
