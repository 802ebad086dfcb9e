"""Frames whose picture only one stage of the search finds: without a border, cut off, small, in the middle."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from scanner.offline.predict.simulated_hand import (
    BACKGROUNDS,
    TYPICAL,
    Level,
    draw_background,
    draw_shot,
    hold_up,
    photograph,
)
from support.held_up import picture_of

SIZE = (480, 640)
GUIDE = (150, 70, 340, 340)
DESK = draw_background(np.random.default_rng(3), SIZE, "desk")


def drawing(
    seed: int,
    height: int = 300,
    width: int = 400,
    *,
    ground: int = 128,
    brightest: int = 255,
    rectangles: int = 90,
    shrinking: float = 0.9,
) -> npt.NDArray[np.uint8]:
    """Returns a picture of rectangles of many levels on a ground; the sides are 96 pixels at most, and shrink."""
    random = np.random.default_rng(seed)
    grey = np.full((height, width), ground, np.uint8)
    for number in range(rectangles):
        side = int(96 - number * shrinking)
        left, top = random.integers(-20, width), random.integers(-20, height)
        right, below = left + random.integers(4, side), top + random.integers(4, side)
        grey[max(top, 0) : below, max(left, 0) : right] = random.integers(0, brightest + 1)
    return grey


def without_border(picture: npt.NDArray[np.uint8], degrees: float, zoom: float) -> npt.NDArray[np.uint8]:
    """Returns a frame, (360, 480), of a picture about its middle, turned and magnified beyond the frame's edges."""
    angle = np.radians(degrees)
    y, x = np.indices((360, 480)) - np.array([180, 240])[:, None, None]
    column = (np.cos(angle) * x + np.sin(angle) * y) / zoom + picture.shape[1] / 2
    row = (np.cos(angle) * y - np.sin(angle) * x) / zoom + picture.shape[0] / 2
    frame: npt.NDArray[np.uint8] = picture[
        np.clip(row, 0, picture.shape[0] - 1).astype(int), np.clip(column, 0, picture.shape[1] - 1).astype(int)
    ]
    return frame


def shown(name: str, zoom: float, right: float, below: float) -> np.ndarray:
    """Returns a frame of a demo picture on a desk, moved from the middle by shares of the picture's sides."""
    shot = replace(
        draw_shot(TYPICAL, np.random.default_rng(5)), zoom=zoom, shift_x=right, shift_y=below, thumb=0.0, glare=0.0
    )
    return photograph(picture_of(name), shot, SIZE, DESK, squash=False)[0]


def held(picture: np.ndarray, share: float, seed: int, level: Level) -> list[np.ndarray]:
    """Returns three frames of a picture in the middle, its longer side a share of the guide's."""
    rng = np.random.default_rng(seed)
    height, width = picture.shape[:2]
    fitting = min(SIZE[0] / height, SIZE[1] / width)
    shot = draw_shot(level, rng)
    zoom = share * GUIDE[2] / (max(height, width) * fitting)
    shot = replace(shot, zoom=zoom, shift_x=shot.shift_x / 2, shift_y=shot.shift_y / 2, thumb=0.0, glare=0.0)
    ground = draw_background(rng, SIZE, list(BACKGROUNDS)[seed % len(BACKGROUNDS)])
    frames = hold_up(picture, level, rng, frames=3, size=SIZE, background=ground, squash=False, shot=shot)
    return [frame for frame, _ in frames]
