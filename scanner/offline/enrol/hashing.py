"""Hash pictures, one here or many in an executor."""

from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from scanner.crops import CROPS, reference_square, reference_thumbnails
from scanner.errors import ImageError
from scanner.offline.enrol.images import read_grey
from scanner.phash import detail, fade, hash_faded, pack
from scanner.windows import window_hashes

__all__ = ["UPRIGHT_CROP", "Hashed", "hash_all", "hash_picture"]

UPRIGHT_CROP = CROPS // 2
"""Index of the crop without shift or zoom: what a camera sees of a picture held just right."""


@dataclass(frozen=True)
class Hashed:
    """All that is kept of one picture.

    Attributes:
        hashes: packed, (75, 18) uint8, in the order of the crop plan.
        windows: packed, (10, 18) uint8.
        detail: contrast of the picture as its hash sees it, in grey levels.
        shape: (height, width) of the picture in pixels.
    """

    hashes: npt.NDArray[np.uint8]
    windows: npt.NDArray[np.uint8]
    detail: float
    shape: tuple[int, ...]


IN_FLIGHT = 256
"""Pictures handed to an executor at a time: enough for any number of cores, few enough to give up quickly."""


def hash_all(
    pictures: Mapping[str, Path | npt.NDArray[np.uint8]], executor: Executor | None
) -> Iterator[tuple[str, Hashed | str]]:
    """Yields each picture's id with its hashes, or with its fault, as they come."""
    if executor is None:
        for name, picture in pictures.items():
            yield name, hash_picture(picture)
        return
    waiting = iter(pictures.items())
    futures: dict[Future[Hashed | str], str] = {}
    try:
        while True:
            for name, picture in islice(waiting, IN_FLIGHT - len(futures)):
                futures[executor.submit(hash_picture, picture)] = name
            if not futures:
                return
            for future in wait(futures, return_when=FIRST_COMPLETED).done:
                yield futures.pop(future), future.result()
    finally:
        for future in futures:
            future.cancel()


def hash_picture(picture: Path | npt.NDArray[np.uint8]) -> Hashed | str:
    """Returns the hashes of one picture, or what is wrong with it; runs in the executor."""
    if isinstance(picture, Path):
        try:
            picture = read_grey(picture)
        except ImageError as error:
            return str(error)
    square = reference_square(picture)
    thumbnails = reference_thumbnails(square)
    faded = fade(thumbnails)
    windows = window_hashes(thumbnails[UPRIGHT_CROP])
    contrast = float(detail(faded[UPRIGHT_CROP]))
    return Hashed(pack(hash_faded(faded)), pack(windows), contrast, picture.shape)
