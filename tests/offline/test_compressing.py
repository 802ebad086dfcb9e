"""Compressing the files of a site says how long it takes, once, and shows its progress on a terminal."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.offline.site import archive


def text_of(size: int) -> bytes:
    """Returns a text that no other test compresses."""
    return bytes(random.Random(size).choices(b"abcdefgh ", k=size))


def test_only_work_that_takes_time_is_announced_and_only_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few kilobytes say nothing, more say that they are kept, much says that it takes a minute."""
    assert set(archive.compressed_siblings({"a.txt": text_of(5000)}, tmp_path)) == {"a.txt.br", "a.txt.gz"}
    assert capsys.readouterr().err == ""
    files = {"b.txt": text_of(200_000)}
    archive.compressed_siblings(files, tmp_path)
    assert capsys.readouterr().err == "compressing 0.2 MB (kept for later runs)\n"
    archive.compressed_siblings(files, tmp_path)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(archive, "A_MINUTE_FROM", 250_000)
    archive.compressed_siblings({"c.txt": text_of(300_000)}, tmp_path)
    assert capsys.readouterr().err == "compressing 0.3 MB (about a minute; kept for later runs)\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_a_terminal_shows_how_much_is_compressed(tmp_path: Path) -> None:
    """Megabytes done and in all stand on one line of a terminal, which is empty at the end; a file gets nothing."""
    (tmp_path / "a").write_bytes(text_of(100_000))
    (tmp_path / "b").write_bytes(text_of(300_000))
    command: list[str | Path] = [shutil.which("node") or "node", archive.COMPRESSOR, tmp_path]
    terminal, end = os.openpty()
    subprocess.run(command, stderr=end, check=True)
    shown = os.read(terminal, 10_000).decode()
    os.close(end)
    os.close(terminal)
    assert "0.1 of 0.4 MB" in shown or "0.3 of 0.4 MB" in shown
    assert "0.4 of 0.4 MB" in shown
    assert shown.endswith("\r\x1b[K")
    assert "\n" not in shown
    for made in tmp_path.glob("*.br"):
        made.unlink()
    assert subprocess.run(command, capture_output=True, check=True).stderr == b""
