"""Pictures on a table before a moving camera, drawn from numbers alone."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from scanner.offline.predict.simulated_hand import draw_background

WIDTH, HEIGHT = 640, 480

Table = tuple[np.ndarray, np.ndarray]
"""A picture of a table, twice as wide and high as a frame, and the corners of the pictures on it, (n, 4, 2)."""


def on_a_table(pictures: Sequence[np.ndarray], *, height: int = 300, seed: int = 1) -> Table:
    """Returns a table with grey pictures of a height side by side in its middle."""
    table = draw_background(np.random.default_rng(seed), (2 * HEIGHT, 2 * WIDTH), "desk")[..., 0].copy()
    sizes = [(round(height * each.shape[1] / each.shape[0]), height) for each in pictures]
    left, corners = WIDTH - sum(width + 40 for width, _ in sizes) // 2 + 20, []
    for picture, (width, tall) in zip(pictures, sizes, strict=True):
        top = HEIGHT - tall // 2
        table[top : top + tall, left : left + width] = np.asarray(Image.fromarray(picture).resize((width, tall)))
        corners.append([(left, top), (left + width, top), (left + width, top + tall), (left, top + tall)])
        left += width + 40
    return table, np.array(corners, float).reshape(-1, 4, 2)


class Camera:
    """A camera above a table, which moves to and fro.

    Args:
        table: as `on_a_table` returns it.
        step: way of the camera from frame to frame, as a share of the first picture's side.

    Attributes:
        corners: of the pictures in the last frame, (n, 4, 2).
        side: of the first picture, in pixels.
    """

    def __init__(self, table: Table, step: float = 0.0) -> None:
        self._table, self._places = table
        self._rng = np.random.default_rng(5)
        self._at, self._way = np.array([-40.0, -20.0]) * (step > 0), np.array([0.8, 0.6])
        self.corners = self._places
        across, down = np.ptp(self._places[0], axis=0) if len(self._places) else (0, 0)
        self.side = float(np.sqrt(across * down))
        self._step = step * self.side

    def frame(self) -> np.ndarray:
        """Returns the next frame, (height, width), with the noise of a camera."""
        self._at = self._at + self._step * self._way
        left, top = self._at[0] + WIDTH / 2, self._at[1] + HEIGHT / 2
        self.corners = self._places - [left, top]
        seen = Image.fromarray(self._table).transform(
            (WIDTH, HEIGHT), Image.Transform.AFFINE, (1, 0, left, 0, 1, top), Image.Resampling.BILINEAR
        )
        noisy = np.asarray(seen) + self._rng.normal(0, 2.5, (HEIGHT, WIDTH))
        return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
