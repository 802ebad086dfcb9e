"""The runtime is the one that its makers published, whatever source served it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.offline.site.runtime import (
    CACHE_VARIABLE,
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
    """On a machine with neither cache nor npm it exits 1 with one clear message, no traceback."""
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
    assert "install Node.js" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_cache_that_cannot_be_written_is_said_before_anything_is_downloaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the folder and how to choose another, before minutes of downloading."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DownloadError, match=CACHE_VARIABLE):
        obtain_runtime(tmp_path / "file" / "cache")
    assert "fetching" not in capsys.readouterr().err
