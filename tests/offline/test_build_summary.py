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
        (1, "1 with a link; without: 'picture 1', 'picture 2', 'picture 3', 'picture 4', 'picture 5'"),
        (6, "all with a link"),
    ],
)
def test_the_pictures_without_a_link_are_told(
    images: Path, linked: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pictures without a link are named, as long as they are few."""
    own = {f"picture {number}": {"url": "https://example.org"} for number in range(linked)}
    fields(images, {"picture 5": {"url": " "}} | own)
    assert build_hashes(["images", "-o", "b.json"]) == 0
    assert capsys.readouterr().out.startswith(f"found 6 files: 6 pictures; {told}\n")


def test_of_many_pictures_without_a_link_twenty_are_named(images: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The twenty-first picture without a link is counted, not named."""
    for number in range(6, 22):
        Image.fromarray(cover(number, (60, 50))).save(images / f"picture {number}.png")
    fields(images, {"picture 0": {"url": "https://example.org"}})
    assert build_hashes(["images", "-o", "b.json"]) == 0
    line, *_ = capsys.readouterr().out.splitlines()
    assert line.count("'picture ") == 20
    assert line.endswith(" and 1 more")


@pytest.mark.parametrize("address", ["example.org/sea", "mailto:a@example.org", "sea.html", 5])
def test_an_address_that_is_called_wrong_is_no_link(
    address: object, images: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A picture whose address gets a warning is named among those without a link; a page of the site is a link."""
    own: dict[str, Any] = {f"picture {number}": {"url": "../shop.html"} for number in range(5)}
    fields(images, own | {"picture 5": {"url": address}})
    assert build_hashes(["images", "-o", "b.json"]) == 0
    told = capsys.readouterr()
    assert "warning: " in told.err
    assert told.out.startswith("found 6 files: 6 pictures; 5 with a link; without: 'picture 5'\n")
