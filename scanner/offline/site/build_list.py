"""Write into scripts what they must know of other files: the build into the service worker, lists into others."""

import hashlib
import json
from collections.abc import Container, Mapping

from scanner.offline.site.archive import Files
from scanner.offline.site.faults import SiteError

__all__ = ["WORKER", "with_build", "with_value"]

WORKER = "service-worker.js"
BUILD_LINE = 'const BUILD = { version: "", kept: {}, later: {} };'


def with_build(site: Files, version: str, files: Mapping[str, bytes], kept: Container[str]) -> Files:
    """Returns the files of a site whose service worker has the build in it.

    Args:
        site: the files, the service worker's script as it lies in web/.
        version: the build's name.
        files: every file that a page may ask for, by its path in the site.
        kept: the paths that a visit without a network needs; the others are kept when a page first asks for them.

    Raises:
        SiteError: the script has no line for the build, or several.
    """
    checksums = {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())}
    build = {
        "version": version,
        "kept": {path: checksum for path, checksum in checksums.items() if path in kept},
        "later": {path: checksum for path, checksum in checksums.items() if path not in kept},
    }
    return with_value(site, WORKER, BUILD_LINE, build)


def with_value(files: Files, path: str, line: str, value: object) -> Files:
    """Returns files with another value in a line of a script, such as `const FILES = [];`.

    Raises:
        SiteError: the script has no such line, or several.
    """
    if (found := files[path].count(line.encode())) != 1:
        expected = f"{path}: expected the line `{line}` once"
        raise SiteError(f"{expected}, found it {found} times: take the web/ of this version")
    filled = f"{line.partition(' = ')[0]} = {json.dumps(value)};"
    return files | {path: files[path].replace(line.encode(), filled.encode())}
