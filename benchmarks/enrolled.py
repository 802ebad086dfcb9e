"""Pictures read from folders, and the catalogues that are made of them."""

import itertools
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from scanner.offline import build_bundle

STRANGERS = 150  # pictures kept out of every catalogue

Pictures = dict[str, np.ndarray]


def load(folder: Path, count: int | None) -> Pictures:
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    return {path.stem: read(path) for path in paths[:count]}


def too_plain_of(pictures: Pictures) -> set[str]:
    """Returns the names of the pictures that the builder refuses."""
    return set(pictures) - set(build_bundle(pictures, skip_bad=True).ids)


def made_up(pictures: Pictures) -> Iterator[tuple[str, np.ndarray]]:
    """Yields pictures to fill up a catalogue: parts of real ones, turned by a quarter or mirrored."""
    names = list(pictures)
    for number in itertools.count():
        source = seeded("made up", number)
        picture = pictures[names[source.integers(len(names))]]
        height, width = (int(side * source.uniform(0.35, 0.65)) for side in picture.shape[:2])
        top, left = source.integers(picture.shape[0] - height), source.integers(picture.shape[1] - width)
        part = picture[top : top + height, left : left + width]
        part = part[:, ::-1] if source.random() < 0.5 else np.rot90(part, source.choice([1, 3]))
        if part.std() > 25:
            yield f"made up {number}", np.ascontiguousarray(part)


def read(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def pick(pictures: Pictures, names: list[str]) -> Pictures:
    return {name: pictures[name] for name in names}


def seeded(*parts: object) -> np.random.Generator:
    """Returns a source of random numbers of its own for a row, a picture and a hold-up."""
    return np.random.default_rng(zlib.crc32(repr(parts).encode()))
