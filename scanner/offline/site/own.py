"""Add pages and files of one's own to a site.

Own files of the page, such as index.html, take the place of the site's. An own file in the place of the scanner's
would break the scanner: such a clash is a fault.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from scanner.offline.enrol.shown import listed, printable, shown_path
from scanner.offline.site.archive import Files
from scanner.offline.site.faults import SHOWN, SiteError
from scanner.offline.site.made import LEAVINGS, LIST
from scanner.quoting import excerpt

__all__ = ["is_kept_offline", "own_files", "placed"]

REPLACEABLE = ("index.html", "style.css", "manifest.webmanifest", ".htaccess", ".nojekyll", "_headers", "icons/")
"""Files of the page or for hosts, and a folder of them, that an own file may replace."""

HIDDEN = (".htaccess", ".nojekyll", ".well-known/")
"""Hidden files, and a folder of them, that hosts ask for. Other hidden files may be secrets, and are left out."""

MOST_BYTES = 200_000_000
"""Largest own file: assembling holds the whole site in memory."""

KEPT_ENDINGS = {".html", ".css", ".js", ".mjs", ".svg", ".webmanifest", ".woff2"}
KEPT_BYTES = 500_000
"""Endings and largest size of own files that a first visit keeps for visits without a network."""


def own_files(folder: Path, output: Path) -> tuple[Files, list[str]]:
    """Returns the files of a folder by their path below it, and the paths that are left out because they are hidden.

    Args:
        folder: the folder.
        output: the site's folder; neither folder may lie in the other.

    Raises:
        SiteError: the folder is none, or files in it cannot be added; the message names all of them.
    """
    if not folder.is_dir():
        raise SiteError(f"{folder}: expected a folder of own pages and files, found none: correct --own")
    root = folder.resolve()
    if root.is_relative_to(output.resolve()) or output.resolve().is_relative_to(root):
        raise SiteError(f"{folder}: expected a folder apart from the site's, {output}, found one inside the other")
    files: Files = {}
    hidden: list[str] = []
    faults: list[str] = []

    def note(error: OSError) -> None:
        inside = Path(error.filename).relative_to(root)
        faults.append(f"{excerpt(shown_path(inside))} (a folder that cannot be read: {error.strerror})")

    for place, folders, names in os.walk(root, onerror=note):
        for name in sorted([*names, *folders]):
            path = Path(place, name)
            inside = path.relative_to(root).as_posix()
            is_folder = name in folders and not os.path.islink(path)
            if name.startswith(".") and name not in LEAVINGS and not _is_one_of(inside + "/" * is_folder, HIDDEN):
                hidden.append(inside + "/" * is_folder)
            elif not is_folder and name not in LEAVINGS:
                if fault := _fault(path, inside, root):
                    faults.append(f"{excerpt(shown_path(inside))} ({fault})")
                else:
                    files[inside] = path.read_bytes()
        folders[:] = [name for name in folders if f"{Path(place, name).relative_to(root).as_posix()}/" not in hidden]
    if faults:
        raise SiteError(f"{folder}: expected files that a site can hold, found {listed(faults, SHOWN)}")
    return files, hidden


def placed(site: Mapping[str, bytes], own: Mapping[str, bytes]) -> tuple[Files, list[str]]:
    """Returns the site with the own files in it, and the paths of the page's files that own files replace.

    Raises:
        SiteError: own files have the place of files of the scanner; the message names all of them.
    """
    taken = {path.casefold(): path for path in (*site, "assets.json", LIST)}
    folders = {above.casefold() for path in site for above in _above(path)}
    clashes = []
    replaced = []
    for path in own:
        plain = path.casefold().removesuffix(".br").removesuffix(".gz")
        if path in site and _is_one_of(path, REPLACEABLE):
            replaced.append(path)
        elif path.casefold() in taken:
            clashes.append(_clash(path, taken[path.casefold()]))
        elif plain != path.casefold() and (plain in taken or plain in {each.casefold() for each in own}):
            clashes.append(f"{printable(path)} (the site makes compressed files itself)")
        elif path.casefold() in folders or any(above.casefold() in taken for above in _above(path)):
            clashes.append(f"{printable(path)} (a file in the place of a folder, or the other way round)")
        elif path.casefold().startswith("runtime/"):
            clashes.append(f"{printable(path)} (browsers keep runtime/ for ever)")
    if clashes:
        cure = "give them other names"
        raise SiteError(
            f"own files: expected names that the scanner does not use, found {listed(clashes, SHOWN)}: {cure}"
        )
    return {**site, **own}, replaced


def is_kept_offline(path: str, content: bytes) -> bool:
    """Returns whether a first visit keeps an own file; another is kept when a page first asks for it."""
    return Path(path).suffix in KEPT_ENDINGS and len(content) <= KEPT_BYTES


def _clash(path: str, site: str) -> str:
    if _is_one_of(site, REPLACEABLE):
        return f"{printable(path)} (write {site} to replace the page's)"
    return f"{printable(path)} (the scanner's own file)"


def _fault(path: Path, inside: str, root: Path) -> str | None:
    """Returns why a file cannot be added, or None."""
    if printable(inside) != inside or "\\" in inside:
        return "a name with characters that an address cannot hold: rename it"
    try:
        if path.is_symlink() and not path.resolve(strict=True).is_relative_to(root):
            return "a link that leads out of the folder: put the file itself there"
        if not path.is_file():
            return "neither a file nor a folder: remove it, or put the files themselves there"
        if path.stat().st_size > MOST_BYTES:
            return f"more than {MOST_BYTES // 1_000_000} MB: put it on another host"
        with open(path, "rb"):
            return None
    except (OSError, RuntimeError) as error:  # RuntimeError: a link in a circle
        return f"cannot be read: {getattr(error, 'strerror', None) or error}"


def _is_one_of(path: str, names: Iterable[str]) -> bool:
    return any(path == name or (name.endswith("/") and path.startswith(name)) for name in names)


def _above(path: str) -> list[str]:
    """Returns the folders above a path, inmost first.

    >>> _above("a/b/c")
    ['a/b', 'a']
    """
    return [above.as_posix() for above in Path(path).parents][:-1]
