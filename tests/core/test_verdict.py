"""When one frame is enough, when two are, and when nothing is said."""

from typing import Any

import pytest

from scanner.registration import Rivals
from scanner.verdict import (
    AGREEING_FRAMES,
    AMBIGUOUS_FIT,
    LED_BY_CROPS,
    LED_BY_SEARCH,
    REMEMBERED_FRAMES,
    RIVALS,
    TWICE,
    USUAL_LEAD,
    Evidence,
    judge,
)


def judged(**given: Any) -> tuple[str, bool]:
    """The outcome of a fit that is right in every respect but those given, and whether it counts as evidence."""
    usual = {"windows": 100, "plainness": 1.0, "strain": 0.0, "distance": 10, "crops": None}
    usual |= {"references": 100, "threshold": 25}
    lead = given.pop("lead", USUAL_LEAD)
    nearest = {**usual, **given}["windows"] + lead if lead is not None else None
    rivals = given.pop("rivals", Rivals(nearest, nearest) if nearest is not None else None)
    return judge(**{**usual, **given}, rivals=lambda most: rivals)


def windows_accepted(**given: Any) -> int:
    """The most differing bits of the windows with which a fit is a match."""
    return max(windows for windows in range(500) if judged(windows=windows, **given)[0] == "match")


def test_a_good_fit_is_a_match_however_it_was_found() -> None:
    """By the crops or by the search: a picture that fits is named from one frame."""
    assert judged(crops=None) == ("match", True)
    assert judged(crops=12) == ("match", True)
    assert judged(lead=None) == ("match", True)


def test_what_the_search_found_has_to_fit_better_than_what_the_crops_led_to() -> None:
    """The search tries thousands of places, so a likeness by chance is nearer."""
    plain = {"distance": 30, "plainness": 1.2}
    searched, led = windows_accepted(crops=None, **plain), windows_accepted(crops=30, **plain)
    below_the_threshold = windows_accepted(crops=20, **plain)
    assert searched < led < below_the_threshold
    assert windows_accepted(crops=None, distance=30) == LED_BY_SEARCH - 30
    assert windows_accepted(crops=30, distance=30) == LED_BY_CROPS - 60


def test_a_plain_reference_has_to_fit_better_than_one_full_of_detail() -> None:
    """Some blob in the frame always looks like a drawing of a lemon."""
    for led in ({"crops": None}, {"crops": 30, "distance": 30}):
        limits = [windows_accepted(plainness=plainness, **led) for plainness in (1.5, 1.2, 1.0)]
        assert limits[0] < limits[1] < limits[2]
        assert limits[0] >= 90  # seen well, it is recognised all the same


def test_covers_of_a_few_big_shapes_are_not_taken_for_each_other() -> None:
    """What a search found of a reference that is not full of detail is believed later than of one that is."""
    assert judged(windows=230, plainness=1.1, distance=31) == ("no_match", True)
    assert windows_accepted(crops=None, plainness=1.0) - windows_accepted(crops=None, plainness=1.06) > 50


@pytest.mark.parametrize("crops", [None, 30])
def test_a_pose_that_nobody_holds_a_picture_in_has_to_fit_better(crops: int | None) -> None:
    """Small, slanted or in steep perspective: each bit of strain counts as one that differs."""
    assert windows_accepted(crops=crops, strain=40.0) == windows_accepted(crops=crops) - 40


def test_more_references_ask_for_a_better_fit() -> None:
    """Among 10,000 references the nearest by chance is nearer than among 100, most of all to a plain one."""
    for led in ({"crops": None}, {"crops": 30}, {"crops": 20, "distance": 40}):
        limits = [windows_accepted(references=references, **led) for references in (100, 1000, 10_000)]
        assert limits[0] > limits[1] > limits[2]
        assert limits[2] >= 220  # half as far again as the true one in a photograph
    rich, plain = (
        windows_accepted(plainness=plainness) - windows_accepted(plainness=plainness, references=10_000)
        for plainness in (1.0, 1.1)
    )
    assert rich < plain
    assert windows_accepted(references=1) == windows_accepted(references=100)


def test_a_lower_threshold_asks_for_a_better_fit() -> None:
    """A site that would rather miss a picture than name a wrong one gets that from every rule."""
    for led in ({"crops": None}, {"crops": 4, "distance": 4}):
        limits = [windows_accepted(threshold=threshold, **led) for threshold in (10, 18, 25)]
        assert limits == sorted(limits)
    assert windows_accepted(threshold=12) < windows_accepted(threshold=25)
    assert windows_accepted(threshold=60) == windows_accepted(threshold=25)  # a higher one does not loosen these


@pytest.mark.parametrize(("crops", "most"), [(None, 20), (30, 12)])
def test_the_farther_a_reference_leads_its_rivals_the_worse_it_may_fit(crops: int | None, most: int) -> None:
    """Where one fits by chance the next one does too; where one is shown, no other comes near."""
    limits = [windows_accepted(crops=crops, distance=30, lead=lead) for lead in (40, 60, 90, 100, 150, 300)]
    assert limits == sorted(limits)
    assert limits[0] == limits[2] - 50  # each bit that lacks counts
    assert limits[-1] == limits[-2] == limits[2] + most  # a very long lead does not make up for a bad fit


def test_among_a_few_references_a_long_lead_says_little() -> None:
    """With hardly a rival there, nothing else fits either."""
    few = {"references": RIVALS, "distance": 30}
    assert windows_accepted(lead=200, **few) == windows_accepted(lead=USUAL_LEAD, **few)
    assert windows_accepted(lead=50, **few) < windows_accepted(lead=USUAL_LEAD, **few)


def test_what_is_beyond_doubt_asks_for_one_rival_only() -> None:
    """Fitting eight takes a while; a copy of the picture is the first of them."""
    asked: list[int] = []
    usual: dict[str, Any] = {
        "plainness": 1.0,
        "strain": 0.0,
        "distance": 20,
        "crops": None,
        "references": 100,
        "threshold": 25,
    }
    for windows in (100, 300, 400):
        judge(windows=windows, **usual, rivals=asked.append)
    assert asked == [1, RIVALS]  # and none for what is no match either way


def test_the_same_picture_on_its_side_is_told_apart_in_the_scan_region_only() -> None:
    """An arrow to the left and one upwards: anywhere in the frame, held any way, either may be meant."""
    turned = Rivals(upright=400, turned=90)
    assert judged(windows=100, crops=12, rivals=turned) == ("match", True)
    assert judged(windows=100, crops=None, rivals=turned) == ("ambiguous", False)
    assert judged(windows=100, crops=12, rivals=Rivals(90, 90)) == ("ambiguous", False)


def test_the_same_picture_on_its_side_does_not_shorten_the_lead_in_the_scan_region() -> None:
    """A hasty hand's frame of a reference that is enrolled in both turns is believed as if it were there once."""
    limit = windows_accepted(crops=30, lead=150)
    alone, both = Rivals(limit + 150, limit + 150), Rivals(limit + 150, limit + 5)
    assert judged(windows=limit, crops=30, rivals=alone) == ("match", True)
    assert judged(windows=limit, crops=30, rivals=both) == ("match", True)
    assert judged(windows=limit, crops=30, rivals=Rivals(limit + 5, limit + 5))[0] != "match"


@pytest.mark.parametrize("crops", [None, 12, 30])
def test_two_references_that_fit_alike_are_ambiguous(crops: int | None) -> None:
    """Copies of one picture are told apart by nothing in the frame: neither is named, however often it is seen."""
    assert judged(crops=crops, lead=AMBIGUOUS_FIT - 1) == ("ambiguous", False)
    assert judged(crops=crops, lead=AMBIGUOUS_FIT) == ("match", True)


def test_a_bad_fit_is_not_ambiguous() -> None:
    """Two references that fit a wall equally badly are no match, not a tie."""
    assert judged(windows=400, distance=50, lead=1) == ("no_match", False)


@pytest.mark.parametrize("crops", [None, 30])
def test_a_fit_that_is_nearly_good_enough_counts_as_evidence(crops: int | None) -> None:
    """Not named from one frame, but from two that agree."""
    most = windows_accepted(crops=crops)
    assert judged(windows=most + 1, crops=crops) == ("no_match", True)
    assert judged(windows=most + TWICE, crops=crops) == ("no_match", True)
    assert judged(windows=most + TWICE + 1, crops=crops) == ("no_match", False)


def test_agreeing_frames_add_up() -> None:
    """The frame that makes enough of them agree is the one that names the reference."""
    evidence = Evidence()
    told = [evidence.add(7, frame) for frame in range(AGREEING_FRAMES)]
    assert told == [False] * (AGREEING_FRAMES - 1) + [True]


def test_a_disagreeing_frame_erases_nothing() -> None:
    """A frame for another reference between two that agree: they still agree."""
    evidence = Evidence()
    assert not evidence.add(7, 1)
    assert not evidence.add(3, 2)
    assert evidence.add(7, 3)


def test_one_frame_does_not_agree_with_itself() -> None:
    """A frame judged by its crops and again by its search has been seen once."""
    evidence = Evidence()
    assert not evidence.add(7, 1)
    assert not evidence.add(7, 1)
    assert evidence.add(7, 2)


def test_evidence_is_forgotten_after_a_while_and_on_reset() -> None:
    """What was seen long ago, or before a pause, says nothing about what is held up now."""
    evidence = Evidence()
    evidence.add(7, 1)
    assert not evidence.add(7, 1 + REMEMBERED_FRAMES)
    evidence.reset()
    assert not evidence.add(7, 2 + REMEMBERED_FRAMES)
    assert evidence.add(7, 3 + REMEMBERED_FRAMES)
