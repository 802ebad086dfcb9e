"""A file is written whole or not at all."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.files import temporary_folder, write_atomically
from support.places import PROJECT


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_written_with_its_folders_and_all_may_read_it(tmp_path: Path) -> None:
    """Folders are made as needed, and a web server under another account can read the file."""
    path = tmp_path / "new" / "folder" / "file"
    write_atomically(path, b"content")
    assert (path.read_bytes(), permissions(path)) == (b"content", 0o644)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("broken", ["fsync", "chmod", "replace"])
def test_a_write_that_breaks_off_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """The old content stays until the new content is whole, and no temporary file is left."""
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, broken, fail)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    """A write through a link changes the file that the link leads to, also if that file is not there yet."""
    kept, link = tmp_path / "elsewhere" / "file", tmp_path / "link"
    link.symlink_to(kept)
    for content in (b"first", b"second"):
        write_atomically(link, content)
        assert (link.is_symlink(), kept.read_bytes()) == (True, content)


def test_permissions_outlast_a_new_content(tmp_path: Path) -> None:
    """A file closed to others, or opened to a group, keeps these permissions when its content changes."""
    path = tmp_path / "file"
    path.touch()
    for mode in (0o600, 0o664):
        path.chmod(mode)
        write_atomically(path, b"new")
        assert permissions(path) == mode


def test_a_private_file_is_never_open_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody but the owner can read a key: not afterwards, not during the write, not if an open file lay there."""
    path = tmp_path / "key"
    path.write_bytes(b"old")
    seen = []
    monkeypatch.setattr(os, "fsync", lambda handle: seen.append(stat.S_IMODE(os.fstat(handle).st_mode)))
    write_atomically(path, b"secret", mode=0o600)
    assert (permissions(path), seen[0]) == (0o600, 0o600)


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_a_folder_or_a_device_is_not_replaced(tmp_path: Path, kind: str) -> None:
    """The error says what was expected, what was found and what to do; the folder or device is still there."""
    path = tmp_path / "thing"
    path.mkdir() if kind == "folder" else os.mkfifo(path)
    before = path.stat().st_mode
    with pytest.raises(FileExistsError, match="expected a file to write, found a folder or device: name a file"):
        write_atomically(path, b"new")
    assert path.stat().st_mode == before


LEFTOVER = ".phash-scanner-abcd1234.tmp"


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_the_next_write_clears_away_what_a_killed_command_has_left(tmp_path: Path, kind: str) -> None:
    """Temporary files and folders of a command that was killed are gone after the next write into their folder."""
    left = tmp_path / LEFTOVER
    if kind == "file":
        left.write_bytes(b"half")
    else:
        (left / "deep").mkdir(parents=True)
        (left / "deep" / "file").touch()
    write_atomically(tmp_path / "file", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_nothing_of_a_running_command_or_of_others_is_cleared_away(tmp_path: Path) -> None:
    """Temporary files in use, files with similar names, and whatever a link of such a name leads to stay."""
    for name in (".phash-scanner-abc.tmp", "phash-scanner-notes.tmp", ".file.abcd1234.tmp", "file.tmp"):
        (tmp_path / name).write_bytes(b"somebody's own")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_bytes(b"somebody's own")
    (tmp_path / LEFTOVER).symlink_to("kept")
    before = sorted(tmp_path.rglob("*"))
    with temporary_folder(tmp_path) as used:
        program = f"from scanner.files import sweep; sweep({str(tmp_path)!r})"
        subprocess.run([sys.executable, "-c", program], cwd=PROJECT, check=True, timeout=60)
        assert sorted(tmp_path.rglob("*")) == sorted([*before, Path(used)])
    assert sorted(tmp_path.rglob("*")) == before


def test_content_and_name_are_on_the_disk_before_the_write_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut after a write leaves the new file whole, in new folders too: each is synced, the content first."""
    synced = []

    def sync(handle: int, real: Callable[[int], None] = os.fsync) -> None:
        synced.append((os.fstat(handle).st_ino, (tmp_path / "new" / "folder" / "file").exists()))
        real(handle)

    monkeypatch.setattr(os, "fsync", sync)
    path = tmp_path / "new" / "folder" / "file"
    write_atomically(path, b"content")
    assert synced == [
        (path.stat().st_ino, False),
        *((folder.stat().st_ino, True) for folder in (path.parent, path.parent.parent, tmp_path)),
    ]


def test_a_disk_that_is_full_is_named_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of a write names the file that was to be written, also if the system names no file."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as caught:
        write_atomically(tmp_path / "file", b"new")
    assert (caught.value.filename, caught.value.filename2) == (str(tmp_path / "file"), None)
