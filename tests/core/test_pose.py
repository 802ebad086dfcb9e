"""The pose penalty: nothing for the poses of a hand, many bits for the poses that a fit by chance ends in."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from scanner.offline.predict.simulated_hand import EASY, TYPICAL, Level, draw_shot, photograph
from scanner.pose import pose_penalties
from scanner.warp import homographies, mapped
from support.pictures import cover, turned

FRAME = 640 * 480
UPRIGHT = np.array([[170, 60], [430, 60], [430, 420], [170, 420]], float)


def penalty(corners: np.ndarray) -> float:
    return float(pose_penalties(corners[None], FRAME)[0])


@pytest.mark.parametrize("degrees", [0, 30, 45, 90, 180, -77])
def test_a_picture_held_up_has_no_pose_penalty_whichever_way_it_is_turned(degrees: int) -> None:
    """A picture held up has no pose penalty, upright, tilted or upside down."""
    assert penalty(turned(UPRIGHT, degrees)) == 0


def test_the_order_of_the_corners_and_a_mirror_change_nothing() -> None:
    """The pose penalty depends on the quadrilateral only, not on the order of its corners."""
    slanted = UPRIGHT + np.array([[0, 0], [0, 40], [60, 0], [0, 0]])
    assert penalty(slanted) > 0
    assert penalty(np.roll(slanted, 2, axis=0)) == pytest.approx(penalty(slanted))
    assert penalty(slanted[::-1]) == pytest.approx(penalty(slanted))


@pytest.mark.parametrize("level", [EASY, TYPICAL], ids=lambda level: level.name)
def test_a_hand_that_means_to_show_a_picture_costs_it_a_few_bits_at_most(level: Level) -> None:
    """The poses of an easy and of an ordinary hand cost a few bits at most."""
    picture = cover(1)
    for seed in range(30):
        source = np.random.default_rng(seed)
        _, corners = photograph(picture, draw_shot(level, source), (400, 400))
        assert pose_penalties(np.asarray(corners, float)[None], 400 * 400)[0] < 10


def narrowed(share: float) -> np.ndarray:
    return (UPRIGHT - 300) * [share, 1] + 300


def shrunk(share: float) -> np.ndarray:
    return (UPRIGHT - 300) * share + 300


def leaning(share: float) -> np.ndarray:
    return UPRIGHT + np.outer([-1, -1, 1, 1], [share * 200, 0])


def receding(share: float) -> np.ndarray:
    plane = homographies(UPRIGHT[None])
    plane[:, 2, 0] = share
    return mapped(plane, np.array([[[-1.0, -1], [1, -1], [1, 1], [-1, 1]]]))[0]


@pytest.mark.parametrize(
    ("pose", "amounts"),
    [(shrunk, (0.6, 0.3, 0.1)), (narrowed, (0.6, 0.4, 0.2)), (leaning, (0.5, 1, 2)), (receding, (0.14, 0.2, 0.3))],
    ids=["small", "narrow", "slanted", "in steep perspective"],
)
def test_the_harder_a_pose_is_to_believe_the_more_bits_it_counts(
    pose: Callable[..., Any], amounts: tuple[Any, ...]
) -> None:
    """A pose costs more bits the harder it is to believe, up to more bits than any fit can spare."""
    bits = [penalty(pose(amount)) for amount in amounts]
    assert 0 < bits[0] < bits[1] < bits[2]
    assert bits[2] > 50


def test_corners_in_a_line_on_one_spot_or_at_infinity_are_beyond_belief_and_break_nothing() -> None:
    """Fitting may end in corners on a line, on one spot or at infinity: the penalty is finite and beyond any limit."""
    flat, far = np.array([[0, 0], [100, 0], [200, 0], [300, 0]], float), UPRIGHT.copy()
    far[2] = np.inf
    with np.errstate(invalid="ignore"):
        for corners in (np.zeros((4, 2)), flat, far):
            assert 200 < penalty(corners) < np.inf
