"""Make the video of a fake camera: pictures in an unsteady hand over a desk, as .y4m or .mjpeg."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from PIL import Image

from scanner.offline.predict.backgrounds import draw_background
from scanner.offline.predict.photograph import Pixels, photograph
from scanner.offline.predict.shots import EASY, draw_shot, next_shot

__all__ = ["MJPEG_FRAMES_PER_SECOND", "empty_desk", "held_over_a_desk", "mjpeg", "y4m", "y4m_bytes"]

MJPEG_FRAMES_PER_SECOND = 30
"""Rate at which Chromium plays every .mjpeg, since the file names none."""

_SHARE = 0.5
"""Longer side of a held picture, as a share of the frame's shorter side. It fits the element's guide on a phone and on
a desktop, and is in sight however a page crops the frame."""
_JPEG_QUALITY = 90


def held_over_a_desk(picture: Pixels, frames: int, size: tuple[int, int], rng: np.random.Generator) -> Iterator[Pixels]:
    """Yields frames, (height, width, 3) uint8, of a picture that a steady person holds over a desk.

    Args:
        picture: (height, width, 3) uint8 RGB.
        frames: number of frames.
        size: (height, width) of a frame.
        rng: source of hand, light and desk. Frames are equal for equal states of it.
    """
    fitted = min(size[0] / picture.shape[0], size[1] / picture.shape[1])
    zoom = _SHARE * min(size) / (fitted * max(picture.shape[:2]))
    desk = draw_background(rng, size, "desk")
    held = draw_shot(EASY, rng)
    held = replace(held, zoom=held.zoom * zoom, shift_x=held.shift_x * zoom, shift_y=held.shift_y * zoom)
    for _ in range(frames):
        yield photograph(picture, next_shot(held, EASY, rng), size, desk, squash=False)[0]


def empty_desk(frames: int, size: tuple[int, int], rng: np.random.Generator) -> Iterator[Pixels]:
    """Yields frames, (height, width, 3) uint8, of a desk without a picture, seen from an unsteady hand."""
    desk = draw_background(rng, size, "desk")
    held = replace(draw_shot(EASY, rng), zoom=1.2)  # no movement of the hand shows the edge of the drawn desk
    for _ in range(frames):
        yield photograph(desk, next_shot(held, EASY, rng), size, desk)[0]


def y4m(frames: Iterable[Pixels], frames_per_second: int) -> bytes:
    """Returns frames, (height, width, 3) uint8 RGB of even size, as the bytes of a .y4m; Chromium plays it in a loop.

    Colours are BT.601 in limited range: Chromium gives them back to within a grey level. Chromium clips full range.
    """
    written = io.BytesIO()
    for index, frame in enumerate(frames):
        height, width = frame.shape[:2]
        if index == 0:
            written.write(f"YUV4MPEG2 W{width} H{height} F{frames_per_second}:1 Ip A1:1 C420jpeg\n".encode())
        red, green, blue = (frame[..., channel].astype(np.float32) / 255 for channel in range(3))
        luma = 0.299 * red + 0.587 * green + 0.114 * blue
        written.write(b"FRAME\n")
        written.write(np.rint(16 + 219 * luma).astype(np.uint8).tobytes())
        for difference, scale in ((blue - luma, 1.772), (red - luma, 1.402)):
            quarter = difference.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
            written.write(np.rint(128 + 224 * quarter / scale).astype(np.uint8).tobytes())
    return written.getvalue()


def y4m_bytes(frames: int, size: tuple[int, int]) -> int:
    """Returns the number of bytes of so many frames, (height, width) each, in a .y4m, but for its first line."""
    return frames * (len(b"FRAME\n") + size[0] * size[1] * 3 // 2)


def mjpeg(frames: Iterable[Pixels]) -> bytes:
    """Returns frames, (height, width, 3) uint8 RGB, as the bytes of an .mjpeg: JPEG pictures, one after the other."""
    written = io.BytesIO()
    for frame in frames:
        Image.fromarray(frame).save(written, "JPEG", quality=_JPEG_QUALITY)
    return written.getvalue()
