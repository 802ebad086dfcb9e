"""The subcommand check: is the bundle up to date with its pictures?"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scanner.bundle import HashBundle
from scanner.errors import BundleError
from scanner.offline.command.exit_codes import AT_FAULT, DONE
from scanner.offline.command.invocation import Invocation
from scanner.offline.command.making import Making, made
from scanner.offline.command.options import build_command, check_options
from scanner.offline.command.printing import name_faults, name_warnings, print_json, print_list
from scanner.reference import ASPECT, Reference

__all__ = ["compare", "run"]

REASONS = {"without aspect": "made by an older builder, which kept no aspect of a picture"}
"""What is printed of a kind of difference whose name alone does not say it."""


def run(arguments: Sequence[str], invocation: Invocation) -> int:
    """Runs the subcommand and returns its exit code."""
    return made(check_options(arguments, invocation), compare)


def compare(options: argparse.Namespace, making: Making) -> int:
    """Prints the differences between the bundle file and the pictures, and returns the exit code."""
    built = making.build
    name_faults(built.faults)
    name_warnings(options, built)
    differences: dict[str, Any] = {}
    try:
        differences = _differences(HashBundle.load(options.output), built.bundle)
        folder = Path(options.output).parent
        if missing := sorted(address for address in making.thumbnails if not (folder / address).is_file()):
            differences["missing thumbnails"] = missing
    except FileNotFoundError:
        differences = {"unusable": f"{options.output}: no such file"}
    except BundleError as error:
        differences = {"unusable": str(error)}
    if options.quiet:
        pass
    elif options.json:
        told = {"bundle": Path(options.output).as_posix(), "up_to_date": not differences, **differences}
        print_json({**told, "faults": built.faults, "warnings": built.warnings})
    elif not differences:
        print(f"{options.output} is up to date with {options.images}")
    else:
        _print_differences(options, differences)
    return AT_FAULT if differences else DONE


def _print_differences(options: argparse.Namespace, differences: dict[str, Any]) -> None:
    print(f"{options.output} is out of date with {options.images}")
    for what, found in differences.items():
        if what == "unusable":
            print(found)
        elif isinstance(found, list):
            print_list(REASONS.get(what, what), found)
        else:
            print(f"{what}: {found}")
    print(f"to bring it up to date: {build_command(options)} --threshold {options.threshold}")


def _differences(old: HashBundle, new: HashBundle) -> dict[str, Any]:
    """Returns the differences of an old bundle from a new one, by kind; empty where there are none."""
    before = {reference.id: reference for reference in old.references}
    after = {reference.id: reference for reference in new.references}
    both = sorted(before.keys() & after.keys())
    changed = [
        name
        for name in both
        if (before[name].hashes != after[name].hashes).any() or (before[name].windows != after[name].windows).any()
    ]
    found = {
        "added": sorted(after.keys() - before.keys()),
        "removed": sorted(before.keys() - after.keys()),
        "changed": changed,
        "other fields": [
            name for name in both if _fields(before[name], after[name]) != _fields(after[name], before[name])
        ],
        "without aspect": [name for name in both if ASPECT in after[name].fields.keys() - before[name].fields.keys()],
        "other keypoints": [name for name in both if _keypoints(before[name]) != _keypoints(after[name])],
        "threshold": f"{old.threshold} in the bundle, {new.threshold} asked for"
        if old.threshold != new.threshold
        else "",
    }
    return {what: value for what, value in found.items() if value}


def _keypoints(reference: Reference) -> str | None:
    """Returns the keypoints of a reference as a bundle keeps them; None where it has none."""
    return None if reference.keypoints is None else reference.keypoints.to_text()


def _fields(reference: Reference, other: Reference) -> str:
    """Returns a reference's fields as JSON text, in which 1 and true differ, but no aspect that the other one lacks."""
    fields = {name: value for name, value in reference.fields.items() if name != ASPECT or name in other.fields}
    return json.dumps(fields, sort_keys=True)
