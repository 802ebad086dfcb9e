"""Pictures of the demo as an unsteady hand holds them up before a phone."""

from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from scanner.offline.predict.simulated_hand import EASY, draw_shot, hold_up
from support.places import PICTURES

FRAME_SIZE = (640, 480)  # height, width: a phone held upright

# As people hold a picture: within the square that the page draws, a little above the middle.
IN_THE_GUIDE: dict[str, Any] = {"zoom": 0.385, "shift_x": 0.0, "shift_y": -0.04}


def picture_of(reference: str) -> np.ndarray:
    return np.asarray(Image.open(PICTURES / f"{reference}.png").convert("RGB"))


def unsteady_hand(picture: np.ndarray, seed: int, **held: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """Ten frames, with corners, of a picture held up before a camera: shifted, tilted, zoomed, blurred, noisy."""
    rng = np.random.default_rng(seed)
    shot = replace(draw_shot(EASY, rng), **{**IN_THE_GUIDE, **held})
    return hold_up(picture, EASY, rng, size=FRAME_SIZE, squash=False, shot=shot)


def frames_of(held_up: list[tuple[np.ndarray, np.ndarray]]) -> list[np.ndarray]:
    return [frame for frame, _ in held_up]
