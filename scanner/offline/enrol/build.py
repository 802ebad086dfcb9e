"""Pictures to bundle: walk the folder, hash every picture, name every fault.

The bundle depends only on the pictures and their names, not on the executor, the order of the folder or the machine.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from scanner.bundle import HashBundle
from scanner.errors import ImageError
from scanner.limits import DEFAULT_THRESHOLD
from scanner.offline.enrol.hashing import hash_all
from scanner.offline.enrol.pictures import in_folder, in_memory
from scanner.offline.enrol.pixels import Picture
from scanner.offline.enrol.traits import Traits
from scanner.offline.enrol.transparency import GROUND
from scanner.reference import Reference, enrolled

__all__ = ["Build", "BuildError", "FileCounts", "build", "build_bundle"]

SMALL = 48
"""Pixels: a shorter side gives a warning, because a hash is made from 48 x 48 pixels; see docs/decisions/offline.md."""

MOST_WITH_KEYPOINTS = 1000
"""Pictures up to which a bundle has keypoints where nobody says otherwise: they are a fifth of its size, and matching
takes time in proportion."""

Source = str | os.PathLike[str] | Mapping[str, Picture]
Progress = Callable[[int, int], None]


class BuildError(ImageError):
    """Pictures are at fault.

    Attributes:
        faults: one text for each fault; the message joins the texts, one a line.
        left: what skip_bad would build; None if it would build nothing.
    """

    def __init__(self, faults: Iterable[str], left: "Build | None" = None) -> None:
        self.faults = tuple(faults)
        self.left = left
        super().__init__("\n".join(self.faults))

    @property
    def good(self) -> int:
        """The number of pictures that skip_bad would build the bundle from."""
        return len(self.left.bundle) if self.left else 0


@dataclass(frozen=True)
class FileCounts:
    """How many files were found, and what became of them.

    Attributes:
        found: all files of the folder and its subfolders but references.json and site.json, or all pictures in memory.
        pictures: those in the bundle.
        skipped: those passed over, such as texts and hidden files.
        hidden: how many of `skipped` are hidden.
    """

    found: int
    pictures: int
    skipped: int = 0
    hidden: int = 0

    @property
    def at_fault(self) -> int:
        """The files that are left out because of a fault; two pictures with one id are two files with one fault."""
        return self.found - self.pictures - self.skipped


@dataclass(frozen=True)
class Build:
    """A bundle, and notes for its maker.

    Attributes:
        bundle: the references.
        details: id -> contrast of the picture as the hash sees it, in grey levels; low contrast is hard to recognise.
        skipped: files that were passed over and why, one text each.
        faults: pictures left out and why, one text each; empty without skip_bad.
        warnings: one text for each picture or field that looks like a mistake and is used as it is.
        pictures: id -> source of the reference, a file or grey pixels (height, width).
        files: how many files were found, and what became of them.
        traits: id -> what the forecast of the picture is made from.
    """

    bundle: HashBundle
    details: Mapping[str, float]
    skipped: tuple[str, ...]
    faults: tuple[str, ...]
    warnings: tuple[str, ...]
    pictures: Mapping[str, Path | npt.NDArray[np.uint8]]
    files: FileCounts
    traits: Mapping[str, Traits]


def build_bundle(
    source: Source,
    *,
    threshold: int = DEFAULT_THRESHOLD,
    executor: Executor | None = None,
    skip_bad: bool = False,
    progress: Progress | None = None,
    keypoints: bool | None = None,
) -> HashBundle:
    """Returns the bundle of a folder's pictures, subfolders included, or of pictures in memory.

    Args:
        source: a folder, where the id is the file's name without ending; or {id: picture}, a picture being a Pillow
            image or an array (height, width), (height, width, 3) or (height, width, 4) uint8, RGB order. Ids are
            brought to Unicode's composed form (NFC), as file systems differ in it.
        threshold: of the bundle, 1 to 144 bits; see `HashBundle`.
        executor: any of `concurrent.futures`, to hash many pictures at a time; None hashes one after the other.
        skip_bad: leave faulty pictures out instead of raising.
        progress: called with (pictures done, pictures in all).
        keypoints: whether references get keypoints, by which pictures without a border are found; None = up to 1000
            pictures.

    Raises:
        BuildError: unreadable or flat pictures, two pictures with one id, or no pictures; an ImageError that lists
            every fault.
        BundleError: the threshold is out of range.
        OSError: the folder cannot be read.
    """
    return build(
        source, threshold=threshold, executor=executor, skip_bad=skip_bad, progress=progress, keypoints=keypoints
    ).bundle


def build(
    source: Source,
    *,
    threshold: int = DEFAULT_THRESHOLD,
    executor: Executor | None = None,
    skip_bad: bool = False,
    progress: Progress | None = None,
    keypoints: bool | None = None,
) -> Build:
    """Builds as `build_bundle` does, and returns the bundle with notes for its maker."""
    found = in_memory(source) if isinstance(source, Mapping) else in_folder(Path(source))
    faults = list(found.faults)
    references: list[Reference] = []
    details: dict[str, float] = {}
    traits: dict[str, Traits] = {}
    warnings: list[str] = []
    total = len(found.pictures)
    with_keypoints = total <= MOST_WITH_KEYPOINTS if keypoints is None else keypoints
    for done, (name, outcome) in enumerate(hash_all(found.pictures, executor, with_keypoints), 1):
        if isinstance(outcome, str):
            faults.append(outcome)
        else:
            label, told = found.labels[name], (*found.notes.get(name, ()), *outcome.warnings)
            try:
                references.append(enrolled(name, outcome.made, found.fields.get(name, {})))
            except ImageError as error:
                on_white = f", or {GROUND}: its transparent parts count as white"
                faults.append(f"{label}: {error}{on_white if any(GROUND in warning for warning in told) else ''}")
            else:
                details[name] = outcome.made.detail
                traits[name] = outcome.traits
                warnings += [f"{label}: {warning}" for warning in told]
                if min(outcome.shape) < SMALL:
                    warnings.append(_small(label, outcome.shape))
        if progress:
            progress(done, total)
    faults.sort()
    if not found.ids:
        faults += [note for _, note in found.unread]
        faults.append(f"{found.place}: expected at least one picture, found none: add PNG or JPEG files")
    elif not references and skip_bad:
        faults.append(f"{found.place}: expected at least one good picture, found none: mend those above")
    if found.fatal or not references:
        raise BuildError([*found.fatal, *faults])
    pictures = {name: picture for name, picture in found.pictures.items() if name in details}
    bundle = HashBundle(references, threshold)
    told = (*found.warnings, *sorted(warnings))
    files = FileCounts(found.files, len(bundle), found.passed_over, found.hidden)
    made = Build(bundle, details, tuple(found.skipped), tuple(faults), told, pictures, files, traits)
    if faults and not skip_bad:
        raise BuildError(faults, made)
    return made


def _small(label: str, shape: tuple[int, ...]) -> str:
    height, width = shape
    return (
        f"{label}: expected at least {SMALL} pixels on the short side, found {width} x {height}, "
        "which leaves little to tell it by: use a larger copy"
    )
