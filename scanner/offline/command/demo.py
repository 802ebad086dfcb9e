"""The subcommand demo: ten pictures, their bundle and their site, served on this machine."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from scanner.files import temporary_folder
from scanner.offline.command.exit_codes import AT_FAULT
from scanner.offline.command.invocation import Invocation
from scanner.offline.command.serve import add_network_options, network_options, serve_folder
from scanner.offline.command.site import assembled
from scanner.offline.enrol.build import build_bundle
from scanner.offline.site.parts import PARTS

__all__ = ["run"]


def run(arguments: Sequence[str], invocation: Invocation) -> int:
    """Runs the subcommand. Exit 0 stopped by the user, 1 the demo cannot be made or served, 2 wrong usage."""
    parser = argparse.ArgumentParser(
        prog=invocation.prog("demo"),
        description="Build, assemble and serve a demo with ten pictures: show one of them to the camera.",
    )
    kept = "folder that keeps pictures, bundle and site (default: a temporary one, removed at the end)"
    parser.add_argument("--folder", metavar="DIR", type=Path, help=kept)
    add_network_options(parser)
    options = network_options(parser, arguments)
    with ExitStack() as stack:
        if options.folder is None:
            folder = Path(stack.enter_context(temporary_folder(tempfile.gettempdir(), hidden=False)))
        elif _is_foreign(options.folder):
            cure = "name an empty folder, or a new one"
            parser.error(f"{options.folder}: expected a folder for the demo, found one with other things in it: {cure}")
        else:
            folder = options.folder
        return _demo(folder, options)


def _is_foreign(folder: Path) -> bool:
    """Returns whether a place holds anything but an earlier demo."""
    if not folder.is_dir():
        return folder.exists()
    return any(folder.iterdir()) and not (folder / "dist" / "assets.json").is_file()


def _demo(folder: Path, options: argparse.Namespace) -> int:
    pictures, bundle, site = folder / "pictures", folder / "hashes" / "references.json", folder / "dist"
    try:
        shutil.copytree(PARTS.demo, pictures, dirs_exist_ok=True)
        build_bundle(pictures).save(bundle)
    except OSError as error:
        print(f"error: {folder}: expected a folder that can be written to, found otherwise ({error})", file=sys.stderr)
        return AT_FAULT
    if assembled(site, bundle, demo=True) is None:
        return AT_FAULT
    print(f"Show one of the pictures in {pictures} to the camera.")
    return serve_folder(site, options)
