"""The subcommand report: a page that predicts how reliably each picture will be recognised."""

import argparse
import sys
from collections.abc import Callable, Sequence

from scanner.files import write_atomically
from scanner.offline.command.exit_codes import DONE
from scanner.offline.command.interruption import noting_what_was_written
from scanner.offline.command.invocation import Invocation
from scanner.offline.command.making import Making, made
from scanner.offline.command.options import build_command, report_options
from scanner.offline.command.printing import name_faults, name_warnings, refuse
from scanner.offline.predict.prediction import expected_seconds, predict
from scanner.offline.predict.report import report_page

__all__ = ["predicted_page", "run"]


def run(arguments: Sequence[str], invocation: Invocation) -> int:
    """Runs the subcommand and returns its exit code."""
    return made(report_options(arguments, invocation), _write_page)


def predicted_page(options: argparse.Namespace, making: Making) -> Callable[[str], None]:
    """Predicts, after printing the expected time, and returns a function that writes the page to a file."""
    built = making.build
    _announce(options, len(built.bundle), making.executor is not None)
    prediction = predict(built.bundle, built.pictures, making.progress, making.executor)
    page = report_page(built.bundle, built.pictures, prediction, build_command(options)).encode()
    return lambda place: write_atomically(place, page)


def _write_page(options: argparse.Namespace, making: Making) -> int:
    name_faults(making.build.faults)
    name_warnings(options, making.build)
    write = predicted_page(options, making)
    with noting_what_was_written(options.report):
        try:
            write(options.report)
        except OSError as error:
            cure = "make room, or name another place"
            return refuse(options, options.report, "a file that can be written", error, cure)
        if not options.quiet:
            bundle = making.build.bundle
            print(f"{options.report}: what to expect of {len(bundle)} pictures with threshold {bundle.threshold}")
    return DONE


def _announce(options: argparse.Namespace, references: int, shared: bool) -> None:
    """Says how much there is to predict and how long it takes. Without a terminal, no bar shows it."""
    if options.quiet:
        return
    jobs = min(options.jobs, references) if shared else 1
    hold_ups, seconds = expected_seconds(references, jobs)
    time = f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{max(10, round(seconds, -1)):.0f} seconds"
    told = (
        f"{options.report}: a simulated hand holds up {references} picture{'s' * (references > 1)} {hold_ups:,} times"
    )
    print(f"{told}, about {time} with {jobs} process{'es' if jobs > 1 else ''}", file=sys.stderr, flush=True)
