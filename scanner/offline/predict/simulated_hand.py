"""A simulated hand: the frames of a phone's camera before which a person holds a printed picture.

`simulate` gives one frame from a hand of some `Level`, `hold_up` a run of frames from one unsteady hand. Both call
`draw_shot`, which draws how the picture is held, `draw_background`, and `photograph`, which renders the frame. This
module exports all of them.
"""

import numpy as np

from scanner.offline.predict.backgrounds import BACKGROUNDS, draw_background
from scanner.offline.predict.photograph import Corners, Pixels, photograph
from scanner.offline.predict.shots import EASY, HARD, LEVELS, TYPICAL, Level, Shot, draw_shot, next_shot

__all__ = [
    "BACKGROUNDS",
    "EASY",
    "HARD",
    "LEVELS",
    "TYPICAL",
    "Corners",
    "Level",
    "Pixels",
    "Shot",
    "draw_background",
    "draw_shot",
    "hold_up",
    "next_shot",
    "photograph",
    "simulate",
]


def simulate(
    picture: Pixels,
    level: Level,
    rng: np.random.Generator,
    *,
    size: tuple[int, int] = (400, 400),
    background: Pixels | None = None,
    squash: bool = True,
) -> tuple[Pixels, Corners]:
    """Returns a frame, (height, width, 3) uint8, of the picture in a hand of this level, and the corners, (4, 2).

    A background is drawn where `background` is None. `photograph` explains `size`, `squash` and the corners.
    """
    if background is None:
        background = draw_background(rng, size)
    return photograph(picture, draw_shot(level, rng), size, background, squash)


def hold_up(
    picture: Pixels,
    level: Level,
    rng: np.random.Generator,
    *,
    frames: int = 10,
    size: tuple[int, int] = (400, 400),
    background: Pixels | None = None,
    squash: bool = True,
    shot: Shot | None = None,
) -> list[tuple[Pixels, Corners]]:
    """Returns the frames of one hold-up by an unsteady hand, each with the picture's corners; see `photograph`.

    `shot` says where and how the picture is held; None draws it from the level.
    """
    if background is None:
        background = draw_background(rng, size)
    held = draw_shot(level, rng) if shot is None else shot
    return [photograph(picture, next_shot(held, level, rng), size, background, squash) for _ in range(frames)]
