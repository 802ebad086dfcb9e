"""Read the names of own scripts that the reader page runs, and refuse those that are not there."""

import difflib
import posixpath
from collections.abc import Collection, Sequence

from scanner.offline.site.faults import OWN_PLACE, SiteError
from scanner.quoting import printable, quoted

__all__ = ["refuse_missing", "scripts"]

ENDINGS = (".js", ".mjs")


def scripts(value: object) -> tuple[str, ...]:
    """Returns the paths of scripts below the folder of own files. Raises ValueError for anything but a list of paths.

    >>> scripts(["count.js"])
    ('count.js',)
    """
    expected = 'expected a list of scripts among your own files, such as ["count.js"]'
    if not isinstance(value, list):
        raise ValueError(f"{expected}, found {quoted(value)}: write [ and ] around it")
    for path in value:
        if not isinstance(path, str) or not path.strip() or printable(path) != path:
            raise ValueError(f"{expected}, found {quoted(path)}: write the name of a file")
        if ":" in path or path.strip().startswith("//"):
            cure = "the page runs no script of another host; save the script in own/ and write its name"
            raise ValueError(f"{expected}, found {quoted(path)}: {cure}")
        if not path.strip().endswith(ENDINGS):
            raise ValueError(f"{expected}, found {quoted(path)}: write a name that ends with .js or .mjs")
    return tuple(_below_own(path) for path in value)


def refuse_missing(named: Sequence[str], own: Collection[str]) -> None:
    """Refuses scripts that are not among the own files.

    Raises:
        SiteError: a script is missing; the message names the nearest file.
    """
    for path in named:
        if path not in own:
            near = difflib.get_close_matches(path, [each for each in own if each.endswith(ENDINGS)], 1)
            cure = f"write {near[0]!r}" if near else f"add it to {OWN_PLACE}, or remove the name"
            expected = "settings, 'scripts': expected scripts among your own files"
            raise SiteError(f"{expected}, found {quoted(path)}, which is not there: {cure}")


def _below_own(path: str) -> str:
    """Returns the path below the folder of own files: people write the folder's name too."""
    return posixpath.normpath(path.strip().removeprefix("./").removeprefix("own/"))
