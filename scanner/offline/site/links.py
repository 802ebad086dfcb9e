"""Warn of links that lead nowhere in the site."""

import difflib
import posixpath
import re
from collections.abc import Collection, Iterable, Iterator
from urllib.parse import unquote

from scanner.bundle import HashBundle
from scanner.offline.enrol.fields import BUNDLE_FOLDER, path_in_site, with_scheme
from scanner.offline.site.faults import OWN_PLACE
from scanner.offline.site.origins import PAGE
from scanner.quoting import excerpt, quoted

__all__ = ["foot_links_nowhere", "links_nowhere"]

ADD_IT = f"add the page to {OWN_PLACE}, or write an address that begins with https://"

LIKENESS = 0.65
"""Least likeness, from 0 to 1, of two names of which one is likely meant by the other."""


def links_nowhere(references: HashBundle, paths: Collection[str]) -> list[str]:
    """Returns a warning for each reference whose `url` leads to no file of the site.

    An address of another host, from the root of the host or of a folder around the site is taken for good: nobody here
    can know what is there.

    Args:
        references: the bundle.
        paths: paths of all files in the site.
    """
    warnings = []
    for reference in references.references:
        address = reference.fields.get("url")
        place = path_in_site(address) if isinstance(address, str) else None
        if place is None or place.startswith("..") or _leads_somewhere(place, paths):
            continue
        found = f"found {excerpt(repr(address))}, and the site has no {excerpt(place)}"
        told = f"picture {quoted(reference.id)}, field 'url': expected an address that leads to a file of the site"
        warnings.append(f"{told}, {found}: {_cure(place, paths)}")
    return warnings


def foot_links_nowhere(links: Iterable[tuple[str, str]], paths: Collection[str]) -> Iterator[str]:
    """Yields a warning for each link at the foot of the page that leads to no file of the site.

    An address of another host, from the root of the host or of a folder around the site is taken for good.

    Args:
        links: words and address of each link.
        paths: paths of all files in the site.
    """
    for words, address in links:
        told = f"settings, 'links', {quoted(words)}: expected an address that leads to a file of the site"
        if meant := with_scheme(address):
            yield f"{told} or begins with https://, found {quoted(address)}: write {excerpt(meant)}"
            continue
        path = unquote(re.split("[?#]", address, maxsplit=1)[0])
        place = posixpath.normpath(path) if path else ""
        if ":" in path or path.startswith(("/", "\\")) or place.startswith("..") or not place or place == ".":
            continue
        if not _leads_somewhere(place, paths):
            found = f"found {quoted(address)}, and the site has no {excerpt(place)}"
            yield f"{told}, {found}: {_cure_at_foot(place, paths)}"


def _cure_at_foot(place: str, paths: Collection[str]) -> str:
    """Returns what to write at the foot of the page: a mail address, or the page with the nearest name."""
    if "@" in place:
        return f"write {excerpt(f'mailto:{place}')}"
    pages = {path.casefold(): path for path in sorted(paths) if path.endswith((".html", ".pdf")) and path != PAGE}
    near = difflib.get_close_matches(place.casefold(), pages, 1, LIKENESS)
    if near:
        return f"is {excerpt(repr(pages[near[0]]))} meant? If not, {ADD_IT}"
    return ADD_IT


def _leads_somewhere(place: str, paths: Collection[str]) -> bool:
    """Returns whether a host answers a path with a file: the path's own, a folder's index.html, or name.html."""
    return any(path in paths for path in (place, posixpath.normpath(f"{place}/index.html"), f"{place}.html"))


def _cure(place: str, paths: Collection[str]) -> str:
    """Returns what to write: the address of the page that has this name elsewhere, if there is one."""
    name = posixpath.basename(place).casefold()
    alike = [path for path in sorted(paths) if posixpath.basename(path).casefold() == name]
    if alike:
        return f"write {excerpt(repr(posixpath.relpath(alike[0], BUNDLE_FOLDER)))}"
    if place.startswith(f"{BUNDLE_FOLDER}/"):
        beside = excerpt(repr(f"../{posixpath.relpath(place, BUNDLE_FOLDER)}"))
        return f"write {beside} and {ADD_IT}"
    return ADD_IT
