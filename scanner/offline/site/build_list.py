"""Write the build into the service worker: its version, and the checksum of each of its files."""

import hashlib
import json
import re
from collections.abc import Container, Mapping

__all__ = ["WORKER", "worker_with_build"]

WORKER = "service-worker.js"

# The line of web/service-worker.js that holds the build.
BUILD_LINE = re.compile(rb"^const BUILD = .*$", re.MULTILINE)


def worker_with_build(worker: bytes, version: str, files: Mapping[str, bytes], kept: Container[str]) -> bytes:
    """Returns the service worker's script with the build in it.

    Args:
        worker: the script as it lies in web/.
        version: the build's name.
        files: every file that a page may ask for, by its path in the site.
        kept: the paths that a visit without a network needs; the others are kept when a page first asks for them.

    Raises:
        ValueError: the script has no line for the build.
    """
    if len(BUILD_LINE.findall(worker)) != 1:
        raise ValueError(f"{WORKER} has no line of its own that begins with `const BUILD =`: restore it")
    checksums = {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())}
    build = {
        "version": version,
        "kept": {path: checksum for path, checksum in checksums.items() if path in kept},
        "later": {path: checksum for path, checksum in checksums.items() if path not in kept},
    }
    line = f"const BUILD = {json.dumps(build)};".encode()
    return BUILD_LINE.sub(lambda _: line, worker)
