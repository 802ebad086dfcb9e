"""Find the thumbnails that a bundle names by addresses relative to the bundle."""

import os
import posixpath
from collections.abc import Container
from pathlib import Path

from scanner.bundle import HashBundle
from scanner.offline.enrol.fields import BUNDLE_FOLDER, path_in_site
from scanner.offline.enrol.shown import shown_path
from scanner.offline.site.archive import Files
from scanner.offline.site.parts import Parts
from scanner.quoting import quoted

__all__ = ["missing_thumbnails", "thumbnail_files"]


def thumbnail_files(references: HashBundle, bundle: Path, parts: Parts) -> Files:
    """Returns the thumbnails that references name and that exist as files, by their path in the site.

    A thumbnail lies where its address leads from the bundle. A thumbnail of a checkout's own bundle may also be one of
    the demo's pictures.
    """
    files = {}
    own = parts.checkout is not None and bundle.resolve() == parts.bundle.resolve()
    for place in _thumbnails(references).values():
        sources = [_beside(bundle, place)]
        if own and posixpath.dirname(place) == "pictures":
            sources.append(parts.demo / posixpath.basename(place))
        found = [source for source in sources if source.is_file()]
        if found and not place.startswith("../"):
            files[place] = found[0].read_bytes()
    return files


def missing_thumbnails(references: HashBundle, bundle: Path, paths: Container[str]) -> list[str]:
    """Returns a warning for each reference whose thumbnail has a relative address that leads to none of `paths`."""
    warnings = []
    for name, place in _thumbnails(references).items():
        if place in paths:
            continue
        told = f"picture {quoted(name)}, field 'thumbnail': expected a file of the site, found"
        if place.startswith("../"):
            warnings.append(
                f"{told} an address outside it: lead it into the site, or write one that begins with https://"
            )
        else:
            source = shown_path(_beside(bundle, place))
            warnings.append(f"{told} none: put it at {source} and make the site again, or leave the field out")
    return warnings


def _beside(bundle: Path, place: str) -> Path:
    """Returns the source of a file of the site: its place relative to the bundle on this machine."""
    return Path(os.path.normpath(bundle.parent / posixpath.relpath(place, BUNDLE_FOLDER)))


def _thumbnails(references: HashBundle) -> dict[str, str]:
    """Returns id -> path in the site, for each reference whose thumbnail has a relative address."""
    addresses = {reference.id: reference.fields.get("thumbnail") for reference in references.references}
    places = {name: path_in_site(address) for name, address in addresses.items() if isinstance(address, str)}
    return {name: place for name, place in places.items() if place is not None}
