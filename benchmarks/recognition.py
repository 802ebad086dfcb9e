r"""How often the product is right, silent or wrong: measured through `build_bundle` and `FrameScanner` alone.

    python -m benchmarks.recognition PICTURES/report                      the levels, strangers, empty scenes
    python -m benchmarks.recognition PICTURES/report --quick              these with fewer frames, in two minutes
    python -m benchmarks.recognition PICTURES/report --others PICTURES/cut-outs --photos PHOTOS \
        --corners corners.json -o benchmarks/recognition.md

`benchmarks/pictures.py` makes PICTURES. PHOTOS has `references/`, and a folder of photographs for each camera; a
photograph has the file name of its reference. `benchmarks/photo_corners.py` makes corners.json, which adds the boxed
rows.

Every draw has a seed of its own (row, picture, hold-up), so a change of one row changes no other.
"""

import argparse
import copy
import itertools
import json
import os
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded: a browser's worker has one thread

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks import same_drawing
from benchmarks.plot import draw_plot
from benchmarks.report import FRAMES, LONG_HOLD_UP, Row, Tally, line_of, report_of, sweep_line
from scanner import FrameScanner, HashBundle
from scanner.files import write_atomically
from scanner.offline import build_bundle
from scanner.offline.predict.simulated_hand import (
    BACKGROUNDS,
    HARD,
    LEVELS,
    TYPICAL,
    Level,
    Shot,
    draw_background,
    draw_shot,
    hold_up,
    photograph,
)

BOX = (400, 400)
WHOLE = (480, 640)
SMALL = (220, 140, 200, 200)  # a scan region in a frame of WHOLE: left, top, width, height
STRANGERS = 150  # pictures kept out of every catalogue
LEFT_OUT = "reference left out, TYPICAL"
STILL = replace(TYPICAL, name="STILL", shift=0.0, zoom=(1.0, 1.0), tilt=0.0, out_of_plane=0.0)
SWEEPS: dict[str, list[float]] = {
    "shift": [0.0, 0.04, 0.08, 0.12, 0.16, 0.20, 0.25, 0.30],
    "zoom": [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5],
    "tilt": [0, 4, 8, 12, 16, 22, 30, 45, 90, 135, 180],
    "perspective": [0, 10, 20, 30, 40, 50, 60],
}

Pictures = dict[str, np.ndarray]


def main() -> int:
    options = parse()
    started = time.perf_counter()
    few = options.quick
    pictures = load(options.pictures, None)
    too_plain = too_plain_of(dict(itertools.islice(pictures.items(), 2 * options.references)))
    pictures = {name: picture for name, picture in pictures.items() if name not in too_plain}
    names = list(pictures)
    # Every other picture of the rest, not the last ones: kinds run out one by one, so the last are all clip art.
    enrolled, strangers = names[: options.references], names[options.references :: 2][:STRANGERS]
    fill = {name: pictures[name] for name in names if name not in strangers}
    fill |= load(options.others, None) if options.others else {}

    def catalogue(size: int) -> Scanners:
        """Returns scanners of `size` references: pictures, then others, then parts of both, turned or mirrored."""
        return Scanners(dict(itertools.islice(itertools.chain(fill.items(), made_up(fill)), size)))

    rows: list[Row] = []
    sweeps: dict[str, list[tuple[float, Tally]]] = {}

    def wanted(row: str) -> bool:
        return not options.rows or any(part in row for part in options.rows.split(","))

    def done(row: Row) -> None:
        rows.append(row)
        print(line_of(row), file=sys.stderr, flush=True)
        save()

    def save() -> None:
        """Writes the rows so far, so that a long run that is cut short is not lost."""
        if options.output:
            write_atomically(options.output, report_of(rows, sweeps, len(pictures)).encode())
            draw_plot(options.output.with_suffix(".svg"), rows, sweeps)

    scanners = catalogue(options.references)
    shown = pick(pictures, enrolled)
    for level in LEVELS:
        if wanted(level.name):
            done(measure_level(level, scanners, shown, 1 if few else options.hold_ups))
    if wanted("HARD, 200 x 200"):
        done(measure_in_region(HARD, scanners, shown, 1 if few else options.hold_ups))
    for size in () if few else options.catalogues:
        if wanted(f"TYPICAL {size}"):
            larger = catalogue(size)
            done(measure_level(TYPICAL, larger, shown, options.hold_ups))
            done(measure_strangers(larger, pick(pictures, strangers), options.stranger_frames // 2))
    if options.photos:
        for name, measure in photograph_rows(options.photos, options.corners, few):
            if wanted(name):
                done(measure(name))
    if wanted("anywhere"):
        done(measure_anywhere(scanners, shown, 1 if few else 2))
    if wanted("strangers"):
        unknown = pick(pictures, names[options.references :])
        done(measure_strangers(scanners, unknown, options.stranger_frames // (10 if few else 1)))
    if wanted(LEFT_OUT):
        done(measure_left_out(scanners, shown))
    for kind in empty_scenes():
        if wanted(kind):
            done(measure_empty(kind, scanners, 40 if few else options.empty_frames))
    if wanted("sweep"):
        for name, values in SWEEPS.items():
            few_shown = pick(pictures, enrolled[: 15 if few else options.sweep_pictures])
            sweeps[name] = [(value, measure_sweep(name, value, scanners, few_shown)) for value in values]
            print(sweep_line(name, sweeps[name]), file=sys.stderr, flush=True)
            save()
    save()
    if not options.output:
        print(report_of(rows, sweeps, len(pictures)))
    print(f"{time.perf_counter() - started:.0f} s", file=sys.stderr)
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0], epilog="See benchmarks/README.md.")
    parser.add_argument("pictures", type=Path, help="folder of pictures; the first ones are enrolled")
    parser.add_argument("--others", type=Path, help="folder of pictures that only fill up a large catalogue")
    parser.add_argument("--photos", type=Path, help="folder with references/ and one folder per camera")
    parser.add_argument("--corners", type=Path, help="corners.json of the photographs: adds the boxed rows")
    parser.add_argument("-o", "--output", type=Path, help="the report (.md); a plot (.svg) is put beside it")
    parser.add_argument("--quick", action="store_true", help="fewer frames")
    parser.add_argument("--rows", default="", help="only rows whose name has one of these, e.g. HARD,photo")
    parser.add_argument("--references", type=int, default=100)
    parser.add_argument("--catalogues", type=int, nargs="*", default=[1000, 10_000])
    parser.add_argument("--hold-ups", type=int, default=2, help="per picture and level")
    parser.add_argument("--stranger-frames", type=int, default=800)
    parser.add_argument("--sweep-pictures", type=int, default=10)
    parser.add_argument("--empty-frames", type=int, default=1000, help="of each kind of empty scene")
    return parser.parse_args()


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


# Hold-ups and frames


class Scanners:
    """Two scanners of one bundle: `alone` judges every frame by itself, `remembering` has a memory, as a page's has."""

    def __init__(self, pictures: Pictures, bundle: HashBundle | None = None) -> None:
        self._bundle = bundle or build_bundle(pictures, skip_bad=True)
        self.references = len(self._bundle)
        self.alone = FrameScanner(self._bundle, memory=False)
        self.remembering = FrameScanner(self._bundle)
        self._pictures = pictures
        self.region: tuple[int, int, int, int] | None = None  # for `FrameScanner.scan`; None = all of a frame

    def looking_at(self, region: tuple[int, int, int, int]) -> "Scanners":
        """Returns these scanners with a scan region that is a part of the frame."""
        looking = copy.copy(self)
        looking.region = region
        return looking

    def without(self, name: str) -> "Scanners":
        """Returns scanners for this catalogue with one reference left out."""
        left = [reference for reference in self._bundle.references if reference.id != name]
        return Scanners(self._pictures, HashBundle(left))

    def shown_in(self, stranger: np.ndarray | None, answer: str | None) -> bool:
        """Says whether a picture that is not enrolled shows the drawing of the reference named in the answer."""
        if stranger is None or answer is None:
            return False
        return same_drawing.same_drawing(stranger, self._pictures[answer])


def timed_scan(
    scanner: FrameScanner, frame: np.ndarray, region: tuple[int, int, int, int] | None, times: list[float]
) -> str | None:
    """Returns the id that the scanner names, and adds the CPU milliseconds of the scan to `times`."""
    started = time.process_time()
    answer = scanner.scan(frame, region).id
    times.append((time.process_time() - started) * 1000)
    return answer


def judge_alone(
    scanners: Scanners,
    frame: np.ndarray,
    truth: str | None,
    row: Row,
    label: str,
    stranger: np.ndarray | None = None,
) -> None:
    """Judges a frame by itself, and tallies the answer; `stranger` is the picture shown, if it is not enrolled."""
    answer = timed_scan(scanners.alone, frame, scanners.region, row.alone_ms)
    if scanners.shown_in(stranger, answer):
        row.repeats.append(f"{label} taken for {answer}")
        return
    row.single.add(answer, truth)
    if answer is not None and answer != truth:
        row.mistakes.append(f"{label} taken for {answer}")


def watch(
    scanners: Scanners,
    frames: Iterator[np.ndarray],
    truth: str | None,
    row: Row,
    label: str,
    stranger: np.ndarray | None = None,
) -> None:
    """Shows the frames of a hold-up until one is matched; tallies the first frame by itself, and the hold-up."""
    scanners.remembering.reset()
    answer = None
    for number, frame in enumerate(frames):
        if number == 0:
            judge_alone(scanners, frame, truth, row, label, stranger)
        answer = timed_scan(scanners.remembering, frame, scanners.region, row.stream_ms)
        if answer is not None:
            break
    if scanners.shown_in(stranger, answer):
        row.repeats.append(f"{label} taken for {answer} on frame {number + 1} of a hold-up")
        return
    row.held.add(answer, truth)
    if answer is not None and answer == truth:
        row.frames_needed.append(number + 1)
    if answer is not None and answer != truth:
        row.mistakes.append(f"{label} taken for {answer} on frame {number + 1} of a hold-up")


def trembling(
    picture: np.ndarray,
    level: Level,
    source: np.random.Generator,
    held: Shot,
    size: tuple[int, int],
    squash: bool,
    frames: int = FRAMES,
) -> Iterator[np.ndarray]:
    """Yields the frames of a hold-up. Each is drawn when it is asked for, as the first often settles the hold-up."""
    background = draw_background(source, size)
    for _ in range(frames):
        [(frame, _)] = hold_up(
            picture, level, source, frames=1, size=size, background=background, squash=squash, shot=held
        )
        yield frame


def measure_level(level: Level, scanners: Scanners, pictures: Pictures, hold_ups: int) -> Row:
    row = Row(level.name, scanners.references)
    for name, picture in pictures.items():
        for number in range(hold_ups):
            source = seeded(level.name, name, number)
            held = draw_shot(level, source)
            watch(scanners, trembling(picture, level, source, held, BOX, True), name, row, name)
    return row


def measure_in_region(level: Level, scanners: Scanners, pictures: Pictures, hold_ups: int) -> Row:
    """Measures pictures held into a scan region that is a small part of the frame, as a page's is."""
    _, _, width, height = SMALL
    row = Row(f"{level.name}, {width} x {height} of {WHOLE[1]} x {WHOLE[0]}", scanners.references)
    for name, picture in pictures.items():
        for number in range(hold_ups):
            source = seeded(level.name, "region", name, number)
            held = draw_shot(level, source)
            parts = trembling(picture, level, source, held, (height, width), True)
            room = draw_background(seeded("room", name, number), WHOLE)
            watch(scanners.looking_at(SMALL), in_room(room, parts), name, row, name)
    return row


def in_room(room: np.ndarray, parts: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """Yields frames of a room, with each of the parts in the small scan region."""
    left, top, width, height = SMALL
    for part in parts:
        frame = room.copy()
        frame[top : top + height, left : left + width] = part
        yield frame


def measure_anywhere(scanners: Scanners, pictures: Pictures, hold_ups: int) -> Row:
    """Measures pictures anywhere in a whole frame, any way up, in perspective, in the light of TYPICAL."""
    row = Row(f"anywhere in 640 x 480, hold-ups of {LONG_HOLD_UP}", scanners.references)
    for name, picture in pictures.items():
        for number in range(hold_ups):
            source = seeded("anywhere", name, number)
            lean, axis, room = source.uniform(0, 25), source.uniform(0, 2 * np.pi), 0.15
            held = replace(
                draw_shot(TYPICAL, source),
                shift_x=source.uniform(-room, room),
                shift_y=source.uniform(-room, room),
                zoom=source.uniform(0.5, 0.8),
                tilt=source.uniform(-180, 180),
                yaw=lean * np.cos(axis),
                pitch=lean * np.sin(axis),
            )
            frames = trembling(picture, TYPICAL, source, held, WHOLE, False, LONG_HOLD_UP)
            watch(scanners, frames, name, row, name)
    return row


def measure_strangers(scanners: Scanners, pictures: Pictures, frames: int) -> Row:
    """Measures pictures that are not in the catalogue: nine frames judged by themselves, then a hold-up, in turn."""
    names = list(pictures)
    row = Row("strangers", scanners.references, enrolled=False)
    for number in range(frames):
        name, level = names[number % len(names)], LEVELS[number % 3]
        source = seeded("strangers", name, number)
        held = draw_shot(level, source)
        if number % 10 == 0:
            frames_held = trembling(pictures[name], level, source, held, BOX, True)
            watch(scanners, frames_held, None, row, name, pictures[name])
        else:
            frame, _ = photograph(pictures[name], held, BOX, draw_background(source, BOX))
            judge_alone(scanners, frame, None, row, f"{name} ({level.name})", pictures[name])
    return row


def measure_left_out(scanners: Scanners, pictures: Pictures) -> Row:
    """Measures every picture of the catalogue with its own reference left out: a TYPICAL hold-up of each."""
    row = Row(LEFT_OUT, scanners.references - 1, enrolled=False)
    for name, picture in pictures.items():
        source = seeded("left out", name)
        held = draw_shot(TYPICAL, source)
        watch(scanners.without(name), trembling(picture, TYPICAL, source, held, BOX, True), None, row, name, picture)
    return row


def empty_scenes() -> dict[str, Callable[[np.random.Generator], np.ndarray]]:
    """Returns the scenes in front of a camera without a picture, by kind: functions that draw one."""

    def background(kind: str) -> Callable[[np.random.Generator], np.ndarray]:
        return lambda source: draw_background(source, BOX, kind)

    def plain(source: np.random.Generator) -> np.ndarray:
        return np.ones((*BOX, 3), np.uint8) * source.integers(0, 256, 3).astype(np.uint8)

    def noise(source: np.random.Generator) -> np.ndarray:
        cells = 2 ** int(source.integers(2, 9))
        coarse = source.integers(0, 256, (cells, cells, 3)).astype(np.uint8)
        return np.asarray(Image.fromarray(coarse).resize(BOX[::-1], Image.Resampling.BILINEAR))

    def slope(source: np.random.Generator) -> np.ndarray:
        ends = source.integers(0, 256, (2, 2, 3)).astype(np.uint8)
        return np.asarray(Image.fromarray(ends).resize(BOX[::-1], Image.Resampling.BICUBIC))

    def screen(source: np.random.Generator) -> np.ndarray:
        """Draws windows on a desktop, with lines of text."""
        scene = draw_background(source, BOX, "wall").copy()
        for _ in range(int(source.integers(1, 4))):
            high, wide = source.integers(100, 300, 2)
            top, left = source.integers(0, 400 - high), source.integers(0, 400 - wide)
            scene[top : top + high, left : left + wide] = draw_background(source, (int(high), int(wide)), "paper")
            scene[top : top + 14, left : left + wide] = source.integers(0, 256, 3)
        return scene

    def text(source: np.random.Generator) -> np.ndarray:
        """Draws a page of a book, with headings and a margin."""
        page = Image.new("L", BOX[::-1], int(source.integers(200, 256)))
        draw, ink = ImageDraw.Draw(page), int(source.integers(0, 80))
        size, margin = int(source.integers(9, 26)), int(source.integers(0, 50))
        top = margin
        while top < BOX[0]:
            heading = source.random() < 0.06
            points = size * 2 if heading else size
            font = ImageFont.load_default(points)
            words = [letters(source) for _ in range(3 if heading else 40)]
            draw.text((margin, top), " ".join(words), fill=ink, font=font)
            top += round(points * source.choice([1.3, 2.2], p=[0.85, 0.15]))
        draw.rectangle([BOX[1] - margin, 0, *BOX[::-1]], fill=page.getpixel((0, 0)))
        return np.asarray(page.convert("RGB"))

    scenes = {kind: background(kind) for kind in BACKGROUNDS}
    return {"blank": plain, "slope of light": slope, "noise": noise, "screen": screen, "text": text, **scenes}


def letters(source: np.random.Generator) -> str:
    """Returns a word that nobody knows, of letters as frequent as in English."""
    return "".join(source.choice(list("eeeettaaooiinnsshhrrddlucmfwygpbvk"), int(source.integers(2, 10))))


def measure_empty(kind: str, scanners: Scanners, frames: int) -> Row:
    row = Row(f"nothing held up: {kind}", scanners.references, enrolled=False)
    for number in range(frames):
        judge_alone(scanners, empty_frame(kind, number), None, row, kind)
    return row


def empty_frame(kind: str, number: int) -> np.ndarray:
    """Returns a frame of an empty scene, as one of the levels' cameras sees it."""
    source = seeded("empty", kind, number)
    level = LEVELS[number % 3]
    scene = empty_scenes()[kind](source)
    frame, _ = photograph(scene, replace(draw_shot(level, source), thumb=0.0, **STRAIGHT_SHOT), BOX)
    return frame


STRAIGHT_SHOT: dict[str, Any] = {"shift_x": 0.0, "shift_y": 0.0, "zoom": 1.0, "tilt": 0.0, "yaw": 0.0, "pitch": 0.0}


def measure_sweep(name: str, value: float, scanners: Scanners, pictures: Pictures) -> Tally:
    """Tallies single frames with one property of the hand at a value, the others straight, in the light of TYPICAL."""
    tally = Tally()
    for picture_name, picture in pictures.items():
        source = seeded("sweep", name, picture_name)
        background = draw_background(source, BOX)
        direction = source.uniform(0, 2 * np.pi)
        shot = draw_shot(STILL, source)
        across, along = value * np.cos(direction), value * np.sin(direction)
        if name == "shift":
            shot = replace(shot, shift_x=across, shift_y=along)
        elif name == "zoom":
            shot = replace(shot, zoom=value)
        elif name == "tilt":
            shot = replace(shot, tilt=value if direction < np.pi else -value)
        else:
            shot = replace(shot, yaw=across, pitch=along)
        frame, _ = photograph(picture, shot, BOX, background)
        tally.add(scanners.alone.scan(frame).id, picture_name)
    return tally


# Photographs


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


if __name__ == "__main__":
    sys.exit(main())
