"""Sentences for pictures that cannot be enrolled: expected, found, cure."""

import os
import re

from scanner.offline.enrol.kinds import READABLE, READABLE_KINDS, content_kind

__all__ = ["CURE", "EMPTY", "damaged", "first_line", "unknown", "unopened", "without_reader"]

CURE = "save it again as PNG or JPEG"
EMPTY = "expected a picture, found an empty file: copy it again, or remove it"

_LONGEST_AVIF = 32_768
"""Pixels of a side that libavif reads at most."""


def damaged(error: Exception | str) -> str:
    """Returns the text of the fault for a picture whose file is damaged."""
    found = error if isinstance(error, str) else first_line(error)
    if re.search(r"\blimits?\b", found):  # of a decoder
        return f"expected a picture within its decoder's limits ({found}), found a larger one: make the picture smaller"
    return f"expected a whole picture, found damage ({found}): {CURE}"


def without_reader(kind: str) -> str:
    """Returns the text of the fault for a HEIC or AVIF that this installation cannot read, and what to install.

    >>> without_reader("HEIC").partition(", found ")[2]
    'HEIC, which is not read without the extra phash-scanner[heic]: `pip install pillow-heif`, or save it as PNG'
    """
    if kind == "HEIC":
        found, install = "which is not read without the extra phash-scanner[heic]", "pillow-heif"
    else:
        found, install = "which this Pillow cannot read", "--upgrade pillow"
    return f"expected {READABLE}, found {kind}, {found}: `pip install {install}`, or save it as PNG"


def unopened(path: str | os.PathLike[str], error: OSError) -> str:
    """Returns the text of the fault for a path that cannot be opened."""
    if os.path.isdir(path):
        return "expected a picture, found a folder: name a file inside it"
    if os.path.islink(path) and not os.path.exists(path) and not isinstance(error, PermissionError):
        return "expected a picture, found a link to nothing: mend or remove it"
    if isinstance(error, FileNotFoundError):
        return "expected a picture, found no such file: check the name"
    return f"expected a picture that can be opened, found otherwise ({error.strerror}): check its permissions"


def unknown(beginning: bytes) -> str:
    """Returns the text of the fault for a file that no reader knows, by its first bytes."""
    kind = content_kind(beginning)
    if kind == "AVIF":  # Pillow's reader gives no reason
        size = re.search(rb"ispe\0{4}(.{4})(.{4})", beginning, re.DOTALL)
        width, height = (int.from_bytes(side, "big") for side in size.groups()) if size else (0, 0)
        if max(width, height) > _LONGEST_AVIF:
            expected = f"expected an AVIF of at most {_LONGEST_AVIF:,} pixels a side"
            return f"{expected}, found {width} x {height}: make the picture smaller"
        return f"expected a whole picture, found damage in an AVIF file: {CURE}"
    if kind in READABLE_KINDS:
        return f"expected a whole picture, found damage at the beginning of a {kind} file: {CURE}"
    if kind:
        return f"expected {READABLE}, found {kind}: {CURE}"
    return f"expected {READABLE}, found a file that begins with {beginning[:12]!r}: {CURE}, or remove it"


def first_line(error: Exception) -> str:
    """Returns the beginning of an error's text."""
    return (str(error) or type(error).__name__).splitlines()[0][:100]
