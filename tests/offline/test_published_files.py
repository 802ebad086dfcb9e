"""A site publishes pictures from below the bundle's folder, and no other file of this machine."""

from __future__ import annotations

import io
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from scanner import HashBundle
from scanner.offline.command.main import site as main
from scanner.offline.site.hosts import host_files
from scanner.offline.site.made import LIST
from support.places import PICTURES, PROJECT, WEB

Contents = dict[str, bytes]


def contents(folder: Path) -> Contents:
    """Returns every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


PICTURE = io.BytesIO()
Image.new("RGB", (8, 8), "red").save(PICTURE, "PNG")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder for a bundle of one's own, with files in it and beside it that are nobody else's business."""
    folder = tmp_path / "mine"
    (folder / "thumbs").mkdir(parents=True)
    for name in ("thumbs/a b.png", "thumbs/unnamed", ".hidden.png", "page.html", "style.png.br", "../one.png"):
        (folder / name).write_bytes(PICTURE.getvalue())
    for name in (".env", "notes.png", "../secret.txt"):
        (folder / name).write_text("a password")
    (folder / "drawing.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    (folder / "cut.png").write_bytes(PICTURE.getvalue()[:50])
    with open(folder / "large.png", "wb") as file:
        file.write(PICTURE.getvalue())
        file.truncate(20 << 20)
    Image.new("1", (10_000, 10_000)).save(folder / "wide.png")
    (folder / "link.png").symlink_to("../one.png")
    (folder / "up").symlink_to("..")
    (folder / "circle.png").symlink_to("circle.png")
    (folder / "near.png").symlink_to("thumbs/a b.png")
    return folder


def published(folder: Path, addresses: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[Contents, list[str]]:
    """Returns the files beside the bundle in a site whose bundle names these thumbnails, and what the command says."""
    demo = HashBundle.load(PROJECT / "hashes" / "references.json").references
    own = [
        replace(demo[0], id=f"{number:02}", fields={"thumbnail": address}) for number, address in enumerate(addresses)
    ]
    HashBundle(own).save(folder / "b.json")
    made = folder.parent / "made"
    assert main(["-o", str(made), "--runtime", "cdn", "--bundle", str(folder / "b.json")]) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("warning: ")]
    files = contents(made)
    assert not any(b"a password" in content for content in files.values())
    others = ("runtime/", "page/", "element/", "python/", "shared/", "icons/", "licences/")
    known = {*contents(WEB), *host_files(), "assets.json", "hashes/references.json", LIST}
    plain = {path: content for path, content in files.items() if path.removesuffix(".br").removesuffix(".gz") == path}
    return {path: content for path, content in plain.items() if path not in known and not path.startswith(others)}, told


def test_thumbnails_below_the_bundles_folder_come_along(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pictures below the bundle's folder are in the site by their own names, also through a link inside the folder."""
    addresses = ["thumbs/a%20b.png?1", "near.png", "thumbs/../thumbs/unnamed", "https://example.org/1.png"]
    files, told = published(mine, addresses, capsys)
    assert files == dict.fromkeys(
        ["hashes/thumbs/a b.png", "hashes/near.png", "hashes/thumbs/unnamed"], PICTURE.getvalue()
    )
    assert ["thumbnails at https://example.org: 1" in line for line in told] == [True]


def test_the_demos_pictures_come_along_from_a_folder_of_ones_own_and_no_others(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A copy of a demo picture beside the bundle's folder is published; another picture of such a name is not."""
    pictures = mine.parent / "pictures"
    pictures.mkdir()
    shutil.copy(PICTURES / "album.png", pictures)
    (pictures / "film.png").write_bytes(PICTURE.getvalue())
    (pictures / "own.png").write_bytes(PICTURE.getvalue())
    files, told = published(mine, ["../pictures/album.png", "../pictures/film.png", "../pictures/own.png"], capsys)
    assert files == {"pictures/album.png": (PICTURES / "album.png").read_bytes()}
    assert [words in line for line, words in zip(told, ["'01'", "'02'"], strict=True)] == [True, True]


NOT_PUBLISHED = {
    ".env": "hidden file hashes/.env",
    ".hidden.png": "hidden file",
    "notes.png": "something else by its content",
    "drawing.svg": "which a host sends as image/svg+xml",
    "page.html": "which a host sends as text/html",
    "style.png.br": "which a host sends as br",
    "cut.png": "a damaged PNG by its content",
    "large.png": "of more than 16 MB",
    "wide.png": "of 10000 x 10000 pixels",
    "thumbs": "a folder or a device",
    "thumbs/none.png": "none at",
    "circle.png": "none at",
    "no%00thing.png": "none at",
    "link.png": "a link that leads out of it",
    "up/one.png": "a link that leads out of it",
    "../one.png": "an address outside it",
    "../.env": "an address outside it",
    "..%2fsecret.txt": "an address outside it",
    "..\\secret.txt": "an address outside it",
    "thumbs/../../secret.txt": "an address outside it",
    "../../../../../../etc/passwd": "an address outside it",
    "../index.html": "an address outside it",
    "/etc/passwd": "an address from the root of the host",
}
"""Address of a thumbnail -> words of the sentence that tells why it is left out."""


@pytest.mark.parametrize("some", range(3))
def test_nothing_but_pictures_below_the_bundles_folder_is_published(
    mine: Path, capsys: pytest.CaptureFixture[str], some: int
) -> None:
    """Whatever a bundle names, the site has no other file of this machine; a sentence names each file left out."""
    some_of_them = dict(list(NOT_PUBLISHED.items())[some::3])
    files, told = published(mine, list(some_of_them), capsys)
    assert files == {}
    assert len(told) == len(some_of_them)
    for number, (line, words) in enumerate(zip(told, some_of_them.values(), strict=True)):
        expected = "expected a picture below the bundle's folder, found "
        assert line.startswith(f"warning: picture '{number:02}', field 'thumbnail': {expected}")
        assert words in line


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_that_a_bundle_names_holds_up_nothing(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe or a device below the bundle's folder is left out at once."""
    os.mkfifo(mine / "pipe.png")
    (mine / "zeros.png").symlink_to("/dev/zero")
    files, told = published(mine, ["pipe.png", "zeros.png"], capsys)
    assert files == {}
    assert "a folder or a device" in told[0]
    assert "a link that leads out of it" in told[1]
