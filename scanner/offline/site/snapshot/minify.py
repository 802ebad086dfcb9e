"""Minify a script with Terser, which comes from npm as one package for every machine, pinned by its checksum.

Terser drops functions that nothing calls inside other functions too. Emscripten's script is one function, so esbuild,
which looks at the outermost level only, would keep all of them.
"""

import io
import tarfile
from pathlib import Path

from scanner.files import temporary_folder
from scanner.offline.site.runtime import DownloadError, fetch_verified, node_program, pack_from_npm
from scanner.offline.site.tools import run_tool

__all__ = ["minified"]

VERSION = "5.51.4"
INTEGRITY = "sha512-VPi1CkDvCWLGUVIToctNBG+NdHbSXwOPjHJnQ3pdB0XknaldnI76wSkAFOGxV2ZdkzOP5d6gpQ5c58XvDghRvw=="
"""The sha512 of the package, as `npm view terser@5.51.4 dist.integrity` prints it."""
FILE = f"terser-{VERSION}.tgz"

UNUSED = Path("node_modules/@jridgewell/source-map/index.js")
"""A package that Terser loads, and uses only for source maps, which nobody asks for here: an empty one is enough."""

PROGRAM = Path(__file__).with_name("minify.mjs")


def minified(script: bytes, cache: Path) -> bytes:
    """Returns an ECMAScript module, minified.

    Raises:
        DownloadError: Terser cannot be obtained, or cannot read the script.
    """
    node = node_program()
    package = fetch_verified(
        FILE,
        INTEGRITY,
        cache,
        [(f"npm pack terser@{VERSION}", lambda: pack_from_npm(f"terser@{VERSION}", FILE, cache))],
    )
    try:
        with temporary_folder(cache) as folder:
            with tarfile.open(fileobj=io.BytesIO(package)) as archive:
                archive.extractall(folder)
            (Path(folder) / UNUSED).parent.mkdir(parents=True)
            (Path(folder) / UNUSED).write_bytes(b"")
            (Path(folder) / "script.mjs").write_bytes(script)
            run_tool([node, PROGRAM, folder], Path(folder), seconds=300)
            return (Path(folder) / "script.min.mjs").read_bytes()
    except OSError as error:
        cure = "make room, or use --runtime stock"
        raise DownloadError(f"expected a minified script from Terser, found otherwise ({error}): {cure}") from error
