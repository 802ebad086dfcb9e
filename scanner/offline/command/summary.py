"""Sum up a build for people: how many files were found, and which pictures lead nowhere."""

import os

from scanner.offline.enrol.build import Build
from scanner.offline.enrol.fields import field_warnings
from scanner.offline.enrol.links import ids_without_file
from scanner.offline.enrol.shown import listed
from scanner.quoting import quoted

__all__ = ["file_counts", "link_counts"]

NAMED = 20
"""Pictures without a link that are named; the others are counted."""


def file_counts(made: Build) -> str:
    """Returns how many files were found, and what they are; the parts add up to the whole.

    Hidden files are counted, and listed by --json only: systems leave some in many a folder.
    """
    files = made.files
    parts = [_counted(files.pictures, "picture")]
    if files.skipped:
        parts.append(f"{files.skipped:,} skipped{f' ({files.hidden:,} hidden)' if files.hidden else ''}")
    if files.at_fault:
        parts.append(f"{files.at_fault:,} at fault")
    return f"found {_counted(files.found, 'file')}: {', '.join(parts)}"


def link_counts(made: Build, bundle: str | os.PathLike[str]) -> str:
    """Returns how many pictures have a link, and the first of those without one.

    An address that a warning calls wrong is no link.

    Args:
        made: the build.
        bundle: the file that the bundle is written to.
    """
    nowhere = set(ids_without_file(made.bundle, "url", bundle))
    without = [
        reference.id
        for reference in made.bundle.references
        if reference.id in nowhere or not _is_link(reference.fields.get("url"))
    ]
    with_link = len(made.bundle) - len(without)
    if not without:
        return "all with a link"
    if not with_link:
        return "none with a link"
    return f"{with_link:,} with a link; without: {listed([quoted(name) for name in without], NAMED)}"


def _is_link(address: object) -> bool:
    return address is not None and not any(field_warnings({"url": address}))


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
