"""Hash pictures, one after the other or many at a time in an executor."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scanner.errors import ImageError
from scanner.offline.enrol.images import read_upright
from scanner.offline.enrol.pixels import Upright
from scanner.offline.enrol.traits import Traits, traits
from scanner.reference import Hashed, hashed

__all__ = ["HashedPicture", "hash_all", "hash_picture"]


class HashedPicture(NamedTuple):
    """One picture's hashes and size.

    Attributes:
        made: the hashes of the picture, and its detail.
        shape: (height, width) of the picture in pixels.
        traits: what the forecast of the picture is made from.
        warnings: one text for each thing in the file that looks like a mistake and is used as it is.
    """

    made: Hashed
    shape: tuple[int, ...]
    traits: Traits
    warnings: tuple[str, ...] = ()


IN_FLIGHT = 256
"""Pictures handed to an executor at a time: enough for any number of cores, few enough to give up quickly."""


def hash_all(
    pictures: Mapping[str, Path | npt.NDArray[np.uint8]], executor: Executor | None, keypoints: bool = True
) -> Iterator[tuple[str, HashedPicture | str]]:
    """Yields each picture's id with its hashes or the text of its fault, in the order of completion."""
    if executor is None:
        for name, picture in pictures.items():
            yield name, hash_picture(picture, keypoints)
        return
    waiting = iter(pictures.items())
    futures: dict[Future[HashedPicture | str], str] = {}
    # Not `concurrent.futures.wait`: a Ctrl-C inside `wait` can leave futures locked, and the executor never ends.
    done: SimpleQueue[Future[HashedPicture | str]] = SimpleQueue()
    try:
        while True:
            for name, picture in islice(waiting, IN_FLIGHT - len(futures)):
                future = executor.submit(hash_picture, picture, keypoints)
                futures[future] = name
                future.add_done_callback(done.put)
            if not futures:
                return
            future = done.get()
            yield futures.pop(future), future.result()
    finally:
        for future in futures:
            future.cancel()


def hash_picture(picture: Path | npt.NDArray[np.uint8], keypoints: bool = True) -> HashedPicture | str:
    """Returns the hashes of one picture, or the text of its fault; runs in the executor."""
    if isinstance(picture, Path):
        try:
            grey, warnings = read_upright(picture)
        except ImageError as error:
            return str(error)
    else:
        grey, warnings = Upright(picture)
    made = hashed(grey, keypoints)
    return HashedPicture(made, grey.shape, traits(grey, made), warnings)
