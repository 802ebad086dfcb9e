"""Rows of photographs of printed references by cameras: as they are, and as a user's scan region boxes them."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.enrolled import Pictures, load, seeded
from benchmarks.hold_ups import BOX, Scanners, judge_alone
from benchmarks.report import Row


def photograph_rows(folder: Path, located: Path | None, few: bool) -> Iterator[tuple[str, Callable[[str], Row]]]:
    """Yields the name of each row and the function that measures it; the function reads the pictures."""
    scanners = cache(lambda: Scanners(load(folder / "references", None)))
    corners = json.loads(located.read_text(encoding="utf-8")) if located else {}
    for camera in sorted(path for path in folder.iterdir() if path.is_dir() and path.name != "references"):
        yield from camera_rows(camera, scanners, corners, few)


def camera_rows(
    camera: Path, scanners: Callable[[], Scanners], corners: dict[str, list], few: bool
) -> Iterator[tuple[str, Callable[[str], Row]]]:
    photos = cache(lambda: load(camera, 20 if few else None))

    def in_boxes(jitter: float) -> Pictures:
        quads = {name: corners.get(f"{camera.name}/{name}") for name in photos()}
        return {
            name: boxed(photos()[name], np.array(quad, float), jitter, seeded("boxed", name))
            for name, quad in quads.items()
            if quad
        }

    row = f"photographs, {camera.name}"
    yield f"{row}, unaligned", lambda name: measure_photographs(scanners(), photos(), name)
    yield f"{row}, reference left out", lambda name: measure_without(scanners(), photos(), name)
    if any(place.startswith(f"{camera.name}/") for place in corners):
        yield f"{row}, boxed", lambda name: measure_photographs(scanners(), in_boxes(0.0), name)
        yield f"{row}, boxed with jitter", lambda name: measure_photographs(scanners(), in_boxes(1.0), name)


def measure_photographs(scanners: Scanners, photos: Pictures, row_name: str) -> Row:
    row = Row(row_name, scanners.references)
    for name, photo in photos.items():
        judge_alone(scanners, photo, name, row, name)
    return row


def measure_without(scanners: Scanners, photos: Pictures, row_name: str) -> Row:
    row = Row(row_name, scanners.references - 1, enrolled=False)
    for name, photo in photos.items():
        judge_alone(scanners.without(name), photo, None, row, name, photo)
    return row


def boxed(photo: np.ndarray, corners: np.ndarray, jitter: float, source: np.random.Generator) -> np.ndarray:
    """Returns the photograph as a scan region sees it when its user boxes the picture, (400, 400, 3).

    The picture is turned upright and its sides fill the box on average; its perspective stays. With `jitter` 1 the box
    is shifted by up to 6 % of a side, zoomed by 0.85 to 1.15, and turned by up to 8 degrees.
    """
    across = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
    down = (corners[3] - corners[0] + corners[2] - corners[1]) / 2
    angle = np.arctan2(across[1], across[0]) + jitter * np.radians(source.uniform(-8, 8))
    zoom = np.exp(jitter * source.uniform(np.log(0.85), np.log(1.15)))
    right = np.array([np.cos(angle), np.sin(angle)])
    below = np.array([-right[1], right[0]])
    wide, high = np.hypot(*across) / zoom, np.hypot(*down) / zoom
    off_x, off_y = jitter * source.uniform(-0.06, 0.06, 2)
    origin = corners.mean(axis=0) - right * wide * (0.5 + off_x) - below * high * (0.5 + off_y)
    step_x, step_y = right * wide / BOX[1], below * high / BOX[0]
    # Pillow samples points, so a photograph is shrunk first if its pixels are smaller than the box's.
    shrink = max(1.0, min(wide, high) / BOX[0])
    image = Image.fromarray(photo)
    image = image.resize((round(image.width / shrink), round(image.height / shrink)), Image.Resampling.BOX)
    data = np.array([step_x[0], step_y[0], origin[0], step_x[1], step_y[1], origin[1]]) / shrink
    size, fine = (BOX[1], BOX[0]), Image.Resampling.BILINEAR
    return np.asarray(image.transform(size, Image.Transform.AFFINE, tuple(data), fine, fillcolor=(128, 128, 128)))
