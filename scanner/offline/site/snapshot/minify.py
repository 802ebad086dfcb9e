"""Minify a script with esbuild, which comes from npm as one package for every machine, pinned by its checksum."""

import io
import tarfile
from pathlib import Path

from scanner.files import temporary_folder
from scanner.offline.site.runtime import DownloadError, fetch_verified, node_program, pack_from_npm
from scanner.offline.site.tools import run_tool

__all__ = ["minified"]

VERSION = "0.28.2"
INTEGRITY = "sha512-GccVwhv3mmOUVQHCQm2Ox/rby8n/EqUwvZxE6Pjfikrq/lWw9g9WX/u9EykWnpot3Ko6j426DgQdea2xWKIAQA=="
"""The sha512 of the package, as `npm view esbuild-wasm@0.28.2 dist.integrity` prints it."""
FILE = f"esbuild-wasm-{VERSION}.tgz"

PROGRAM = Path(__file__).with_name("minify.mjs")


def minified(script: bytes, cache: Path) -> bytes:
    """Returns an ECMAScript module, minified.

    Raises:
        DownloadError: esbuild cannot be obtained, or cannot read the script.
    """
    node = node_program()
    package = fetch_verified(
        FILE,
        INTEGRITY,
        cache,
        [(f"npm pack esbuild-wasm@{VERSION}", lambda: pack_from_npm(f"esbuild-wasm@{VERSION}", FILE, cache))],
    )
    try:
        with temporary_folder(cache) as folder:
            with tarfile.open(fileobj=io.BytesIO(package)) as archive:
                archive.extractall(folder)
            (Path(folder) / "script.mjs").write_bytes(script)
            run_tool([node, PROGRAM, folder], Path(folder), seconds=300)
            return (Path(folder) / "script.min.mjs").read_bytes()
    except OSError as error:
        cure = "make room, or use --runtime stock"
        raise DownloadError(f"expected a minified script from esbuild, found otherwise ({error}): {cure}") from error
