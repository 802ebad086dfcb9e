"""Keep a bundle from being written over by mistake."""

import argparse
import json
import os
import shlex
import sys

from scanner.offline.command.exit_codes import WRONG_USAGE
from scanner.offline.enrol.shown import shown_path
from scanner.quoting import quoted

__all__ = ["OWN_BUNDLE", "refused"]

OWN_BUNDLE = "bundles/own/references.json"
"""Place of one's own bundle in a checkout of the repository, which does not track it. `make` writes it there too."""


def refused(options: argparse.Namespace, ids: tuple[str, ...]) -> int | None:
    """Returns the exit code after saying which bundle is kept from a build of these ids, or None where none is lost.

    A bundle is kept where no folder is named and one of its pictures would go. The demo's bundle in a checkout is kept
    where pictures of one's own are named without a place for their bundle.
    """
    if options.output_named and options.folder_named:
        return None
    there = _ids_in(options.output)
    if not options.folder_named:
        lost = there - set(ids)
        return _refuse_to_lose(options, min(lost)) if lost else None
    if _is_of_the_demo(options, there):
        return _refuse_the_demo(options)
    return None


def _ids_in(place: str) -> set[str]:
    """Returns the ids in a bundle file, even of a stale bundle; an empty set where the file is missing or no bundle."""
    try:
        with open(place, "rb") as file:
            return {str(reference["id"]) for reference in json.load(file)["references"]}
    except (FileNotFoundError, ValueError, LookupError, TypeError, RecursionError):
        return set()


def _is_of_the_demo(options: argparse.Namespace, ids: set[str]) -> bool:
    """Returns whether a place holds the bundle that the repository tracks, and other pictures are to replace it."""
    from scanner.offline.site.parts import PARTS  # here because most builds name a place

    try:
        return (
            PARTS.checkout is not None
            and os.path.samefile(options.output, PARTS.bundle)
            and not os.path.samefile(options.images, PARTS.demo)
            and ids == PARTS.demo_ids
        )
    except OSError:  # no bundle, or no demo, in this checkout
        return False


def _refuse_to_lose(options: argparse.Namespace, lost: str) -> int:
    """Says why a bundle of other pictures is kept: a user who names no folder may have forgotten to."""
    expected = (
        f"expected a bundle of the pictures in {options.images}, as no folder was named, found {quoted(lost)} in it"
    )
    return _refuse(options, expected, f"name the folder of its pictures, or {options.images} to replace it")


def _refuse_the_demo(options: argparse.Namespace) -> int:
    """Says why the demo's bundle is kept, and the two commands that make a site of one's own pictures instead."""
    build = shlex.join([*options.build, options.images, "-o", OWN_BUNDLE])
    site = shlex.join([*options.site, "--bundle", OWN_BUNDLE])
    expected = f"expected a place for the bundle of {shown_path(options.images)}, found the demo's, which git tracks"
    return _refuse(options, expected, f"run `{build}` and `{site}`, or add -o {options.output} to replace it")


def _refuse(options: argparse.Namespace, expected: str, cure: str) -> int:
    print(f"{options.prog}: error: {options.output}: {expected}: {cure}", file=sys.stderr)
    return WRONG_USAGE
