"""Draw how a picture is held: its place, the light, the optics and the camera of one frame.

The levels are those of the project's recognition figures, so that figures can be compared. All draws are uniform but
zoom and gamma, which are log-uniform. Lengths are shares of the picture's side as it lies in the scan region; blur,
motion and noise are given for a frame of 400 px and scale with the frame's size.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

__all__ = ["EASY", "HARD", "LEVELS", "TYPICAL", "Level", "Shot", "draw_shot", "next_shot"]

Span = tuple[float, float]


@dataclass(frozen=True)
class Level:
    """Ranges that the properties of a frame are drawn from: how unsteady the hand is, and how poor the light."""

    name: str
    shift: float  # largest shift along each axis, share of the side
    zoom: Span
    tilt: float  # degrees in the plane, at most
    out_of_plane: float  # degrees out of the plane, at most, about an axis of any direction
    gradient: float  # light falls by at most this share across the frame
    vignette: float  # darkening of the frame's corners, at most
    shadow: float  # darkening by a soft-edged shadow across the frame, at most
    gamma: Span
    white_balance: float  # red and blue are scaled by at most this share
    exposure: float  # EV, either way
    glare_often: float  # probability
    glare_strength: Span  # share of full white
    glare_size: Span  # radius, share of the side
    blur: Span  # px, standard deviation
    motion: Span  # px, length of the smear
    noise: Span  # grey levels, standard deviation
    jpeg: Span  # quality
    black: Span  # level of black in the frame, share of full white
    white: Span
    thumb_often: float  # probability
    thumb_share: Span  # share of the picture's area under a thumb at its edge
    jitter: float  # movement between two frames of one hold-up, share of the side


EASY = Level(
    name="EASY", shift=0.03, zoom=(0.97, 1.03), tilt=1.5, out_of_plane=3,
    gradient=0.15, vignette=0.10, shadow=0, gamma=(0.9, 1.12), white_balance=0.04, exposure=0.2,
    glare_often=0, glare_strength=(0, 0), glare_size=(0, 0), blur=(0, 0.8), motion=(0, 2),
    noise=(1, 3), jpeg=(85, 95), black=(0, 0.05), white=(0.95, 1), thumb_often=0, thumb_share=(0, 0),
    jitter=0.007,
)  # fmt: skip
TYPICAL = Level(
    name="TYPICAL", shift=0.06, zoom=(0.90, 1.10), tilt=4, out_of_plane=8,
    gradient=0.35, vignette=0.20, shadow=0.25, gamma=(0.8, 1.25), white_balance=0.10, exposure=0.4,
    glare_often=0.3, glare_strength=(0.15, 0.5), glare_size=(0.05, 0.15), blur=(0.3, 1.8), motion=(0, 6),
    noise=(2, 7), jpeg=(60, 90), black=(0.02, 0.12), white=(0.85, 1), thumb_often=0.25,
    thumb_share=(0.04, 0.10), jitter=0.015,
)  # fmt: skip
HARD = Level(
    name="HARD", shift=0.12, zoom=(0.80, 1.25), tilt=10, out_of_plane=16,
    gradient=0.6, vignette=0.35, shadow=0.5, gamma=(0.65, 1.5), white_balance=0.2, exposure=0.8,
    glare_often=0.6, glare_strength=(0.3, 0.9), glare_size=(0.08, 0.25), blur=(0.5, 3.5), motion=(0, 16),
    noise=(4, 14), jpeg=(35, 80), black=(0.03, 0.22), white=(0.7, 1), thumb_often=0.5,
    thumb_share=(0.06, 0.18), jitter=0.03,
)  # fmt: skip
LEVELS = (EASY, TYPICAL, HARD)


@dataclass(frozen=True)
class Shot:
    """One frame's conditions: everything but the picture and the background.

    `Shot()` is a perfect camera before a picture held perfectly. Shifts are shares of the picture's
    side, angles degrees, light factors shares of full white.
    """

    shift_x: float = 0.0
    shift_y: float = 0.0
    zoom: float = 1.0
    tilt: float = 0.0  # in the plane, clockwise
    yaw: float = 0.0  # out of the plane, about the vertical axis
    pitch: float = 0.0  # out of the plane, about the horizontal axis
    gradient: float = 0.0
    light_from: float = 0.0  # degrees
    vignette: float = 0.0
    shadow: float = 0.0
    shadow_at: float = 0.0  # distance of the shadow's edge from the frame's middle, share of the frame
    gamma: float = 1.0
    red: float = 1.0
    blue: float = 1.0
    exposure: float = 0.0
    glare: float = 0.0
    glare_size: float = 0.1
    glare_x: float = 0.5  # on the picture, 0..1
    glare_y: float = 0.5
    blur: float = 0.0
    motion: float = 0.0
    motion_to: float = 0.0  # degrees
    noise: float = 0.0
    jpeg: int = 100  # 100: not compressed at all
    black: float = 0.0
    white: float = 1.0
    thumb: float = 0.0
    thumb_at: float = 0.0  # place on the picture's outline, 0..1 clockwise from the top left corner
    seed: int = 0  # of the noise


def draw_shot(level: Level, rng: np.random.Generator) -> Shot:
    """Returns one frame's conditions drawn from `level`."""

    def up_to(largest: float) -> float:
        return float(rng.uniform(0, largest))

    def either_way(largest: float) -> float:
        return float(rng.uniform(-largest, largest))

    def within(span: Span) -> float:
        return float(rng.uniform(*span))

    def factor(span: Span) -> float:
        return math.exp(rng.uniform(math.log(span[0]), math.log(span[1])))

    lean, axis = either_way(level.out_of_plane), rng.uniform(0, 2 * math.pi)
    return Shot(
        shift_x=either_way(level.shift),
        shift_y=either_way(level.shift),
        zoom=factor(level.zoom),
        tilt=either_way(level.tilt),
        yaw=lean * math.cos(axis),
        pitch=lean * math.sin(axis),
        gradient=up_to(level.gradient),
        light_from=up_to(360),
        vignette=up_to(level.vignette),
        shadow=up_to(level.shadow),
        shadow_at=either_way(0.4),
        gamma=factor(level.gamma),
        red=1 + either_way(level.white_balance),
        blue=1 + either_way(level.white_balance),
        exposure=either_way(level.exposure),
        glare=within(level.glare_strength) if rng.random() < level.glare_often else 0.0,
        glare_size=within(level.glare_size),
        glare_x=up_to(1),
        glare_y=up_to(1),
        blur=within(level.blur),
        motion=within(level.motion),
        motion_to=up_to(180),
        noise=within(level.noise),
        jpeg=round(within(level.jpeg)),
        black=within(level.black),
        white=within(level.white),
        thumb=within(level.thumb_share) if rng.random() < level.thumb_often else 0.0,
        thumb_at=up_to(1),
        seed=int(rng.integers(2**32)),
    )


def next_shot(shot: Shot, level: Level, rng: np.random.Generator) -> Shot:
    """Returns the next frame of a hold-up: `shot`, moved by the level's jitter.

    Blur, motion and noise are drawn anew; light, thumb and compression stay.
    """
    x, y, larger, turn, yaw, pitch, glare_x, glare_y = rng.normal(0, level.jitter, 8)
    return replace(
        shot,
        shift_x=shot.shift_x + x,
        shift_y=shot.shift_y + y,
        zoom=shot.zoom * math.exp(larger),
        tilt=shot.tilt + math.degrees(turn),
        yaw=shot.yaw + math.degrees(yaw),
        pitch=shot.pitch + math.degrees(pitch),
        glare_x=shot.glare_x + 3 * glare_x,  # a reflection wanders further than the picture below it
        glare_y=shot.glare_y + 3 * glare_y,
        blur=float(rng.uniform(*level.blur)),
        motion=float(rng.uniform(*level.motion)),
        motion_to=float(rng.uniform(0, 180)),
        noise=float(rng.uniform(*level.noise)),
        seed=int(rng.integers(2**32)),
    )
