"""Warn of relative addresses that lead to no file beside the bundle.

A relative address starts at the bundle's folder, whose files the builder knows. An address that leaves the folder leads
to a page of the site, which is assembled later: the assembly checks it.
"""

import os
import posixpath
from collections.abc import Iterator
from pathlib import Path

from scanner.bundle import HashBundle
from scanner.offline.enrol.fields import BUNDLE_FOLDER, field_warnings, path_in_site
from scanner.offline.enrol.fields_file import FIELDS_FILE, pictures_named
from scanner.offline.enrol.shown import shown_path
from scanner.quoting import excerpt

__all__ = ["ids_without_file", "missing_beside"]


def missing_beside(references: HashBundle, bundle: str | os.PathLike[str], images: str | os.PathLike[str]) -> list[str]:
    """Returns a warning for each field whose relative addresses lead to no file beside the bundle.

    Args:
        references: the bundle, without the addresses of thumbnails that are still to be made.
        bundle: the file that the bundle is, or will be, written to.
        images: the folder of pictures.
    """
    folder = Path(bundle).parent
    warnings = []
    for field in ("url", "thumbnail"):
        missing = list(_missing(references, field, folder))
        if not missing:
            continue
        _, address, path = missing[0]
        more = " and others" if len(missing) > 1 else ""
        found = f"found {excerpt(repr(address))}{more}, and no file {shown_path(folder / path)}"
        names = pictures_named([name for name, _, _ in missing])
        warnings.append(
            f"{shown_path(Path(images) / FIELDS_FILE)}: {names}, field '{field}': "
            f"expected an address from the bundle's folder to a file, {found}: {_cure(field, path, Path(images))}"
        )
    return warnings


def ids_without_file(references: HashBundle, field: str, bundle: str | os.PathLike[str]) -> list[str]:
    """Returns the ids whose relative address in a field leads to no file beside the bundle."""
    return [name for name, _, _ in _missing(references, field, Path(bundle).parent)]


def _missing(references: HashBundle, field: str, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yields the id, the address and the path from the bundle's folder of each address that leads to no file."""
    for reference in references.references:
        address = reference.fields.get(field)
        if not isinstance(address, str) or any(field_warnings({field: address})):
            continue
        place = path_in_site(address) or ""
        if place.startswith(f"{BUNDLE_FOLDER}/"):
            path = posixpath.relpath(place, BUNDLE_FOLDER)
            if not _exists(folder / path):
                yield reference.id, address, path


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _cure(field: str, path: str, images: Path) -> str:
    if field == "url":
        return (
            f"write {excerpt(repr(f'../{path}'))} for a page beside the site's index.html, or an address with https://"
        )
    if _exists(images / path):
        return "leave the field out and build with --thumbnails, or copy the picture there"
    return "put it there, or leave the field out and build with --thumbnails"
