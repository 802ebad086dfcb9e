"""A stream for one picture names what a still names: also small pictures, and pictures that are cut off or covered."""

import json

import numpy as np
import pytest

from scanner import FrameScanner, HashBundle
from scanner.candidates import Sources
from scanner.catalogue import Catalogue
from scanner.fit import STREAM, Fitter
from scanner.frame import Frame
from scanner.grey import to_grey
from scanner.in_turn import TURNS, SearchesInTurn
from scanner.judging import Judge
from scanner.pieces import Budget
from scanner.race import LIKELY_IN_STREAM
from scanner.warp import Pyramid
from support.hard_frames import DESK, GUIDE, shown
from support.places import PROJECT


@pytest.fixture(scope="module")
def bundle() -> HashBundle:
    return HashBundle.load(PROJECT / "hashes" / "references.json")


CUT_OFF = [shown("album", 1.0, 0.0, 0.35), shown("lighthouse", 1.0, 0.0, -0.35)]
SMALL = shown("lighthouse", 0.22, 0.7, 0.35)


def searching(bundle: HashBundle, frame: np.ndarray, turn: int) -> FrameScanner:
    """Returns the scanner of a stream that has just begun a search of a frame, all of which takes one turn."""
    scanner = FrameScanner(bundle, search_seconds=60)
    while True:
        note = {**(scanner.noted() or {}), "middle": None, "next_search": turn}
        scanner.recall(note, 0, lambda _: (frame, GUIDE))
        assert scanner.scan(frame, GUIDE).id is None
        if (scanner.noted() or {})["search"] is not None:
            return scanner


@pytest.mark.parametrize("number", [0, 1])
def test_a_stream_names_a_picture_that_the_frame_cuts_off(bundle: HashBundle, number: int) -> None:
    """A picture a third of which lies beyond the frame's edge gets its name and none other."""
    scanner = FrameScanner(bundle, search_seconds=60)  # all of a search in one turn, however busy the machine
    named = {scanner.scan(CUT_OFF[number], GUIDE).id for _ in range(4)}
    assert named - {None} == {("album", "lighthouse")[number]}


@pytest.mark.parametrize(
    ("name", "frame", "turn"),
    [("album", CUT_OFF[0], 2), ("lighthouse", CUT_OFF[1], 10), ("lighthouse", SMALL, 6)],
    ids=["cut off above", "cut off below", "small, in a corner"],
)
def test_a_search_under_way_names_what_is_still_in_sight(
    bundle: HashBundle, name: str, frame: np.ndarray, turn: int
) -> None:
    """The search of a frame goes on later: it names the picture if it is still there, and nothing after it has gone."""
    there = searching(bundle, frame, turn)
    assert name in {there.scan(frame, GUIDE).id for _ in range(3)}
    gone = searching(bundle, frame, turn)
    assert {gone.scan(DESK, GUIDE).id for _ in range(6)} == {None}


@pytest.mark.parametrize("turn", [1, 9])
def test_keypoints_have_turns_too(bundle: HashBundle, turn: int) -> None:
    """The second search of each half of the turns finds a picture by keypoints, which need no border."""
    catalogue = Catalogue.of(bundle)
    fitter = Fitter(catalogue.windows, STREAM)
    sources = Sources(catalogue, fitter, LIKELY_IN_STREAM)
    searches = SearchesInTurn(catalogue, fitter, sources, Judge(catalogue, fitter, sources))
    search = searches.running(Frame(Pyramid(to_grey(shown("album", 0.8, 0.0, 0.0))), GUIDE, 1), turn)
    assert search.advance(Budget(60))
    assert [bundle.ids[found.fit.index] for found in search.news()] == ["album"]


def test_a_frame_of_any_turn_is_judged_again_as_it_was_judged(bundle: HashBundle) -> None:
    """A recording names the search whose turn it was, and how far it was: the frame gets the verdict and the note."""
    frames = [DESK, CUT_OFF[0], SMALL]
    scanner = FrameScanner(bundle, search_seconds=0.06)
    seen: dict[int, np.ndarray] = {}
    turns = set()
    for number in range(1, 61):
        seen[number] = frames[number // 20 % 3]
        note = json.loads(json.dumps(scanner.noted()))
        verdict = scanner.scan(seen[number], GUIDE)
        if note["search"] is None or note["search"]["turn"] in turns:
            continue
        turns.add(note["search"]["turn"])
        again = FrameScanner(bundle, search_seconds=1000)  # a clock of another speed
        again.recall(note, scanner.pieces, lambda earlier: (seen[earlier], GUIDE))
        assert again.scan(seen[number], GUIDE) == verdict
        assert again.noted() == scanner.noted()
    assert len(turns) >= 4  # searches of every kind


def test_a_recording_of_a_version_without_turns_is_still_read(bundle: HashBundle) -> None:
    """A search without a turn in a note is the search for one picture, which comes first."""
    scanner = FrameScanner(bundle, search_seconds=0)
    while (note := scanner.noted() or {})["search"] is None:
        scanner.scan(DESK, GUIDE)
    del note["search"]["turn"], note["next_search"]
    again = FrameScanner(bundle, search_seconds=0)
    again.recall(json.loads(json.dumps(note)), 0, lambda _: (DESK, GUIDE))
    assert (again.noted() or {})["search"]["turn"] == 0


@pytest.mark.parametrize("turn", [-1, len(TURNS), 1.5, "0", None])
def test_a_note_of_a_turn_that_there_is_not_is_refused(bundle: HashBundle, turn: object) -> None:
    """A damaged recording is an error that names the value, not a crash."""
    scanner = FrameScanner(bundle, search_seconds=0)
    while (note := scanner.noted() or {})["search"] is None:
        scanner.scan(DESK, GUIDE)
    note["search"]["turn"] = turn
    with pytest.raises(ValueError, match="'turn'"):
        FrameScanner(bundle).recall(note, 0, lambda _: (DESK, GUIDE))
