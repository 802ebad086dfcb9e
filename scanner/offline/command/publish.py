"""The subcommand publish: from a folder of pictures and settings to the finished page, in one step."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from scanner.offline.command import build, site
from scanner.offline.command.exit_codes import DONE
from scanner.offline.command.interruption import noting_what_was_written
from scanner.offline.command.invocation import Invocation
from scanner.offline.site.settings import FILE as SETTINGS_FILE

__all__ = ["PICTURES", "run"]

PICTURES = "pictures"
OWN = "own"
"""Folders of the pictures, and of own pages and files, in a folder that `phash-scanner new` made."""

EPILOG = f"""\
The folder is as `phash-scanner new` makes it:
  {PICTURES}/    the pictures, and their titles and addresses in references.json
  {SETTINGS_FILE}    the settings of the page
  {OWN}/         own pages and files; may be missing

publish runs these two commands in it; use them for any other options:
  phash-scanner build {PICTURES} --thumbnails
  phash-scanner site --page reader --config {SETTINGS_FILE} [--own {OWN}]

exit codes: 0 done; 1 pictures or settings are at fault, or something is lacking on this machine; 2 wrong usage or no
place to write
"""


def run(arguments: Sequence[str], invocation: Invocation) -> int:
    """Runs the subcommand. Exit 0 done, 1 pictures or settings are at fault, 2 wrong usage or no place to write."""
    parser = argparse.ArgumentParser(
        prog=invocation.prog("publish"),
        description="Make the page of a folder: bundle and thumbnails in hashes/, the site in dist/.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, nargs="?", default=Path(), help="the folder [.]")
    folder: Path = parser.parse_args(arguments).folder
    pictures, settings, bundle = folder / PICTURES, folder / SETTINGS_FILE, folder / "hashes" / "references.json"
    missing = next((path for path in (pictures, settings) if not path.exists()), None)
    if missing is not None:
        expected = f"expected {PICTURES}/ and {SETTINGS_FILE}, found no {missing.name}"
        cure = "name a folder that `phash-scanner new` made, or make one with `phash-scanner new FOLDER`"
        parser.error(f"{folder}: {expected}: {cure}")
    words = ["--bundle", str(bundle), "-o", str(folder / "dist"), "--page", "reader", "--config", str(settings)]
    if (folder / OWN).is_dir():
        words += ["--own", str(folder / OWN)]
    with noting_what_was_written(bundle, folder / "dist"):
        code = build.run([str(pictures), "-o", str(bundle), "--thumbnails"], invocation)
        if code == DONE:
            code = site.run(words, invocation)
    if code == DONE:
        print(f"To publish it, copy everything in {folder / 'dist'} to your host, also names that begin with a dot.")
    return code
