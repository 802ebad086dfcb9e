"""The runtime is the one that its makers published, whatever source served it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

import scanner.offline.site.runtime as runtime_module
from scanner.offline.site.archive import zip_bytes
from scanner.offline.site.runtime import (
    CACHE_VARIABLE,
    CARRIER_FOLDER,
    CORE_FILES,
    PYODIDE_VERSION,
    DownloadError,
    cache_folder,
    checksum,
    fetch_verified,
    obtain_runtime,
)
from support.places import PROJECT

CONTENT = b"what was published"
INTEGRITY = "sha256-" + base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()


def serving(content: bytes) -> Callable[[], bytes]:
    """Returns a source that has `content`."""
    return lambda: content


def out_of_reach() -> bytes:
    raise ConnectionError("no route to host")


def test_every_file_of_the_runtime_is_there_and_the_wheel_is_the_one_the_release_locks() -> None:
    """Core files come out of the pinned package, and numpy's checksum equals the one in its lock file."""
    runtime = obtain_runtime()
    lock = json.loads(runtime.files["pyodide-lock.json"])
    assert set(runtime.files) == {*CORE_FILES, runtime.numpy}
    assert hashlib.sha256(runtime.files[runtime.numpy]).hexdigest() == lock["packages"]["numpy"]["sha256"]
    assert f'"{PYODIDE_VERSION}"'.encode() in runtime.files["pyodide.mjs"]
    assert runtime.files["pyodide.asm.wasm"].startswith(b"\0asm")


def test_what_is_cached_needs_no_network(tmp_path: Path) -> None:
    """A verified file in the cache is used without asking any source."""
    (tmp_path / "file").write_bytes(CONTENT)
    assert fetch_verified("file", INTEGRITY, tmp_path, []) == CONTENT


def test_a_download_is_kept_for_the_next_time(tmp_path: Path) -> None:
    """After one fetch the source is no longer needed."""
    cache = tmp_path / "not" / "there" / "yet"
    fetch_verified("file", INTEGRITY, cache, [("a mirror", serving(CONTENT))])
    assert fetch_verified("file", INTEGRITY, cache, []) == CONTENT


def test_a_damaged_cache_is_mended_not_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A cached file with another checksum is said to be damaged and fetched anew."""
    (tmp_path / "file").write_bytes(CONTENT[:-1])
    assert fetch_verified("file", INTEGRITY, tmp_path, [("a mirror", serving(CONTENT))]) == CONTENT
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert "damaged" in capsys.readouterr().err


def test_a_source_that_serves_other_bytes_is_passed_over(tmp_path: Path) -> None:
    """Wrong bytes are neither returned nor kept; the next source is asked."""
    sources = [("a liar", serving(b"a login page")), ("a mirror", serving(CONTENT))]
    assert fetch_verified("file", INTEGRITY, tmp_path, sources) == CONTENT


def test_when_nothing_helps_the_error_lists_what_was_tried_and_what_to_do(tmp_path: Path) -> None:
    """The message names file, checksum, each source with its failure, and the folder to put the file into."""
    sources = [("a liar", serving(b"a login page")), ("the moon", out_of_reach)]
    with pytest.raises(DownloadError) as caught:
        fetch_verified("file", INTEGRITY, tmp_path, sources)
    message = str(caught.value)
    for part in ("cannot obtain file", INTEGRITY, "a liar", "served 12 bytes", "the moon", "no route to host"):
        assert part in message
    assert str(tmp_path) in message
    assert CACHE_VARIABLE in message
    assert list(tmp_path.iterdir()) == []


def test_checksums_are_written_as_npm_and_browsers_write_them() -> None:
    """The algorithm's name, a dash, base64."""
    assert checksum(CONTENT, "sha512-anything").startswith("sha512-")
    assert checksum(CONTENT) == INTEGRITY


def test_the_cache_lies_outside_the_project_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache is the platform's cache folder, or the folder that a variable names."""
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    assert not cache_folder().is_relative_to(PROJECT)
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    assert cache_folder() == tmp_path


def test_without_npm_the_command_says_to_install_node(tmp_path: Path) -> None:
    """On a machine with neither cache nor npm it exits 1 with one clear message, no traceback and no download."""
    environment = {**os.environ, "PATH": str(tmp_path), CACHE_VARIABLE: str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-m", "scanner.offline.site", "-o", str(tmp_path / "site")],
        capture_output=True,
        text=True,
        env=environment,
        cwd=PROJECT,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "expected node and npm on this machine, found no node and no npm: install Node.js" in done.stderr
    assert "fetching" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_cache_that_cannot_be_written_is_said_before_anything_is_downloaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the folder and how to choose another, before minutes of downloading."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DownloadError, match=CACHE_VARIABLE):
        obtain_runtime(tmp_path / "file" / "cache")
    assert "fetching" not in capsys.readouterr().err


# Sources that fail.

ANSWER = b"HTTP/1.1 200 OK\r\n"

SLOWLY: list[bytes | float | None] = [b"H", 0.1] * 100

ANSWERS: dict[str, list[bytes | float | None]] = {
    "breaks off in a chunk": [ANSWER + b"Transfer-Encoding: chunked\r\n\r\n100\r\nxx"],
    "sends chunks of no length": [ANSWER + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\nxx\r\n"],
    "promises more than it sends": [ANSWER + b"Content-Length: 1000\r\n\r\n" + CONTENT],
    "promises less than it sends": [ANSWER + b"Content-Length: 5\r\n\r\n" + CONTENT],
    "gives a length that is no number": [ANSWER + b"Content-Length: many\r\n\r\nwrong"],
    "gives a length below zero": [ANSWER + b"Content-Length: -1\r\n\r\nwrong"],
    "says that it is not there": [b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"],
    "says nothing of use": [b"HTTP/1.1 204 No Content\r\n\r\n"],
    "sends another part": [b"HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\n\r\npart"],
    "sends a login page": [ANSWER + b"Content-Type: text/html\r\n\r\n<!doctype html>"],
    "leads round in a circle": [b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"],
    "leads to a file of this machine": [b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n"],
    "sends a status that is no number": [b"HTTP/1.1 fine OK\r\n\r\n"],
    "is no web server": [b"220 mail.example ESMTP\r\n"],
    "sends a header without end": [ANSWER + b"X: " + b"a" * 100_000],
    "sends a thousand headers": [ANSWER + b"X: a\r\n" * 1000 + b"\r\n"],
    "sends broken headers": [ANSWER + b"\x00\xff: \x00\r\n nonsense\r\n\r\n"],
    "hangs up at once": [b""],
    "takes the request and is silent": [None],
    "sends a byte now and then": [ANSWER + b"Content-Length: 1000\r\n\r\n", *SLOWLY],
    "sends a header now and then": [*SLOWLY],
    "never ends": [ANSWER + b"\r\n", *[b"x" * 100_000] * 100],
}
"""A host's behaviour -> the bytes that it sends, and seconds that it waits; None: until it is hung up on."""


@pytest.fixture
def host() -> Iterator[Callable[[list[bytes | float | None]], str]]:
    """Starts a host that behaves in a way, and gives its address."""
    with ExitStack() as stack:

        def answer(connection: socket.socket, parts: list[bytes | float | None]) -> None:
            with connection, suppress(OSError):
                connection.recv(65536)
                for part in parts:
                    if part is None:
                        connection.recv(1)
                    elif isinstance(part, bytes):
                        connection.sendall(part)
                    else:
                        time.sleep(part)

        def started(parts: list[bytes | float | None]) -> str:
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def serve() -> None:
                with suppress(OSError):
                    while True:
                        connection = listening.accept()[0]
                        threading.Thread(target=answer, args=(connection, parts), daemon=True).start()

            threading.Thread(target=serve, daemon=True).start()
            return f"http://127.0.0.1:{listening.getsockname()[1]}/"

        yield started


@pytest.mark.parametrize("behaviour", ANSWERS)
def test_whatever_a_host_answers_the_next_source_is_asked(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    host: Callable[[list[bytes | float | None]], str],
    behaviour: str,
) -> None:
    """A host that breaks off, lies, is silent, is slow or never ends costs seconds; another source serves the file."""
    monkeypatch.setattr(runtime_module, "CDN_URL", host(ANSWERS[behaviour]))
    monkeypatch.setattr(runtime_module, "CDN_TIMEOUT_SECONDS", 0.5)
    monkeypatch.setattr(runtime_module, "CDN_WHOLE_SECONDS", 1.5)
    monkeypatch.setattr(runtime_module, "MOST_BYTES", 1_000_000)
    sources = [("the host", lambda: runtime_module._get_from_cdn("x")), ("a mirror", serving(CONTENT))]
    begun = time.monotonic()
    assert fetch_verified("file", INTEGRITY, tmp_path, sources) == CONTENT
    assert time.monotonic() - begun < 10
    with pytest.raises(DownloadError, match="the host: "):
        fetch_verified("other", INTEGRITY, tmp_path, sources[:1])
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


CARRIED = f"{CARRIER_FOLDER}x"

CARRIERS: dict[str, dict[str, bytes]] = {
    "brings nothing": {},
    "brings two packages": {"a.whl": b"", "b.whl": b""},
    "brings no archive": {"a.whl": b"<!doctype html>"},
    "brings an archive without the file": {"a.whl": zip_bytes({"other": b""})},
    "brings a damaged archive": {"a.whl": zip_bytes({CARRIED: CONTENT}).replace(CONTENT, CONTENT[::-1])},
    "brings a file without end": {"a.whl": zip_bytes({CARRIED: b"x" * 2_000_000})},
}


@pytest.mark.parametrize("behaviour", CARRIERS)
def test_whatever_a_package_client_brings_the_next_source_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, behaviour: str
) -> None:
    """A package that is missing, damaged or endless is passed over, and its folder is cleared away."""

    def bring(command: list[str], folder: Path) -> None:
        for name, content in CARRIERS[behaviour].items():
            (folder / name).write_bytes(content)

    monkeypatch.setattr(runtime_module, "_run", bring)
    monkeypatch.setattr(runtime_module, "MOST_BYTES", 1_000_000)
    carrier = ("pip", lambda: runtime_module._take_from_carrier("x", tmp_path))
    assert fetch_verified("file", INTEGRITY, tmp_path, [carrier, ("a mirror", serving(CONTENT))]) == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("damage", [b"", CONTENT[:-1], b"another file", b"x" * 2_000_000])
def test_a_download_in_the_cache_is_checked_each_time_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    """A download that was emptied, cut, exchanged or blown up in the cache is fetched anew."""
    monkeypatch.setattr(runtime_module, "MOST_BYTES", 1_000_000)
    (tmp_path / "file").write_bytes(damage)
    assert fetch_verified("file", INTEGRITY, tmp_path, [("a mirror", serving(CONTENT))]) == CONTENT
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_two_commands_may_download_at_once(tmp_path: Path) -> None:
    """Several commands that fill an empty cache all get the file, and leave it whole and alone."""
    program = (
        "import pathlib, sys, time\n"
        "from scanner.offline.site.runtime import fetch_verified\n"
        f"slowly = lambda: time.sleep(0.5) or {CONTENT!r}\n"
        f"got = fetch_verified('file', {INTEGRITY!r}, pathlib.Path(sys.argv[1]), [('a mirror', slowly)])\n"
        f"sys.exit(got != {CONTENT!r})"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "cache")]
    started = [subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.DEVNULL) for _ in range(4)]
    assert [each.wait(timeout=120) for each in started] == [0, 0, 0, 0]
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["file"]
    assert (tmp_path / "cache" / "file").read_bytes() == CONTENT
