"""A picture held up in the middle is named at once, however near or far, on any ground."""

import numpy as np
import pytest

from scanner import FrameScanner, HashBundle
from scanner.offline.predict.simulated_hand import (
    EASY,
    draw_background,
)
from support.hard_frames import GUIDE, SIZE, held
from support.held_up import picture_of
from support.pictures import cover, natural
from support.places import PROJECT

PICTURES = ("album", "film", "lighthouse")


@pytest.fixture(scope="module")
def bundle() -> HashBundle:
    return HashBundle.load(PROJECT / "hashes" / "references.json")


@pytest.mark.parametrize("region", [GUIDE, None], ids=["guide", "whole frame"])
@pytest.mark.parametrize("share", [0.35, 0.5, 0.7, 1.0, 1.3, 1.5])
def test_a_picture_in_the_middle_is_named_within_three_frames_at_any_size(
    bundle: HashBundle, share: float, region: tuple[int, int, int, int] | None
) -> None:
    """A picture a third as large as the guide, or half as large again, needs three frames, with a region or without."""
    for seed, name in enumerate(PICTURES):
        scanner = FrameScanner(bundle, search_seconds=60)  # all of a search in one turn, however busy the machine
        named = [scanner.scan(frame, region).id for frame in held(picture_of(name), share, seed, EASY)]
        assert name in named
        assert set(named) <= {name, None}


def test_a_picture_that_comes_into_sight_in_a_long_scan_is_named_soon_too(bundle: HashBundle) -> None:
    """After twenty frames of an empty desk, a picture at half the guide's size is named within six frames."""
    desk = draw_background(np.random.default_rng(3), SIZE, "desk")
    scanner = FrameScanner(bundle, search_seconds=60)
    assert {scanner.scan(desk, GUIDE).id for _ in range(20)} == {None}
    assert "album" in [scanner.scan(frame, GUIDE).id for frame in held(picture_of("album"), 0.5, 1, EASY) * 2]


@pytest.mark.parametrize("share", [0.35, 0.7, 1.3])
def test_a_picture_in_the_middle_that_is_not_enrolled_is_not_named(bundle: HashBundle, share: float) -> None:
    """A stranger in the middle, of any size, gets no name."""
    for seed in range(6):
        picture = cover(200 + seed) if seed % 2 else np.stack([natural(300 + seed, 300)] * 3, axis=-1)
        scanner = FrameScanner(bundle, search_seconds=60)
        assert {scanner.scan(frame, GUIDE).id for frame in held(picture, share, seed, EASY)} == {None}


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (5, 5), (1, 500), (17, 31), (400, 8)])
def test_a_stream_of_frames_of_any_size_gets_verdicts(bundle: HashBundle, shape: tuple[int, int]) -> None:
    """A stream of frames from one pixel to a long sliver gets a verdict for each frame, never an exception."""
    source = np.random.default_rng(5)
    scanner = FrameScanner(bundle)
    for _ in range(6):
        frame = source.integers(0, 256, shape).astype(np.uint8)
        assert scanner.scan(frame).outcome in ("no_match", "no_detail", "ambiguous")
