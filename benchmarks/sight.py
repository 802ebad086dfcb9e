r"""How far the search reaches: pictures cut off, small, many on a page, many in a stream, by public calls.

    python -m benchmarks.sight PHOTOS --corners corners.json --cases CASES --pictures PICTURES/report
    python -m benchmarks.sight PHOTOS --rows page                                       one row

    cut     every third photograph of a camera, cut by the frame's edge through 20, 35 and 50 % of the picture
    page    nine covers in the pockets of a page, in frames of 640 to 240 px
    held    a picture in the middle, at 0.3 to 1.5 of the guide's size: frames until it is named
    crowd   a photograph of several pictures, moved by 1.5 % of a side a frame: pictures named within 12 frames, at the
            speed of CPython and of a browser

`benchmarks/photo_sets.py` describes PHOTOS and CASES, `benchmarks/pictures.py` makes PICTURES, and
`benchmarks/photo_corners.py` makes corners.json.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded: a browser's worker has one thread

import numpy as np
from PIL import Image

from benchmarks.crowds import measure_crowds
from benchmarks.enrolled import Pictures, load, pick, seeded
from benchmarks.hold_ups import WHOLE, timed_scan
from benchmarks.photo_sets import FRAME_SIDE, pixels
from benchmarks.tables import head, ms_of, tell
from scanner import FrameScanner, HashBundle
from scanner.offline import build_bundle
from scanner.offline.predict.simulated_hand import (
    BACKGROUNDS,
    TYPICAL,
    draw_background,
    draw_shot,
    next_shot,
    photograph,
)

CUTS = (0.2, 0.35, 0.5)
PAGE_SIDES = (640, 480, 320, 240)
PAGES = 5
GUIDE = 280
"""Pixels of the guide's longer side in a frame of 640 x 480: 58 % of the frame's height, as the page lays it out."""
SIZES = (0.3, 0.35, 0.5, 0.7, 1.0, 1.3, 1.5)
HELD_FRAMES = 12


def main() -> int:
    options = parse()
    rows = options.rows.split(",")
    references = load(options.photos / "references", None)
    bundle = build_bundle(references, skip_bad=True)
    if "cut" in rows and options.corners:
        measure_cut(bundle, options.photos / options.camera, json.loads(options.corners.read_text(encoding="utf-8")))
    if "page" in rows:
        measure_page(bundle, references)
    if "held" in rows and options.pictures:
        measure_held(load(options.pictures, 100), options.held)
    if "crowd" in rows and options.cases:
        measure_crowds(options.cases, options.photos)
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0], epilog="See benchmarks/README.md.")
    parser.add_argument("photos", type=Path, help="folder with references/ and one folder per camera")
    parser.add_argument("--corners", type=Path, help="corners.json of the photographs, for the row cut")
    parser.add_argument("--camera", default="droid", help="of the row cut")
    parser.add_argument("--cases", type=Path, help="folder with cases.json, for the row crowd")
    parser.add_argument("--pictures", type=Path, help="folder of pictures, for the row held; 100 are enrolled")
    parser.add_argument("--held", type=int, default=20, help="pictures of the row held")
    parser.add_argument("--rows", default="cut,page,held,crowd", help="only these, e.g. cut,page")
    return parser.parse_args()


def all_ids(scanner: FrameScanner, frame: np.ndarray) -> list[str]:
    return [str(verdict.id) for verdict in scanner.scan_all(frame)]


# Cut off by the frame's edge


def measure_cut(bundle: HashBundle, camera: Path, corners: dict[str, list]) -> None:
    """Prints how many photographs of a camera are named that the frame's edge cuts through."""
    scanner = FrameScanner(bundle, memory=False)
    names = [name for name in bundle.ids[1::3] if f"{camera.name}/{name}" in corners]
    head(
        f"Photographs of {camera.name} cut by the frame's edge",
        *("cut", "right", "nothing", "wrong", "CPU ms: mean, median, 95 %", "wrong names"),
    )
    for share in (0.0, *CUTS):
        answers: list[tuple[str, str | None]] = []
        times: list[float] = []
        for name in names:
            photo = pixels(camera / f"{name}.jpg")
            frame = cut(photo, np.array(corners[f"{camera.name}/{name}"]), share, seeded("cut", name))
            answers.append((name, timed_scan(scanner, frame, None, times)))
        right, nothing = (sum(answer == truth for truth, answer in answers), sum(not answer for _, answer in answers))
        wrong = [f"{name} taken for {answer}" for name, answer in answers if answer not in (None, name)]
        tell(f"{share:.0%}", right, nothing, len(wrong), ms_of(times), "; ".join(wrong))


def cut(photo: np.ndarray, corners: np.ndarray, share: float, source: np.random.Generator) -> np.ndarray:
    """Returns a frame of the photograph without one side of it: `share` of the picture's extent lies beyond."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    side, axis = int(source.integers(2)), int(source.integers(2))
    at = int(low[axis] + share * (high - low)[axis] if side == 0 else high[axis] - share * (high - low)[axis])
    kept = slice(max(0, at), None) if side == 0 else slice(None, at)
    part = photo if share == 0 else photo[:, kept] if axis == 0 else photo[kept]
    return scaled(part, FRAME_SIDE)


def scaled(picture: np.ndarray, longest: int) -> np.ndarray:
    scale = min(1.0, longest / max(picture.shape[:2]))
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR))


# A page of nine


def measure_page(bundle: HashBundle, references: Pictures) -> None:
    """Prints how many of nine covers are named that lie in the pockets of a page."""
    scanner = FrameScanner(bundle, memory=False)
    head(
        f"{PAGES} pages of nine covers",
        *("frame's longer side, px", "named", "wrong", "CPU ms: mean, median, 95 %", "names not on the page"),
    )
    for longest in PAGE_SIDES:
        named = 0
        times: list[float] = []
        wrong: list[str] = []
        for number in range(PAGES):
            names = list(bundle.ids)[9 * number : 9 * number + 9]
            frame = page(pick(references, names), longest, number)
            told = timed_all(scanner, frame, times)
            named += len(set(told) & set(names))
            wrong += [f"page {number}: {name}" for name in told if name not in names]
        tell(longest, f"{named} of {9 * PAGES}", len(wrong), ms_of(times), "; ".join(wrong))


def timed_all(scanner: FrameScanner, frame: np.ndarray, times: list[float]) -> list[str]:
    started = time.process_time()
    told = all_ids(scanner, frame)
    times.append((time.process_time() - started) * 1000)
    return told


def page(covers: Pictures, longest: int, number: int) -> np.ndarray:
    """Returns a frame of nine covers in a page's pockets, held in the hand of TYPICAL but straight."""
    source = seeded("page", number)
    high, wide, gap, rim = 560, 400, 24, 40
    sheet = np.full((3 * high + 2 * gap + 2 * rim, 3 * wide + 2 * gap + 2 * rim, 3), source.integers(20, 90), np.uint8)
    for place, cover in enumerate(covers.values()):
        top, left = rim + place // 3 * (high + gap), rim + place % 3 * (wide + gap)
        sheet[top - 6 : top + high + 6, left - 6 : left + wide + 6] = 150  # a pocket's welded seam
        sheet[top : top + high, left : left + wide] = fitted(cover, high, wide)
    size = (longest, round(longest * 0.75))
    held = replace(draw_shot(TYPICAL, source), shift_x=0.0, shift_y=0.0, zoom=0.95, thumb=0.0)
    return photograph(sheet, held, size, draw_background(source, size), squash=False)[0]


def fitted(cover: np.ndarray, high: int, wide: int) -> np.ndarray:
    return np.asarray(Image.fromarray(cover).resize((wide, high), Image.Resampling.LANCZOS))


# Held up in the middle


def measure_held(pictures: Pictures, count: int) -> None:
    """Prints the frames until a picture in the middle is named, by its size, with a scan region and without."""
    bundle = build_bundle(pictures, skip_bad=True)
    height, width = WHOLE
    guide = ((width - GUIDE) // 2, (height - GUIDE) // 2, GUIDE, GUIDE)
    head(
        f"{count} pictures held up in the middle, {len(bundle)} references",
        *("of the guide's size", "region", "within 1 frame", "within 3", f"within {HELD_FRAMES}", "wrong"),
        *("CPU ms of a frame: mean, median, 95 %", "wrong names"),
    )
    for size in SIZES:
        for title, region in (("guide", guide), ("none", None)):
            scanner = FrameScanner(bundle)
            needed: list[int] = []
            times: list[float] = []
            wrong: list[str] = []
            for name in bundle.ids[:count]:
                scanner.reset()
                for number, frame in enumerate(held_frames(pictures[name], name, size), 1):
                    told = timed_scan(scanner, frame, region, times)
                    if told:
                        needed += [number] if told == name else []
                        wrong += [f"{name} taken for {told}"] if told != name else []
                        break
            within = [sum(number <= most for number in needed) for most in (1, 3, HELD_FRAMES)]
            tell(size, title, *within, len(wrong), ms_of(times), "; ".join(wrong))


def held_frames(picture: np.ndarray, name: str, size: float) -> Iterator[np.ndarray]:
    """Yields frames of a picture that an ordinary hand holds in the middle, before every kind of ground in turn."""
    source = seeded("held", name, size)
    kinds = sorted(BACKGROUNDS)
    ground = draw_background(source, WHOLE, kinds[int(source.integers(len(kinds)))])
    height, width = WHOLE
    scale = min(width / picture.shape[1], height / picture.shape[0])
    held = replace(draw_shot(TYPICAL, source), zoom=size * GUIDE / (scale * max(picture.shape[:2])))
    held = replace(held, shift_x=held.shift_x * 0.3, shift_y=held.shift_y * 0.3)
    for _ in range(HELD_FRAMES):
        yield photograph(picture, next_shot(held, TYPICAL, source), WHOLE, ground, squash=False)[0]


if __name__ == "__main__":
    sys.exit(main())
