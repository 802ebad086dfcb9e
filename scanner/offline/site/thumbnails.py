"""Publish the thumbnails that a bundle names by addresses relative to the bundle, and nothing else.

A bundle may come from somebody else, and a site is open to everybody. A file is published only if it lies below the
bundle's folder, after following links, and if its content is a picture that can be decoded.
"""

import filecmp
import io
import mimetypes
import os
import posixpath
import re
import warnings
from pathlib import Path

from PIL import Image

from scanner.bundle import HashBundle
from scanner.offline.enrol.fields import BUNDLE_FOLDER, path_in_site
from scanner.offline.enrol.kinds import READABLE_KINDS, content_kind
from scanner.offline.enrol.shown import shown_path
from scanner.offline.site.archive import Files
from scanner.quoting import excerpt, quoted

__all__ = ["thumbnail_files"]

KINDS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "AVIF")
"""Formats, by Pillow's names, that browsers show. SVG is none of them: it can hold scripts."""

MOST_BYTES = 16 << 20
MOST_PIXELS = 50_000_000
"""Largest thumbnail, as a file and decoded: far more than a page needs for a picture a few hundred pixels wide."""

_KNOWN_TYPES = mimetypes.MimeTypes()


class _LeftOutError(ValueError):
    """A thumbnail is not published; the message says what was found, and the cure."""


def thumbnail_files(references: HashBundle, bundle: Path, demo: Path, *, is_demo: bool) -> tuple[Files, list[str]]:
    """Returns the thumbnails to publish, by their path in the site, and a warning for each that is left out.

    Args:
        references: the bundle.
        bundle: its file; a relative address starts from the folder of the file.
        demo: folder of the demo's pictures, which are published as "../pictures/1.png".
        is_demo: the bundle is the demo's. Another bundle gets a picture of the demo where a copy of it lies in the
            place that the address leads to: whoever tries the demo out in a folder of their own has such copies.
    """
    files: Files = {}
    left_out = []
    for reference in references.references:
        address = reference.fields.get("thumbnail")
        if not isinstance(address, str):
            continue
        place = path_in_site(address)
        if place in files:
            continue
        try:
            if place is not None:
                files[place] = _picture(_source(place, bundle, demo, is_demo))
            elif re.match(r"\s*[/\\](?![/\\])", address):
                raise _LeftOutError("an address from the root of the host, where the site puts nothing: correct it")
        except _LeftOutError as error:
            told = f"picture {quoted(reference.id)}, field 'thumbnail': expected a picture below the bundle's folder"
            left_out.append(f"{told}, found {error}")
    return files, left_out


def _source(place: str, bundle: Path, demo: Path, is_demo: bool) -> Path:
    """Returns the file on this machine of a path in the site, with all links followed."""
    root = bundle.parent.resolve()
    folder, name = posixpath.split(place)
    if folder == "pictures" and (is_demo or _are_equal(demo / name, root.parent / place)) and (demo / name).is_file():
        return demo / name
    if not place.startswith(f"{BUNDLE_FOLDER}/"):
        raise _LeftOutError("an address outside it: move the picture there, or write an address that begins https://")
    if any(part.startswith(".") for part in place.split("/")):
        raise _LeftOutError(f"the hidden file {_shown(place)}: give it a name without a dot at the beginning")
    kind, encoding = _KNOWN_TYPES.guess_type(posixpath.basename(place), strict=False)
    if encoding or kind == "image/svg+xml" or not (kind or "image/").startswith("image/"):
        # Hosts go by the name. A picture can be a script as well, or stand for the compressed form of another file.
        raise _LeftOutError(f"{_shown(place)}, which a host sends as {encoding or kind}: give it a picture's name")
    source = root / posixpath.relpath(place, BUNDLE_FOLDER)
    try:
        followed = source.resolve(strict=True)
    except (OSError, RuntimeError, ValueError):  # RuntimeError: a link in a circle; ValueError: a NUL in the name
        cure = "put it there and make the site again, or leave the field out"
        raise _LeftOutError(f"none at {_shown(source)}: {cure}") from None
    if not followed.is_relative_to(root):
        raise _LeftOutError(f"{_shown(source)}, a link that leads out of it: put the picture itself there")
    return followed


def _are_equal(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)


def _picture(source: Path) -> bytes:
    """Returns the content of a picture file. Raises _LeftOutError for anything else."""
    shown = _shown(source)
    if not source.is_file():
        raise _LeftOutError(f"{shown}, a folder or a device: name a picture")
    try:
        # Without waiting for a pipe, and without links, in case the file has just been replaced by one.
        handle = os.open(
            source,
            os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0),
        )
        with open(handle, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _LeftOutError(f"{shown}, which cannot be read ({error.strerror}): check its permissions") from None
    if len(content) > MOST_BYTES:
        raise _LeftOutError(f"{shown}, of more than {MOST_BYTES >> 20} MB: make it smaller")
    try:
        Image.init()
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(content), formats=[kind for kind in KINDS if kind in Image.OPEN]) as image,
        ):
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise _LeftOutError(f"{shown}, of {width} x {height} pixels: make it smaller")
            image.load()
    except _LeftOutError:
        raise
    except Exception:  # Pillow raises anything for what is no picture
        kind = content_kind(content[:1024])
        found = f"a damaged {kind}" if kind in READABLE_KINDS - {"TIFF"} else kind or "something else"
        cure = "save it as PNG, JPEG, WebP, GIF or BMP"
        raise _LeftOutError(f"{shown}, {found} by its content: {cure}") from None
    return content


def _shown(path: str | Path) -> str:
    return excerpt(shown_path(path))
