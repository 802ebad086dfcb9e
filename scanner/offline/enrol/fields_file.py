"""Read the site's own fields of each picture, and name every slip in them."""

import json
import stat
import unicodedata
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from scanner.json_text import MOST_LEVELS, read_at_most, refuse_inexact, strict_json
from scanner.offline.enrol.fields import field_warnings
from scanner.offline.enrol.json_slips import json_slip
from scanner.offline.enrol.nearest import Ids
from scanner.offline.enrol.shown import listed, shown_path
from scanner.quoting import excerpt, quoted
from scanner.reference import RESERVED_FIELDS

__all__ = ["FIELDS_FILE", "OwnFields", "pictures_named", "read_fields"]

FIELDS_FILE = "references.json"
"""File in the picture folder with the fields that a site wants back: {"<id>": {"url": ..., "title": ...}}."""

_CURE = 'write {"<id>": {"title": "..."}}'

_NAMED = 3
"""Pictures that a warning names by their ids; the others are counted."""


class OwnFields:
    """The fields of each picture, and the notes of reading them.

    Attributes:
        fields: id -> the site's own fields.
        faults, warnings: one text each.
        fatal: faults that remain when pictures are left out.
    """

    def __init__(self) -> None:
        self.fields: dict[str, dict[str, Any]] = {}
        self.faults: list[str] = []
        self.warnings: list[str] = []
        self.fatal: list[str] = []


def read_fields(path: Path, ids: Collection[str], unread: Mapping[str, str] = MappingProxyType({})) -> OwnFields:
    """Returns what a file has for the pictures of these ids; every slip becomes a fault or a warning.

    Args:
        path: the file.
        ids: ids of all pictures in the folder.
        unread: id -> note on a picture of a kind that is not read.
    """
    read = OwnFields()
    document = _document(path, read)
    place = shown_path(path)
    known: Ids | None = None
    same_warning: dict[str, list[str]] = {}
    for key, fields in document.items():
        name = unicodedata.normalize("NFC", key)
        if name not in ids:
            known = known or Ids(ids)
            cure = unread.get(name) or known.hint(key) or "correct or remove it"
            read.faults.append(
                f"{place}: expected ids of pictures in the folder, found {quoted(key)}, which is none: {cure}"
            )
        elif name in read.fields:
            read.faults.append(f"{place}: expected every id once, found {quoted(name)} twice: remove one")
        elif not isinstance(fields, dict):
            shown = excerpt(json.dumps(fields), 60)
            read.faults.append(f"{place}: expected an object for {quoted(key)}, found {shown}: {_CURE}")
        elif taken := sorted(set(fields) & set(RESERVED_FIELDS)):
            read.faults.append(
                f"{place}: expected the site's own fields for {quoted(key)}, found {quoted(taken[0])}, which is ours: "
                "rename it"
            )
        elif inexact := _inexact(fields):
            read.faults.append(f"{place}: expected numbers that every reader keeps for {quoted(key)}, found {inexact}")
        else:
            read.fields[name] = fields
            for warning in field_warnings(fields):
                same_warning.setdefault(warning, []).append(name)
    read.warnings += [f"{place}: {pictures_named(names)}, field {warning}" for warning, names in same_warning.items()]
    return read


def _document(path: Path, read: OwnFields) -> Mapping[str, Any]:
    """Returns the object in the file, or an empty one after noting a fault."""
    place = shown_path(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ValueError("not an ordinary file")
        content = read_at_most(path)
    except OSError as error:
        read.fatal.append(f"{place}: expected JSON, found no file that opens ({error.strerror}): mend or remove it")
        return {}
    except ValueError as error:
        read.fatal.append(f"{place}: expected JSON, found otherwise ({excerpt(str(error))}): {_CURE}")
        return {}
    try:
        # A reference lies one level deeper in the bundle than here.
        document = strict_json(content, most_levels=MOST_LEVELS - 1)
    except ValueError as error:
        found = f"expected JSON, found otherwise ({excerpt(str(error))}): {_CURE}"
        if isinstance(error, UnicodeDecodeError | json.JSONDecodeError) and (slip := json_slip(content)):
            found = f"expected JSON, found in line {slip.line} {slip.found}"
        read.fatal.append(f"{place}: {found}")
        return {}
    if isinstance(document, dict):
        return document
    read.fatal.append(f"{place}: expected an object of ids, found a {type(document).__name__}: {_CURE}")
    return {}


def pictures_named(names: list[str]) -> str:
    """Returns pictures by name; of many, the first and the number of the others.

    >>> pictures_named(["a"]), pictures_named(["a", "b", "c", "d", "e"])
    ("picture 'a'", "pictures 'a', 'b', 'c' and 2 more")
    """
    return f"picture{'s' * (len(names) > 1)} {listed([quoted(name) for name in names], _NAMED)}"


def _inexact(fields: Mapping[str, Any]) -> str | None:
    try:
        refuse_inexact(fields)
    except ValueError as error:
        return str(error)
    return None
