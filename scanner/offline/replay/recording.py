"""Read a recording, the zip that a page makes (web/page/recording-file.js).

Strangers send such files: nothing in one is trusted, nothing of it is written to disk, and no more than one frame is in
memory at a time.
"""

import io
import os
import struct
import warnings
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from reprlib import repr as shortened
from typing import Any, NoReturn, TypeGuard, get_args

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from scanner.frame import Region, checked_region
from scanner.json_text import strict_json
from scanner.offline.enrol.shown import printable
from scanner.verdict import Outcome, Verdict

__all__ = ["FORMAT", "RecordedFrame", "Recording", "RecordingError", "is_time"]

FORMAT, VERSION = "image-scanner-recording", 1
_HEAD = "recording.json"

_MOST_BYTES = 1 << 30
"""Largest zip. A page writes at most 10 s, some 100 MB."""
_MOST_HEAD_BYTES = 16 << 20
_MOST_FRAMES = 1000
_MOST_ENTRIES = 2 * _MOST_FRAMES
_MOST_PIXELS = 4096 * 4096
"""Largest frame, as in the page."""
_MOST_FRAME_BYTES = 4 * _MOST_PIXELS
_SHOWN = 60
_LONGEST_MILLISECONDS = 1e12
"""Latest time that is believed: 30 years after the page was opened."""

_ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,  # a password is needed, or the zip has a feature that Python lacks
    ArithmeticError,
    LookupError,
    ValueError,  # a name is no UTF-8, or a place lies before the file
)
"""Errors of `zipfile` for a zip with wrong bytes."""

_CUT = "the file may be cut off or changed: ask for it again"


class RecordingError(ValueError):
    """The recording cannot be used; the message names the file, the fault and the cure."""


@dataclass(frozen=True)
class RecordedFrame:
    """One frame of a recording.

    Attributes:
        file: its entry in the zip.
        at: milliseconds, on the page's clock.
        number: of the frame in its stream, from 1 on; 0 where the worker did not answer.
        size: (width, height).
        region: scan region in frame pixels.
        verdict: of the browser; None where there was none, or where the frame is here for a later frame's search alone.
        error: of the browser, instead of a verdict.
        matches: of the browser, for a scanner that follows pictures; None where it tells one verdict.
        memory: note of the stream's memory before the frame; None for a still.
        pieces: times that the search went on in the frame.
    """

    file: str
    at: float
    number: int
    size: tuple[int, int]
    region: Region
    verdict: Verdict | None
    error: str | None
    matches: tuple[Verdict, ...] | None
    memory: dict[str, Any] | None
    pieces: int


class Recording:
    """A recording's zip, open for reading.

    Args:
        path: of the zip.

    Attributes:
        frames: in the order in which they were judged.
        most: pictures of a frame that the scanner told at most; None for a scanner of one verdict.
        sha256: checksum of the bundle's file; None where the browser could not tell.
        facts: all other values of the recording, as the page wrote them.

    Raises:
        RecordingError: no such recording.
        OSError: the file cannot be opened.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = os.fspath(path)
        size = os.stat(path).st_size
        if size > _MOST_BYTES:
            self._refuse("", f"a zip of at most {_MOST_BYTES >> 20} MB", f"{size >> 20} MB", "choose a recording")
        try:
            self._zip = zipfile.ZipFile(path)
        except _ZIP_FAULTS as error:
            self._refuse("", "a whole zip", f"something else ({error})", _CUT)
        try:
            if len(self._zip.infolist()) > _MOST_ENTRIES:
                self._refuse("", f"at most {_MOST_ENTRIES} files", f"{len(self._zip.infolist())}", "choose a recording")
            self.facts = self._head()
            frames = self._list(self.facts, "frames")
            if len(frames) > _MOST_FRAMES:
                self._refuse(_HEAD, f"at most {_MOST_FRAMES} frames", f"{len(frames)}", "choose a shorter recording")
            self.frames = tuple(self._frame(each, f"frames[{index}]") for index, each in enumerate(frames))
            self.most = None if self.facts.get("most") is None else self._whole(self.facts, "most", _HEAD, 1, 1 << 31)
            bundle = self.facts.get("bundle")
            checksum = bundle.get("sha256") if isinstance(bundle, dict) else None
            self.sha256 = checksum if isinstance(checksum, str) else None
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> "Recording":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def pixels(self, frame: RecordedFrame) -> npt.NDArray[np.uint8]:
        """Returns the pixels of a frame, (height, width, 3), as they were judged.

        Raises:
            RecordingError: the entry is missing or no PNG of the frame's size.
        """
        content = self._content(frame.file, _MOST_FRAME_BYTES)
        expected = "a PNG of {} x {} pixels, RGB".format(*frame.size)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
                    if image.size != frame.size or image.mode != "RGB":
                        found = f"{image.size[0]} x {image.size[1]}, {image.mode}"
                        self._refuse(frame.file, expected, found, _CUT)
                    return np.asarray(image)
        except (
            OSError,
            SyntaxError,
            ValueError,
            UnidentifiedImageError,
            Warning,
            Image.DecompressionBombError,
        ) as error:
            if isinstance(error, RecordingError):
                raise
            self._refuse(frame.file, expected, f"something else ({error})", _CUT)

    def _content(self, name: str, most: int) -> bytes:
        """Returns an entry of the zip, of at most some bytes."""
        try:
            entry = self._zip.getinfo(name)
        except KeyError:
            self._refuse(name, "this file in the zip", "none", _CUT)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            self._refuse(name, "a stored or deflated file", f"compression {entry.compress_type}", "zip it anew")
        try:
            with self._zip.open(entry) as file:
                content = file.read(most + 1)
        except (*_ZIP_FAULTS, OSError) as error:
            self._refuse(name, "a readable file in the zip", f"otherwise ({error})", _CUT)
        if len(content) > most:
            self._refuse(name, f"at most {most >> 20} MB", "more", "choose a recording that a page wrote")
        return content

    def _head(self) -> dict[str, Any]:
        content = self._content(_HEAD, _MOST_HEAD_BYTES)
        try:
            head = strict_json(content)
        except ValueError as error:
            self._refuse(_HEAD, "JSON", f"something else ({error})", _CUT)
        if not isinstance(head, dict) or head.get("format") != FORMAT:
            found = head.get("format") if isinstance(head, dict) else head
            self._refuse(
                _HEAD, f'format "{FORMAT}"', shortened(found), "choose a zip that `record` or `saveReport` made"
            )
        if head.get("version") != VERSION or type(head["version"]) is not int:
            self._refuse(
                _HEAD, f"version {VERSION}", shortened(head.get("version")), "use a phash-scanner of that version"
            )
        return head

    def _frame(self, found: Any, where: str) -> RecordedFrame:
        if not isinstance(found, dict):
            self._refuse(where, "an object", shortened(found), _CUT)
        file = found.get("file")
        if not isinstance(file, str) or PurePosixPath(file).suffix != ".png":
            self._refuse(f"{where}.file", "the name of a PNG", shortened(file), _CUT)
        width, height = (self._whole(found, name, where, 1, 1 << 16) for name in ("width", "height"))
        if width * height > _MOST_PIXELS:
            self._refuse(where, f"at most {_MOST_PIXELS} pixels", f"{width} x {height}", _CUT)
        try:
            left, top, across, down = self._list(found, "region", where)
            region = checked_region((left, top, across, down), height, width)
        except ValueError as error:
            if isinstance(error, RecordingError):
                raise
            self._refuse(f"{where}.region", f"a region inside {width} x {height}", shortened(found.get("region")), _CUT)
        at, said, memory = found.get("at", 0), found.get("error"), found.get("memory")
        if not is_time(at):
            self._refuse(f"{where}.at", "milliseconds", shortened(at), _CUT)
        if said is not None and not isinstance(said, str):
            self._refuse(f"{where}.error", "a sentence", shortened(said), _CUT)
        if memory is not None and not isinstance(memory, dict):
            self._refuse(f"{where}.memory", "an object", shortened(memory), _CUT)
        verdict = self._verdict(found.get("verdict"), f"{where}.verdict")
        matches = None
        if verdict is not None and found.get("matches") is not None:
            listed = self._list(found, "matches", where)
            matches = tuple(self._match(each, f"{where}.matches[{index}]") for index, each in enumerate(listed))
        number = self._whole(found, "number", where, 0, 1 << 31)
        pieces = self._whole(found, "pieces", where, 0, 1 << 31) if memory is not None else 0
        return RecordedFrame(file, at, number, (width, height), region, verdict, said, matches, memory, pieces)

    def _match(self, found: Any, where: str) -> Verdict:
        if not isinstance(found, dict) or type(found.get("sure")) is not bool:
            self._refuse(where, "an object with true or false as sure", shortened(found), _CUT)
        verdict = self._verdict({**found, "outcome": "match"}, where)
        assert verdict is not None  # an object was given
        return replace(verdict, track=self._whole(found, "track", where, 0, 1 << 31), sure=found["sure"])

    def _verdict(self, found: Any, where: str) -> Verdict | None:
        if found is None:
            return None
        if not isinstance(found, dict) or found.get("outcome") not in get_args(Outcome):
            self._refuse(where, f"an outcome of {', '.join(get_args(Outcome))}", shortened(found), _CUT)
        name, corners = found.get("id"), found.get("corners")
        if name is not None and not isinstance(name, str):
            self._refuse(f"{where}.id", "a text", shortened(name), _CUT)
        distance, margin = (
            None if found.get(bits) is None else self._whole(found, bits, where, -144, 144)
            for bits in ("distance", "margin")
        )
        if corners is not None:
            if not isinstance(corners, list) or len(corners) != 4 or not all(map(_is_place, corners)):
                self._refuse(f"{where}.corners", "four pairs of numbers", shortened(corners), _CUT)
            corners = tuple((float(x), float(y)) for x, y in corners)
        return Verdict(found["outcome"], name, distance, margin, corners)

    def _whole(self, found: dict[str, Any], name: str, where: str, least: int, most: int) -> int:
        value = found.get(name)
        if type(value) is not int or not least <= value <= most:
            self._refuse(f"{where}.{name}", f"a whole number from {least} to {most}", shortened(value), _CUT)
        return value

    def _list(self, found: dict[str, Any], name: str, where: str = "") -> list[Any]:
        value = found.get(name)
        if not isinstance(value, list):
            self._refuse(f"{where}.{name}".lstrip("."), "a list", shortened(value), _CUT)
        return value

    def _refuse(self, where: str, expected: str, found: str, cure: str) -> NoReturn:
        place = f"{self._path}: {where}" if where else self._path
        shown = found if len(found) <= _SHOWN else found[: _SHOWN - 3] + "..."
        raise RecordingError(f"{printable(place)}: expected {expected}, found {printable(shown)}: {cure}") from None


def is_time(found: Any) -> TypeGuard[float]:
    """Returns whether a value is a time in milliseconds that a page can have written."""
    return type(found) in (int, float) and abs(found) < _LONGEST_MILLISECONDS


def _is_place(found: Any) -> bool:
    if not isinstance(found, list) or len(found) != 2:
        return False
    return all(type(value) in (int, float) and abs(value) < 1e6 for value in found)
