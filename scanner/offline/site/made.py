"""Remember which files of a folder were made here, so that making the folder anew deletes nothing else.

The folder holds a list of its files, each with its checksum. A file that is not in the list, and a file that has
another checksum, are somebody's work: the folder stays as it is, and the message names them.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from scanner.offline.enrol.shown import listed, printable
from scanner.offline.site.archive import json_bytes
from scanner.offline.site.build_list import WORKER
from scanner.offline.site.faults import OWN_PLACE, SHOWN, SiteError

__all__ = ["LIST", "edited", "list_of", "refuse_to_delete"]

LIST = ".phash-scanner-files.json"
"""Path of the list in its folder. The list is of no use to a visitor; hosts may leave it out."""

FORMAT = "phash-scanner-files"

LEAVINGS = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""Files that a system puts into a folder when somebody looks at it."""

FOREIGN, CHANGED = "(not made here)", "(changed since)"

BUILD = re.compile(rb"^const BUILD = (.*);$", re.MULTILINE)


def list_of(files: Mapping[str, bytes]) -> bytes:
    """Returns the list of a folder's files, by their path in the folder."""
    checksums = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    return json_bytes({"format": FORMAT, "version": 1, "files": checksums})


def refuse_to_delete(output: Path) -> None:
    """Refuses a folder that may not be replaced.

    Raises:
        SiteError: `output` is a file, or holds a file that was not made here or has been changed since.
    """
    if output.exists() and not output.is_dir():
        raise SiteError(f"{output} is a file: name a folder")
    if not output.is_dir() or {path.name for path in output.iterdir()} <= LEAVINGS:
        return
    made = _made(output)
    if made is None:
        reason = "holds files but no list of what phash-scanner made, so it may hold the work of others"
        raise SiteError(f"{output} {reason}: name another folder, or delete this one yourself")
    if others := _works_of_others(output, made):
        told = f"{output}: expected only files that phash-scanner made, found {listed(others, SHOWN)}"
        raise SiteError(f"{told}: {_cure(others)}")


def edited(folder: Path, names: Iterable[str]) -> list[str]:
    """Returns a text for each file of these names in a folder that is not as it was made: its name, and the matter."""
    made = _made(folder) or {}
    return [fault for name in sorted(names) if (folder / name).exists() and (fault := _fault(folder, name, made))]


def _cure(others: Iterable[str]) -> str:
    """Returns what to do with files that were not made here, and with files that were changed since."""
    cures = {
        FOREIGN: f"move a file that was not made here into {OWN_PLACE}",
        CHANGED: f"delete a changed file, or move it into {OWN_PLACE} to keep your version",
    }
    needed = [cure for end, cure in cures.items() if any(other.endswith(end) for other in others)]
    return "; ".join(needed) or "make the folder readable"


def _works_of_others(folder: Path, made: Mapping[str, str]) -> list[str]:
    """Returns a text for each file below a folder that is not as it was made: its path, and what is the matter.

    Args:
        folder: the folder.
        made: the checksum of each file that was made, by its path; "" for a file that may have any content.
    """
    others: list[str] = []

    def note(error: OSError) -> None:
        inside = Path(error.filename).relative_to(folder).as_posix()
        others.append(f"{printable(inside)} (a folder that cannot be read)")

    for place, folders, names in os.walk(folder, onerror=note):
        folders.sort()
        for name in sorted([*names, *(each for each in folders if os.path.islink(Path(place, each)))]):
            inside = Path(place, name).relative_to(folder).as_posix()
            if inside != LIST and name not in LEAVINGS and (fault := _fault(folder, inside, made)):
                others.append(fault)
    return others


def _fault(folder: Path, inside: str, made: Mapping[str, str]) -> str | None:
    """Returns the path of a file that is not as it was made, and what is the matter; None for one that is."""
    path = folder / inside
    if inside not in made or path.is_symlink() or not path.is_file():
        return f"{printable(inside)} {FOREIGN}"
    if made[inside] not in ("", hashlib.sha256(path.read_bytes()).hexdigest()):
        return f"{printable(inside)} {CHANGED}"
    return None


def _made(folder: Path) -> dict[str, str] | None:
    """Returns the checksum of each file that was made in a folder, by its path, or None if the folder does not say."""
    try:
        text = json.loads((folder / LIST).read_bytes())
        if isinstance(text, dict) and text.get("format") == FORMAT and isinstance(text.get("files"), dict):
            return {str(path): str(checksum) for path, checksum in text["files"].items()}
        return None
    except FileNotFoundError:
        return _made_by_an_older_version(folder)
    except (OSError, ValueError):
        return None


def _made_by_an_older_version(folder: Path) -> dict[str, str] | None:
    """Returns the files of a site without a list, as the site's service worker lists them.

    The service worker has no checksum of itself and of compressed files: they may have any content.
    """
    try:
        found = BUILD.search((folder / WORKER).read_bytes())
        build = json.loads(found[1]) if found else {}
        made: dict[str, str] = {**build["kept"], **build["later"], WORKER: ""}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return made | {path + ending: "" for path in made for ending in (".br", ".gz")}
