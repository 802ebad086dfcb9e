"""Make a thumbnail of each picture that has none, in a folder beside the bundle.

The name of a thumbnail is the checksum of its picture's file. The bundle is thus equal on every machine, although WebP
encoders differ. A build removes a thumbnail only if the last bundle named it, and no bundle beside it does any more.
"""

import hashlib
import io
import os
import re
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from scanner.bundle import HashBundle
from scanner.files import write_atomically
from scanner.offline.enrol.build import Build
from scanner.offline.enrol.images import read_small

__all__ = [
    "FOLDER", "Thumbnails", "made_thumbnails", "named_in", "remove_stale", "with_thumbnails", "write_thumbnails",
]  # fmt: skip

FOLDER = "thumbs"
"""Folder beside the bundle."""

LONGEST_SIDE = 480
"""Pixels: three for each of the 160 CSS pixels that the page's gallery gives a picture, as phones have them."""

MOST_BYTES = 20_000
"""Largest thumbnail: a gallery of fifty is one megabyte."""

QUALITIES = (80, 70, 60, 50, 40)
"""Of WebP, 0 to 100, in the order of trial. A picture that is too large even at the last is made smaller instead."""

_ADDRESS = re.compile(rb'"thumbnail":\s*"(' + FOLDER.encode() + rb'/made-[0-9a-f]{16}\.webp)"')

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Thumbnails:
    """Thumbnails to be made.

    Attributes:
        build: the build, with the field `thumbnail` for each picture that had none.
        sources: address of each thumbnail, relative to the bundle -> its picture.
    """

    build: Build
    sources: Mapping[str, Path]


def with_thumbnails(made: Build) -> Thumbnails:
    """Returns a build of a folder with the address of a thumbnail in each reference without the field `thumbnail`.

    A reference that has the field keeps it, even if it is null, which stands for no thumbnail.

    Raises:
        OSError: a picture has gone since it was hashed.
    """
    sources: dict[str, Path] = {}
    references = []
    for reference in made.bundle.references:
        picture = made.pictures[reference.id]
        fields = dict(reference.fields)
        if "thumbnail" not in fields and isinstance(picture, Path):
            fields["thumbnail"] = _address(picture)
            sources[fields["thumbnail"]] = picture
        references.append(replace(reference, fields=fields))
    return Thumbnails(replace(made, bundle=HashBundle(references, made.bundle.threshold)), sources)


def made_thumbnails(
    sources: Mapping[str, Path], executor: Executor | None, progress: Progress | None = None
) -> dict[str, bytes]:
    """Returns the WebP of each thumbnail, by its address.

    Raises:
        ImageError: a picture has changed since it was hashed.
    """
    contents: dict[str, bytes] = {}
    for address, content in zip(sources, (executor.map if executor else map)(_webp, sources.values()), strict=True):
        contents[address] = content
        if progress:
            progress(len(contents), len(sources))
    return contents


def write_thumbnails(contents: Mapping[str, bytes], bundle: str | os.PathLike[str]) -> None:
    """Writes thumbnails beside a bundle, each whole or not at all; a file that is there already stays as it is.

    An interruption gets a note of what is written by then.

    Raises:
        OSError: a file cannot be written.
    """
    written = 0
    try:
        for address, content in contents.items():
            place = Path(bundle).parent / address
            if not (place.is_file() and place.read_bytes() == content):
                write_atomically(place, content)
                written += 1
    except BaseException as error:
        if written:
            error.add_note(f"thumbnails written into {(Path(bundle).parent / FOLDER).as_posix()}: {written}")
        raise


def named_in(bundle: str | os.PathLike[str]) -> set[str]:
    """Returns the addresses of made thumbnails in a bundle file, even of a stale bundle; none if there is no file."""
    with suppress(OSError):
        return {address.decode() for address in _ADDRESS.findall(Path(bundle).read_bytes())}
    return set()


def remove_stale(before: Collection[str], bundle: str | os.PathLike[str]) -> None:
    """Removes thumbnails that were named in the bundle `before`, and that no bundle beside it names now."""
    if not before:
        return
    folder = Path(bundle).parent
    stale = set(before)
    for other in {Path(bundle), *folder.glob("*.json")}:
        stale -= named_in(other)
    for address in stale:
        with suppress(OSError):  # gone already, or not ours to remove
            (folder / address).unlink()
    with suppress(OSError):  # not empty: it has others' files
        (folder / FOLDER).rmdir()


def _address(picture: Path) -> str:
    with open(picture, "rb") as file:
        checksum = hashlib.file_digest(file, "sha256")
    checksum.update(f" {LONGEST_SIDE} {MOST_BYTES} {QUALITIES}".encode())  # other limits: another thumbnail
    return f"{FOLDER}/made-{checksum.hexdigest()[:16]}.webp"


def _webp(picture: Path) -> bytes:
    """Returns the thumbnail of a picture file; runs in the executor."""
    side = LONGEST_SIDE
    image = read_small(picture, side)
    while True:
        for quality in QUALITIES:
            content = io.BytesIO()
            image.save(content, "WEBP", quality=quality)
            if content.tell() <= MOST_BYTES:
                return content.getvalue()
        side = side * 3 // 4
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
