"""Find the pictures to enrol, in a folder or in memory, and the site's own fields of each."""

import os
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from scanner.errors import ImageError
from scanner.offline.enrol.faults import damaged
from scanner.offline.enrol.fields_file import FIELDS_FILE, read_fields
from scanner.offline.enrol.kinds import PICTURE_SUFFIXES, READABLE_KINDS, content_kind
from scanner.offline.enrol.pixels import Picture, upright_of
from scanner.offline.enrol.shown import shown_path
from scanner.quoting import quoted
from scanner.reference import is_text

__all__ = ["FIELDS_FILE", "Found", "in_folder", "in_memory"]

OWN_FILES = {FIELDS_FILE, "site.json"}
"""Files of the picture folder itself that are neither counted nor skipped: fields of pictures, settings of a page."""

TO_INCLUDE = " to include it"
"""End of a note on a picture that is passed over."""


class Found:
    """Pictures by id, and the notes of the search for them.

    Attributes:
        place: name of the folder or mapping searched, for messages.
        pictures: id -> path, or grey pixels (height, width) uint8.
        labels: id -> name of the picture in messages.
        fields: id -> the site's own fields.
        notes: id -> warnings of a picture in memory; those of a file come with its hashes.
        ids: all ids met, ids of faulty pictures included.
        files: number of files met in a folder, its `OWN_FILES` not counted, or of pictures in memory.
        hidden: how many of `files` were passed over because they are hidden.
        passed_over: how many of `files` were passed over, hidden ones included.
        skipped, faults, warnings: one text each; hidden folders are among `skipped`.
        unread: (id, text) of those of `skipped` that are pictures of a kind that is not read.
        fatal: faults that remain when pictures are left out.
    """

    def __init__(self, place: str) -> None:
        self.place = place
        self.pictures: dict[str, Path | npt.NDArray[np.uint8]] = {}
        self.labels: dict[str, str] = {}
        self.fields: dict[str, dict[str, Any]] = {}
        self.notes: dict[str, tuple[str, ...]] = {}
        self.ids: set[str] = set()
        self.files = 0
        self.hidden = 0
        self.passed_over = 0
        self.skipped: list[str] = []
        self.unread: list[tuple[str, str]] = []
        self.faults: list[str] = []
        self.warnings: list[str] = []
        self.fatal: list[str] = []

    def skip(self, note: str, *, is_file: bool = True) -> None:
        """Counts a file that is passed over, and keeps the note on it; a folder is not counted."""
        self.passed_over += is_file
        self.skipped.append(note)


def in_memory(source: Mapping[str, Picture]) -> Found:
    """Returns the pictures of {id: picture}, as grey pixels (height, width) uint8."""
    found = Found("the pictures given")
    found.files = len(source)
    for key, picture in source.items():
        if not isinstance(key, str) or not key or not is_text(key):
            found.faults.append(
                f"expected a reference id that is a text of at least one character, found {quoted(key)}"
            )
            continue
        name = unicodedata.normalize("NFC", key)
        if name in found.ids:
            found.faults.append(
                f"{quoted(name)}: expected every id once, found two that Unicode takes for the same: rename one"
            )
            found.pictures.pop(name, None)
            continue
        found.ids.add(name)
        found.labels[name] = f"picture {quoted(name)}"
        try:
            found.pictures[name], found.notes[name] = upright_of(picture)
        except ImageError as error:
            found.faults.append(f"picture {quoted(name)}: {error}")
        except Exception as error:  # Pillow raises anything for a damaged file that it had not decoded yet
            found.faults.append(f"picture {quoted(name)}: {damaged(error)}")
    return found


def in_folder(folder: Path) -> Found:
    """Returns the pictures of a folder, subfolders included, as paths.

    Raises:
        OSError: the folder itself cannot be read.
    """
    found = Found(shown_path(folder))
    paths: dict[str, list[Path]] = {}
    for path in _walk(folder, found):
        if not is_text(path.name):  # Python stands in for undecodable bytes with halves of characters
            found.faults.append(f"{shown_path(path)}: expected a file name in Unicode, found other bytes: rename it")
            continue
        paths.setdefault(unicodedata.normalize("NFC", path.stem), []).append(path)
    found.ids = set(paths)
    for name, same in paths.items():
        if len(same) == 1:
            found.pictures[name] = same[0]
            found.labels[name] = shown_path(same[0])
        else:
            names = ", ".join(shown_path(path) for path in same)
            found.faults.append(
                f"{names}: expected one picture for each id (file name without ending), "
                f"found {len(same)} for {quoted(name)}: rename all but one"
            )
    if os.path.lexists(folder / FIELDS_FILE):
        read = read_fields(folder / FIELDS_FILE, found.ids, dict(found.unread))
        found.fields = read.fields
        found.faults += read.faults
        found.warnings += read.warnings
        found.fatal += read.fatal
    return found


def _walk(folder: Path, found: Found) -> Iterator[Path]:
    """Yields the files with a picture's ending, in an order of our own; a linked folder is read once."""
    waiting, visited = [folder], {_identity(folder)}
    while waiting:
        here = waiting.pop()
        try:
            names = sorted(os.listdir(here))
        except OSError as error:
            if here == folder:
                raise
            found.faults.append(
                f"{shown_path(here)}: expected a folder that can be read, found otherwise ({error.strerror}): "
                "check its permissions, or remove it"
            )
            continue
        for name in names:
            path = here / name
            shown = shown_path(path)
            is_folder = os.path.isdir(path)
            is_own = here == folder and name in OWN_FILES
            found.files += not is_folder and not is_own
            if name.startswith("."):
                found.skip(f"{shown}: hidden", is_file=not is_folder)
                found.hidden += not is_folder
            elif is_folder:
                identity = _identity(path)
                if identity in visited:
                    found.skip(f"{shown}: a link to a folder that is read already", is_file=False)
                else:
                    visited.add(identity)
                    waiting.append(path)
            elif path.suffix.lower() in PICTURE_SUFFIXES:
                # A missing or unreadable file becomes a fault when it is opened.
                if os.path.isfile(path) or not os.path.exists(path):
                    yield path
                else:
                    found.skip(f"{shown}: not an ordinary file")
            elif not is_own:
                why = _why_no_picture(path)
                found.skip(f"{shown}: {why}")
                if why.endswith(TO_INCLUDE):
                    found.unread.append((unicodedata.normalize("NFC", path.stem), f"{shown}: {why}"))


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


def _why_no_picture(path: Path) -> str:
    kind = None
    try:
        if stat.S_ISREG(path.stat().st_mode):
            with open(path, "rb") as file:
                kind = content_kind(file.read(256))
    except OSError as error:
        return f"cannot be opened ({error.strerror})"
    if kind in READABLE_KINDS:
        return f"{kind} by its content, not by its name: give the name the ending .{kind.lower()}{TO_INCLUDE}"
    ending = path.suffix.lower().lstrip(".")
    if kind in {"SVG", "JPEG XL", "JPEG 2000", "PDF", "PostScript", "Photoshop"}:
        return f"{kind} is not read: convert it to PNG{TO_INCLUDE}"
    if ending in {"svg", "svgz", "jxl", "jp2", "j2k", "pdf", "eps", "ai", "psd", "ico", "tga", "dng", "cr2", "nef"}:
        return f"{ending.upper()} is not read: convert it to PNG{TO_INCLUDE}"
    if path.name == FIELDS_FILE:
        return "only the one in the picture folder itself is read"
    return "not a picture"
