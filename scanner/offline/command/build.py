"""The subcommand build: the bundle, and on request its check or its report."""

import argparse
from collections.abc import Callable, Sequence

from scanner.offline.command.check import compare
from scanner.offline.command.exit_codes import DONE
from scanner.offline.command.forecasts import name_forecasts, outlook
from scanner.offline.command.interruption import noting_what_was_written
from scanner.offline.command.invocation import Invocation
from scanner.offline.command.kept_bundle import refused
from scanner.offline.command.making import Making, made
from scanner.offline.command.options import build_options
from scanner.offline.command.printing import name_faults, name_warnings, print_summary, refuse
from scanner.offline.enrol.thumbnails import made_thumbnails, named_in, remove_stale, write_thumbnails

__all__ = ["name_faults_only", "run"]


def run(arguments: Sequence[str], invocation: Invocation) -> int:
    """Runs the subcommand and returns its exit code."""
    options = build_options(arguments, invocation)
    return made(options, compare if options.check else _save)


def name_faults_only(arguments: Sequence[str], invocation: Invocation) -> int:
    """Names all faults and warnings of the pictures as `run` does, and writes nothing. Returns the exit code."""

    def name(options: argparse.Namespace, making: Making) -> int:
        name_faults(making.build.faults)
        name_warnings(options, making.build)
        return DONE

    return made(build_options(arguments, invocation), name)


def _save(options: argparse.Namespace, making: Making) -> int:
    built = making.build
    if (code := refused(options, built.bundle.ids)) is not None:
        return code
    name_faults(built.faults)
    name_warnings(options, built)
    # Everything slow comes before the first write, so that an interruption seldom falls between two.
    expected = None if options.quiet else outlook(built)
    if expected and not options.json:
        name_forecasts(expected)
    contents = made_thumbnails(making.thumbnails, making.executor, making.progress)
    before = named_in(options.output)
    writes: list[tuple[str, Callable[[str], None]]] = [(options.output, built.bundle.save)]
    if options.report:
        from scanner.offline.command.report import predicted_page  # here because most builds need no simulated hand

        writes.append((options.report, predicted_page(options, making)))
    with noting_what_was_written(*(place for place, _ in writes)):
        try:
            write_thumbnails(contents, options.output)  # first, so that no bundle ever names one that is not there
            for place, write in writes:
                write(place)
        except OSError as error:
            place, cure = str(error.filename), "make room, or name another place"
            return refuse(options, place, "a file that can be written", error, cure)
        remove_stale(before, options.output)
        if expected:
            print_summary(options, built, expected, contents)
    return DONE
