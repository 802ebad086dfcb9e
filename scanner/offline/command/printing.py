"""Print reports, faults and warnings: for people in lines, for programs as JSON."""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scanner.offline.command.exit_codes import AT_FAULT, WRONG_USAGE
from scanner.offline.command.forecasts import Outlook, as_values, totals
from scanner.offline.command.summary import file_counts, link_counts
from scanner.offline.enrol.build import Build
from scanner.offline.enrol.groups import described
from scanner.offline.enrol.shown import printable
from scanner.offline.enrol.thumbnails import FOLDER

__all__ = ["name_faults", "name_warnings", "print_json", "print_list", "print_summary", "refuse", "stop"]

SHOWN = 10
"""Entries of a list that people are shown; --json has them all."""


def name_faults(faults: Sequence[str]) -> None:
    """Prints each fault on a line of stderr."""
    for fault in faults:
        print(printable(fault), file=sys.stderr)


def name_warnings(options: argparse.Namespace, made: Build) -> None:
    """Prints each warning on a line of stderr, unless --quiet."""
    if not options.quiet:
        for warning in made.warnings:
            print(f"warning: {printable(warning)}", file=sys.stderr)


def stop(options: argparse.Namespace, faults: Sequence[str], left: Build | None = None) -> int:
    """Prints the faults that stop the command, and the warnings beside them; returns the exit code.

    Args:
        options: of the command.
        faults: one text for each.
        left: what --skip-bad would build; None where it would build nothing.
    """
    name_faults(faults)
    if left:
        name_warnings(options, left)
        if left.files.at_fault:
            good = len(left.bundle)
            others = f"the other {good:,} pictures are good" if good > 1 else "the other picture is good"
            print(f"{others}: add --skip-bad to leave out the pictures at fault", file=sys.stderr)
    if options.json and not options.quiet:
        stopped: dict[str, Any] = {"up_to_date" if options.check else "written": False, "faults": list(faults)}
        warnings = {"warnings": left.warnings} if left else {}
        print_json({**stopped, **warnings, "good": len(left.bundle) if left else 0})
    return AT_FAULT


def refuse(options: argparse.Namespace, what: str, expected: str, error: OSError, cure: str) -> int:
    """Prints which file, folder or machine cannot be used, and the cure; returns the exit code."""
    found = error.strerror or error
    print(f"{options.prog}: error: {what}: expected {expected}, found otherwise ({found}): {cure}", file=sys.stderr)
    return WRONG_USAGE


def print_summary(options: argparse.Namespace, made: Build, expected: Outlook, thumbnails: Mapping[str, bytes]) -> None:
    """Prints what was found and written: two lines, and lists of what needs a look."""
    size = os.path.getsize(options.output)
    flattest = sorted((round(contrast, 1), name) for name, contrast in made.details.items())
    if options.json:
        print_json(
            {
                "written": True,
                "bundle": Path(options.output).as_posix(),
                "bytes": size,
                "references": len(made.bundle),
                "threshold": made.bundle.threshold,
                "thumbnails": len(thumbnails),
                "flattest": [{"id": name, "contrast": contrast} for contrast, name in flattest[:SHOWN]],
                **as_values(expected),
                "files": {
                    "found": made.files.found,
                    "pictures": made.files.pictures,
                    "skipped": made.files.skipped,
                    "at_fault": made.files.at_fault,
                },
                "skipped": made.skipped,
                "faults": made.faults,
                "warnings": made.warnings,
            }
        )
        return
    print(f"{file_counts(made)}; {link_counts(made, options.output)}")
    thumbs = f"; thumbnails: {sum(map(len, thumbnails.values())):,} bytes in {FOLDER}/" if thumbnails else ""
    contents = f"{len(made.bundle)} references, {size:,} bytes, threshold {made.bundle.threshold}"
    print(f"{options.output}: {contents}{thumbs}")
    if told := totals(expected):
        print(told)
    if expected.groups:
        print_list("pictures that look alike", [described(group) for group in expected.groups])
    if seen := [note for note in made.skipped if not note.endswith(": hidden")]:
        print_list("skipped", seen)


def print_list(title: str, entries: Sequence[str]) -> None:
    """Prints a list for people; of a long list, the first entries."""
    print(f"{title}: {len(entries) if len(entries) > SHOWN else ''}".rstrip())
    for entry in entries[:SHOWN]:
        print(f"  {printable(entry)}")
    if len(entries) > SHOWN:
        print(f"  ... and {len(entries) - SHOWN} more (--json names them all)")


def print_json(report: dict[str, Any]) -> None:
    """Prints an object for programs."""
    # JSON has escapes for letters that the console lacks.
    plain = (sys.stdout.encoding or "").lower() not in {"utf-8", "utf8"}
    print(json.dumps(report, ensure_ascii=plain, indent=2))
