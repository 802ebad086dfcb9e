"""A picture held too near is told from the usual scenes, so that the page can say "Move back"."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from scanner import HashBundle, browser, too_near
from scanner.catalogue import Catalogue
from scanner.offline.predict.simulated_hand import TYPICAL, Shot, draw_background, draw_shot, photograph
from scanner.too_near import LOOK_SECONDS, Nearness
from support.held_up import FRAME_SIZE, picture_of
from support.places import PROJECT

BUNDLE = HashBundle.load(PROJECT / "hashes" / "references.json")
SIDEWAYS = (480, 640)


def nearness(bundle: HashBundle = BUNDLE) -> Nearness:
    return Nearness(Catalogue.of(bundle).windows)


def looks_near(frames: Iterable[np.ndarray], bundle: HashBundle = BUNDLE) -> bool:
    """Returns whether one of some looks at a stream without a match finds only a part of a picture."""
    looking = nearness(bundle)
    looking.look("no_match", np.zeros((48, 64), np.uint8), 0)
    return any(looking.look("no_match", frame, LOOK_SECONDS * (1 + at)) for at, frame in enumerate(frames))


def held(reference: str, seed: int, size: tuple[int, int], looks: int = 3, **how: Any) -> Iterator[np.ndarray]:
    """Frames of a picture in an unsteady hand before a drawn background, each a look apart."""
    rng = np.random.default_rng(seed)
    background = draw_background(rng, size)
    for at in range(looks):
        tilt, right, down = rng.uniform(-3, 3), rng.uniform(-0.08, 0.08), rng.uniform(-0.08, 0.08)
        shot = Shot(tilt=tilt, shift_x=right, shift_y=down, noise=3, seed=seed + at)
        yield photograph(picture_of(reference), replace(shot, **how), size, background, squash=False)[0]


@pytest.mark.parametrize(("zoom", "least", "size"), [(1.5, 9, FRAME_SIZE), (1.75, 7, SIDEWAYS)])
def test_a_picture_larger_than_the_frame_is_told(zoom: float, least: int, size: tuple[int, int]) -> None:
    """Of ten pictures half as large again as the frame at least nine are told within three looks, of larger ones seven.

    Of a picture twice as large as the frame, hardly a whole window is in sight.
    """
    assert sum(looks_near(held(reference, 7, size, zoom=zoom)) for reference in BUNDLE.ids) >= least


@pytest.mark.parametrize("zoom", [0.4, 0.7])
def test_a_picture_within_the_frame_is_not_too_near(zoom: float) -> None:
    """A picture that lies wholly in the frame, recognised or not, never gets the advice to move back."""
    assert not [reference for reference in BUNDLE.ids if looks_near(held(reference, 11, FRAME_SIZE, 1, zoom=zoom))]


@pytest.mark.parametrize("zoom", [1.0, 1.5])
def test_a_picture_that_nobody_knows_is_not_too_near(zoom: float) -> None:
    """A picture that is not enrolled never gets the advice to move back, however near it is."""
    for reference in BUNDLE.ids:
        others = HashBundle([each for each in BUNDLE.references if each.id != reference], threshold=BUNDLE.threshold)
        assert not looks_near(held(reference, 13, FRAME_SIZE, 1, zoom=zoom), others), reference


def test_a_room_without_a_picture_is_not_too_near() -> None:
    """Walls, tables, cloth and print never get the advice to move back."""
    rng = np.random.default_rng(17)
    assert not looks_near([draw_background(rng, FRAME_SIZE) for _ in range(30)])


def test_a_look_is_taken_only_after_seconds_without_a_match(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream of frames is held up by a look once in some seconds, and never after a match or before a plain wall."""
    looks = []
    monkeypatch.setattr(Nearness, "_window_bits", lambda self, grey: looks.append(grey.shape) or 0.0)
    looking, frame = nearness(), np.zeros((48, 64), np.uint8)
    assert not looking.look("no_match", frame, 100)
    assert not looking.look("no_match", frame, 99 + LOOK_SECONDS)
    assert not looking.look("match", frame, 100 + LOOK_SECONDS)
    assert not looking.look("no_match", frame, 101 + LOOK_SECONDS)
    assert not looking.look("no_detail", frame, 200)
    assert looking.look("no_match", frame, 201)
    assert not looking.look("no_match", frame, 202)
    assert len(looks) == 1


def test_a_catalogue_too_large_for_a_short_look_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large catalogue holds up no frame: the advice is then left out."""
    monkeypatch.setattr(too_near, "LARGEST_CATALOGUE", len(BUNDLE.ids) - 1)
    assert not looks_near(held("lighthouse", 7, FRAME_SIZE, zoom=1.5))


@pytest.mark.parametrize(("zoom", "near"), [(1.5, True), (0.2, False)])
def test_the_page_is_told_with_the_verdict(zoom: float, near: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer of a camera's frame says whether the picture is too near; a photo's answer never does."""
    monkeypatch.setattr(too_near, "LOOK_SECONDS", 0)
    bundle = json.loads(browser.open_bundle((PROJECT / "hashes" / "references.json").read_text()))["result"]["bundle"]
    *_, frame = held("lighthouse", 7, FRAME_SIZE, 2, zoom=zoom)
    height, width = frame.shape[:2]
    browser.frame_buffer(height * width * 4)[:] = np.dstack([frame, np.full((height, width), 255, np.uint8)]).ravel()
    for memory in (True, False):
        scanner = json.loads(browser.open_scanner(bundle, memory))["result"]["scanner"]
        answer = json.loads(browser.scan_frame(scanner, width, height, 0, 0, width, height))["result"]
        assert answer["near"] is (near and memory)


def test_a_typical_hand_is_not_told_to_move_back() -> None:
    """None of twenty frames of pictures in a typical hand looks too near."""
    rng = np.random.default_rng(19)
    frames = []
    for at in range(20):
        shot = replace(draw_shot(TYPICAL, rng), zoom=rng.uniform(0.3, 0.7))
        picture = picture_of(BUNDLE.ids[at % len(BUNDLE.ids)])
        frames.append(photograph(picture, shot, FRAME_SIZE, draw_background(rng, FRAME_SIZE), False)[0])
    assert not looks_near(frames)
