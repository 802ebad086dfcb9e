"""The subcommand new: a folder to start from, with pictures, their titles and the page's settings."""

import argparse
import json
import shlex
from collections.abc import Sequence
from pathlib import Path

from scanner.offline.command.exit_codes import DONE
from scanner.offline.command.invocation import Invocation
from scanner.offline.command.printing import refuse
from scanner.offline.command.publish import PICTURES
from scanner.offline.enrol.pictures import FIELDS_FILE
from scanner.offline.site.folder import write_folder
from scanner.offline.site.parts import PARTS
from scanner.offline.site.settings import FILE as SETTINGS_FILE

__all__ = ["run"]

SAMPLES = {"lighthouse": "The Keeper's Hour (novel)", "whale": "Little Boat, Big Sea (children's book)"}
"""Pictures of the demo that a new folder starts with, and their titles."""

SETTINGS = {
    "title": "Our books",
    "heading": "Point your camera at a cover",
    "lead": "You get to the page of the book.",
    "language": "en",
    "colours": "#8a1538",
}

README = f"""\
Image Scanner: a page that names your printed pictures before a phone's camera.

{PICTURES}/                 your pictures: put them here and delete the two samples; a picture's id is
                          its file's name without the ending
{PICTURES}/{FIELDS_FILE}  title and address (url) of each picture, by its id
{SETTINGS_FILE}                 title, heading (what to do), lead (what one gets), language and colours of
                          the page; further keys: logo, icon, privacy, links, scripts, gallery, details,
                          multiple, sheet, public-url
own/                      make this folder for pages of your own, such as imprint.html (optional)

Commands, in this folder:

phash-scanner publish           makes the page, in dist/; run it again after every change
phash-scanner serve             shows the page on this machine, at http://localhost:8000
phash-scanner serve --https     shows it on a phone in the same network

Then copy everything in dist/, files whose names begin with a dot too, to a folder of your web host.
"""


def run(arguments: Sequence[str], invocation: Invocation) -> int:
    """Runs the subcommand. Exit 0 done, 2 wrong usage or no place to write."""
    parser = argparse.ArgumentParser(
        prog=invocation.prog("new"),
        description="Make a folder to start from: two sample pictures, their titles, and the settings of the page.",
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="folder to make; nothing of that name may be there")
    options = parser.parse_args(arguments)
    folder: Path = options.folder
    if folder.exists() or folder.is_symlink():
        kind = "a folder" if folder.is_dir() else "a file"
        parser.error(f"{folder}: expected a name that is free, found {kind}, which stays as it is: name another")
    try:
        write_folder(folder, _files())
    except OSError as error:
        options.prog = parser.prog
        return refuse(options, str(folder), "a folder that can be made", error, "make room, or name another place")
    print(f"{folder}: two sample pictures in {PICTURES}/, the page's settings in {SETTINGS_FILE}, help in README.txt")
    print(f"Next: {shlex.join(['cd', str(folder)])}, put your pictures into {PICTURES}/, then: phash-scanner publish")
    return DONE


def _files() -> dict[str, bytes]:
    """Returns the files of a new folder, by their path in it."""
    fields = {name: {"title": title, "url": f"https://example.org/{name}"} for name, title in SAMPLES.items()}
    return {
        "README.txt": README.encode(),
        SETTINGS_FILE: _text(SETTINGS),
        f"{PICTURES}/{FIELDS_FILE}": _text(fields),
        **{f"{PICTURES}/{name}.png": (PARTS.demo / f"{name}.png").read_bytes() for name in SAMPLES},
    }


def _text(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
