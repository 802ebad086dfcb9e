"""Warn of links that lead nowhere in the site."""

import posixpath
from collections.abc import Collection

from scanner.bundle import HashBundle
from scanner.offline.enrol.fields import BUNDLE_FOLDER, path_in_site
from scanner.quoting import excerpt, quoted

__all__ = ["links_nowhere"]


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
        return f"write {beside} and add the page with --own, or write an address that begins with https://"
    return "add the page with --own, or write an address that begins with https://"
