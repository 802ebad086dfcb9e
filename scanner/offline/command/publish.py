"""The subcommand publish: from a folder of pictures and settings to the finished page, in one step."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from scanner.offline.command import build, site
from scanner.offline.command.exit_codes import AT_FAULT, DONE
from scanner.offline.command.interruption import noting_what_was_written
from scanner.offline.command.invocation import Invocation
from scanner.offline.command.printing import name_faults
from scanner.offline.enrol.kinds import PICTURE_SUFFIXES
from scanner.offline.enrol.shown import shown_path
from scanner.offline.site.settings import FILE as SETTINGS_FILE
from scanner.offline.site.settings import SettingsError, read_settings

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
  phash-scanner build {PICTURES} --thumbnails [--skip-bad]
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
    parser.add_argument("--skip-bad", action="store_true", help="leave out pictures that are at fault, and name them")
    options = parser.parse_args(arguments)
    folder: Path = options.folder
    if told := _lacking(folder):
        parser.error(told)
    settings, bundle, output = folder / SETTINGS_FILE, folder / "hashes" / "references.json", folder / "dist"
    to_build = [str(folder / PICTURES), "-o", str(bundle), "--thumbnails", *["--skip-bad"] * options.skip_bad]
    try:
        read_settings(settings)
    except SettingsError as error:  # the pictures' faults are named beside those of the settings
        name_faults(error.faults)
        build.name_faults_only(to_build, invocation)
        return AT_FAULT
    with noting_what_was_written(bundle, output):
        code = build.run(to_build, invocation)
        if code != DONE:
            return code
        words = ["--bundle", str(bundle), "-o", str(output), "--page", "reader", "--config", str(settings)]
        if (folder / OWN).is_dir():
            words += ["--own", str(folder / OWN)]
        code = site.run(words, invocation)
    if code == DONE:
        print(f"To publish it, copy everything in {output} to your host, also names that begin with a dot.")
    return code


def _lacking(folder: Path) -> str | None:
    """Returns the text of the fault for a folder that lacks the pictures' folder or the settings, else None."""
    place = shown_path(folder)
    new = "`phash-scanner new FOLDER`"
    if not folder.is_dir():
        found = "a file" if folder.exists() else "nothing of that name"
        return f"{place}: expected a folder that `phash-scanner new` made, found {found}: make one with {new}"
    lacks = [
        name
        for name, is_there in (
            (f"folder {PICTURES}/", (folder / PICTURES).is_dir()),
            (SETTINGS_FILE, (folder / SETTINGS_FILE).is_file()),
        )
        if not is_there
    ]
    if not lacks:
        return None
    found = f"found no {' and no '.join(lacks)} in it"
    cure = f"name a folder that `phash-scanner new` made, or make one with {new}"
    if len(lacks) == 2 and (count := sum(path.suffix.lower() in PICTURE_SUFFIXES for path in folder.iterdir())):
        found += f", but {count:,} picture{'s' * (count > 1)}"
        cure = f"make a folder with {new}, and put them into its folder {PICTURES}/"
    return f"{place}: expected {PICTURES}/ and {SETTINGS_FILE}, {found}: {cure}"
