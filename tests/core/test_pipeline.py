"""One frame in, one verdict out: the promises of `FrameScanner`."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scanner import FrameScanner, HashBundle, ImageError
from scanner.offline import build_bundle
from scanner.offline.predict.simulated_hand import EASY, TYPICAL, Shot, draw_background, hold_up, photograph, simulate
from scanner.search import Search
from scanner.verdict import judge
from support.pictures import cover, natural
from support.places import PROJECT

PICTURES = {f"cover {seed}": cover(seed, (480, 360)) for seed in range(12)}


@pytest.fixture(scope="module")
def bundle() -> HashBundle:
    return build_bundle(PICTURES)


@pytest.fixture
def scanner(bundle: HashBundle) -> FrameScanner:
    return FrameScanner(bundle, memory=False)


def test_a_picture_seen_straight_on_is_recognised(scanner: FrameScanner) -> None:
    """Each reference that fills a frame is a match at nearly no distance, with corners on the frame's."""
    for name, picture in PICTURES.items():
        verdict = scanner.scan(picture)
        assert (verdict.outcome, verdict.id) == ("match", name)
        assert verdict.distance <= 4
        assert verdict.margin > 20
        assert np.allclose(verdict.corners, [(0, 0), (360, 0), (360, 480), (0, 480)], atol=16)


def test_grey_rgb_and_rgba_frames_give_the_same_verdict(scanner: FrameScanner) -> None:
    """A frame gets one verdict in grey, RGB and RGBA."""
    from scanner.grey import to_grey

    picture = PICTURES["cover 3"]
    opaque = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    assert scanner.scan(picture) == scanner.scan(opaque) == scanner.scan(to_grey(picture))


def test_a_picture_in_an_easy_hand_is_recognised(scanner: FrameScanner) -> None:
    """An easy hand shifts, tilts, zooms and blurs a little: nearly all of 60 single frames are named, none wrongly."""
    rng = np.random.default_rng(1)
    right = wrong = 0
    for _ in range(5):
        for name, picture in PICTURES.items():
            frame, _ = simulate(picture, EASY, rng)
            found = scanner.scan(frame).id
            right += found == name
            wrong += found not in (name, None)
    assert wrong == 0
    assert right >= 58


def test_ten_frames_of_a_typical_hand_are_enough(bundle: HashBundle) -> None:
    """Every picture held up by an ordinary hand for ten frames is named, and no other picture."""
    rng = np.random.default_rng(2)
    scanner = FrameScanner(bundle)
    for name, picture in PICTURES.items():
        scanner.reset()
        found = {scanner.scan(frame).id for frame, _ in hold_up(picture, TYPICAL, rng)} - {None}
        assert found == {name}


def test_a_picture_in_the_scan_region_is_recognised_where_it_lies(scanner: FrameScanner) -> None:
    """A picture in the scan region is a match, and its corners are in pixels of the whole frame."""
    frame = np.full((700, 800, 3), 90, np.uint8)
    frame[150:630, 300:660] = PICTURES["cover 5"]
    verdict = scanner.scan(frame, region=(300, 150, 360, 480))
    assert verdict.id == "cover 5"
    assert np.allclose(verdict.corners, [(300, 150), (660, 150), (660, 630), (300, 630)], atol=10)


def test_a_blank_frame_has_no_detail(scanner: FrameScanner) -> None:
    """White, black, grey and noisy walls are `no_detail`: too plain to judge."""
    rng = np.random.default_rng(3)
    for level in (0, 8, 128, 255):
        assert scanner.scan(np.full((240, 320), level, np.uint8)).outcome == "no_detail"
    for seed in range(10):
        wall = draw_background(np.random.default_rng(seed), (400, 400), "wall").astype(float)
        noisy = np.clip(wall + rng.normal(0, 5, wall.shape), 0, 255).astype(np.uint8)
        verdict = scanner.scan(noisy)
        assert verdict.id is None
        assert verdict.outcome in ("no_detail", "no_match")


@pytest.mark.parametrize("first", range(100, 160, 10))
@pytest.mark.parametrize("other", [cover, partial(natural, size=200)], ids=["cover", "natural scene"])
def test_a_picture_that_is_not_enrolled_is_not_named(
    scanner: FrameScanner, other: Callable[[int], np.ndarray], first: int
) -> None:
    """Sixty other covers and as many natural scenes are no match."""
    for seed in range(first, first + 10):
        assert scanner.scan(other(seed)).id is None


def test_two_copies_of_one_picture_are_ambiguous() -> None:
    """If two ids mean one picture, neither id is named."""
    twins = build_bundle({"a": PICTURES["cover 1"], "b": PICTURES["cover 1"], "c": PICTURES["cover 2"]})
    verdict = FrameScanner(twins).scan(PICTURES["cover 1"])
    assert (verdict.outcome, verdict.id, verdict.margin, verdict.corners) == ("ambiguous", None, 0, None)
    assert FrameScanner(twins).scan(PICTURES["cover 2"]).id == "c"


def test_ambiguous_frames_stay_ambiguous_however_many_there_are() -> None:
    """Memory does not turn a tie into a match."""
    twins = build_bundle({"a": PICTURES["cover 1"], "b": PICTURES["cover 1"]})
    scanner = FrameScanner(twins)
    assert {scanner.scan(PICTURES["cover 1"]).outcome for _ in range(12)} == {"ambiguous"}


def test_a_bundle_of_one_picture_works() -> None:
    """A bundle of one picture names its picture, with a margin of None, and no other picture."""
    scanner = FrameScanner(build_bundle({"only": PICTURES["cover 0"]}))
    verdict = scanner.scan(PICTURES["cover 0"])
    assert (verdict.id, verdict.margin) == ("only", None)
    assert scanner.scan(PICTURES["cover 1"]).id is None


def test_without_memory_a_frame_is_judged_by_itself(bundle: HashBundle) -> None:
    """Earlier frames change nothing if memory is off."""
    rng = np.random.default_rng(4)
    frames = [simulate(PICTURES["cover 7"], TYPICAL, rng)[0] for _ in range(6)]
    once = [FrameScanner(bundle, memory=False).scan(frame) for frame in frames]
    scanner = FrameScanner(bundle, memory=False)
    assert [scanner.scan(frame) for frame in frames] == once


def test_the_bundles_threshold_counts() -> None:
    """A bundle that asks for nearly equal bits is not matched by a frame in an ordinary hand."""
    frame, _ = simulate(PICTURES["cover 4"], TYPICAL, np.random.default_rng(9))
    assert FrameScanner(build_bundle(PICTURES), memory=False).scan(frame).id == "cover 4"
    strict = FrameScanner(build_bundle(PICTURES, threshold=3), memory=False)
    assert strict.scan(frame).outcome == "no_match"
    assert strict.scan(PICTURES["cover 4"]).id == "cover 4"


@pytest.mark.parametrize(
    "region",
    [
        (0, 0, 0, 10),
        (0, 0, 10, 0),
        (-1, 0, 10, 10),
        (0, 0, 361, 10),
        (350, 0, 20, 10),
        (0, 0, 10),
        "abcd",
        5,
        (0, 0, 1.5, 2),
    ],
)
def test_a_region_that_is_not_in_the_frame_is_refused(scanner: FrameScanner, region: Any) -> None:
    """A region that is empty, outside, or not four whole numbers is an error, never corrected by a guess."""
    with pytest.raises(ImageError, match="expected a scan region"):
        scanner.scan(PICTURES["cover 0"], region=region)


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (1, 500), (17, 31, 3), (4000, 8)])
def test_frames_of_any_size_get_a_verdict(scanner: FrameScanner, shape: tuple[int, ...]) -> None:
    """Frames from one pixel to long slivers get a verdict, never an exception."""
    noise = np.random.default_rng(5).integers(0, 256, shape, np.uint8)
    assert scanner.scan(noise).outcome in ("no_match", "no_detail", "ambiguous")


@pytest.mark.parametrize("share", [0.5, 0.8])
@pytest.mark.parametrize("side", [200, 300])
def test_the_outline_lies_on_the_picture_also_where_the_scan_region_sees_its_middle_only(
    bundle: HashBundle, share: float, side: int
) -> None:
    """The outline lies on the picture, also if the picture is larger or smaller than the scan region."""
    off = []
    for name in ("cover 0", "cover 3", "cover 9", "cover 11"):
        picture = np.asarray(Image.fromarray(PICTURES[name]).resize((round(480 * share), round(640 * share))))
        height, width = picture.shape[:2]
        top, left = (640 - height) // 2, (480 - width) // 2
        frame = np.full((640, 480, 3), 120, np.uint8)
        frame[top : top + height, left : left + width] = picture
        scanner = FrameScanner(bundle, search_seconds=60)  # all of a search in one turn, however busy the machine
        region = ((480 - side) // 2, (640 - side) // 2, side, side)
        verdict = next(found for found in (scanner.scan(frame, region) for _ in range(60)) if found.outcome == "match")
        assert verdict.id == name
        right, bottom = left + width, top + height
        corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
        off.append(np.abs(np.array(verdict.corners) - corners).max() / height)
    assert max(off) < 0.1


def desk() -> np.ndarray:
    return draw_background(np.random.default_rng(11), (480, 640), "desk").copy()


def tilted_on_a_desk(name: str) -> np.ndarray:
    """Returns a frame with a picture in a corner, which only a search of the whole frame finds."""
    frame = desk()
    tilted = Image.fromarray(PICTURES[name]).resize((180, 240)).rotate(35, expand=True, fillcolor=(110, 100, 90))
    frame[20 : 20 + tilted.height, 330 : 330 + tilted.width] = np.asarray(tilted)
    return frame


def test_what_was_shown_before_the_last_match_is_not_named_after_it(bundle: HashBundle) -> None:
    """A search that began before the last match does not name the earlier picture after the match."""
    earlier, background = tilted_on_a_desk("cover 3"), desk()
    later = np.asarray(Image.fromarray(PICTURES["cover 7"]).resize((640, 480)))
    assert FrameScanner(bundle, memory=False).scan(earlier).id == "cover 3"
    for frames in range(1, 12):
        scanner = FrameScanner(bundle)
        named = [scanner.scan(frame).id for frame in [earlier] * frames + [later] * 2 + [background] * 40]
        assert "cover 3" not in named[frames:]
        assert "cover 7" in named


def test_a_copy_of_a_picture_is_looked_for_in_the_frame_that_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that ends after the picture has left the frame is as ambiguous as a search that ends at once."""
    monkeypatch.setattr("scanner.pipeline.SEARCH_SECONDS", 0)  # a piece of the search in each turn
    twins = build_bundle({**PICTURES, "copy": PICTURES["cover 3"]})
    scanner = FrameScanner(twins)
    verdicts = [scanner.scan(frame) for frame in [tilted_on_a_desk("cover 3")] * 2 + [desk()] * 150]
    assert {verdict.id for verdict in verdicts} == {None}
    assert "ambiguous" in {verdict.outcome for verdict in verdicts[2:]}


def test_pictures_that_are_quarter_turns_of_each_other_are_told_apart_in_the_scan_region() -> None:
    """In the scan region, a sign that points left and a sign that points up are two pictures."""
    square = np.ascontiguousarray(PICTURES["cover 1"][:360])
    turned = {f"{quarters} quarters": np.rot90(square, quarters) for quarters in range(4)}
    bundle = build_bundle({**turned, "other": PICTURES["cover 2"]})
    for name, picture in turned.items():
        assert FrameScanner(bundle).scan(picture).id == name
        assert FrameScanner(bundle, memory=False).scan(picture).id == name


def test_after_a_reset_frames_are_judged_as_if_they_were_the_first(
    bundle: HashBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frames take turns at being searched, and a reset begins the turns anew."""
    monkeypatch.setattr("scanner.pipeline.SEARCH_SECONDS", 0)  # one piece of a search in each turn
    frame = tilted_on_a_desk("cover 3")

    def frames_until_named(scanner: FrameScanner) -> int:
        return next(number for number in range(1, 100) if scanner.scan(frame).id == "cover 3")

    needed = frames_until_named(FrameScanner(bundle))
    assert needed > 3
    for frames_before in range(3):
        scanner = FrameScanner(bundle)
        for _ in range(frames_before):
            assert scanner.scan(frame).id is None
        scanner.reset()
        assert frames_until_named(scanner) == needed


def test_the_outline_of_a_demo_picture_lies_on_it_in_the_frame_that_names_it() -> None:
    """The first outline drawn is off by at most 6 % of the side, also on rays, plain skies and slants."""
    project = PROJECT
    scanner = FrameScanner(HashBundle.load(project / "hashes" / "references.json"))
    for name, share, yaw in (("film", 0.5, 0), ("lighthouse", 0.5, 0), ("lighthouse", 0.5, 20), ("album", 0.7, 20)):
        picture = np.asarray(Image.open(project / "reference_images" / f"{name}.png").convert("RGB"))
        wall = np.full((480, 640, 3), (150, 135, 112), np.uint8)
        shot = Shot(zoom=share, yaw=yaw, tilt=8 if name == "film" else 0, noise=1, seed=3)
        frame, corners = photograph(picture, shot, (480, 640), wall, squash=False)
        scanner.reset()
        verdict = next(v for v in (scanner.scan(frame, (195, 115, 250, 250)) for _ in range(40)) if v.id)
        side = np.sqrt(np.linalg.norm(corners[1] - corners[0]) * np.linalg.norm(corners[3] - corners[0]))
        assert verdict.id == name
        assert np.abs(np.array(verdict.corners) - corners).max() < 0.06 * side


def test_a_phone_that_is_turned_while_it_searches_names_nothing_it_no_longer_sees(
    bundle: HashBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a phone is turned, the search of the frames before the turn ends without a name."""
    monkeypatch.setattr("scanner.pipeline.SEARCH_SECONDS", 0)  # one piece of the search a frame
    wide = tilted_on_a_desk("cover 3")
    tall = draw_background(np.random.default_rng(5), (wide.shape[1], wide.shape[0]), "desk")
    for frames_before in range(1, 12):
        scanner = FrameScanner(bundle)
        named = [scanner.scan(wide).id for _ in range(frames_before)]
        assert set(named) == {None}
        assert {scanner.scan(tall).outcome for _ in range(100)} <= {"no_match", "no_detail"}


@pytest.mark.parametrize("regions", [1, 2, 3, 4, 5])
def test_scan_regions_that_take_turns_are_all_searched_and_all_raced(
    bundle: HashBundle, monkeypatch: pytest.MonkeyPatch, regions: int
) -> None:
    """A page may change the region with every frame, in any rhythm: each region is searched and raced."""
    monkeypatch.setattr("scanner.pipeline.SEARCH_SECONDS", 60)  # all of a search in one turn
    searched = []
    monkeypatch.setattr(
        "scanner.candidates.Search",
        lambda fitter, pyramid, region: searched.append(region) or Search(fitter, pyramid, region),
    )
    frame = draw_background(np.random.default_rng(5), (240, 320), "desk")
    boxes = [(10 * number, 0, 200, 200) for number in range(regions)]
    scanner = FrameScanner(bundle)
    for _ in range(8):
        for box in boxes:
            scanner.scan(frame, box)
    for box in boxes:
        assert 2 <= searched.count(box) <= 6


@pytest.mark.parametrize("memory", [True, False])
def test_a_picture_that_fills_the_scan_region_is_as_easy_to_believe_in_a_large_frame(
    bundle: HashBundle, monkeypatch: pytest.MonkeyPatch, memory: bool
) -> None:
    """A picture that fills a small scan region of a large frame has no pose penalty for its size."""
    penalties = []
    monkeypatch.setattr("scanner.judging.judge", lambda **fit: penalties.append(fit["pose_penalty"]) or judge(**fit))
    frame = draw_background(np.random.default_rng(5), (480, 640), "desk").copy()
    frame[160:340, 250:385] = np.asarray(Image.fromarray(PICTURES["cover 5"]).resize((135, 180)))
    verdict = FrameScanner(bundle, memory=memory).scan(frame, (250, 160, 135, 180))
    assert verdict.id == "cover 5"
    assert max(penalties) < 5


def test_a_picture_that_was_put_away_is_not_named() -> None:
    """A search that ends after its picture was replaced by another names no picture that is out of sight."""
    rng = np.random.default_rng(3)

    def frame(picture: Image.Image) -> np.ndarray:
        desk = Image.fromarray(np.full((480, 640, 3), (96, 104, 112), np.uint8))
        small = picture.convert("RGBA").resize((170, 130)).rotate(35, expand=True)
        desk.paste(small, (60, 40), small)
        return np.clip(np.asarray(desk, np.int16) + rng.normal(0, 3, (480, 640, 1)), 0, 255).astype(np.uint8)

    def scanned(*shown: tuple[str, int]) -> list[str | None]:
        scanner = FrameScanner(bundle, search_seconds=0)  # a piece of the search in every other frame
        return [
            scanner.scan(frame(pictures[name]), (170, 90, 300, 300)).id for name, times in shown for _ in range(times)
        ]

    bundle = HashBundle.load(PROJECT / "hashes" / "references.json")
    pictures = {"album": Image.open(PROJECT / "reference_images" / "album.png"), "other": Image.fromarray(cover(900))}
    held = scanned(("album", 100))
    needed = held.index("album")
    assert needed > 10
    assert set(scanned(("album", needed - 2), ("other", 40))) == {None}
