"""The warm-up before a visitor's first frame."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

import numpy as np
import pytest

from scanner import browser
from scanner.browser import warm_up
from scanner.bundle import HashBundle
from scanner.pipeline import FrameScanner
from scanner.reference import enrol
from support.pictures import cover


def go_on(more: bool = True) -> Any:
    return json.loads(warm_up(more))["result"]


def warm_up_to_the_end() -> int:
    pieces = 1
    while go_on():
        pieces += 1
    return pieces


def functions_called(work: Callable[[], object]) -> set[CodeType]:
    """Returns the functions of the core that some work calls."""
    called: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and "/scanner/" in frame.f_code.co_filename and "/offline/" not in frame.f_code.co_filename:
            called.add(frame.f_code)

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return called


def held(picture: np.ndarray, left: int) -> np.ndarray:
    """Returns a frame of 640 x 360 that shows a picture, somewhat beside the middle."""
    frame = np.full((360, 640, 3), 120, np.uint8)
    frame[40 : 40 + picture.shape[0], left : left + picture.shape[1]] = picture
    return frame


def first_frames(bundle: HashBundle, picture: np.ndarray, *, memory: bool) -> None:
    scanner = FrameScanner(bundle, memory=memory, search_seconds=0)
    for left in (211, 214, 216):
        scanner.look(held(picture, left), (140, 0, 360, 360), 1)


@pytest.mark.parametrize(
    ("memory", "known"),
    [(True, True), (True, False), (False, True)],  # a photo of no reference takes seconds, also the tenth one
    ids=["match", "miss", "photo of a match"],
)
def test_a_warm_up_calls_what_the_first_frames_call(memory: bool, known: bool) -> None:
    """Of the core's functions that first frames call, a warm-up has called six of seven."""
    bundle = HashBundle([enrol(str(seed), cover(seed, (280, 210))) for seed in range(10)])
    picture = cover(3 if known else 777, (280, 210))
    warmed = functions_called(warm_up_to_the_end)
    needed = functions_called(lambda: first_frames(bundle, picture, memory=memory))
    missing = sorted(code.co_qualname for code in needed - warmed)
    assert len(missing) <= len(needed) / 7, missing


def test_a_warm_up_leaves_nothing_behind() -> None:
    """After a warm-up no bundle and no scanner is open that was not open before, and a stream has seen no frame."""
    text = HashBundle([enrol("one", cover(1))]).to_json()
    bundle = json.loads(browser.open_bundle(text))["result"]["bundle"]
    scanner = json.loads(browser.open_scanner(bundle, memory=True))["result"]["scanner"]
    before = (dict(browser._bundles), dict(browser._scanners), browser._scanners[scanner].scanner.noted())
    warm_up_to_the_end()
    after = (dict(browser._bundles), dict(browser._scanners), browser._scanners[scanner].scanner.noted())
    assert after == before
    assert browser._warming is None
    browser.close_scanner(scanner)
    browser.close_bundle(bundle)


def test_a_warm_up_comes_in_short_pieces() -> None:
    """A frame that comes during the warm-up need not wait for more than a small part of it."""
    assert warm_up_to_the_end() > 50


def test_a_warm_up_ends_at_once_when_a_frame_comes() -> None:
    """Ended early, a warm-up forgets what it has drawn."""
    assert go_on()
    assert not go_on(False)
    assert browser._warming is None
