"""The entry points: `phash-scanner`, and the three commands of a checkout."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module, metadata

from scanner.lacking import PACKAGES, lacking
from scanner.offline.command.exit_codes import AT_FAULT, READER_LEFT, WRONG_USAGE
from scanner.offline.command.interruption import EndedError, ended_by_signals, name_interruption
from scanner.offline.command.invocation import CHECKOUT, INSTALLED, Invocation

__all__ = ["build_hashes", "main", "serve", "site"]

SUBCOMMANDS = {
    "new": "make a folder to start from: sample pictures, titles, settings of the page",
    "publish": "make the page of such a folder: build and site in one step",
    "build": "make the bundle from a folder of pictures",
    "check": "say whether a bundle is up to date with its folder of pictures",
    "report": "write a page: how reliably will each picture be recognised?",
    "site": "assemble the static site: page, worker, Python and bundle in one folder",
    "serve": "serve an assembled site on this machine",
    "replay": "judge a recording of a page again: are the verdicts equal?",
    "camera": "make a video for a browser's fake camera, from pictures",
    "demo": "build, assemble and serve a demo with ten pictures",
}
"""Subcommand -> its summary in the help, in the order of use. The function `run` in the module of its name runs it."""

EPILOG = """\
examples:
  phash-scanner new my-scanner    a folder to start from; in it, `phash-scanner publish` makes the page
  phash-scanner build covers      pictures in covers/ -> hashes/references.json
  phash-scanner site              hashes/references.json -> dist/, a folder for any static host
  phash-scanner serve --https     try dist/ on a phone in the same network

`phash-scanner COMMAND --help` has the options of each command. exit codes: 0 done; 1 pictures or bundle are at fault,
or something is lacking on this machine; 2 wrong usage or no place to write
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs `phash-scanner` and returns its exit code."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(
        prog="phash-scanner",
        description="Recognise printed pictures with a phone camera in a static web page.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"phash-scanner {_version()}")
    subparsers = parser.add_subparsers(metavar="COMMAND", dest="command", required=True)
    for name, summary in SUBCOMMANDS.items():
        subparsers.add_parser(name, help=summary, add_help=False)
    # The first word only: all that follows belongs to the subcommand's own parser.
    chosen: str = parser.parse_args(words[:1]).command
    return _run(chosen, words[1:], INSTALLED)


def build_hashes(arguments: Sequence[str] | None = None) -> int:
    """Runs `python build_hashes.py` and returns its exit code."""
    return _run("build", arguments, CHECKOUT)


def site(arguments: Sequence[str] | None = None) -> int:
    """Runs `python -m scanner.offline.site` and returns its exit code."""
    return _run("site", arguments, CHECKOUT)


def serve(arguments: Sequence[str] | None = None) -> int:
    """Runs `python -m scanner.offline.serve` and returns its exit code."""
    return _run("serve", arguments, CHECKOUT)


def _version() -> str:
    try:
        return metadata.version("phash-scanner")
    except metadata.PackageNotFoundError:
        return "of a checkout that is not installed"


def _run(subcommand: str, arguments: Sequence[str] | None, invocation: Invocation) -> int:
    """Runs a subcommand, and answers a missing package or an interruption with a sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):  # ids are any Unicode text; some consoles print only part of Unicode
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    # One process for each core is enough: threads of numpy would compete with the processes for the cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        with ended_by_signals():
            run = import_module(f"scanner.offline.command.{subcommand}").run
            code: int = run(sys.argv[1:] if arguments is None else arguments, invocation)
            sys.stdout.flush()
            return code
    except ModuleNotFoundError as error:
        if error.name not in PACKAGES:
            raise
        print(f"{invocation.prog(subcommand)}: error: {lacking(error.name)}", file=sys.stderr)
        return AT_FAULT
    except (KeyboardInterrupt, EndedError) as error:
        name_interruption(error, writes=subcommand not in {"serve", "demo"})
        return int(error.code or 0) if isinstance(error, EndedError) else 128 + signal.SIGINT
    except BrokenPipeError:  # `| head` has closed the pipe
        _drop_output()
        return READER_LEFT
    except OSError as error:  # the disk behind `> file` is full, for example
        _drop_output()
        told = f"expected files and an output that can be written, found otherwise ({error}): make room"
        print(f"{invocation.prog(subcommand)}: error: {told}", file=sys.stderr)
        return WRONG_USAGE


def _drop_output() -> None:
    """Leads the rest of the output nowhere, as Python would fail to write it once more at its end."""
    with suppress(OSError):  # an output that is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
