"""The bundle: one JSON file with all reference hashes and the parameters that they were made with.

Fields in file order. References are sorted by id, one a line: a change of one picture changes one line.

    {"format": "image-scanner-bundle", "version": 1,
     "parameters": {"algorithm": "phash", "hash_size": 12, "crops": 75, ...},
     "threshold": 25,
     "references": [
      {"id": "1", "hashes": ["<36 hex digits>", ... 75], "windows": ["<36 hex digits>", ... 10],
       "keypoints": "<base64>", "url": ...}]}

Keypoints are optional: a reader that does not know them takes them for one of the site's own fields.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from . import phash
from .crops import CELL_SIZES, CROPS, SHIFT_STEP, SHIFTS, SQUARE_SIZE
from .errors import BundleError
from .files import write_atomically
from .json_text import MOST_LEVELS, read_at_most, refuse_inexact, strict_json
from .keypoints import from_text
from .limits import DEFAULT_THRESHOLD
from .quoting import excerpt, quoted
from .reference import HASH_BYTES, RESERVED_FIELDS, Reference
from .windows import HASHES

__all__ = [
    "HashBundle",
    "HashParameters",
]

FORMAT = "image-scanner-bundle"
VERSION = 1
_FIELDS = ("format", "version", "parameters", "threshold", "references")
_LEVELS_ABOVE_FIELDS = 2
"""Levels of the file around a reference's object: the file's own object, and its list of references."""
_REBUILD = "run `phash-scanner build` again on the pictures"


@dataclass(frozen=True)
class HashParameters:
    """Everything that changes a bit of a hash. A reader refuses a bundle made with other parameters.

    Attributes:
        algorithm: name of the hash.
        hash_size: cosine frequencies kept along each axis.
        crops: hashes of a reference's crops.
        thumbnail_size: side in pixels of the thumbnails that are hashed.
        window: how a thumbnail fades towards its rim; unlike `windows`, not a part of a picture.
        square_size: side in pixels of the square that a reference is squashed to.
        cell_sizes: pixels of the square per thumbnail pixel, one for each zoom.
        shifts: places of crops along each axis, in shift steps from the middle.
        shift_step: pixels of the square.
        windows: window hashes of a reference.
    """

    algorithm: str = "phash"
    hash_size: int = phash.HASH_SIZE
    crops: int = CROPS
    thumbnail_size: int = phash.THUMBNAIL_SIZE
    window: str = "sine"
    square_size: int = SQUARE_SIZE
    cell_sizes: tuple[int, ...] = CELL_SIZES
    shifts: tuple[int, ...] = SHIFTS
    shift_step: int = SHIFT_STEP
    windows: int = HASHES


class HashBundle:
    """All references of a site and their threshold, immutable once made.

    Args:
        references: at least one, in any order.
        threshold: a whole number from 1 to 144.

    Attributes:
        references: tuple of `Reference`, sorted by id.
        threshold: 1 to 144 crop bits. A reference whose crops are nearer than the threshold may fit the frame less
            well and still be named. A threshold below 25 lowers the limits of all other references in proportion
            (`scanner.verdict.judge`).
        parameters: of this reader, which refuses a bundle made with other parameters.

    Raises:
        BundleError: no references, two references with one id, or a threshold out of range.
    """

    def __init__(self, references: Iterable[Reference], threshold: int = DEFAULT_THRESHOLD) -> None:
        self.references = tuple(sorted(references, key=lambda reference: reference.id))
        self.threshold = threshold
        self.parameters = HashParameters()
        if not self.references:
            raise BundleError("expected at least one reference, found none: add pictures to the folder and build again")
        if type(threshold) is not int or not 1 <= threshold <= phash.HASH_BITS:
            raise BundleError(
                f"expected a threshold that is a whole number from 1 to {phash.HASH_BITS}, found {quoted(threshold)}: "
                f"choose such a number; {DEFAULT_THRESHOLD} suits most sites"
            )
        for one, other in zip(self.references, self.references[1:], strict=False):
            if one.id == other.id:
                raise BundleError(f"expected every reference id once, found {quoted(one.id)} twice: rename one picture")

    def __len__(self) -> int:
        return len(self.references)

    @property
    def ids(self) -> tuple[str, ...]:
        """The reference ids, sorted; `hashes` and `windows` are in the order of the ids."""
        return tuple(reference.id for reference in self.references)

    @property
    def hashes(self) -> npt.NDArray[np.uint8]:
        """Packed hashes of all references' crops, (references, 75, 18) uint8."""
        return np.stack([reference.hashes for reference in self.references])

    @property
    def windows(self) -> npt.NDArray[np.uint8]:
        """Packed window hashes of all references, (references, 10, 18) uint8."""
        return np.stack([reference.windows for reference in self.references])

    def to_json(self) -> str:
        """Returns the text of the bundle file; equal bundles give equal text, on every machine.

        Raises:
            BundleError: a reference has a field that JSON cannot hold, such as NaN, or that no reader would keep.
        """
        head = {
            "format": FORMAT,
            "version": VERSION,
            "parameters": asdict(self.parameters),
            "threshold": self.threshold,
        }
        lines = [_line(reference) for reference in self.references]
        return json.dumps(head)[:-1] + ', "references": [\n' + ",\n".join(lines) + "\n]}\n"

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the bundle file, whole or not at all: a crash leaves the old file.

        Folders are made as needed. Where `path` is a link, the file that the link leads to is replaced.

        Raises:
            BundleError: a reference has a field that JSON cannot hold, such as NaN.
            OSError: the file cannot be written, or `path` is a folder or a device.
        """
        write_atomically(path, self.to_json().encode("utf-8"))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "HashBundle":
        """Returns the bundle in a file.

        Raises:
            BundleError: anything but a complete bundle of this version and these parameters; the message names the
                file, the field and the cure.
            OSError: the file cannot be opened.
        """
        try:
            return cls.from_json(read_at_most(path))
        except ValueError as error:
            told = error if isinstance(error, BundleError) else f"expected a bundle, found {error}: choose another file"
            raise BundleError(f"{excerpt(os.fsdecode(path))}: {told}") from None

    @classmethod
    def from_json(cls, text: str | bytes) -> "HashBundle":
        """Returns the bundle that the text of a bundle file holds; `to_json` writes an equal value again.

        Args:
            text: of the file; bytes are UTF-8, with or without a byte order mark.

        Raises:
            BundleError: anything but a complete bundle of this version and these parameters; the message names the
                field and the cure.
        """
        try:
            document = strict_json(text)
        except ValueError as error:
            raise BundleError(
                f"expected the JSON text of a bundle, found something else ({excerpt(str(error))}): "
                f"the file may be cut off or not a bundle; {_REBUILD}"
            ) from None
        _expect_object(document, "the file")
        if document.get("format") != FORMAT:
            _refuse("format", f'"{FORMAT}"', document.get("format"), "choose a file that `phash-scanner build` wrote")
        version = document.get("version")
        if type(version) is not int or version != VERSION:
            _refuse("version", f"{VERSION}", version, f"use a reader of that version, or {_REBUILD}")
        _check_parameters(document.get("parameters"))
        entries = document.get("references")
        if not isinstance(entries, list):
            _refuse("references", "a list", entries, _REBUILD)
        threshold = document.get("threshold")
        if type(threshold) is not int or not 1 <= threshold <= phash.HASH_BITS:
            _refuse(
                "threshold",
                f"a whole number from 1 to {phash.HASH_BITS}",
                threshold,
                "correct it, or " + _REBUILD,
            )
        for name in document:
            if name not in _FIELDS:
                _refuse(
                    excerpt(name, 60), "no such field", document[name], "remove it: only references have own fields"
                )
        references = [_read_reference(entry, f"references[{index}]") for index, entry in enumerate(entries)]
        return cls(references, threshold)


def _line(reference: Reference) -> str:
    """Returns the JSON text of a reference."""
    head: dict[str, Any] = {
        "id": reference.id,
        "hashes": [phash.to_hex(packed) for packed in reference.hashes],
        "windows": [phash.to_hex(packed) for packed in reference.windows],
    }
    try:
        own = {name: reference.fields[name] for name in sorted(reference.fields)}
        if own:  # what is written can be read
            refuse_inexact(strict_json(_compact(own), most_levels=MOST_LEVELS - _LEVELS_ABOVE_FIELDS))
        if reference.keypoints is not None:
            head["keypoints"] = reference.keypoints.to_text()
        return _compact({**head, **own})
    except (TypeError, ValueError, RecursionError) as error:
        raise BundleError(
            f"expected fields of reference {quoted(reference.id)} that JSON can hold, found otherwise "
            f"({excerpt(str(error))}): correct or remove them"
        ) from None


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _check_parameters(found: Any) -> None:
    _expect_object(found, "parameters")
    expected = asdict(HashParameters())
    for parameter in fields(HashParameters):
        ours, theirs = expected[parameter.name], found.get(parameter.name)
        if isinstance(ours, tuple):
            ours = list(ours)
        if theirs != ours or json.dumps(theirs) != json.dumps(ours):  # Python takes 1, 1.0 and true for equal
            _refuse(f"parameters.{parameter.name}", json.dumps(ours), theirs, f"the bundle is stale; {_REBUILD}")
    unknown = sorted(set(found) - set(expected))
    if unknown:
        name = unknown[0]
        _refuse(
            f"parameters.{excerpt(name, 60)}", "no such parameter", found[name], f"use a newer reader, or {_REBUILD}"
        )


def _read_reference(entry: Any, where: str) -> Reference:
    _expect_object(entry, where)
    reference_id = entry.get("id")
    if not isinstance(reference_id, str) or not reference_id:
        _refuse(f"{where}.id", "a text of at least one character", reference_id, _REBUILD)
    own = {name: value for name, value in entry.items() if name not in RESERVED_FIELDS}
    try:
        refuse_inexact(own)
    except ValueError as error:
        raise BundleError(f"{where}: expected numbers that every reader keeps, found {error}") from None
    try:
        found = from_text(entry["keypoints"]) if "keypoints" in entry else None
    except ValueError as error:
        raise BundleError(f"{where}.keypoints: {error}; {_REBUILD}") from None
    return Reference(
        reference_id,
        _read_hashes(entry.get("hashes"), CROPS, f"{where}.hashes"),
        _read_hashes(entry.get("windows"), HASHES, f"{where}.windows"),
        own,
        found,
    )


def _read_hashes(found: Any, count: int, where: str) -> npt.NDArray[np.uint8]:
    if not isinstance(found, list) or len(found) != count:
        length = f"a list of {len(found)}" if isinstance(found, list) else quoted(found)
        raise BundleError(f"{where}: expected a list of {count} hashes, found {length}; {_REBUILD}")
    digits = phash.HASH_BITS // 4
    try:
        # All hashes in one call: reading the 850,000 hashes of 10,000 references one by one takes seconds on a phone.
        together = "".join(found)
        packed = np.frombuffer(bytes.fromhex(together), np.uint8)
        if packed.tobytes().hex() == together and all(len(text) == digits for text in found):
            return packed.reshape(count, HASH_BYTES)
    except (TypeError, ValueError):
        pass
    for index, text in enumerate(found):
        if not isinstance(text, str):
            _refuse(f"{where}[{index}]", f"a text of {digits} hex digits", text, _REBUILD)
        try:
            phash.from_hex(text)
        except ValueError as error:
            raise BundleError(f"{where}[{index}]: {error}; {_REBUILD}") from None
        if text != text.lower():
            _refuse(f"{where}[{index}]", "hex digits in lower case", text, _REBUILD)
    raise AssertionError(f"{where} read one by one but not together")


def _expect_object(found: Any, where: str) -> None:
    if not isinstance(found, dict):
        _refuse(where, "an object", found, _REBUILD)


def _refuse(where: str, expected: str, found: Any, cure: str) -> NoReturn:
    raise BundleError(f"{where}: expected {expected}, found {quoted(found)}; {cure}")
