"""Obtain and verify the Pyodide runtime: Python and numpy compiled to WebAssembly.

Every file is pinned here by its checksum, so that no server need be trusted. The core files come in the npm package.
The numpy wheel comes from the official CDN or, where the CDN is out of reach, from a PyPI package that carries an
unchanged copy. A cache outside the project keeps the downloads, which are verified again each time they are read.

Source: https://pyodide.org/en/stable/usage/downloading-and-deploying.html
"""

import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import urllib.request
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO

from scanner.files import sweep, temporary_folder, write_atomically
from scanner.offline.site.tools import run_tool

PYODIDE_VERSION = "314.0.4"
CDN_URL = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE_VERSION}/full/"

# The sha512 of the whole package, as `npm view pyodide@314.0.4 dist.integrity` prints it.
NPM_INTEGRITY = "sha512-fMexKS5P/s8iTjczevLUv/aWq9i5yaGvBTpBW6gM+nzDNelfPpREma/xdDK2AAGebAuKnBJk7fyVP6RBlz4btg=="
NPM_FILE = f"pyodide-{PYODIDE_VERSION}.tgz"

# A PyPI package that carries Pyodide's wheels unchanged, with the sha256 of Pyodide's lock file.
CARRIER = "open-webui==0.12.4"
CARRIER_FOLDER = "open_webui/frontend/pyodide/"

CORE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
CACHE_VARIABLE = "IMAGE_SCANNER_CACHE"
CDN_TIMEOUT_SECONDS = 8  # a blocked network must not make the first set-up look frozen
CDN_WHOLE_SECONDS = 300  # a network that delivers a byte now and then must not either
TOOL_SECONDS = 900

MOST_BYTES = 64 << 20
"""Largest file that is downloaded or read from the cache: ten times the largest of this release, 6.5 MB."""

Source = tuple[str, Callable[[], bytes]]


class DownloadError(OSError):
    """A part of the runtime could not be obtained; the message lists every source tried, and the cure."""


@dataclass(frozen=True)
class Runtime:
    """The verified original files of one Pyodide release.

    `files` maps each name in `CORE_FILES` and the numpy wheel's own name, `numpy`, to its bytes.
    """

    files: Mapping[str, bytes]
    numpy: str

    @property
    def lock(self) -> dict[str, object]:
        """Returns the release's own pyodide-lock.json, parsed."""
        parsed: dict[str, object] = json.loads(self.files["pyodide-lock.json"])
        return parsed


def cache_folder() -> Path:
    """Returns the folder that keeps downloads between runs: $IMAGE_SCANNER_CACHE or the platform's own."""
    if chosen := os.environ.get(CACHE_VARIABLE):
        return Path(chosen).expanduser()
    import platformdirs

    return platformdirs.user_cache_path("image-scanner", appauthor=False)


def obtain_runtime(cache: Path | None = None) -> Runtime:
    """Returns the verified runtime; downloads the parts that the cache lacks.

    Raises DownloadError, with every source tried, when no source has a part.
    """
    cache = cache or cache_folder()
    _refuse_unwritable(cache)
    sweep(cache)
    if not (cache / NPM_FILE).exists():
        _refuse_without_node()
    named = f"pyodide@{PYODIDE_VERSION}"
    sources: list[Source] = [(f"npm pack {named}", lambda: pack_from_npm(named, NPM_FILE, cache))]
    package = fetch_verified(NPM_FILE, NPM_INTEGRITY, cache, sources)
    files = _read_package(package)
    entry = json.loads(files["pyodide-lock.json"])["packages"]["numpy"]
    wheel: str = entry["file_name"]
    files[wheel] = fetch_verified(
        wheel,
        "sha256-" + base64.b64encode(bytes.fromhex(entry["sha256"])).decode(),
        cache,
        [
            (f"the official CDN, {CDN_URL}{wheel}", lambda: _get_from_cdn(wheel)),
            (f"the Python package {CARRIER} (106 MB)", lambda: _take_from_carrier(wheel, cache)),
        ],
    )
    return Runtime(files, wheel)


def _refuse_without_node() -> None:
    """Raises DownloadError where the tools of Node.js are missing, before anything is downloaded."""
    if missing := [tool for tool in ("node", "npm") if shutil.which(tool) is None]:
        raise DownloadError(
            f"expected node and npm on this machine, found no {' and no '.join(missing)}: install Node.js 20 or newer "
            "(https://nodejs.org/), open a new terminal, and run the command again"
        )


def node_program(cure: str = "install Node.js 20 or newer, or use --runtime stock") -> str:
    """Returns the path of Node. Raises DownloadError, with the cure, where there is none."""
    if node := shutil.which("node"):
        return node
    raise DownloadError(f"no node on this machine: {cure}")


def _refuse_unwritable(cache: Path) -> None:
    """Raises DownloadError where nothing can be kept, before anything is downloaded."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=cache).close()
    except OSError as error:
        raise DownloadError(
            f"downloads cannot be kept in {cache} ({error}): make it writable, or name another folder in "
            f"${CACHE_VARIABLE}"
        ) from error


def fetch_verified(name: str, integrity: str, cache: Path, sources: list[Source]) -> bytes:
    """Returns the bytes of file `name` whose checksum is `integrity`, from the cache or a source.

    `integrity` is written as npm and browsers write it: "sha256-<base64>" or "sha512-<base64>". A source that fails in
    any way or serves other bytes is passed over. Raises DownloadError when no source is left, or when the cache cannot
    keep the file.
    """
    kept = cache / name
    if os.path.lexists(kept):
        try:
            content = _read(kept)
            if checksum(content, integrity) == integrity:
                return content
            found = "other checksum than pinned"
        except OSError as error:
            found = error.strerror or str(error)
        _say(f"{kept} is damaged ({found}): fetching it anew")
    failures: list[str] = []
    tried_last = ""
    for title, source in sources:
        if failures:
            _say(
                f"fetching {name}: {tried_last} did not deliver it; trying {title}, and the file's checksum is verified"
            )
        else:
            _say(f"fetching {name}: {title}")
        tried_last = title
        try:
            content = source()
        except Exception as error:  # networks, hosts and archives fail in more ways than a list could name
            failures.append(f"{title}: {str(error) or type(error).__name__}")
            continue
        got = checksum(content, integrity)
        if got == integrity:
            write_in_cache(kept, content)
            return content
        failures.append(f"{title}: served {len(content)} bytes with checksum {got}, not used")
    tried = "\n".join(f"  - {failure}" for failure in failures)
    raise DownloadError(
        f"cannot obtain {name} (checksum {integrity}). Tried:\n{tried}\n"
        f"Check the network, or put the file into {cache} by hand (${CACHE_VARIABLE} names another folder)."
    )


def write_in_cache(place: Path, content: bytes) -> None:
    """Writes a file of the cache whole or not at all. Raises DownloadError where the cache cannot be written."""
    try:
        write_atomically(place, content)
    except OSError as error:
        raise DownloadError(
            f"{place}: expected a file that can be written, found otherwise ({error.strerror or error}): make room, or "
            f"name another folder in ${CACHE_VARIABLE}"
        ) from error


def _read(path: Path) -> bytes:
    """Returns the content of a file. Raises OSError for anything but a file, and for more than `MOST_BYTES`."""
    if not path.is_file():
        raise OSError("expected a file, found a folder, a device or a link to nothing")
    with open(path, "rb") as file:
        return _read_at_most(file)


def _read_at_most(file: IO[bytes]) -> bytes:
    content = file.read(MOST_BYTES + 1)
    _refuse_too_many(len(content))
    return content


def _refuse_too_many(count: int) -> None:
    if count > MOST_BYTES:
        raise OSError(f"expected at most {MOST_BYTES:,} bytes, found more")


def checksum(content: bytes, like: str = "sha256-") -> str:
    """Returns the checksum of `content` written "<algorithm>-<base64>", with the algorithm of `like`."""
    algorithm = like.partition("-")[0]
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def _read_package(package: bytes) -> dict[str, bytes]:
    files = {}
    with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as archive:
        for name in CORE_FILES:
            member = archive.extractfile(f"package/{name}")
            assert member is not None  # the pinned package has all of them as plain files
            files[name] = member.read()
    return files


def pack_from_npm(package: str, file: str, cache: Path) -> bytes:
    """Returns a package of npm, such as "pyodide@314.0.4", which npm packs as `file`. Raises OSError."""
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("no npm on this machine; install Node.js 20 or newer")
    with temporary_folder(cache) as folder:
        _run([npm, "pack", package, "--pack-destination", folder], Path(folder))
        return _read(Path(folder) / file)


def _get_from_cdn(name: str) -> bytes:
    return within(CDN_WHOLE_SECONDS, lambda: _get(CDN_URL + name))


def _get(address: str) -> bytes:
    """Returns the content at an address. Raises any exception that a network or a host can cause."""
    from tqdm import tqdm

    content = bytearray()
    with urllib.request.urlopen(address, timeout=CDN_TIMEOUT_SECONDS) as response:
        with tqdm(total=response.length, unit="B", unit_scale=True, leave=False, disable=None) as bar:
            while piece := response.read1(1 << 18):
                content += piece
                _refuse_too_many(len(content))
                bar.update(len(piece))
        if response.length:
            raise OSError(f"the answer broke off {response.length} bytes before its end")
    return bytes(content)


def within(seconds: float, work: Callable[[], bytes]) -> bytes:
    """Returns the result of `work`. Raises TimeoutError where it takes longer, or the exception that `work` raises.

    A thread does the work, as only the time between two bytes of an answer can be limited by itself. A thread that is
    late is left alone, and ends with the command.
    """
    outcome: SimpleQueue[bytes | BaseException] = SimpleQueue()

    def at_work() -> None:
        try:
            outcome.put(work())
        except BaseException as error:
            outcome.put(error)

    threading.Thread(target=at_work, daemon=True).start()
    try:
        done = outcome.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"took longer than {seconds:g} seconds") from None
    if isinstance(done, BaseException):
        raise done
    return done


def _take_from_carrier(name: str, cache: Path) -> bytes:
    with temporary_folder(cache) as folder:
        options = ["--no-deps", "--only-binary=:all:", "--python-version", "3.12"]
        _run([*_pip(), "download", *options, "--dest", folder, CARRIER], Path(folder))
        (carrier,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(carrier) as archive, archive.open(CARRIER_FOLDER + name) as file:
            return _read_at_most(file)


def _pip() -> list[str]:
    probe = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    if probe.returncode == 0:
        return [sys.executable, "-m", "pip"]
    if pip := shutil.which("pip3") or shutil.which("pip"):
        return [pip]
    raise FileNotFoundError("no pip on this machine; install it (python -m ensurepip)")


def _run(command: list[str], folder: Path) -> None:
    """Runs a package client in `folder`; on a terminal, stderr shows the client's own progress."""
    run_tool(command, folder, seconds=TOOL_SECONDS, shown=sys.stderr.isatty())


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
