"""Keypoints: equal on every machine, kept in a bundle, and enough to find a picture without a border."""

import base64
import hashlib
import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from scanner import BundleError, FrameScanner, HashBundle, Reference, enrol
from scanner.catalogue import Catalogue
from scanner.fit import STILL, Fitter
from scanner.keypoints import IN_REFERENCE, MOST_IN_REFERENCE, Keypoints, from_text, keypoints
from scanner.pieces import finished
from scanner.votes import found_by_keypoints
from scanner.warp import Floats, Pyramid, homographies
from support.hard_frames import drawing, without_border


@pytest.fixture(scope="module")
def bundle() -> HashBundle:
    return HashBundle(enrol(f"drawing-{seed}", drawing(seed)) for seed in range(24))


@pytest.fixture(scope="module")
def without(bundle: HashBundle) -> HashBundle:
    return HashBundle(Reference(each.id, each.hashes, each.windows, each.fields) for each in bundle.references)


def test_keypoints_written_down_once_hold_on_every_machine() -> None:
    """A bundle's keypoints are equal on every machine, byte for byte."""
    rows, columns = np.indices((90, 120))
    waves = (rows * columns // 3 % 251).astype(np.uint8)
    checksums = [hashlib.sha256(keypoints(each).to_text().encode()).hexdigest() for each in (waves, drawing(2))]
    assert checksums == [
        "e0e1b600988a3c9057057c52b1df9dd820d3886b79f8da9a5d3d162ca59ae3b0",
        "40efb262218306228042c1e54c58372d87eee2144bc199617a17cdb5bcc7de76",
    ]


def test_a_tilted_picture_that_fills_the_frame_beyond_its_borders_is_named(
    bundle: HashBundle, without: HashBundle
) -> None:
    """A picture whose borders lie outside the frame is found by its drawing, which takes a bundle with keypoints."""
    frame = without_border(drawing(10), 25, 1.5)
    assert FrameScanner(bundle, memory=False).scan(frame).id == "drawing-10"
    assert [each.id for each in FrameScanner(bundle, memory=False).scan_all(frame)] == ["drawing-10"]
    assert FrameScanner(without, memory=False).scan(frame).outcome == "no_match"


def test_a_poster_without_a_border_on_a_patterned_wall_is_found_at_its_place(bundle: HashBundle) -> None:
    """Keypoints lead to a poster on a wall of one more drawing, where no edge tells where the poster ends."""
    wall = drawing(900, 480, 640)
    # The poster fades into the wall: no line runs along its border.
    poster = drawing(3)
    rows, columns = (np.minimum(1, np.minimum(np.arange(side), np.arange(side)[::-1]) / 30) for side in poster.shape)
    share = np.outer(rows, columns)
    place = wall[90:390, 120:520]
    place[:] = np.rint(share * poster + (1 - share) * place).astype(np.uint8)
    catalogue = Catalogue.of(bundle)
    fitter, pyramid = Fitter(catalogue.windows, STILL), Pyramid(wall)
    (found,) = finished(found_by_keypoints(fitter, catalogue.keypoints, pyramid, 25))
    assert catalogue.ids[found.index] == "drawing-3"
    assert np.abs(found.corners - [[120, 90], [520, 90], [520, 390], [120, 390]]).max() < 8
    assert finished(found_by_keypoints(fitter, catalogue.keypoints, pyramid, 25, [found.corners])) == []


def seen_from_the_side(picture: npt.NDArray[np.uint8], corners: Floats) -> npt.NDArray[np.uint8]:
    """Returns a frame, (480, 640), of a picture whose corners, (4, 2), lie at any place in it or beyond."""
    height, width = picture.shape
    to_patch = np.linalg.inv(homographies(corners[None])[0])
    to_picture = np.array([[width / 2, 0, width / 2], [0, height / 2, height / 2], [0, 0, 1]]) @ to_patch
    way = tuple((to_picture / to_picture[2, 2]).ravel()[:8].tolist())
    return np.asarray(Image.fromarray(picture).transform((640, 480), Image.Transform.PERSPECTIVE, way))


@pytest.mark.parametrize(("left", "right"), [(-60, 520), (60, 600)])
def test_a_picture_seen_from_the_side_and_cut_off_is_named(bundle: HashBundle, left: int, right: int) -> None:
    """A picture on a wall that one looks along is stretched, which no turn and zoom of its keypoints says."""
    corners = np.array([[left, -200], [right, 60], [right, 420], [left, 700]], np.float64)
    catalogue = Catalogue.of(bundle)
    fitter, pyramid = Fitter(catalogue.windows, STILL), Pyramid(seen_from_the_side(drawing(3), corners))
    (found,) = finished(found_by_keypoints(fitter, catalogue.keypoints, pyramid, 25))
    assert catalogue.ids[found.index] == "drawing-3"
    assert np.abs(found.corners - corners)[[1, 2]].max() < 30


def test_strangers_without_a_border_are_not_named(bundle: HashBundle) -> None:
    """A drawing that is not enrolled names nothing, however many keypoints it has."""
    scanner = FrameScanner(bundle, memory=False)
    for seed in (101, 102, 103):
        assert scanner.scan(drawing(seed, 480, 640)).outcome != "match"


def test_keypoints_of_a_bundle_are_read_as_they_were_written(bundle: HashBundle) -> None:
    """A bundle that was read and written again has the same text, keypoints included."""
    text = bundle.to_json()
    again = HashBundle.from_json(text)
    assert again.to_json() == text
    one, other = (each.references[0].keypoints for each in (bundle, again))
    assert one is not None
    assert other is not None
    for name in ("places", "sizes", "directions", "hashes"):
        assert (getattr(one, name) == getattr(other, name)).all()
    assert 10 < len(one) <= IN_REFERENCE + 8
    assert len(one.to_text()) < 1100


def test_a_bundle_without_keypoints_is_read_and_names_pictures(without: HashBundle) -> None:
    """A bundle of an older builder goes on working: only pictures without a border are not found by it."""
    assert "keypoints" not in without.to_json()
    read = HashBundle.from_json(without.to_json())
    assert all(each.keypoints is None for each in read.references)
    frame = np.full((480, 640), 235, np.uint8)
    frame[90:390, 120:520] = drawing(5)
    assert FrameScanner(read, memory=False).scan(frame).id == "drawing-5"


def packed(width: int = 250, height: int = 200, *rows: bytes) -> str:
    return base64.b64encode(bytes([width, height]) + b"".join(rows)).decode()


HOSTILE: list[Any] = [
    None,
    7,
    ["a"],
    "",
    "no base64!",
    "é",
    packed()[:-1],
    packed(250, 200, bytes(11)),
    packed(249, 200),
    packed(250, 251),
    packed(250, 0),
    packed(200, 250, bytes([200, *[0] * 11])),
    packed(250, 200, bytes([0, 200, *[0] * 10])),
    packed(250, 200, bytes([0, 0, 8, *[0] * 9])),
    packed(250, 200, *[bytes(12)] * (MOST_IN_REFERENCE + 1)),
    "\n" + packed(),
    "A" * 1_000_000,
]


@pytest.mark.parametrize("found", HOSTILE, ids=range(len(HOSTILE)))
def test_damaged_keypoints_are_refused(found: Any, bundle: HashBundle) -> None:
    """A bundle with damaged keypoints is refused by a short sentence that names the place and the cure."""
    document = json.loads(bundle.to_json())
    document["references"][3]["keypoints"] = found
    with pytest.raises(BundleError, match=r"references\[3\]\.keypoints: expected .*found.*phash-scanner build") as told:
        HashBundle.from_json(json.dumps(document))
    assert len(str(told.value)) < 400


def test_a_field_named_keypoints_is_refused() -> None:
    """A site's own field cannot take the name that the bundle keeps keypoints under."""
    with pytest.raises(BundleError, match="keypoints"):
        enrol("a", drawing(1), {"keypoints": "mine"})


def test_a_picture_of_any_size_has_keypoints() -> None:
    """A picture of a few pixels, a very long one and a flat one are all enrolled without a fault."""
    random = np.random.default_rng(1)
    for shape in ((3, 3), (1, 400), (2000, 40), (1, 1)):
        found = keypoints(random.integers(0, 256, shape, np.uint8))
        assert max(found.width, found.height) == 250
        assert isinstance(from_text(found.to_text()), Keypoints)
    assert len(keypoints(np.full((50, 70), 9, np.uint8))) == 0
