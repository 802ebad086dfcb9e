"""Videos for Chromium's fake camera, made from frames."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from scanner.offline.predict.camera_video import y4m


def write_y4m(path: Path, frames: Iterable[np.ndarray], per_second: int = 20) -> Path:
    """Writes (height, width, 3) uint8 RGB frames of even size as y4m; Chromium plays the file in a loop."""
    path.write_bytes(y4m(frames, per_second))
    return path
