"""Photographs that show a picture only in part: cut off by an edge of the frame, or half under a hand."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from scanner import FrameScanner, HashBundle
from scanner.catalogue import Catalogue
from scanner.fit import STILL, Fitter
from scanner.grey import to_grey
from scanner.offline import build_bundle
from scanner.offline.predict.simulated_hand import TYPICAL, draw_background, draw_shot, photograph
from scanner.partial_search import found_partly
from scanner.pieces import finished
from scanner.plain_shapes import window_plainness
from scanner.warp import Floats, Pyramid
from support.pictures import cover
from support.places import PICTURES, PROJECT

BUNDLE = HashBundle.load(PROJECT / "hashes" / "references.json")
SIZE = HEIGHT, WIDTH = 480, 640


def read(name: str) -> np.ndarray:
    return np.asarray(Image.open(PICTURES / f"{name}.png").convert("RGB"))


def held(picture: np.ndarray, seed: int, zoom: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
    """Returns a frame of a picture in the middle, as an ordinary hand holds it, and the picture's corners."""
    source = np.random.default_rng(seed)
    shot = replace(draw_shot(TYPICAL, source), zoom=zoom, shift_x=0.0, shift_y=0.0, thumb=0.0)
    frame, corners = photograph(picture, shot, SIZE, draw_background(source, SIZE, "desk"), squash=False)
    return frame, np.asarray(corners)


def cut_off(frame: np.ndarray, corners: np.ndarray, side: str, share: float) -> np.ndarray:
    """Returns the frame without what lies beyond a line across the picture, which leaves a share of it out."""
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    across, down = round(share * (right - left)), round(share * (bottom - top))
    kept = {
        "left": frame[:, round(left) + across :],
        "right": frame[:, : round(right) - across],
        "top": frame[round(top) + down :],
        "bottom": frame[: round(bottom) - down],
    }
    return np.ascontiguousarray(kept[side])


def names(bundle: HashBundle, frame: np.ndarray, known: list[Floats] | None = None) -> list[str]:
    """Returns what the search for pictures in sight in part names, alone."""
    fitter = Fitter(Catalogue.of(bundle).windows, STILL)
    fits = finished(found_partly(fitter, Pyramid(to_grey(frame)), bundle.threshold, known or []))
    return [bundle.ids[fit.index] for fit in fits]


def without(*left_out: str) -> HashBundle:
    return HashBundle([each for each in BUNDLE.references if each.id not in left_out], BUNDLE.threshold)


@pytest.fixture(scope="module")
def scanner() -> FrameScanner:
    return FrameScanner(BUNDLE, memory=False)


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
@pytest.mark.parametrize("name", ["whale", "café", "queen of hearts", "monstera"])
def test_a_picture_with_a_third_cut_off_by_the_edge_is_found(name: str, side: str) -> None:
    """The search for pictures in sight in part names a picture with a third cut off, whichever edge cuts it."""
    frame, corners = held(read(name), 3)
    assert names(BUNDLE, cut_off(frame, corners, side, 1 / 3)) == [name]


@pytest.mark.parametrize(("name", "side"), [("whale", "right"), ("café", "bottom"), ("2", "right")])
def test_the_outline_of_a_picture_that_is_cut_off_goes_beyond_the_frame(
    scanner: FrameScanner, name: str, side: str
) -> None:
    """A still with nearly half of a picture cut off names it, and the corners lie beyond the frame's edge."""
    frame, corners = held(read(name), 3)
    shown = cut_off(frame, corners, side, 0.45)
    verdict = scanner.scan(shown)
    assert verdict.id == name
    assert verdict.corners is not None
    assert np.abs(np.array(verdict.corners) - corners).max() < 0.08 * (corners.max() - corners.min())
    (also,) = scanner.scan_all(shown)
    assert also.id == name


@pytest.mark.parametrize("name", ["whale", "café", "queen of hearts", "lighthouse"])
def test_a_picture_half_under_a_hand_is_found(name: str) -> None:
    """The search for pictures in sight in part names a picture whose lower half lies under a hand."""
    frame, corners = held(read(name), 3)
    image = Image.fromarray(frame)
    across, down = corners.mean(axis=0)
    ImageDraw.Draw(image).ellipse((across - 300, down - 10, across + 140, down + 600), fill=(190, 140, 115))
    assert names(BUNDLE, np.asarray(image)) == [name]


@pytest.mark.parametrize("name", BUNDLE.ids)
def test_a_stranger_that_is_cut_off_is_not_named(name: str) -> None:
    """The search names nothing for a picture that is not enrolled, a third of it cut off on any side."""
    frame, corners = held(read(name), 5)
    for side in ("left", "bottom"):
        assert names(without(name), cut_off(frame, corners, side, 1 / 3)) == []


def ringed(seed: int) -> np.ndarray:
    """Returns a picture of its own in a round frame that it shares with others."""
    picture = Image.new("RGB", (360, 360), (245, 240, 225))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((10, 10, 350, 350), fill=(60, 40, 30))
    draw.ellipse((34, 34, 326, 326), fill=(230, 220, 200))
    picture.paste(Image.fromarray(cover(seed, (120, 120))), (120, 120))
    return np.asarray(picture)


def test_a_round_frame_that_two_references_share_names_neither() -> None:
    """Two enrolled pictures share a round frame: a third one in such a frame, cut off, is not taken for either."""
    pictures = {f"cover {seed}": cover(seed, (480, 360)) for seed in range(12)}
    bundle = build_bundle({**pictures, "ring 1": ringed(101), "ring 2": ringed(102)})
    for side in ("left", "right", "top", "bottom"):
        frame, corners = held(ringed(103), 4)
        assert names(bundle, cut_off(frame, corners, side, 0.4)) == []


def test_nothing_is_looked_for_where_a_picture_was_found() -> None:
    """A picture found before is not found once more, and another one beside it is."""
    room = draw_background(np.random.default_rng(3), SIZE, "desk").copy()
    for name, left in (("whale", -90), ("café", 380)):
        picture = Image.fromarray(read(name)).resize((270, 380))
        image = Image.fromarray(room)
        image.paste(picture, (left, 50))
        room = np.asarray(image)
    assert set(names(BUNDLE, room)) == {"whale", "café"}
    found = np.array([(380.0, 50), (650, 50), (650, 430), (380, 430)])
    assert names(BUNDLE, room, [found]) == ["whale"]


def test_frames_without_lines_are_searched_to_the_end() -> None:
    """A blank frame, a tiny one and one of noise name nothing, and end."""
    noise = np.random.default_rng(1).integers(0, 256, (240, 320), np.uint8)
    for frame in (np.full((240, 320), 127, np.uint8), np.zeros((3, 3), np.uint8), noise):
        assert names(BUNDLE, frame) == []


def test_no_frame_waits_for_the_plainness_of_many_references(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first search looks up how plain its references are, which takes a while, one in a piece of work."""
    looked_up: list[int] = []

    def counted(bits: np.ndarray) -> Floats:
        looked_up.append(len(bits))
        return window_plainness(bits)

    monkeypatch.setattr("scanner.ranking.window_plainness", counted)
    fitter = Fitter(Catalogue(build_bundle({f"cover-{seed}": cover(seed) for seed in range(12)})).windows, STILL)
    work = found_partly(fitter, Pyramid(to_grey(held(cover(40), 3)[0])), 25)
    counts = [0]
    for _ in work:
        counts.append(len(looked_up))
    assert counts[-1] > 5
    assert max(np.diff(counts)) == 1
