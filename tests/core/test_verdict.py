"""Judging a fit: one frame is enough, two frames have to agree, or no reference is named."""

from typing import Any

import pytest

from scanner.limits import (
    AGREEMENT_BITS,
    AMBIGUOUS_LEAD,
    FOUND_BY_SEARCH,
    FOUND_IN_SIGHT,
    LED_BY_CROPS,
    RIVALS,
    USUAL_LEAD,
)
from scanner.rivals import Rivals
from scanner.verdict import Judgement, judge


def judged(**given: Any) -> Judgement:
    """Judges a fit that is good in every respect but those given."""
    usual = {"window_bits": 100, "plainness": 1.0, "pose_penalty": 0.0, "outline_bits": 10, "crop_bits": None}
    usual |= {"references": 100, "threshold": 25}
    lead = given.pop("lead", USUAL_LEAD)
    nearest = {**usual, **given}["window_bits"] + lead if lead is not None else None
    rivals = given.pop("rivals", Rivals(nearest, nearest) if nearest is not None else None)
    return judge(**{**usual, **given}, rivals=lambda most: rivals)


def bits_accepted(**given: Any) -> int:
    """Returns the largest window bits of a match."""
    return max(bits for bits in range(500) if judged(window_bits=bits, **given)[0] == "match")


def test_a_good_fit_is_a_match_however_it_was_found() -> None:
    """A picture that fits is named from one frame, whether crops or a search led to the fit."""
    assert judged(crop_bits=None) == ("match", True)
    assert judged(crop_bits=12) == ("match", True)
    assert judged(lead=None) == ("match", True)


def test_what_the_search_found_has_to_fit_better_than_what_the_crops_led_to() -> None:
    """A searched fit has to be better than a fit that crops led to, as a search tries thousands of places."""
    plain = {"outline_bits": 30, "plainness": 1.2}
    searched, led = bits_accepted(crop_bits=None, **plain), bits_accepted(crop_bits=30, **plain)
    below_the_threshold = bits_accepted(crop_bits=20, **plain)
    assert searched < led < below_the_threshold
    assert bits_accepted(crop_bits=None, outline_bits=30) == FOUND_BY_SEARCH.at_100 - 30
    assert bits_accepted(crop_bits=30, outline_bits=30) == LED_BY_CROPS.at_100 - 60


def test_a_plain_reference_has_to_fit_better_than_one_full_of_detail() -> None:
    """A plain reference has to fit better: some blob in the frame always looks like a drawing of a lemon."""
    for led in ({"crop_bits": None}, {"crop_bits": 30, "outline_bits": 30}):
        limits = [bits_accepted(plainness=plainness, **led) for plainness in (1.5, 1.2, 1.0)]
        assert limits[0] < limits[1] < limits[2]
        assert limits[0] >= 90  # a clear picture is recognised all the same


def test_covers_of_a_few_big_shapes_are_not_taken_for_each_other() -> None:
    """A searched fit of a reference that is a little plain has to be better than one of a reference full of detail."""
    assert judged(window_bits=230, plainness=1.1, outline_bits=31) == ("no_match", True)
    assert bits_accepted(crop_bits=None, plainness=1.0) - bits_accepted(crop_bits=None, plainness=1.06) > 50


@pytest.mark.parametrize("crop_bits", [None, 30])
def test_a_pose_that_nobody_holds_a_picture_in_has_to_fit_better(crop_bits: int | None) -> None:
    """Each bit of the pose penalty counts as a differing bit."""
    assert bits_accepted(crop_bits=crop_bits, pose_penalty=40.0) == bits_accepted(crop_bits=crop_bits) - 40


def test_more_references_ask_for_a_better_fit() -> None:
    """A fit among 10,000 references has to be better than among 100, most of all the fit of a plain reference."""
    for led in ({"crop_bits": None}, {"crop_bits": 30}, {"crop_bits": 20, "outline_bits": 40}):
        limits = [bits_accepted(references=references, **led) for references in (100, 1000, 10_000)]
        assert limits[0] > limits[1] > limits[2]
        assert limits[2] >= 220  # half as much again as the true place has in a photograph
    rich, plain = (
        bits_accepted(plainness=plainness) - bits_accepted(plainness=plainness, references=10_000)
        for plainness in (1.0, 1.1)
    )
    assert rich < plain
    assert bits_accepted(references=1) == bits_accepted(references=100)


def test_a_lower_threshold_asks_for_a_better_fit() -> None:
    """A site that would rather miss a picture than name a wrong one lowers its threshold: no limit rises, some fall."""
    for led in ({"crop_bits": None}, {"crop_bits": 4, "outline_bits": 4}):
        limits = [bits_accepted(threshold=threshold, **led) for threshold in (10, 18, 25)]
        assert limits == sorted(limits)
    assert bits_accepted(threshold=12) < bits_accepted(threshold=25)
    assert bits_accepted(threshold=60) == bits_accepted(threshold=25)  # a higher threshold does not raise the limit


def test_a_small_picture_in_a_still_is_believed_later_in_a_larger_catalogue() -> None:
    """Among many references one is a frame around nothing, and a photograph has windows enough that look like it."""
    few, many = (bits_accepted(in_sight=True, lead=300, references=references) for references in (100, 1000))
    assert few - many == FOUND_IN_SIGHT.tenfold_fall
    assert many < bits_accepted(lead=300, references=1000) - 70


def test_a_small_picture_on_a_plain_ground_is_not_taken_for_a_plain_reference() -> None:
    """Crops alone name no reference that its rivals fit almost as well: a flower on a wall is no mountain in mist."""
    flower: dict[str, Any] = {"window_bits": 311, "plainness": 1.12, "outline_bits": 18, "crop_bits": 18}
    assert judged(**flower, lead=USUAL_LEAD - 1) == ("no_match", False)
    assert judged(**flower, lead=USUAL_LEAD) == ("match", True)
    assert judged(**flower, lead=None) == ("match", True)  # there is no other reference that it could be taken for
    assert judged(**flower, pose_penalty=41.0, lead=USUAL_LEAD)[0] == "no_match"  # seen from far to the side


@pytest.mark.parametrize(("crop_bits", "most"), [(None, 20), (30, 12)])
def test_the_farther_a_reference_leads_its_rivals_the_worse_it_may_fit(crop_bits: int | None, most: int) -> None:
    """A long lead makes up for a worse fit: a reference that fits by chance does not lead its rivals by far."""
    limits = [bits_accepted(crop_bits=crop_bits, outline_bits=30, lead=lead) for lead in (40, 60, 90, 100, 150, 300)]
    assert limits == sorted(limits)
    assert limits[0] == limits[2] - 50  # each lacking bit counts
    assert limits[-1] == limits[-2] == limits[2] + most  # a very long lead does not make up for a bad fit


def test_among_a_few_references_a_long_lead_says_little() -> None:
    """A long lead makes up for nothing among a few references, as hardly any rival is there."""
    few = {"references": RIVALS, "outline_bits": 30}
    assert bits_accepted(lead=200, **few) == bits_accepted(lead=USUAL_LEAD, **few)
    assert bits_accepted(lead=50, **few) < bits_accepted(lead=USUAL_LEAD, **few)


def test_what_is_beyond_doubt_asks_for_one_rival_only() -> None:
    """A fit beyond doubt costs the time of one rival, not of eight: a copy of the picture would come first."""
    asked: list[int] = []
    usual: dict[str, Any] = {
        "plainness": 1.0,
        "pose_penalty": 0.0,
        "outline_bits": 20,
        "crop_bits": None,
        "references": 100,
        "threshold": 25,
    }
    for bits in (100, 300, 400):
        judge(window_bits=bits, **usual, rivals=asked.append)
    assert asked == [1, RIVALS]  # and no rival for a fit that is no match with any lead


def test_the_same_picture_on_its_side_is_told_apart_in_the_scan_region_only() -> None:
    """An arrow to the left is told from an arrow upwards in the scan region; anywhere else either may be meant."""
    turned = Rivals(upright=400, turned=90)
    assert judged(window_bits=100, crop_bits=12, rivals=turned) == ("match", True)
    assert judged(window_bits=100, crop_bits=None, rivals=turned) == ("ambiguous", False)
    assert judged(window_bits=100, crop_bits=12, rivals=Rivals(90, 90)) == ("ambiguous", False)


def test_the_same_picture_on_its_side_does_not_shorten_the_lead_in_the_scan_region() -> None:
    """A reference enrolled upright and on its side keeps its lead in the scan region, as if it were enrolled once."""
    limit = bits_accepted(crop_bits=30, lead=150)
    alone, both = Rivals(limit + 150, limit + 150), Rivals(limit + 150, limit + 5)
    assert judged(window_bits=limit, crop_bits=30, rivals=alone) == ("match", True)
    assert judged(window_bits=limit, crop_bits=30, rivals=both) == ("match", True)
    assert judged(window_bits=limit, crop_bits=30, rivals=Rivals(limit + 5, limit + 5))[0] != "match"


@pytest.mark.parametrize("crop_bits", [None, 12, 30])
def test_two_references_that_fit_alike_are_ambiguous(crop_bits: int | None) -> None:
    """Neither of two copies of one picture is named, however many frames show them."""
    assert judged(crop_bits=crop_bits, lead=AMBIGUOUS_LEAD - 1) == ("ambiguous", False)
    assert judged(crop_bits=crop_bits, lead=AMBIGUOUS_LEAD) == ("match", True)


def test_a_bad_fit_is_not_ambiguous() -> None:
    """Two references that fit a wall equally badly are no match, not a tie."""
    assert judged(window_bits=400, outline_bits=50, lead=1) == ("no_match", False)


@pytest.mark.parametrize("crop_bits", [None, 30])
def test_a_fit_that_is_nearly_good_enough_counts_as_evidence(crop_bits: int | None) -> None:
    """A fit that is nearly good enough is named by two frames that agree, not by one."""
    most = bits_accepted(crop_bits=crop_bits)
    assert judged(window_bits=most + 1, crop_bits=crop_bits) == ("no_match", True)
    assert judged(window_bits=most + AGREEMENT_BITS, crop_bits=crop_bits) == ("no_match", True)
    assert judged(window_bits=most + AGREEMENT_BITS + 1, crop_bits=crop_bits) == ("no_match", False)
