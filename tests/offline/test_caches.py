"""The caches of the command mend themselves: no damaged file of them ever gets into a site."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.offline.command.main import site as main
from scanner.offline.site.archive import compressed_siblings
from scanner.offline.site.kept import keep, kept
from scanner.offline.site.runtime import CACHE_VARIABLE, DownloadError, cache_folder, obtain_runtime
from scanner.offline.site.trim import compiled


def empty(paths: list[Path]) -> None:
    """A power cut may leave a file without its content."""
    for path in paths:
        path.write_bytes(b"")


def cut(paths: list[Path]) -> None:
    """A full disk, or a copy that broke off, leaves the beginning of a file."""
    for path in paths:
        path.write_bytes(path.read_bytes()[:-1])


def swap(paths: list[Path]) -> None:
    """Each file gets the content of another one of its kind, whole but wrong."""
    contents = [path.read_bytes() for path in paths]
    for path, content in zip(paths, [*contents[1:], contents[0]], strict=True):
        path.write_bytes(content)


DAMAGES = [empty, cut, swap]


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_compressed_file_of_the_cache_is_checked_and_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], damage: Callable
) -> None:
    """Whatever has become of the compressed files in the cache, the next site has equal bytes, and mends the cache."""
    cache = tmp_path / "cache"
    cache.mkdir()
    for path in (path for path in cache_folder().iterdir() if path.is_file()):
        shutil.copy(path, cache)
    monkeypatch.setenv(CACHE_VARIABLE, str(cache))
    command = ["-o", str(tmp_path / "dist"), "--runtime", "cdn"]
    assert main(command) == 0
    before, whole = files(tmp_path / "dist"), files(cache / "compressed")
    assert len(whole) > 50
    capsys.readouterr()
    for ending in (".gz.kept", ".br.kept"):
        damage([path for path in whole if path.name.endswith(ending)])
    assert main(command) == 0
    assert capsys.readouterr().err.count(" is damaged ") == len(whole)
    assert files(tmp_path / "dist") == before
    assert files(cache / "compressed") == whole


def test_every_compiled_file_of_the_cache_is_checked_and_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Byte code that was emptied, cut or exchanged in the cache is compiled anew, and the cache is whole."""
    runtime = obtain_runtime()
    before = compiled({"one.py": b"one = 1\n"}, runtime, tmp_path)
    (whole,) = files(tmp_path).items()
    keep(tmp_path / "compiled" / "other.zip", b"another file, kept whole")
    other = tmp_path / "compiled" / "other.zip.kept"
    for damage in DAMAGES:
        damage([whole[0], other])
        assert compiled({"one.py": b"one = 1\n"}, runtime, tmp_path) == before
        assert capsys.readouterr().err.count(" is damaged ") == 1
        assert whole[0].read_bytes() == whole[1]
        keep(tmp_path / "compiled" / "other.zip", b"another file, kept whole")


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to nothing"])
def test_a_thing_in_the_place_of_a_kept_file_is_named(tmp_path: Path, kind: str) -> None:
    """A folder or a device in the cache ends in a sentence with its path; it holds up nothing."""
    place = tmp_path / "file.kept"
    if kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(tmp_path / "nothing")
    assert kept(tmp_path / "file") is None
    if kind == "link to nothing":
        keep(tmp_path / "file", b"new")
        assert kept(tmp_path / "file") == b"new"
    else:
        with pytest.raises(DownloadError, match=rf"file\.kept: expected a file .* \${CACHE_VARIABLE}"):
            keep(tmp_path / "file", b"new")


def test_a_full_disk_under_the_cache_is_named_with_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the file, the disk that is full, and the variable that names another folder."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DownloadError, match=rf"No space left .* make room, .* \${CACHE_VARIABLE}"):
        compressed_siblings({"a.js": b"a" * 1000}, tmp_path)
    assert files(tmp_path) == {}


@pytest.mark.parametrize("work", ["compile", "compress"])
def test_a_node_that_fails_is_named_with_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: str) -> None:
    """A Node.js that is too old, or ends early, gives a sentence with its own last words, and nothing is kept of it."""
    runtime = obtain_runtime()
    node = tmp_path / "bin" / "node"
    node.parent.mkdir()
    node.write_text("#!/bin/sh\necho SyntaxError: node is too old >&2\nexit 1\n")
    node.chmod(0o755)
    monkeypatch.setenv("PATH", str(node.parent), prepend=os.pathsep)
    cache = tmp_path / "cache"
    works = {
        "compile": lambda: compiled({"one.py": b"one = 1\n"}, runtime, cache),
        "compress": lambda: compressed_siblings({"a.js": b"a" * 1000}, cache),
    }
    with pytest.raises(DownloadError, match=r"SyntaxError: node is too old\): install Node\.js 20 or newer"):
        works[work]()
    assert [path.name for path in files(cache) if not path.name.endswith(".gz.kept")] == []
