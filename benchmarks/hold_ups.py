"""Pictures of a catalogue in an unsteady hand: the frames, the scanners that judge them, and the rows they make."""

import copy
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from benchmarks import same_drawing
from benchmarks.enrolled import Pictures, seeded
from benchmarks.report import FRAMES, LONG_HOLD_UP, Row
from scanner import FrameScanner, HashBundle
from scanner.offline import build_bundle
from scanner.offline.predict.simulated_hand import (
    TYPICAL,
    Level,
    Shot,
    draw_background,
    draw_shot,
    hold_up,
)

BOX = (400, 400)
WHOLE = (480, 640)
SMALL = (220, 140, 200, 200)  # a scan region in a frame of WHOLE: left, top, width, height


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
