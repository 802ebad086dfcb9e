"""What a build says in the end: two lines, and lists of what needs a look."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from scanner.offline.command.main import build_hashes
from support.pictures import cover


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of six pictures below the current folder."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(6):
        Image.fromarray(cover(number, (60, 50))).save(folder / f"picture {number}.png")
    return folder


def fields(images: Path, own: dict[str, Any]) -> None:
    (images / "references.json").write_text(json.dumps(own), encoding="utf-8")


def test_a_build_with_nothing_wrong_prints_two_lines(images: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line counts files and links, the other names the bundle; hidden files that systems leave make no third."""
    (images / ".DS_Store").touch()
    fields(images, {f"picture {number}": {"url": "https://example.org"} for number in range(4)})
    assert build_hashes(["images", "-o", "b.json"]) == 0
    told = capsys.readouterr()
    size = Path("b.json").stat().st_size
    assert told.out.splitlines() == [
        "found 7 files: 6 pictures, 1 skipped (1 hidden); 4 with a link; without: 'picture 4', 'picture 5'",
        f"b.json: 6 references, {size:,} bytes, threshold 25",
    ]
    assert told.err == ""


def test_the_counts_of_files_add_up(images: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pictures, skipped files and files at fault are all files there are; two files with one id are two at fault."""
    (images / "below" / ".hidden").mkdir(parents=True)
    (images / "below" / ".hidden" / "6.png").touch()
    for name in ("notes.txt", ".DS_Store", "empty.png", "below/references.json"):
        (images / name).touch()
    fields(images, {"no such picture": {}})
    shutil.copy(images / "picture 1.png", images / "below")
    assert build_hashes(["images", "-o", "b.json", "--skip-bad"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("found 11 files: 5 pictures, 3 skipped (1 hidden), 3 at fault; none with a link\n")
    assert "notes.txt: not a picture" in told
    assert build_hashes(["images", "-o", "b.json", "--skip-bad", "--json"]) == 0
    files = json.loads(capsys.readouterr().out)["files"]
    assert files == {"found": 11, "pictures": 5, "skipped": 3, "at_fault": 3}


@pytest.mark.parametrize(
    ("linked", "told"),
    [
        (0, "none with a link"),
        (1, "1 with a link; without: 'picture 1', 'picture 2', 'picture 3' and 2 more"),
        (6, "all with a link"),
    ],
)
def test_the_pictures_without_a_link_are_told(
    images: Path, linked: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first pictures without a link are named, and the others are counted."""
    own = {f"picture {number}": {"url": "https://example.org"} for number in range(linked)}
    fields(images, {"picture 5": {"url": " "}} | own)
    assert build_hashes(["images", "-o", "b.json"]) == 0
    assert capsys.readouterr().out.startswith(f"found 6 files: 6 pictures; {told}\n")
