"""A stream of several pictures names and follows pictures that the frame's edge cuts off."""

import numpy as np
import pytest

from scanner import FrameScanner, HashBundle, Verdict
from scanner.offline import build_bundle
from support.moving import HEIGHT, WIDTH, on_a_table
from support.pictures import natural

PICTURES = {f"picture {seed}": natural(seed, 256) for seed in range(8)}
SHOWN = PICTURES["picture 1"]
SIDE = 300
REGION = (170, 90, 300, 300)


@pytest.fixture(scope="module")
def bundle() -> HashBundle:
    return build_bundle(PICTURES)


class Window:
    """A frame of a table, wherever it is moved to, with the noise of a camera."""

    def __init__(self, picture: np.ndarray | None) -> None:
        self._table, places = on_a_table([] if picture is None else [picture], height=SIDE)
        self._rng = np.random.default_rng(7)
        self._corners = places[0] if len(places) else np.zeros((4, 2))

    def at(self, right: float, down: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Returns the frame so many sides of the picture beside it, and the picture's corners there."""
        left, top = WIDTH // 2 + round(right * SIDE), HEIGHT // 2 + round(down * SIDE)
        seen = self._table[top : top + HEIGHT, left : left + WIDTH]
        noisy = np.clip(np.rint(seen + self._rng.normal(0, 2.5, seen.shape)), 0, 255).astype(np.uint8)
        return noisy, self._corners - [left, top]


CUT_BY_40 = 320 / SIDE - 0.5 + 0.4
"""Sides that a frame lies beside the picture if its edge cuts off 40 % of the picture's width."""


def off_by(match: Verdict, corners: np.ndarray) -> float:
    """Returns the largest distance of a corner from its place, in sides of the picture."""
    return float(np.hypot(*(np.array(match.corners) - corners).T).max() / SIDE)


def test_a_picture_is_followed_beyond_the_frames_edge(bundle: HashBundle) -> None:
    """A picture that leaves the frame keeps its track and its place until two fifths of it are gone."""
    scanner, window = FrameScanner(bundle), Window(SHOWN)
    for number, right in enumerate(np.arange(0, CUT_BY_40, 0.025)):
        frame, corners = window.at(right)
        (match,) = scanner.scan_all(frame, REGION, most=1)
        assert (match.id, match.track) == ("picture 1", 1), f"frame {number}"
        assert off_by(match, corners) < 0.06
    assert corners[0][0] < -0.35 * SIDE  # the last frame shows three fifths


def test_a_picture_that_is_cut_off_stays_sure(bundle: HashBundle) -> None:
    """A clear view of three fifths of a picture is told as sure, and its corners keep still."""
    scanner, window = FrameScanner(bundle), Window(SHOWN)
    for right in np.arange(0, CUT_BY_40, 0.025):
        scanner.scan_all(window.at(right)[0], REGION, most=1)
    told = [scanner.scan_all(window.at(CUT_BY_40)[0], REGION, most=1) for _ in range(12)]
    assert all(match.sure for (match,) in told)
    assert np.array([match.corners for (match,) in told[4:]]).std(axis=0).max() < 0.5


@pytest.mark.parametrize("other", [None, "picture 3"], ids=["the bare table", "another picture"])
def test_nothing_else_takes_the_name_of_a_picture_that_is_cut_off(bundle: HashBundle, other: str | None) -> None:
    """Where a picture cut off by the edge makes room for something else, the first frame does not tell its name."""
    scanner, window = FrameScanner(bundle), Window(SHOWN)
    for right in np.arange(0, CUT_BY_40, 0.025):
        scanner.scan_all(window.at(right)[0], REGION, most=1)
    after = Window(None if other is None else PICTURES[other])
    for _ in range(12):
        told = {match.id for match in scanner.scan_all(after.at(CUT_BY_40)[0], REGION, most=1)}
        assert told <= {other}


def test_a_stream_of_several_finds_a_picture_that_is_cut_off(bundle: HashBundle) -> None:
    """A picture a third of which lies beyond the edge is named from the first, and followed from then on."""
    scanner, window = FrameScanner(bundle, search_seconds=1000), Window(SHOWN)  # however slow the machine is
    told = []
    for _ in range(6):
        frame, corners = window.at(CUT_BY_40 - 0.07)
        told.append(scanner.scan_all(frame, REGION))
    assert [(match.id, match.track) for match in told[-1]] == [("picture 1", 1)]
    assert off_by(told[-1][0], corners) < 0.05
