"""The subcommand camera: a video for Chromium's fake camera, made from pictures."""

import argparse
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from scanner.errors import ImageError
from scanner.files import write_atomically
from scanner.offline.command.exit_codes import AT_FAULT, DONE
from scanner.offline.command.interruption import noting_what_was_written
from scanner.offline.command.invocation import Invocation
from scanner.offline.command.printing import name_faults, refuse
from scanner.offline.enrol.images import read_colour
from scanner.offline.enrol.shown import shown_path
from scanner.offline.predict.camera_video import (
    MJPEG_FRAMES_PER_SECOND,
    empty_desk,
    held_over_a_desk,
    mjpeg,
    y4m,
    y4m_bytes,
)

__all__ = ["run"]

LARGEST_BYTES = 500_000_000
"""Largest .y4m: 36 seconds of 640 x 480 at 30 frames a second. The command holds all of it in memory."""
SIDES = (64, 4096)
"""Least and largest side of a frame, in pixels."""

EPILOG = """\
examples:
  phash-scanner camera cover.jpg                       a hand holds up cover.jpg -> camera.y4m
  phash-scanner camera cover.jpg --nothing             for two seconds the cover, then two seconds an empty desk
  phash-scanner camera --nothing -o desk.mjpeg         nothing to find, in a small file

Chromium plays the video in a loop. One second of .y4m at 640x480 and 30 frames is 13.8 MB; .mjpeg is about a tenth.
docs/testing.md has the switches for Playwright, Cypress, WebdriverIO and Selenium.
exit codes: 0 done; 1 a picture is at fault; 2 wrong usage or no place to write
"""

Frames = Iterator[npt.NDArray[np.uint8]]


def run(arguments: Sequence[str], invocation: Invocation) -> int:
    """Runs the subcommand. Exit 0 done, 1 a picture is at fault, 2 wrong usage or no place to write."""
    options = _options(arguments, invocation)
    pictures, faults = [], []
    for path in options.pictures:
        try:
            image = read_colour(path)
        except ImageError as error:
            faults.append(str(error))
            continue
        image.thumbnail((max(options.size), max(options.size)))
        pictures.append(np.asarray(image))
    if faults:
        name_faults(faults)
        return AT_FAULT
    rng = np.random.default_rng(options.seed)
    scenes: list[Frames] = [held_over_a_desk(picture, options.frames, options.size, rng) for picture in pictures]
    if options.nothing:
        scenes.append(empty_desk(options.frames, options.size, rng))
    frames = chain.from_iterable(scenes)
    video = y4m(frames, options.fps) if options.output.suffix.lower() == ".y4m" else mjpeg(frames)
    with noting_what_was_written(options.output):
        try:
            write_atomically(options.output, video)
        except OSError as error:
            place, expected = shown_path(options.output), "a file that can be written"
            return refuse(options, place, expected, error, "make room, or name another place")
    if not options.quiet:
        _tell(options, len(scenes), len(video))
    return DONE


def _options(arguments: Sequence[str], invocation: Invocation) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=invocation.prog("camera"),
        description="Make a video for Chromium's fake camera: an unsteady hand holds up pictures over a desk.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("pictures", metavar="PICTURE", nargs="*", help="picture file; several are held up in turn")
    output = "video to write, .y4m or .mjpeg [%(default)s]"
    add("-o", "--output", metavar="FILE", type=Path, default=Path("camera.y4m"), help=output)
    add("--nothing", action="store_true", help="show an empty desk, after the pictures if any are named")
    size = "size of the camera's picture in pixels, two even numbers [640x480]"
    add("--size", metavar="WIDTHxHEIGHT", type=_size, default=(480, 640), help=size)
    add("--seconds", metavar="N", type=_seconds, default=2.0, help="how long each picture is held up [%(default)g]")
    rate = f"frames a second, 1 to 60 [20; .mjpeg: always {MJPEG_FRAMES_PER_SECOND}, as Chromium plays it]"
    add("--fps", metavar="N", type=_frames_per_second, help=rate)
    seed = "number that decides hand, light and desk: equal numbers give equal files [%(default)s]"
    add("--seed", metavar="N", type=_seed, default=0, help=seed)
    add("--quiet", action="store_true", help="print nothing; faults are still named")
    options = parser.parse_args(arguments)
    options.prog = parser.prog
    suffix = options.output.suffix.lower()
    if not options.pictures and not options.nothing:
        parser.error("expected a picture or --nothing, found neither: name a picture file")
    if suffix not in {".y4m", ".mjpeg"}:
        parser.error(f"expected a name that ends in .y4m or .mjpeg, found {shown_path(options.output)}: mend its end")
    if options.output.is_dir():
        parser.error(f"expected a file to write, found a folder: {shown_path(options.output)}: add a file name")
    if suffix == ".mjpeg" and options.fps not in {None, MJPEG_FRAMES_PER_SECOND}:
        found = f"expected {MJPEG_FRAMES_PER_SECOND} frames a second in an .mjpeg, found {options.fps}"
        parser.error(f"{found}: leave --fps out, or write a .y4m")
    options.fps = MJPEG_FRAMES_PER_SECOND if suffix == ".mjpeg" else options.fps or 20
    options.frames = max(1, round(options.seconds * options.fps))
    scenes = len(options.pictures) + options.nothing
    size_of_all = y4m_bytes(options.frames * scenes, options.size)
    if size_of_all > LARGEST_BYTES:
        found = f"expected a video of at most {LARGEST_BYTES / 1e6:.0f} MB as .y4m, found {size_of_all / 1e6:,.0f} MB"
        parser.error(f"{found}: give fewer pictures, or smaller --seconds or --size: the video plays in a loop")
    return options


def _tell(options: argparse.Namespace, scenes: int, written: int) -> None:
    height, width = options.size
    frames = options.frames * scenes
    shown = f"{frames} frames of {width}x{height}, {frames / options.fps:.1f} s in a loop, {written / 1e6:.1f} MB"
    print(f"{shown_path(options.output)}: {shown}. Start Chromium with")
    print("--use-fake-device-for-media-stream --use-fake-ui-for-media-stream")
    print(f"--use-file-for-fake-video-capture={shown_path(options.output.resolve())}")


def _size(text: str) -> tuple[int, int]:
    """Returns (height, width)."""
    found = re.fullmatch(r"(\d{1,5})[x×](\d{1,5})", text)
    sides = [int(side) for side in found.groups()] if found else []
    if not all(SIDES[0] <= side <= SIDES[1] and side % 2 == 0 for side in sides) or not sides:
        expected = f"expected two even numbers from {SIDES[0]} to {SIDES[1]}, such as 640x480"
        raise argparse.ArgumentTypeError(f"{expected}, found {text!r}")
    return sides[1], sides[0]


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 600:
        raise argparse.ArgumentTypeError(f"expected a number above 0 and up to 600, found {text!r}")
    return seconds


def _frames_per_second(text: str) -> int:
    if not re.fullmatch(r"\d{1,2}", text) or not 1 <= int(text) <= 60:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to 60, found {text!r}")
    return int(text)


def _seed(text: str) -> int:
    if not re.fullmatch(r"\d{1,18}", text):
        raise argparse.ArgumentTypeError(f"expected a whole number of at most 18 digits, found {text!r}")
    return int(text)
