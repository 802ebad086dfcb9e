"""How many pictures a second one core hashes: this project, imagehash in a loop and thorn perception in a loop.

    python -m benchmarks.build_speed            (compares with imagehash and perception where they are installed)

All read one set of 1000 x 1000 JPEG files, and make 75 hashes of 144 bits of each file. Times are CPU seconds of this
one process.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

# One core is measured. numpy reads these variables when it is loaded: hence imports below code (ruff: E402).
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ.setdefault("PILLOW_BLOCKS_MAX", "4")  # as the builder does

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from scanner.crops import CELL_SIZES, SHIFT_STEP, SHIFTS, SQUARE_SIZE  # noqa: E402
from scanner.offline import build_bundle  # noqa: E402
from scanner.offline.predict.simulated_hand import BACKGROUNDS, draw_background  # noqa: E402
from scanner.phash import THUMBNAIL_SIZE  # noqa: E402

SIDE = 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--pictures", type=int, default=40, help="for this project; the others get a fifth of it")
    parser.add_argument("--rounds", type=int, default=3, help="the best round counts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_pictures(folder, options.pictures)
        few = sorted(folder.iterdir())[: max(2, options.pictures // 5)]
        candidates: list[tuple[str, Callable[[], object] | None, int]] = [
            ("build_bundle", lambda: build_bundle(folder), options.pictures),
            ("imagehash.phash in a loop", loop(imagehash_hasher(), few), len(few)),
            ("perception PHash in a loop", loop(perception_hasher(), few), len(few)),
        ]
        print("| | pictures per second and core |\n|---|---|")
        for label, work, count in candidates:
            print(f"| {label} | {speed(work, count, options.rounds)} |", flush=True)
    return 0


def write_pictures(folder: Path, count: int) -> None:
    source = np.random.default_rng(1)
    for number in range(count):
        picture = draw_background(source, (SIDE, SIDE), BACKGROUNDS[number % 4])
        # Shapes in every picture, so that none is too plain to be enrolled.
        picture = picture // 2 + draw_background(source, (SIDE, SIDE), "desk") // 2
        picture[200:700, 300:600] //= 2
        Image.fromarray(picture).save(folder / f"{number}.jpg", quality=90)


def speed(work: Callable[[], object] | None, count: int, rounds: int) -> str:
    if work is None:
        return "not installed"
    best = min(timed(work) for _ in range(rounds))
    return f"{count / best:.1f}"


def timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def boxes() -> list[tuple[int, int, int, int]]:
    """Returns the 75 crops of a 1000 x 1000 picture."""
    found = []
    for cell in CELL_SIZES:
        side = cell * THUMBNAIL_SIZE * SIDE // SQUARE_SIZE
        for down in SHIFTS:
            for right in SHIFTS:
                left, top = ((SIDE - side) // 2 + shift * SHIFT_STEP * SIDE // SQUARE_SIZE for shift in (right, down))
                found.append((left, top, left + side, top + side))
    return found


def loop(hasher: Callable[[Image.Image], object] | None, paths: list[Path]) -> Callable[[], object] | None:
    if hasher is None:
        return None

    def work() -> None:
        for path in paths:
            with Image.open(path) as image:
                image.load()
                for box in boxes():
                    hasher(image.crop(box))

    return work


def imagehash_hasher() -> Callable[[Image.Image], object] | None:
    try:
        import imagehash
    except ImportError:
        return None
    return lambda crop: imagehash.phash(crop, hash_size=12)


def perception_hasher() -> Callable[[Image.Image], object] | None:
    try:
        import cv2
        from perception.hashers import PHash
    except ImportError:
        return None
    cv2.setNumThreads(1)
    hasher = PHash(hash_size=12, highfreq_factor=4)
    return lambda crop: hasher.compute(np.asarray(crop))


if __name__ == "__main__":
    sys.exit(main())
