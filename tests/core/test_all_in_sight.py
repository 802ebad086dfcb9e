"""All in sight: every picture of a crowded frame is named once, and nothing where there is none."""

import time
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image

from scanner import FrameScanner
from scanner.all_in_sight import PARTS, AllInSight
from scanner.fit import STREAM, Fit, Fitter
from scanner.offline import build_bundle
from scanner.offline.predict.simulated_hand import draw_background
from scanner.overlap import overlaps
from scanner.phash import thumbnail
from scanner.ranking import WindowTable
from scanner.verdict import Verdict
from scanner.warp import Pyramid
from scanner.windows import window_hashes
from support.pictures import cover, natural

CARDS = {f"card {seed}": cover(seed, (400, 300)) for seed in range(30)}
WIDTH, HEIGHT = 640, 480


@pytest.fixture(scope="module")
def cards() -> FrameScanner:
    return FrameScanner(build_bundle(CARDS), memory=False)


def shown(places: Sequence[tuple[str, float, float, float]], ground: np.ndarray, width: int = WIDTH) -> np.ndarray:
    """Returns a frame with cards, each (name, x and y of its middle, height), all in pixels of 640 x 480."""
    frame = Image.fromarray(ground).convert("RGB").resize((2 * WIDTH, 2 * HEIGHT))
    for name, x, y, height in places:
        card = Image.fromarray(CARDS[name]).resize((round(1.5 * height), round(2 * height)))
        frame.paste(card, (round(2 * x - card.width / 2), round(2 * y - card.height / 2)))
    return np.asarray(frame.resize((width, width * HEIGHT // WIDTH), Image.Resampling.BOX))


def page_of_nine() -> list[tuple[str, float, float, float]]:
    """Returns the places of nine cards in the pockets of a binder page, each 4 % of the frame."""
    return [
        (f"card {3 * row + column}", 190 + 130 * column, 82 + 158 * row, 128) for row in range(3) for column in range(3)
    ]


DESK = draw_background(np.random.default_rng(2), (HEIGHT, WIDTH), "desk")
BINDER = np.full((HEIGHT, WIDTH, 3), (52, 56, 64), np.uint8)


@pytest.mark.parametrize("width", [640, 320, 240])
def test_every_card_of_a_binder_page_is_named(cards: FrameScanner, width: int) -> None:
    """All nine cards of a page are named and outlined, each once and at its own place, in a frame of 240 px too."""
    places = page_of_nine()
    found = cards.scan_all(shown(places, BINDER, width))
    assert sorted(each.id for each in found) == sorted(name for name, *_ in places)
    for name, x, y, height in places:
        (corners,) = (each.corners for each in found if each.id == name)
        place = np.array([[-0.375, -0.5], [0.375, -0.5], [0.375, 0.5], [-0.375, 0.5]]) * height + [x, y]
        assert np.abs(np.array(corners) * WIDTH / width - place).max() < 0.05 * height


def test_two_copies_of_a_picture_are_both_named_and_no_place_twice(cards: FrameScanner) -> None:
    """A picture that lies on the desk twice is named twice, and no two names are of one place."""
    places = [("card 3", 160, 150, 150), ("card 3", 470, 330, 150), ("card 8", 480, 120, 130)]
    found = cards.scan_all(shown(places, DESK))
    assert sorted(each.id for each in found) == ["card 3", "card 3", "card 8"]
    outlines = np.array([each.corners for each in found])
    for number, outline in enumerate(outlines):
        assert (overlaps(outline, np.delete(outlines, number, axis=0)) < 0.1).all()


@pytest.mark.parametrize(("x", "y"), [(60, 60), (320, 240), (590, 410), (210, 380)])
def test_a_picture_of_two_hundredths_of_the_frame_is_named(cards: FrameScanner, x: int, y: int) -> None:
    """A card of 2 % of the frame is named wherever it lies on a desk, by `scan` as by `scan_all`."""
    frame = shown([("card 12", x, y, (0.02 * WIDTH * HEIGHT / 0.75) ** 0.5)], DESK)
    assert [each.id for each in cards.scan_all(frame)] == ["card 12"]
    assert cards.scan(frame).id == "card 12"


def test_a_picture_held_up_comes_with_the_ones_behind_it(cards: FrameScanner) -> None:
    """A large card in the middle, named by `scan`, and the small cards around it are all named."""
    places = [("card 1", 320, 240, 330), ("card 5", 80, 120, 110), ("card 9", 570, 350, 110)]
    frame = shown(places, DESK)
    assert cards.scan(frame).id == "card 1"
    assert sorted(each.id for each in cards.scan_all(frame)) == ["card 1", "card 5", "card 9"]


def test_nothing_is_named_where_no_known_picture_is_in_sight(cards: FrameScanner) -> None:
    """Desks, wood, natural scenes, blank frames and pages of unknown cards give an empty list."""
    source = np.random.default_rng(7)
    frames = [draw_background(source, (HEIGHT, WIDTH), kind) for kind in ("desk", "wood", "desk")]
    frames += [natural(5, 480), np.full((HEIGHT, WIDTH), 128, np.uint8), np.zeros((1, 1), np.uint8)]
    frame = np.array(DESK)
    for number in range(6):
        row, column = divmod(number, 3)
        frame[40 + 220 * row : 200 + 220 * row, 60 + 200 * column : 180 + 200 * column] = cover(
            500 + number, (160, 120)
        )
    for each in [*frames, frame]:
        assert cards.scan_all(each) == []


def test_most_limits_the_pictures_told_to_the_best(cards: FrameScanner) -> None:
    """Of nine cards the best three are told if no more are asked for."""
    frame = shown(page_of_nine(), BINDER)
    assert cards.scan_all(frame, most=3) == cards.scan_all(frame)[:3]


def fitter_of_cards() -> Fitter:
    greys = [np.asarray(Image.fromarray(card).convert("L")) for card in CARDS.values()]
    return Fitter(WindowTable(np.stack([window_hashes(thumbnail(grey)) for grey in greys])), STREAM)


def named(fit: Fit) -> Verdict:
    """Says of a good fit that it is a match, as a judge would."""
    return Verdict("match" if fit.window_bits < 200 else "no_match", list(CARDS)[fit.index])


def test_a_frame_searched_part_by_part_shows_the_same_pictures() -> None:
    """The parts of the frame, searched one after the other, find all nine cards; what is known is not found again."""
    fitter, pyramid = (
        fitter_of_cards(),
        Pyramid(np.asarray(Image.fromarray(shown(page_of_nine(), BINDER)).convert("L"))),
    )
    known: list[np.ndarray] = []
    names = []
    for part in range(PARTS):
        search = AllInSight(fitter, pyramid, named, known, part)
        for _ in search.work():
            pass
        known += [each.fit.corners for each in search.found]
        names += [each.verdict.id for each in search.found]
    assert sorted(names) == sorted(name for name, *_ in page_of_nine())


def test_pieces_of_the_search_are_short() -> None:
    """No piece of a search keeps a stream's frame waiting: half of them take less than 3 ms, and none takes 15 ms."""
    fitter, pyramid = fitter_of_cards(), Pyramid(np.asarray(Image.fromarray(shown(page_of_nine(), DESK)).convert("L")))
    work, took = AllInSight(fitter, pyramid, named).work(), []
    begin = time.process_time()
    for _ in work:
        took.append(time.process_time() - begin)
        begin = time.process_time()
    assert len(took) > 60
    assert np.median(took) < 0.003
    assert max(took) < 0.015
