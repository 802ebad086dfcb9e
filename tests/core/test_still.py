"""A still: a picture is found anywhere in a photograph."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from scanner import FrameScanner, HashBundle
from scanner.frame import Frame, middle_squares
from scanner.offline import build_bundle
from scanner.offline.predict.simulated_hand import TYPICAL, draw_background, draw_shot, photograph
from scanner.warp import Pyramid
from support.pictures import cover, natural
from support.places import PICTURES, PROJECT

COVERS = {f"cover {seed}": cover(seed, (480, 360)) for seed in range(12)}
WIDE, HIGH = 4000, 3000


@pytest.fixture(scope="module")
def demo() -> FrameScanner:
    return FrameScanner(HashBundle.load(PROJECT / "hashes" / "references.json"), memory=False)


@pytest.fixture(scope="module")
def covers() -> FrameScanner:
    return FrameScanner(build_bundle(COVERS), memory=False)


def photo_of(name: str, left: int, top: int, ground: str) -> tuple[np.ndarray, np.ndarray]:
    """Returns a photograph of 12 megapixels with a picture of 800 px in it, and the corners of the picture."""
    if ground == "plain":
        photo = Image.new("RGB", (WIDE, HIGH), (138, 132, 120))
    else:
        photo = Image.fromarray(draw_background(np.random.default_rng(3), (750, 1000), ground)).resize((WIDE, HIGH))
    picture = Image.open(PICTURES / f"{name}.png").convert("RGB")
    picture = picture.resize(
        (round(800 * picture.width / max(picture.size)), round(800 * picture.height / max(picture.size)))
    )
    photo.paste(picture, (left, top))
    right, bottom = left + picture.width, top + picture.height
    return np.asarray(photo), np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)


@pytest.mark.parametrize("ground", ["plain", "desk", "wood"])
@pytest.mark.parametrize(("name", "place"), [("whale", (700, 500)), ("1", (40, 40)), ("queen of hearts", (3100, 2100))])
def test_a_picture_that_fills_a_fifth_of_a_large_photo_is_found(
    demo: FrameScanner, name: str, place: tuple[int, int], ground: str
) -> None:
    """A picture of 800 px in a photo of 12 megapixels is named and outlined, anywhere and on any ground."""
    photo, corners = photo_of(name, *place, ground)
    verdict = demo.scan(photo)
    assert verdict.id == name
    assert np.abs(np.array(verdict.corners) - corners).max() < 0.05 * 800


def test_a_photo_without_a_known_picture_is_not_named(covers: FrameScanner) -> None:
    """Four small pictures on a desk, none of them enrolled, are not taken for a reference; nor is a natural scene."""
    for seed in range(6):
        desk = draw_background(np.random.default_rng(seed), (750, 1000), "desk").copy()
        for number in range(4):
            top, left = divmod(number, 2)
            stranger = Image.fromarray(cover(100 + 4 * seed + number, (240, 180)))
            desk[60 + 380 * top : 300 + 380 * top, 90 + 500 * left : 270 + 500 * left] = np.asarray(stranger)
        assert covers.scan(desk).id is None
        assert covers.scan(natural(seed, 900)).id is None


@pytest.mark.parametrize(("zoom", "seed", "name"), [(0.6, 6, "cover 1"), (0.45, 6, "cover 4"), (0.45, 6, "cover 7")])
def test_the_middle_of_a_photo_is_looked_at_for_itself(covers: FrameScanner, zoom: float, seed: int, name: str) -> None:
    """A faint picture in the middle of a wide photo is found, although the crops of the whole photo miss it."""
    source = np.random.default_rng(seed)
    tilt_after = draw_shot(TYPICAL, source)
    shot = replace(tilt_after, zoom=zoom, tilt=source.uniform(-15, 15), shift_x=0, shift_y=0)
    frame, _ = photograph(COVERS[name], shot, (480, 640), draw_background(source, (480, 640)), squash=False)
    assert covers.scan(frame).id == name
    assert covers.scan(frame, (0, 0, 640, 480)).id == name
    assert covers.scan(frame, (1, 0, 639, 480)).id is None  # inside a scan region no squares are looked at


@pytest.mark.parametrize("size", [(480, 640), (640, 480), (1, 1), (3, 900), (400, 400)])
def test_the_middle_squares_lie_inside_the_photo_and_none_is_all_of_it(size: tuple[int, int]) -> None:
    """Every square lies inside its photo, whatever the photo's shape, and none is the whole photo."""
    height, width = size
    frame = Frame(Pyramid(np.zeros(size, np.uint8)), (0, 0, width, height), 1)
    for left, top, across, down in middle_squares(frame):
        assert across == down >= 1
        assert 0 <= left <= left + across <= width
        assert 0 <= top <= top + down <= height
        assert (across, down) != (width, height)


def photos() -> Iterator[np.ndarray]:
    yield photo_of("whale", 700, 500, "plain")[0]
    yield draw_background(np.random.default_rng(5), (480, 640), "desk")


def test_a_still_is_judged_alike_however_often_it_is_judged(demo: FrameScanner) -> None:
    """One photo has one answer: earlier photos change nothing."""
    once = [demo.scan(photo) for photo in photos()]
    assert [demo.scan(photo) for photo in photos()] == once
