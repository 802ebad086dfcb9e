"""The simulated hand keeps to its levels, on which every figure measured with it rests."""

from dataclasses import replace

import numpy as np
import pytest

from scanner.offline.predict.simulated_hand import (
    BACKGROUNDS,
    EASY,
    HARD,
    LEVELS,
    TYPICAL,
    Level,
    Shot,
    draw_background,
    draw_shot,
    hold_up,
    photograph,
    simulate,
)

SIZE = (200, 200)
CHECKS = (np.indices((200, 200)).sum(0) // 25 % 2 * 200 + 20).astype(np.uint8)[..., None].repeat(3, 2)
BLACK = np.zeros((*SIZE, 3), np.uint8)
WHITE = np.full((*SIZE, 3), 255, np.uint8)


def random_source(seed: int = 7) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_a_faultless_shot_shows_the_picture_as_it_is() -> None:
    """With no fault drawn, the frame is the picture and its corners are the frame's."""
    frame, corners = photograph(CHECKS, Shot(), SIZE)
    assert np.abs(frame.astype(int) - CHECKS).max() <= 1
    np.testing.assert_allclose(corners, [(0, 0), (200, 0), (200, 200), (0, 200)], atol=1e-9)


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_the_same_seed_gives_the_same_frame(level: Level) -> None:
    """Figures can be reproduced: one seed, one frame, bit for bit."""
    first, corners = simulate(CHECKS, level, random_source(), size=SIZE)
    second, same_corners = simulate(CHECKS, level, random_source(), size=SIZE)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(corners, same_corners)
    assert not np.array_equal(first, simulate(CHECKS, level, random_source(8), size=SIZE)[0])


@pytest.mark.parametrize("shot", [Shot(tilt=20), Shot(shift_x=0.2, zoom=0.6), Shot(yaw=30, zoom=0.7)])
def test_the_corners_are_where_the_picture_is(shot: Shot) -> None:
    """The picture lies inside the reported outline and the background outside, to a pixel."""
    frame, corners = photograph(WHITE, replace(shot, zoom=shot.zoom * 0.6), SIZE, BLACK)
    y, x = np.indices(SIZE) + 0.5
    sides = [
        (end[0] - start[0]) * (y - start[1]) - (end[1] - start[1]) * (x - start[0])
        for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True)
    ]
    depth = np.min([side / np.hypot(*(corners[0] - corners[1])) for side in sides], axis=0)
    assert (frame[depth > 1.5] > 250).all()
    assert (frame[depth < -1.5] < 5).all()


def test_a_positive_tilt_turns_the_picture_clockwise() -> None:
    """Tilted by 90 degrees, the picture's top left corner is at the frame's top right."""
    _, corners = photograph(CHECKS, Shot(tilt=90), SIZE)
    np.testing.assert_allclose(corners[0], (200, 0), atol=1e-6)


def test_a_picture_not_squashed_keeps_its_proportions() -> None:
    """A wide picture held in a whole frame stays as wide as it is."""
    _, corners = photograph(CHECKS[:100], Shot(), (480, 640), squash=False)
    across, down = corners[2] - corners[0]
    assert across / down == pytest.approx(2)
    assert across == pytest.approx(640)


def test_every_shot_keeps_to_its_level() -> None:
    """Every property of a frame keeps to its level's range; shift, tilt and zoom reach the ends of theirs."""
    source = random_source()
    for level in LEVELS:
        shots = [draw_shot(level, source) for _ in range(300)]
        assert max(abs(shot.shift_x) for shot in shots) == pytest.approx(level.shift, rel=0.1)
        assert max(abs(shot.tilt) for shot in shots) == pytest.approx(level.tilt, rel=0.1)
        assert max(shot.zoom for shot in shots) == pytest.approx(level.zoom[1], rel=0.02)
        assert min(shot.zoom for shot in shots) == pytest.approx(level.zoom[0], rel=0.02)
        assert max(np.hypot(shot.yaw, shot.pitch) for shot in shots) <= level.out_of_plane
        assert all(level.noise[0] <= shot.noise <= level.noise[1] for shot in shots)
        assert np.mean([shot.thumb > 0 for shot in shots]) == pytest.approx(level.thumb_often, abs=0.1)


def test_each_level_harms_the_picture_more_than_the_one_before() -> None:
    """A picture held in place suffers more from each harder level's light and camera."""
    harm = []
    for level in LEVELS:
        source = random_source()
        still = replace(level, shift=0, zoom=(1, 1), tilt=0, out_of_plane=0)
        frames = [simulate(CHECKS, still, source, size=SIZE, background=BLACK)[0] for _ in range(20)]
        harm.append(np.mean([np.abs(frame.astype(int) - CHECKS).mean() for frame in frames]))
    assert harm[0] < harm[1] < harm[2]


def test_a_hold_up_trembles_about_one_place() -> None:
    """Between frames of one hold-up the picture moves by the jitter, not by the whole range of the level."""
    frames = hold_up(CHECKS, TYPICAL, random_source(), frames=40, size=SIZE)
    middles = np.array([corners.mean(axis=0) for _, corners in frames]) / SIZE[0]
    assert len(frames) == 40
    assert (middles.std(axis=0) < 1.5 * TYPICAL.jitter).all()
    assert (middles.std(axis=0) > 0.5 * TYPICAL.jitter).all()
    assert not np.array_equal(frames[0][0], frames[1][0])


def test_a_hold_up_can_start_from_a_given_shot() -> None:
    """A test can ask for a picture upside down in a corner and get it, trembling."""
    shot = Shot(tilt=180, zoom=0.5, shift_x=-0.2)
    for _, corners in hold_up(CHECKS, EASY, random_source(), frames=5, size=SIZE, shot=shot):
        assert corners[0, 0] > corners[1, 0]
        assert np.ptp(corners[:, 0]) == pytest.approx(100, abs=10)
        assert corners[:, 0].mean() == pytest.approx(60, abs=8)


@pytest.mark.parametrize("kind", BACKGROUNDS)
@pytest.mark.parametrize("size", [(200, 200), (240, 320)])
def test_backgrounds_have_the_size_asked_for(kind: str, size: tuple[int, int]) -> None:
    """Every kind of background can be drawn at any frame size."""
    background = draw_background(random_source(), size, kind)
    assert background.shape == (*size, 3)
    assert background.dtype == np.uint8


def test_what_enters_at_the_rim_is_the_background() -> None:
    """The background surrounds a picture that is held too far away."""
    background = draw_background(random_source(), SIZE, "wood")
    frame, _ = photograph(CHECKS, Shot(zoom=0.5), SIZE, background)
    np.testing.assert_array_equal(frame[:40], background[:40])
    assert HARD.zoom[0] < 1
