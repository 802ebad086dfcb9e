"""Find the pictures to enrol, in a folder or in memory, and the site's own fields of each."""

import json
import os
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from scanner.errors import ImageError
from scanner.json_text import MOST_LEVELS, read_at_most, refuse_inexact, strict_json
from scanner.offline.enrol.fields import field_warnings
from scanner.offline.enrol.images import Picture, damaged, grey_of
from scanner.offline.enrol.kinds import PICTURE_SUFFIXES, READABLE_KINDS, content_kind
from scanner.offline.enrol.shown import shown_path
from scanner.quoting import excerpt, quoted
from scanner.reference import RESERVED_FIELDS, is_text

__all__ = ["FIELDS_FILE", "Found", "in_folder", "in_memory"]

FIELDS_FILE = "references.json"
"""File in the picture folder with the fields that a site wants back: {"<id>": {"url": ..., "title": ...}}."""


class Found:
    """Pictures by id, and the notes of the search for them.

    Attributes:
        place: name of the folder or mapping searched, for messages.
        pictures: id -> path, or grey pixels (height, width) uint8.
        labels: id -> name of the picture in messages.
        fields: id -> the site's own fields.
        ids: all ids met, ids of faulty pictures included.
        skipped, faults, warnings: one text each.
        fatal: faults that remain when pictures are left out.
    """

    def __init__(self, place: str) -> None:
        self.place = place
        self.pictures: dict[str, Path | npt.NDArray[np.uint8]] = {}
        self.labels: dict[str, str] = {}
        self.fields: dict[str, dict[str, Any]] = {}
        self.ids: set[str] = set()
        self.skipped: list[str] = []
        self.faults: list[str] = []
        self.warnings: list[str] = []
        self.fatal: list[str] = []


def in_memory(source: Mapping[str, Picture]) -> Found:
    """Returns the pictures of {id: picture}, as grey pixels (height, width) uint8."""
    found = Found("the pictures given")
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
            found.pictures[name] = grey_of(picture)
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
        _read_fields(folder / FIELDS_FILE, found)
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
            if name.startswith("."):
                found.skipped.append(f"{shown}: hidden")
            elif os.path.isdir(path):
                identity = _identity(path)
                if identity in visited:
                    found.skipped.append(f"{shown}: a link to a folder that is read already")
                else:
                    visited.add(identity)
                    waiting.append(path)
            elif path.suffix.lower() in PICTURE_SUFFIXES:
                # A missing or unreadable file becomes a fault when it is opened.
                if os.path.isfile(path) or not os.path.exists(path):
                    yield path
                else:
                    found.skipped.append(f"{shown}: not an ordinary file")
            elif path != folder / FIELDS_FILE:
                found.skipped.append(f"{shown}: {_why_no_picture(path)}")


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
        return f"{kind} by its content, not by its name: give the name the ending .{kind.lower()} to include it"
    ending = path.suffix.lower().lstrip(".")
    if kind in {"SVG", "HEIC", "AVIF", "JPEG XL", "JPEG 2000", "PDF", "PostScript", "Photoshop"}:
        return f"{kind} is not read: convert it to PNG to include it"
    if ending in {"svg", "svgz", "heic", "heif", "avif", "jxl", "jp2", "pdf", "eps", "ai", "psd"}:
        return f"{ending.upper()} is not read: convert it to PNG to include it"
    if path.name == FIELDS_FILE:
        return "only the one in the picture folder itself is read"
    return "not a picture"


def _read_fields(path: Path, found: Found) -> None:
    """Reads the site's own fields of each reference into `found`; every typing error becomes a fault."""
    place = shown_path(path)
    cure = 'write {"<id>": {"title": "..."}}'
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ValueError("not an ordinary file")
        # A reference lies one level deeper in the bundle than here.
        document = strict_json(read_at_most(path), most_levels=MOST_LEVELS - 1)
    except OSError as error:
        found.fatal.append(f"{place}: expected JSON, found no file that opens ({error.strerror}): mend or remove it")
        return
    except ValueError as error:
        found.fatal.append(f"{place}: expected JSON, found otherwise ({excerpt(str(error))}): {cure}")
        return
    if not isinstance(document, dict):
        found.fatal.append(f"{place}: expected an object of ids, found a {type(document).__name__}: {cure}")
        return
    for key, fields in document.items():
        name = unicodedata.normalize("NFC", key)
        if name not in found.ids:
            fault = f"expected ids of pictures in the folder, found {quoted(key)}, which is none: correct or remove it"
            found.faults.append(f"{place}: {fault}")
        elif name in found.fields:
            found.faults.append(f"{place}: expected every id once, found {quoted(name)} twice: remove one")
        elif not isinstance(fields, dict):
            shown = excerpt(json.dumps(fields), 60)
            found.faults.append(f"{place}: expected an object for {quoted(key)}, found {shown}: {cure}")
        elif taken := sorted(set(fields) & set(RESERVED_FIELDS)):
            found.faults.append(
                f"{place}: expected the site's own fields for {quoted(key)}, found {quoted(taken[0])}, which is ours: "
                "rename it"
            )
        elif inexact := _inexact(fields):
            found.faults.append(f"{place}: expected numbers that every reader keeps for {quoted(key)}, found {inexact}")
        else:
            found.fields[name] = fields
            found.warnings += [
                f"{place}: picture {quoted(name)}, field {warning}" for warning in field_warnings(fields)
            ]


def _inexact(fields: Mapping[str, Any]) -> str | None:
    try:
        refuse_inexact(fields)
    except ValueError as error:
        return str(error)
    return None
