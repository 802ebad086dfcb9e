"""The pictures that a stream follows are noted too, so that recorded frames are judged again with equal matches."""

import json
from typing import Any

import numpy as np
import pytest

from scanner import FrameScanner, HashBundle, Verdict
from scanner.offline import build_bundle
from support.moving import Camera, on_a_table
from support.pictures import natural

PICTURES = {f"picture {seed}": natural(seed, 256) for seed in range(6)}
REGION = (170, 90, 300, 300)

Recorded = tuple[np.ndarray, dict[str, Any], int, list[Verdict]]


@pytest.fixture(scope="module")
def bundle() -> HashBundle:
    return build_bundle(PICTURES)


@pytest.fixture(scope="module")
def recorded(bundle: HashBundle) -> list[Recorded]:
    """A camera moves over a picture, sees a bare table for a moment and for long, and another picture."""
    shown = Camera(on_a_table([PICTURES["picture 1"]]), step=0.02)
    bare, other = Camera(on_a_table([])), Camera(on_a_table([PICTURES["picture 4"]]), step=0.01)
    scanner, recorded = FrameScanner(bundle), []
    for camera in [*[shown] * 6, *[bare] * 3, *[shown] * 4, *[bare] * 10, *[other] * 4]:
        frame, note = camera.frame(), json.loads(json.dumps(scanner.noted()))
        matches = scanner.scan_all(frame, REGION)
        recorded.append((frame, note, scanner.pieces, matches))
    # The promises below are about frames with and without matches, and about an appearance that is interrupted.
    tracks = [[match.track for match in matches] for *_, matches in recorded]
    assert tracks[5] == tracks[12] == [1]
    assert [] in tracks
    assert tracks[-1] == [2]
    return recorded


@pytest.mark.parametrize("first", [0, 1, 4, 8, 24])
def test_followed_pictures_are_judged_again_with_equal_matches(
    first: int, bundle: HashBundle, recorded: list[Recorded]
) -> None:
    """From any frame on, ids, tracks and corners of each match are equal to the recorded ones."""
    scanner = FrameScanner(bundle, search_seconds=1000)
    frames = {note["frames"] + 1: frame for frame, note, *_ in recorded}
    for frame, note, pieces, matches in recorded[first:]:
        scanner.recall(note, pieces, lambda number: (frames[number], REGION))
        assert scanner.scan_all(frame, REGION) == matches


def test_a_note_of_an_earlier_version_follows_nothing(bundle: HashBundle, recorded: list[Recorded]) -> None:
    """A note without tracks is one of a scanner that told one verdict: it is recalled as before."""
    frame, note, pieces, _ = recorded[3]
    del note["tracks"]
    scanner = FrameScanner(bundle)
    scanner.recall(note, pieces, lambda number: (recorded[number - 1][0], REGION))
    assert scanner.scan(frame, REGION).id == "picture 1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reference", 6),
        ("reference", -1),
        ("number", 0),
        ("number", "1"),
        ("corners", [[0, 0]] * 3),
        ("corners", [[1e9, 0]] * 4),
        ("window_bits", None),
        ("distance", 145),
        ("margin", 1.5),
        ("missed", -1),
        ("sure", 1),
    ],
)
def test_a_changed_note_of_a_track_is_refused(
    name: str, value: object, bundle: HashBundle, recorded: list[Recorded]
) -> None:
    """A value that no track of this bundle can have is named, with the values that are expected."""
    frame, note, pieces, _ = recorded[4]
    note = json.loads(json.dumps(note))
    note["tracks"]["all"][0][name] = value
    with pytest.raises(ValueError, match=f"'?{name}.*expected"):
        FrameScanner(bundle).recall(note, pieces, lambda number: (frame, REGION))
