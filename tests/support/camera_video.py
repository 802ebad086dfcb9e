"""Videos for Chromium's fake camera, made from frames."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np


def write_y4m(path: Path, frames: Iterable[np.ndarray], per_second: int = 20) -> Path:
    """Writes (height, width, 3) uint8 RGB frames of even size as y4m; Chromium plays the file in a loop.

    Colours are BT.601 in limited range: Chromium gives them back to within a grey level. Chromium clips full range.
    """
    with path.open("wb") as file:
        for index, frame in enumerate(frames):
            height, width = frame.shape[:2]
            if index == 0:
                file.write(f"YUV4MPEG2 W{width} H{height} F{per_second}:1 Ip A1:1 C420jpeg\n".encode())
            red, green, blue = (frame[..., channel].astype(np.float32) / 255 for channel in range(3))
            luma = 0.299 * red + 0.587 * green + 0.114 * blue
            file.write(b"FRAME\n")
            file.write(np.rint(16 + 219 * luma).astype(np.uint8).tobytes())
            for difference, scale in ((blue - luma, 1.772), (red - luma, 1.402)):
                quarter = difference.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
                file.write(np.rint(128 + 224 * quarter / scale).astype(np.uint8).tobytes())
    return path
