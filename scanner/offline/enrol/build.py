"""Pictures to bundle: walk the folder, hash every picture, name every fault.

What comes out depends on the pictures and their names only: not on the executor, the order of the folder, or the
machine.
"""

import json
import os
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..bundle import DEFAULT_THRESHOLD, RESERVED_FIELDS, HashBundle, Reference, is_text, strict_json
from ..crops import CROPS, reference_square, reference_thumbnails
from ..errors import ImageError
from ..matcher import Matcher
from ..phash import detail, fade, hash_faded, pack, unpack
from ..verdict import MINIMUM_DETAIL
from ..windows import quarter_turned, window_hashes
from .fields import field_warnings
from .images import PICTURE_SUFFIXES, READABLE_KINDS, Picture, content_kind, damaged, grey_of, read_grey, shown_path

__all__ = ["FIELDS_FILE", "AlikePair", "Build", "BuildError", "alike_pairs", "build", "build_bundle"]

FIELDS_FILE = "references.json"
"""In the picture folder: what a site wants back with a match, {"<id>": {"url": ..., "title": ...}}."""

UPRIGHT_CROP = CROPS // 2
"""Index of the crop without shift or zoom: what a camera sees of a picture held just right."""

SMALL = 48
"""Pixels of a picture's short side below which it is warned of: its hash takes 48 x 48. Measured on 40 photographs and
drawings of 16 px: a hasty hand's first frames went from 74 to 61 of 80; of 24 px and more, none was lost."""

Source = str | os.PathLike[str] | Mapping[str, Picture]
Progress = Callable[[int, int], None]


class BuildError(ImageError):
    """Pictures are at fault. `faults` has one text each; the message is all of them, one a line."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True)
class Build:
    """A bundle and what its maker should know.

    Attributes:
        bundle: the references.
        details: id -> contrast of the picture as the hash sees it, in grey levels; low is hard to tell apart.
        skipped: files that were passed over and why, one text each.
        faults: pictures left out and why (with skip_bad; else there are none), one text each.
        warnings: what is used as it is, but looks like a mistake, one text each.
        pictures: id -> where each reference came from, a file or its pixels.
    """

    bundle: HashBundle
    details: Mapping[str, float]
    skipped: tuple[str, ...]
    faults: tuple[str, ...]
    warnings: tuple[str, ...]
    pictures: Mapping[str, Path | npt.NDArray[np.uint8]]


@dataclass(frozen=True, order=True)
class AlikePair:
    """Two references that a camera cannot tell apart, or hardly.

    Attributes:
        distance: bits between one picture, held just right, and the other's nearest crop; 0 = same.
        ids: the two, in order.
        turned: degrees, 0, 90, 180 or 270, that the first has to be turned clockwise by to look like the second.
    """

    distance: int
    ids: tuple[str, str]
    turned: int = 0


def build_bundle(
    source: Source,
    *,
    threshold: int = DEFAULT_THRESHOLD,
    executor: Executor | None = None,
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> HashBundle:
    """Returns the bundle of a folder's pictures, subfolders included, or of pictures in memory.

    Args:
        source: a folder, where the id is the file's name without ending; or {id: picture}, a picture being a Pillow
            image or an array (height, width), (height, width, 3) or (height, width, 4) uint8, RGB order. Ids are
            brought to Unicode's composed form (NFC), as file systems differ in it.
        threshold: of the bundle, 1 to 144 bits; see `HashBundle`.
        executor: any of `concurrent.futures`, to hash many pictures at a time; None hashes them here.
        skip_bad: leave pictures that are at fault out, instead of raising.
        progress: called with (pictures done, pictures in all).

    Raises:
        BuildError: unreadable or flat pictures, two with one id, no pictures; an ImageError that lists every fault.
        BundleError: the threshold is out of range.
        OSError: the folder cannot be read.
    """
    return build(source, threshold=threshold, executor=executor, skip_bad=skip_bad, progress=progress).bundle


def build(
    source: Source,
    *,
    threshold: int = DEFAULT_THRESHOLD,
    executor: Executor | None = None,
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> Build:
    """Returns the bundle as `build_bundle` does, with the notes on how it came about."""
    found = _in_memory(source) if isinstance(source, Mapping) else _in_folder(Path(source))
    faults = list(found.faults)
    references: list[Reference] = []
    details: dict[str, float] = {}
    small: list[str] = []
    total = len(found.pictures)
    for done, (name, outcome) in enumerate(_hash_all(found.pictures, executor), 1):
        if isinstance(outcome, str):
            faults.append(outcome)
        elif outcome.detail < MINIMUM_DETAIL:
            faults.append(_flat(found.labels[name], outcome.detail))
        else:
            references.append(Reference(name, outcome.hashes, outcome.windows, found.fields.get(name, {})))
            details[name] = outcome.detail
            if min(outcome.shape) < SMALL:
                small.append(_small(found.labels[name], outcome.shape))
        if progress:
            progress(done, total)
    faults.sort()
    if not found.ids:
        faults.append(f"{found.place}: expected at least one picture, found none: add PNG or JPEG files")
    elif not references and skip_bad:
        faults.append(f"{found.place}: expected at least one good picture, found none: mend those above")
    if found.fatal or (faults and not (skip_bad and references)):
        raise BuildError([*found.fatal, *faults])
    pictures = {name: picture for name, picture in found.pictures.items() if name in details}
    bundle = HashBundle(references, threshold)
    return Build(bundle, details, tuple(found.skipped), tuple(faults), (*found.warnings, *sorted(small)), pictures)


def alike_pairs(bundle: HashBundle, most: int = 100_000) -> list[AlikePair]:
    """Returns the pairs that are nearer than the bundle's threshold, in any quarter turn, nearest first.

    Where both show the same, neither is ever named; where they differ a little, a good view may tell them apart. Of
    one and the same picture on its side, either is named in the scan region only.

    Args:
        bundle: the references; a single one makes no pair.
        most: stop looking after this many (a folder full of one placeholder picture has millions).
    """
    hashes, windows, ids = bundle.hashes, bundle.windows, bundle.ids
    crops, whole = Matcher(hashes), Matcher(windows[:, :1])
    nearest: dict[tuple[int, int], tuple[int, int]] = {}
    for first in range(0, len(ids), 64):
        some = slice(first, first + 64)
        signs = np.where(unpack(windows[some]), np.float32(1), np.float32(-1))
        for turned in (0, 270, 180, 90):
            if turned:
                signs = quarter_turned(signs)
                distances = whole.distances(pack(signs[:, 0] > 0))
            else:
                distances = crops.distances(hashes[some, UPRIGHT_CROP])
            for row, other in np.argwhere(distances < bundle.threshold).tolist():
                one = first + row
                if one == other or (turned and one > other) or len(nearest) >= most:
                    continue
                pair = (min(one, other), max(one, other))
                found = (int(distances[row, other]), turned)
                nearest[pair] = min(found, nearest.get(pair, found))
        if len(nearest) >= most:
            break
    pairs = (
        AlikePair(distance, (ids[one], ids[other]), turned) for (one, other), (distance, turned) in nearest.items()
    )
    return sorted(pairs)


# What there is to hash.


class _Found:
    """Pictures by id, and what was noticed while looking for them.

    Attributes:
        place: what was searched, for messages.
        pictures: id -> path, or grey pixels.
        labels: id -> how a message names the picture.
        fields: id -> the site's own fields.
        ids: all ids met, those at fault included.
        skipped, faults, warnings: one text each.
        fatal: faults that no picture is to blame for, so that leaving pictures out is no cure.
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


def _in_memory(source: Mapping[str, Picture]) -> _Found:
    found = _Found("the pictures given")
    for key, picture in source.items():
        if not isinstance(key, str) or not key or not is_text(key):
            found.faults.append(f"expected a reference id that is a text of at least one character, found {key!r}")
            continue
        name = unicodedata.normalize("NFC", key)
        if name in found.ids:
            found.faults.append(
                f"{name!r}: expected every id once, found two that Unicode takes for the same: rename one"
            )
            found.pictures.pop(name, None)
            continue
        found.ids.add(name)
        found.labels[name] = f"picture {name!r}"
        try:
            found.pictures[name] = grey_of(picture)
        except ImageError as error:
            found.faults.append(f"picture {name!r}: {error}")
        except Exception as error:  # Pillow raises anything for a damaged file that it had not decoded yet
            found.faults.append(f"picture {name!r}: {damaged(error)}")
    return found


def _in_folder(folder: Path) -> _Found:
    found = _Found(shown_path(folder))
    paths: dict[str, list[Path]] = {}
    for path in _walk(folder, found):
        if not is_text(path.name):  # a file name of other bytes has halves of characters in it
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
                f"found {len(same)} for {name!r}: rename all but one"
            )
    if os.path.lexists(folder / FIELDS_FILE):
        _read_fields(folder / FIELDS_FILE, found)
    return found


def _walk(folder: Path, found: _Found) -> Iterator[Path]:
    """Yields the files that are pictures by their ending, in an order of our own; links are followed, once."""
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
                # What is not there, or may not be looked at, becomes a fault when it is opened.
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


def _read_fields(path: Path, found: _Found) -> None:
    """Reads the site's own fields of each reference into `found`, strictly: a typing error must not go unseen."""
    place = shown_path(path)
    cure = 'write {"<id>": {"title": "..."}}'
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ValueError("not an ordinary file")
        document = strict_json(path.read_bytes())
    except OSError as error:
        found.fatal.append(f"{place}: expected JSON, found no file that opens ({error.strerror}): mend or remove it")
        return
    except ValueError as error:
        found.fatal.append(f"{place}: expected JSON, found otherwise ({error}): {cure}")
        return
    if not isinstance(document, dict):
        found.fatal.append(f"{place}: expected an object of ids, found a {type(document).__name__}: {cure}")
        return
    for key, fields in document.items():
        name = unicodedata.normalize("NFC", key)
        if name not in found.ids:
            fault = f"expected ids of pictures in the folder, found {key!r}, which is none: correct or remove it"
            found.faults.append(f"{place}: {fault}")
        elif name in found.fields:
            found.faults.append(f"{place}: expected every id once, found {name!r} twice: remove one")
        elif not isinstance(fields, dict):
            found.faults.append(f"{place}: expected an object for {key!r}, found {json.dumps(fields)[:60]}: {cure}")
        elif taken := sorted(set(fields) & set(RESERVED_FIELDS)):
            found.faults.append(
                f"{place}: expected the site's own fields for {key!r}, found {taken[0]!r}, which is ours: rename it"
            )
        else:
            found.fields[name] = fields
            found.warnings += [f"{place}: picture {name!r}, field {warning}" for warning in field_warnings(fields)]


# Hashing.


@dataclass(frozen=True)
class _Hashed:
    hashes: npt.NDArray[np.uint8]
    windows: npt.NDArray[np.uint8]
    detail: float
    shape: tuple[int, ...]


IN_FLIGHT = 256
"""Pictures handed to an executor at a time: enough for any number of cores, few enough to give up quickly."""


def _hash_all(
    pictures: Mapping[str, Path | npt.NDArray[np.uint8]], executor: Executor | None
) -> Iterator[tuple[str, _Hashed | str]]:
    """Yields each picture's id with its hashes, or with its fault, as they come."""
    if executor is None:
        for name, picture in pictures.items():
            yield name, _hash_picture(picture)
        return
    waiting = iter(pictures.items())
    futures: dict[Future[_Hashed | str], str] = {}
    try:
        while True:
            for name, picture in islice(waiting, IN_FLIGHT - len(futures)):
                futures[executor.submit(_hash_picture, picture)] = name
            if not futures:
                return
            for future in wait(futures, return_when=FIRST_COMPLETED).done:
                yield futures.pop(future), future.result()
    finally:
        for future in futures:
            future.cancel()


def _hash_picture(picture: Path | npt.NDArray[np.uint8]) -> _Hashed | str:
    """Returns the hashes of one picture, or what is wrong with it; runs in the executor."""
    if isinstance(picture, Path):
        try:
            picture = read_grey(picture)
        except ImageError as error:
            return str(error)
    square = reference_square(picture)
    thumbnails = reference_thumbnails(square)
    faded = fade(thumbnails)
    windows = window_hashes(thumbnails[UPRIGHT_CROP])
    contrast = float(detail(faded[UPRIGHT_CROP]))
    return _Hashed(pack(hash_faded(faded)), pack(windows), contrast, picture.shape)


def _small(label: str, shape: tuple[int, ...]) -> str:
    height, width = shape
    return (
        f"{label}: expected at least {SMALL} pixels on the short side, found {width} x {height}, "
        "which leaves little to tell it by: use a larger copy"
    )


def _flat(label: str, contrast: float) -> str:
    return (
        f"{label}: expected a picture with shapes to tell it by, found one that is nearly flat "
        f"(contrast {contrast:.1f} grey levels, at least {MINIMUM_DETAIL:g} are needed): choose another picture"
    )
