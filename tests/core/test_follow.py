"""A stream tells every picture in sight, once for each appearance, and follows it from frame to frame."""

import itertools

import numpy as np
import pytest
from PIL import Image

from scanner import FrameScanner, HashBundle, Verdict, pieces
from scanner.offline import build_bundle
from support.moving import Camera, on_a_table
from support.pictures import natural

PICTURES = {f"picture {seed}": natural(seed, 256) for seed in range(8)}
REGION = (170, 90, 300, 300)
FIRST, OTHER, THIRD = (PICTURES[f"picture {number}"] for number in (1, 3, 5))


@pytest.fixture(scope="module")
def bundle() -> HashBundle:
    return build_bundle(PICTURES)


@pytest.fixture
def scanner(bundle: HashBundle) -> FrameScanner:
    return FrameScanner(bundle)


def watched(scanner: FrameScanner, camera: Camera, frames: int, *, most: int | None = None) -> list[list[Verdict]]:
    """Returns the matches of some frames of a camera."""
    return [scanner.scan_all(camera.frame(), REGION, most=most) for _ in range(frames)]


def held_up(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """Returns a picture in another size, (height, width, 3) uint8."""
    return np.asarray(Image.fromarray(picture).convert("RGB").resize((width, height)))


def off_by(verdict: Verdict, corners: np.ndarray) -> float:
    """Returns the mean distance of corners in pixels."""
    return float(np.hypot(*(np.array(verdict.corners) - corners).T).mean())


def test_a_picture_is_told_once_for_its_appearance(scanner: FrameScanner) -> None:
    """A picture that lies in sight for two seconds is one track from its first frame to its last."""
    matches = watched(scanner, Camera(on_a_table([FIRST])), 40)
    assert [len(each) for each in matches] == [1] * 40
    assert {(each[0].id, each[0].track) for each in matches} == {("picture 1", 1)}


def test_pictures_that_fill_the_region_one_after_another_are_named_at_once(scanner: FrameScanner) -> None:
    """Each of four pictures that are held up for one frame, with a bare wall between, is named in that frame."""
    wall = np.full((480, 640, 3), 128, np.uint8)
    left, top, width, height = REGION
    for name, picture in list(PICTURES.items())[:4]:
        scanner.scan_all(wall, REGION)
        frame = wall.copy()
        frame[top : top + height, left : left + width] = held_up(picture, width, height)
        assert [match.id for match in scanner.scan_all(frame, REGION)] == [name]


@pytest.mark.parametrize("share", [0.01, 0.02])
def test_a_picture_is_followed_while_it_moves(scanner: FrameScanner, share: float) -> None:
    """A picture that moves by 1 or 2 % of its side a frame keeps its track, and its corners stay within 1 % of it."""
    camera = Camera(on_a_table([FIRST]), step=share)
    for _ in range(25):
        (match,) = scanner.scan_all(camera.frame(), REGION)
        assert match.track == 1
        assert off_by(match, camera.corners[0]) < 0.01 * camera.side


def test_corners_of_a_still_picture_keep_still(scanner: FrameScanner) -> None:
    """On a picture that does not move, in the noise of a camera, the corners vary by less than 0.15 px of 640 x 480."""
    matches = watched(scanner, Camera(on_a_table([FIRST])), 30)[5:]
    corners = np.array([each[0].corners for each in matches])
    assert corners.std(axis=0).max() < 0.15


def test_a_picture_that_goes_is_lost_at_once(scanner: FrameScanner) -> None:
    """A frame that shows the bare table tells nothing, and the picture is another appearance a second later."""
    shown, bare = Camera(on_a_table([FIRST])), Camera(on_a_table([]))
    assert watched(scanner, shown, 3)[-1][0].track == 1
    assert watched(scanner, bare, 15) == [[]] * 15
    again = watched(scanner, shown, 3)[-1]
    assert [(each.id, each.track) for each in again] == [("picture 1", 2)]


def test_a_hand_before_a_picture_does_not_end_its_appearance(scanner: FrameScanner) -> None:
    """A picture that is hidden for a few frames has its number again."""
    shown, bare = Camera(on_a_table([FIRST])), Camera(on_a_table([]))
    assert watched(scanner, shown, 3)[-1][0].track == 1
    watched(scanner, bare, 4)
    assert watched(scanner, shown, 2)[-1][0].track == 1


def test_a_name_does_not_stay_on_another_picture_at_its_place(scanner: FrameScanner) -> None:
    """Where another picture takes the place of a followed one, the first frame does not tell the old name."""
    assert watched(scanner, Camera(on_a_table([FIRST])), 3)[-1][0].id == "picture 1"
    replaced = watched(scanner, Camera(on_a_table([OTHER])), 10)
    assert all(match.id != "picture 1" for matches in replaced for match in matches)
    assert [(match.id, match.track) for match in replaced[-1]] == [("picture 3", 2)]


def test_a_picture_that_is_not_enrolled_takes_no_name(bundle: HashBundle) -> None:
    """Where a stranger takes the place of a followed picture, nothing is told."""
    scanner = FrameScanner(bundle)
    assert watched(scanner, Camera(on_a_table([FIRST])), 3)[-1][0].id == "picture 1"
    assert watched(scanner, Camera(on_a_table([natural(77, 256)])), 12) == [[]] * 12


def test_one_picture_is_followed_where_one_is_asked_for(scanner: FrameScanner) -> None:
    """With `most=1` the one picture keeps its track while others lie beside it, and nothing further is searched."""
    camera, pieces = Camera(on_a_table([OTHER, FIRST, THIRD]), step=0.01), 0
    for _ in range(25):
        (match,) = scanner.scan_all(camera.frame(), REGION, most=1)
        assert (match.id, match.track) == ("picture 1", 1)
        pieces += scanner.pieces
    assert pieces == 0


def test_every_picture_on_a_table_is_told(bundle: HashBundle) -> None:
    """Three pictures side by side are told and followed while the camera moves, each with a track of its own."""
    scanner = FrameScanner(bundle, search_seconds=1000)  # however slow the machine is
    camera = Camera(on_a_table([OTHER, FIRST, THIRD], height=130), step=0.01)
    matches = [scanner.scan_all(camera.frame()) for _ in range(4)][-1]
    assert {match.id for match in matches} == {"picture 1", "picture 3", "picture 5"}
    assert len({match.track for match in matches}) == 3
    for match in matches:
        place = {"picture 3": 0, "picture 1": 1, "picture 5": 2}[match.id]
        assert off_by(match, camera.corners[place]) < 0.02 * camera.side


def test_a_row_of_pictures_is_told_soon(bundle: HashBundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five small pictures in a row get their names within 18 frames in a browser, where a piece of work takes 4 ms."""
    clock = itertools.count(0, 0.004)
    monkeypatch.setattr(pieces, "perf_counter", lambda: next(clock))
    camera = Camera(on_a_table(list(PICTURES.values())[:5], height=80), step=0.01)
    scanner = FrameScanner(bundle)
    told = {match.id for _ in range(18) for match in scanner.scan_all(camera.frame())}
    assert told == {f"picture {number}" for number in range(5)}


def test_what_resembles_a_reference_in_the_region_keeps_no_picture_beside_it_unnamed(
    bundle: HashBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture beside a region full of waves that hash like a reference is named within 40 frames in a browser."""
    clock = itertools.count(0, 0.004)
    monkeypatch.setattr(pieces, "perf_counter", lambda: next(clock))
    frame = np.full((480, 640, 3), 128.0)
    left, top, width, height = REGION
    down, across = np.mgrid[:height, :width]
    from_down = (down + 15 * np.sin(across / 19)).clip(0, height - 1).astype(int)
    from_across = (across + 15 * np.sin(down / 22)).clip(0, width - 1).astype(int)
    waves = held_up(FIRST, width, height)[from_down, from_across]
    frame[top : top + height, left : left + width] = waves
    frame[170:310, 15:155] = held_up(THIRD, 140, 140)
    noise = np.random.default_rng(0)
    scanner = FrameScanner(bundle)
    told = {
        match.id
        for _ in range(40)
        for match in scanner.scan_all((frame + noise.normal(0, 2, frame.shape)).clip(0, 255).astype(np.uint8), REGION)
    }
    assert told == {"picture 5"}


def test_two_copies_of_a_picture_are_two_tracks(bundle: HashBundle) -> None:
    """Two copies side by side are told as two appearances of one picture, each at its own place."""
    scanner = FrameScanner(bundle, search_seconds=1000)
    camera = Camera(on_a_table([FIRST, FIRST], height=220))
    matches = [scanner.scan_all(camera.frame()) for _ in range(4)][-1]
    assert [match.id for match in matches] == ["picture 1"] * 2
    assert len({match.track for match in matches}) == 2
    first, second = sorted(matches, key=lambda each: each.corners[0])
    assert first.corners[1][0] < second.corners[0][0]


def test_of_two_alike_pictures_neither_is_told() -> None:
    """Where two references look alike, a stream names neither of them."""
    bundle = build_bundle({**PICTURES, "twin": np.roll(FIRST, 1, axis=1)})
    scanner = FrameScanner(bundle, search_seconds=1000)
    camera = Camera(on_a_table([OTHER, FIRST], height=220))
    told = {match.id for _ in range(4) for match in scanner.scan_all(camera.frame())}
    assert told == {"picture 3"}


def test_numbers_are_not_given_twice(scanner: FrameScanner) -> None:
    """After `reset` a picture in sight is a new appearance with a new number."""
    camera = Camera(on_a_table([FIRST]))
    assert watched(scanner, camera, 3)[-1][0].track == 1
    scanner.reset()
    assert watched(scanner, camera, 3)[-1][0].track == 2


@pytest.mark.parametrize("most", [0, -1, 1.5, True, "2"])
def test_a_number_of_pictures_that_is_none_is_an_error(scanner: FrameScanner, most: object) -> None:
    """The error says what was expected and what was found."""
    with pytest.raises(ValueError, match="expected a whole number of pictures"):
        scanner.scan_all(np.zeros((48, 64), np.uint8), most=most)  # type: ignore[arg-type]
