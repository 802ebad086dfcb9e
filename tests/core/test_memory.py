"""A stream's memory: agreeing frames add up, and everything is forgotten at once."""

import numpy as np
import pytest

from scanner.fit import Fit
from scanner.limits import AGREEING_FRAMES, REMEMBERED_FRAMES, WORTH_REFITTING
from scanner.memory import TRACKED_FRAMES, Evidence, Memory


def test_agreeing_frames_add_up() -> None:
    """The last of the frames that have to agree names the reference, and no earlier frame."""
    evidence = Evidence()
    told = [evidence.add(7, frame) for frame in range(AGREEING_FRAMES)]
    assert told == [False] * (AGREEING_FRAMES - 1) + [True]


def test_a_disagreeing_frame_erases_nothing() -> None:
    """Two frames still agree if a frame between them spoke for another reference."""
    evidence = Evidence()
    assert not evidence.add(7, 1)
    assert not evidence.add(3, 2)
    assert evidence.add(7, 3)


def test_a_late_find_of_an_old_frame_erases_nothing() -> None:
    """A long search speaks for the frame it began on; what newer frames said stays."""
    evidence = Evidence()
    assert not evidence.add(7, 100)
    assert not evidence.add(8, 100 - REMEMBERED_FRAMES - 10)
    assert evidence.add(7, 101)


def test_one_frame_does_not_agree_with_itself() -> None:
    """A frame counts once, although it is judged by its crops and again by its search."""
    evidence = Evidence()
    assert not evidence.add(7, 1)
    assert not evidence.add(7, 1)
    assert evidence.add(7, 2)


def test_evidence_is_forgotten_after_a_while() -> None:
    """A frame of long ago does not agree with the frame of now."""
    evidence = Evidence()
    evidence.add(7, 1)
    assert not evidence.add(7, 1 + REMEMBERED_FRAMES)


def fit(index: int, window_bits: int) -> Fit:
    return Fit(index, np.zeros((4, 2)), window_bits, 1.0, 0.0)


def test_a_stream_that_forgets_is_as_a_new_one() -> None:
    """After `forget`, nothing speaks for a reference, no fit is carried, and frames are counted from 1."""
    memory = Memory()
    number = memory.next_number((480, 640))
    assert not memory.evidence.add(7, number)
    memory.carry(fit(3, 100))
    memory.matched(7, np.zeros((4, 2)), number)
    memory.forget()
    assert memory.next_number((480, 640)) == 1
    assert not memory.evidence.add(7, 2)
    assert (memory.carried, memory.search, memory.last_match(7, 2)) == (None, None, None)


def test_a_phone_that_is_turned_begins_anew() -> None:
    """A frame of another size makes a stream forget, as the old corners mean nothing in the new frame."""
    memory = Memory()
    assert [memory.next_number(shape) for shape in [(480, 640), (480, 640), (640, 480), (640, 480)]] == [1, 2, 1, 2]


def test_the_best_fit_of_a_frame_is_carried_on_and_a_bad_one_is_not() -> None:
    """The next frame gets the best fit of the last frame, and loses no time with a fit that is rarely right."""
    memory = Memory()
    memory.carry(fit(1, WORTH_REFITTING))
    assert memory.carried is None
    for each in (fit(1, 300), fit(2, 200), fit(3, 250)):
        memory.carry(each)
    assert memory.carried is not None
    assert memory.carried.index == 2


@pytest.mark.parametrize(
    ("reference", "later", "followed"), [(7, TRACKED_FRAMES, True), (7, TRACKED_FRAMES + 1, False), (8, 1, False)]
)
def test_a_match_is_followed_for_a_few_frames(reference: int, later: int, followed: bool) -> None:
    """A matched reference is followed for a few frames; no other reference is."""
    memory = Memory()
    memory.matched(7, np.zeros((4, 2)), 5)
    assert (memory.last_match(reference, 5 + later) is not None) == followed
