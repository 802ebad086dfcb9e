"""A stream's memory can be noted and made again, so that a recorded frame is judged again as it was judged."""

import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scanner import FrameScanner, HashBundle, Verdict
from scanner.offline import build_bundle
from scanner.offline.predict.simulated_hand import EASY, HARD, draw_background, hold_up
from support.pictures import cover

PICTURES = {f"cover {seed}": cover(seed, (480, 360)) for seed in range(6)}
SIZE = (240, 320)
REGION = (0, 0, 320, 240)

Recorded = tuple[np.ndarray, dict[str, Any], int, Verdict]


@pytest.fixture(scope="module")
def bundle() -> HashBundle:
    return build_bundle(PICTURES)


def stream() -> list[np.ndarray]:
    """Hands hold up two pictures and leave; a tilted one in a corner takes a search; a wall has no detail."""
    rng = np.random.default_rng(4)
    desk = draw_background(rng, SIZE, "desk").copy()
    corner = desk.copy()
    tilted = Image.fromarray(PICTURES["cover 3"]).resize((90, 120)).rotate(35, expand=True, fillcolor=(110, 100, 90))
    corner[10 : 10 + tilted.height, 165 : 165 + tilted.width] = np.asarray(tilted)
    wall = np.full((*SIZE, 3), 128, np.uint8)
    hard = [frame for frame, _ in hold_up(PICTURES["cover 1"], HARD, rng, size=SIZE)]
    easy = [frame for frame, _ in hold_up(PICTURES["cover 5"], EASY, rng, size=SIZE)]
    return [*hard, *[desk] * 4, *[corner] * 40, wall, wall, *easy, *[desk] * 5]


def nothing(number: int) -> tuple[np.ndarray, None]:
    raise AssertionError(f"the search of frame {number} is under way here")


def record(bundle: HashBundle, frames: list[np.ndarray]) -> list[Recorded]:
    scanner = FrameScanner(bundle)
    recorded = []
    for number, frame in enumerate(frames):
        note = json.loads(json.dumps(scanner.noted()))
        scanner.recall(note, (0, 7, 2, 15)[number % 4], nothing)  # an unsteady clock
        verdict = scanner.scan(frame, REGION)
        recorded.append((frame, note, scanner.pieces, verdict))
    return recorded


@pytest.fixture(scope="module")
def recorded(bundle: HashBundle) -> list[Recorded]:
    recorded = record(bundle, stream())
    # The promises below are about frames with every kind of answer, and a search that goes on over several frames.
    assert {verdict.outcome for *_, verdict in recorded} == {"match", "no_match", "no_detail"}
    assert {verdict.id for *_, verdict in recorded} >= {None, "cover 3", "cover 5"}
    assert sum(note["search"] is not None and note["search"]["pieces"] > 0 for _, note, _, _ in recorded) > 5
    assert len({pieces for _, _, pieces, _ in recorded}) > 2
    return recorded


def judged_again(bundle: HashBundle, recorded: list[Recorded], first: int) -> list[Verdict]:
    scanner = FrameScanner(bundle, search_seconds=1000)  # a clock of another speed
    frames = {note["frames"] + 1: frame for frame, note, *_ in recorded}
    verdicts = []
    for frame, note, pieces, _ in recorded[first:]:
        scanner.recall(note, pieces, lambda number: (frames[number], REGION))
        verdicts.append(scanner.scan(frame, REGION))
    return verdicts


@pytest.mark.parametrize("first", [0, 7, 25, 50])
def test_a_noted_stream_is_judged_again_with_equal_verdicts(
    first: int, bundle: HashBundle, recorded: list[Recorded]
) -> None:
    """From any frame on, and at any speed of the machine, all fields of each verdict are equal to the recorded ones."""
    assert judged_again(bundle, recorded, first) == [verdict for *_, verdict in recorded[first:]]


def test_the_pieces_of_a_search_decide_in_which_frame_a_picture_is_found(
    bundle: HashBundle, recorded: list[Recorded]
) -> None:
    """With all of a search in each frame, a stream gets other verdicts: a recording needs the count."""
    finished = [(frame, note, 1_000_000, verdict) for frame, note, _, verdict in recorded]
    assert judged_again(bundle, finished, 0) != [verdict for *_, verdict in recorded]


def test_noting_a_memory_does_not_change_it(bundle: HashBundle) -> None:
    """A stream that is recorded gets the verdicts of a stream that is not."""
    frames = stream()
    plain, noted = (FrameScanner(bundle, search_seconds=0) for _ in range(2))
    for frame in frames:
        before = noted.noted()
        assert noted.noted() == before
        assert plain.scan(frame, REGION) == noted.scan(frame, REGION)


def test_a_scanner_without_a_memory_has_nothing_to_note(bundle: HashBundle) -> None:
    """A still is judged alone, so that its recording holds no memory."""
    scanner = FrameScanner(bundle, memory=False)
    assert scanner.noted() is None
    scanner.recall({"frames": 3}, 0, lambda number: (stream()[0], None))
    assert scanner.noted() is None


GOOD = {"frames": 3, "shape": [240, 320], "evidence": [], "carried": None, "search": None, "latest": None}
CORNERS = [[0, 0], [9, 0], [9, 9], [0, 9]]
FIT = {"reference": 1, "corners": CORNERS, "window_bits": 90, "pose_penalty": 0}


@pytest.mark.parametrize(
    "wrong",
    [
        {"frames": -1},
        {"frames": "3"},
        {"frames": True},
        {"frames": 10**30},
        {"shape": [0, 320]},
        {"shape": [240]},
        {"evidence": {}},
        {"evidence": [[6, 1]]},
        {"evidence": [3]},
        {"carried": {**FIT, "reference": 6}},
        {"carried": {**FIT, "corners": CORNERS[:3]}},
        {"carried": {**FIT, "corners": [[0, 0], [9, 0], [9, 9], [0, 1e300]]}},
        {"carried": {**FIT, "corners": [[0, 0], [9, 0], [9, 9], [0, "9"]]}},
        {"carried": {**FIT, "pose_penalty": None}},
        {"carried": []},
        {"search": {"frame": 0, "pieces": 1}},
        {"search": {"frame": 1}},
        {"latest": {"reference": 1, "corners": CORNERS}},
    ],
)
def test_a_note_that_no_memory_gave_is_refused_by_name(wrong: dict[str, Any], bundle: HashBundle) -> None:
    """A damaged note is an error that names the value, and the scanner's own memory stays as it was."""
    scanner = FrameScanner(bundle)
    scanner.scan(stream()[0], REGION)
    before = scanner.noted()
    with pytest.raises(ValueError, match="in the note of a memory"):
        scanner.recall({**GOOD, **wrong}, 0, lambda number: (stream()[0], REGION))
    assert scanner.noted() == before


@pytest.mark.parametrize("missing", GOOD)
def test_every_value_of_a_note_is_needed(missing: str, bundle: HashBundle) -> None:
    """A note without one of its values is an error that names the value."""
    note = {name: value for name, value in GOOD.items() if name != missing}
    with pytest.raises(ValueError, match=missing):
        FrameScanner(bundle).recall(note, 0, lambda number: (stream()[0], REGION))
