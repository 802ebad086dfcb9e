"""Make zips and precompressed files, with equal bytes on every machine."""

import gzip
import hashlib
import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from scanner.files import write_atomically
from scanner.offline.site.runtime import DownloadError, kept_or_made

Files = dict[str, bytes]

# Endings of files that gain by compression; pictures and deflated archives only grow.
COMPRESSIBLE = {
    ".html", ".css", ".js", ".mjs", ".json", ".webmanifest", ".svg", ".txt", ".wasm", ".zip", ".whl"
}  # fmt: skip
WORTHWHILE = 0.95  # a compressed file larger than this part of the plain one is not kept

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


def compressed_siblings(files: Mapping[str, bytes], cache: Path) -> Files:
    """Returns a .br and a .gz file for each of `files` that gains by it. Raises DownloadError without Node."""
    folder = cache / "compressed"
    plain = {path: content for path, content in files.items() if Path(path).suffix in COMPRESSIBLE}
    digests = {path: hashlib.sha256(content).hexdigest()[:32] for path, content in plain.items()}
    zipped = {
        path: kept_or_made(folder / f"{digests[path]}.gz", partial(gzip.compress, content, 9, mtime=0))
        for path, content in plain.items()
    }
    # A file that gzip cannot make smaller is compressed already: brotli would only cost time.
    gaining = {path: content for path, content in plain.items() if _is_worthwhile(zipped[path], content)}
    missing = {
        digests[path]: content for path, content in gaining.items() if not (folder / f"{digests[path]}.br").is_file()
    }
    for digest, small in _brotli(missing).items():
        write_atomically(folder / f"{digest}.br", small)
    siblings = {}
    for path, content in gaining.items():
        siblings[path + ".gz"] = zipped[path]
        brotli = (folder / f"{digests[path]}.br").read_bytes()
        if _is_worthwhile(brotli, content):
            siblings[path + ".br"] = brotli
    return siblings


def _is_worthwhile(small: bytes, content: bytes) -> bool:
    return len(small) < WORTHWHILE * len(content)


def _brotli(files: Mapping[str, bytes]) -> Files:
    """Returns each file compressed with brotli, by Node, which has brotli built in and uses every core."""
    if not files:
        return {}
    node = shutil.which("node")
    if node is None:
        raise DownloadError("no node on this machine: install Node.js 20 or newer")
    total = sum(len(content) for content in files.values())
    print(f"compressing {total / 1e6:.1f} MB, once", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        command = [node, str(COMPRESSOR), folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
        if done.returncode != 0:
            raise RuntimeError(f"compressing failed (exit code {done.returncode}): {done.stderr[-2000:]}")
        return {name: (Path(folder) / f"{name}.br").read_bytes() for name in files}
