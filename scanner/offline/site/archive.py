"""Make zips and precompressed files, with equal bytes on every machine."""

import gzip
import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from scanner.files import sweep, temporary_folder
from scanner.offline.site.kept import keep, kept, kept_or_made
from scanner.offline.site.runtime import DownloadError, node_program
from scanner.offline.site.tools import run_tool

Files = dict[str, bytes]

# Endings of files that gain by compression; pictures and deflated archives only grow.
COMPRESSIBLE = {
    ".html", ".css", ".js", ".mjs", ".json", ".webmanifest", ".svg", ".txt", ".wasm", ".zip", ".whl"
}  # fmt: skip
WORTHWHILE = 0.95  # a compressed file larger than this part of the plain one is not kept

SHOWN_FROM, A_MINUTE_FROM = 100_000, 10_000_000
"""Bytes from which compressing is announced, and from which it takes long: 19 MB take a minute on two slow cores."""

COMPRESSOR = Path(__file__).with_name("brotli_files.mjs")


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Returns a zip of `files`: sorted, dated 1980, and stored, because the host compresses it whole."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path), content)
    return buffer.getvalue()


def read_zip(packed: bytes) -> Files:
    """Returns the files in a zip, by their path."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def json_bytes(value: object) -> bytes:
    """Returns a JSON text of sorted names, one a line."""
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def compressed_siblings(files: Mapping[str, bytes], cache: Path) -> Files:
    """Returns a .br and a .gz file for each of `files` that gains by it, and keeps them in `cache`.

    Raises DownloadError where Node is missing or cannot compress.
    """
    folder = cache / "compressed"
    sweep(folder)
    plain = {path: content for path, content in files.items() if Path(path).suffix in COMPRESSIBLE}
    digests = {path: hashlib.sha256(content).hexdigest()[:32] for path, content in plain.items()}
    zipped = {
        path: kept_or_made(folder / f"{digests[path]}.gz", partial(gzip.compress, content, 9, mtime=0))
        for path, content in plain.items()
    }
    # A file that gzip cannot make smaller is compressed already: brotli would only cost time.
    gaining = {path: content for path, content in plain.items() if _is_worthwhile(zipped[path], content)}
    brotli = _kept_brotli({digests[path]: content for path, content in gaining.items()}, folder)
    siblings = {}
    for path, content in gaining.items():
        siblings[path + ".gz"] = zipped[path]
        if _is_worthwhile(small := brotli[digests[path]], content):
            siblings[path + ".br"] = small
    return siblings


def _kept_brotli(contents: Mapping[str, bytes], folder: Path) -> Files:
    """Returns each content compressed with brotli, by its name; all that `folder` lacks are compressed at once."""
    places = {name: folder / f"{name}.br" for name in contents}
    found = {name: small for name, place in places.items() if (small := kept(place)) is not None}
    made = _brotli({name: content for name, content in contents.items() if name not in found}, folder)
    for name, small in made.items():
        keep(places[name], small)
    return found | made


def _is_worthwhile(small: bytes, content: bytes) -> bool:
    return len(small) < WORTHWHILE * len(content)


def _brotli(files: Mapping[str, bytes], cache: Path) -> Files:
    """Returns each file compressed with brotli, by Node, which has brotli built in and uses every core."""
    if not files:
        return {}
    node = node_program("install Node.js 20 or newer")
    total = sum(len(content) for content in files.values())
    is_shown = total >= SHOWN_FROM
    if is_shown:
        duration = "about a minute; " if total >= A_MINUTE_FROM else ""
        print(f"compressing {total / 1e6:.1f} MB ({duration}kept for later runs)", file=sys.stderr, flush=True)
    try:
        with temporary_folder(cache) as folder:
            plain = Path(folder) / "plain"
            plain.mkdir()
            for name, content in files.items():
                (plain / name).write_bytes(content)
            run_tool([node, COMPRESSOR, plain], Path(folder), seconds=900, shown=is_shown and sys.stderr.isatty())
            return {name: (plain / f"{name}.br").read_bytes() for name in files}
    except OSError as error:
        cure = "install Node.js 20 or newer, or make room"
        raise DownloadError(f"expected compressed files from Node.js, found otherwise ({error}): {cure}") from error
