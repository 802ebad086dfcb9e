"""Sum up a build for people: how many files were found, and which pictures lead nowhere."""

from scanner.offline.enrol.build import Build
from scanner.offline.enrol.shown import listed
from scanner.quoting import quoted

__all__ = ["file_counts", "link_counts"]

NAMED = 3
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


def link_counts(made: Build) -> str:
    """Returns how many pictures have a link, and the first of those without one."""
    without = [
        reference.id for reference in made.bundle.references if not str(reference.fields.get("url") or "").strip()
    ]
    with_link = len(made.bundle) - len(without)
    if not without:
        return "all with a link"
    if not with_link:
        return "none with a link"
    return f"{with_link:,} with a link; without: {listed([quoted(name) for name in without], NAMED)}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
