"""Registration: a picture anywhere in the frame is found with its outline; what is not enrolled stays far away."""

import numpy as np
import pytest
from PIL import Image

from scanner.phash import thumbnail
from scanner.registration import Registrar
from scanner.verdict import AMBIGUOUS_FIT, RIVALS, USUAL_LEAD
from scanner.warp import Pyramid
from scanner.windows import window_hashes
from support.pictures import cover, natural, turned

ACCEPTED = 320
"""Bits; what the verdict asks for at most."""
WIDTH, HEIGHT = 640, 480


def references(count: int) -> list[np.ndarray]:
    """Covers of 3 x 4 with a picture of natural spectrum in them."""
    pictures = []
    for seed in range(count):
        picture = np.asarray(Image.fromarray(cover(seed, (400, 300))).convert("L")).astype(int)
        texture = np.asarray(Image.fromarray(natural(seed + 900, 128)).resize((300, 400)))
        pictures.append(np.clip(picture * 0.6 + texture * 0.5 - 20, 0, 255).astype(np.uint8))
    return pictures


PICTURES = references(10)


@pytest.fixture(scope="module")
def registrar() -> Registrar:
    return Registrar(np.stack([window_hashes(thumbnail(picture)) for picture in PICTURES]))


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
    registrar: Registrar, place: np.ndarray, index: int
) -> None:
    """The right reference, every corner within 2 % of the frame's width, in the picture's own order."""
    found = registrar.register(Pyramid(placed(PICTURES[index], place)))
    assert found.index == index
    assert found.distance < ACCEPTED
    assert np.abs(found.corners - place).max() < 0.02 * WIDTH


@pytest.mark.parametrize("seed", range(5))
def test_a_picture_among_clutter_is_found(registrar: Registrar, seed: int) -> None:
    """Other edges all around do not hide it."""
    rng = np.random.default_rng(seed)
    place = box((320 + rng.uniform(-60, 60), 240), rng.uniform(300, 400), rng.uniform(-180, 180))
    found = registrar.register(Pyramid(placed(PICTURES[seed], place, clutter(seed))))
    assert found.index == seed
    assert found.distance < ACCEPTED


@pytest.mark.parametrize(("held", "beside"), [(0, 4), (4, 0), (7, 2)])
def test_of_two_pictures_in_sight_the_one_nearer_the_middle_is_meant(
    registrar: Registrar, held: int, beside: int
) -> None:
    """A second cover lies on the same table, at the frame's edge, and is seen as well."""
    frame = placed(PICTURES[beside], box((110, 250), 280, 4))
    frame = placed(PICTURES[held], box((370, 240), 280, -6), frame)
    assert registrar.register(Pyramid(frame)).index == held


def test_a_picture_that_fills_the_scan_region_needs_no_border(registrar: Registrar) -> None:
    """Held a little beside and askew, its rim outside the region: the region itself is the start."""
    picture = PICTURES[3]
    found = registrar.register(Pyramid(np.ascontiguousarray(picture[14:392, 8:290])))
    assert found.index == 3
    assert found.distance < ACCEPTED
    assert np.abs(found.corners - [[-8, -14], [292, -14], [292, 386], [-8, 386]]).max() < 8


def test_what_is_not_enrolled_stays_far_from_every_reference(registrar: Registrar) -> None:
    """Strangers, clutter, blank frames, gradients and noise never come near what is accepted."""
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
        found = registrar.register(Pyramid(frame))
        assert found is None or found.distance > ACCEPTED + 20


def test_frames_of_any_size_are_searched_without_an_error(registrar: Registrar) -> None:
    """From one pixel to a long strip."""
    for shape in ((1, 1), (2, 3), (1, 500), (50, 4), (3, 3)):
        found = registrar.register(Pyramid(np.full(shape, 90, np.uint8)))
        assert found is None or found.distance > ACCEPTED


def test_a_search_may_be_spread_over_many_calls(registrar: Registrar) -> None:
    """Its last result is what a search in one go gives, and there are several pieces of work."""
    frame = placed(PICTURES[2], PLACES["in perspective"])
    pieces = list(registrar.search(Pyramid(frame)))
    at_once = registrar.register(Pyramid(frame))
    assert len(pieces) > 4
    assert pieces[0] is None
    assert pieces[-1].index == at_once.index
    assert np.array_equal(pieces[-1].corners, at_once.corners)


def test_a_found_picture_is_followed_into_the_next_frame(registrar: Registrar) -> None:
    """Moved by 4 % and turned by 5 degrees since, it is found without a search."""
    before, after = box((320, 240), 360, 10), box((335, 250), 350, 15)
    (followed,) = registrar.fit(Pyramid(placed(PICTURES[6], after)), [6], before[None])
    assert followed.distance < ACCEPTED
    assert np.abs(followed.corners - after).max() < 0.02 * WIDTH


@pytest.mark.parametrize("most", [1, RIVALS])
def test_a_picture_that_is_shown_leads_all_others_by_far(registrar: Registrar, most: int) -> None:
    """No other reference fits where it lies."""
    pyramid = Pyramid(placed(PICTURES[5], PLACES["in perspective"]))
    found = registrar.register(pyramid)
    assert registrar.rivals(pyramid, found, 0, most).turned - found.distance > 2 * USUAL_LEAD


@pytest.mark.parametrize("quarters", range(4))
def test_a_copy_of_the_picture_is_its_first_rival_in_any_quarter_turn(quarters: int) -> None:
    """Enrolled twice, once on its side, it is seen to fit twice."""
    pictures = [*PICTURES, np.rot90(PICTURES[5], quarters)]
    registrar = Registrar(np.stack([window_hashes(thumbnail(picture)) for picture in pictures]))
    pyramid = Pyramid(placed(PICTURES[5], PLACES["tilted by 15 degrees"]))
    found = registrar.register(pyramid)
    assert found.index in (5, 10)
    rivals = registrar.rivals(pyramid, found, 0, 1)
    assert abs(rivals.turned - found.distance) < AMBIGUOUS_FIT
    assert (abs(rivals.upright - found.distance) < AMBIGUOUS_FIT) == (quarters == 0)


def test_a_catalogue_of_one_works() -> None:
    """There is no other reference to run up then."""
    registrar = Registrar(window_hashes(thumbnail(PICTURES[0]))[None])
    pyramid = Pyramid(placed(PICTURES[0], PLACES["upright"]))
    found = registrar.register(pyramid)
    assert found.index == 0
    assert found.distance < ACCEPTED
    assert registrar.rivals(pyramid, found, None, RIVALS) is None


def test_hashes_of_another_length_are_refused() -> None:
    """The error says what was expected and what was found."""
    with pytest.raises(ValueError, match=r"\(references, 10, 144\), found \(3, 9, 144\)"):
        Registrar(np.zeros((3, 9, 144), np.bool_))
