"""Pictures as phones and newer programs save them, HEIC and AVIF, are read, or the builder says what to install."""

import doctest
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scanner.grey import to_grey
from scanner.offline import BuildError, build_bundle
from scanner.offline.enrol import faults, kinds
from scanner.offline.enrol.images import read_colour, read_grey
from scanner.offline.enrol.kinds import content_kind
from support.picture_files import encoded
from support.pictures import cover
from support.places import PROJECT

CODINGS = {"HEIC": "HEIF", "avif": "AVIF"}


def written(folder: Path, ending: str, number: int) -> Path:
    path = folder / f"IMG_{number:04}.{ending}"
    path.write_bytes(encoded(Image.fromarray(cover(number)), CODINGS[ending], quality=95))
    return path


def test_the_examples_in_the_documentation_hold() -> None:
    """The examples of the kinds of pictures, and of the sentences about them, come out as written."""
    for module in (faults, kinds):
        assert doctest.testmod(module) == (0, 1)


@pytest.mark.parametrize("ending", CODINGS)
def test_a_folder_straight_from_a_phone_is_built(tmp_path: Path, ending: str) -> None:
    """A folder of nothing but HEIC, or AVIF, makes a bundle of its pictures, as light and dark as they are."""
    for number in (1, 2):
        path = written(tmp_path, ending, number)
        assert np.abs(read_grey(path).astype(int) - to_grey(cover(number))).mean() < 4
        assert read_colour(path).size == (180, 240)
    assert build_bundle(tmp_path).ids == ("IMG_0001", "IMG_0002")


def without(module: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs the builder in a Python that lacks a module."""
    program = (
        f"import sys; sys.modules[{module!r}] = None; sys.argv = sys.argv[1:]; sys.path.insert(0, {str(PROJECT)!r})"
    )
    run = "; import runpy; runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, "-c", program + run, PROJECT / "build_hashes.py", *arguments]
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("ending", "module", "cure"),
    [
        ("HEIC", "pillow_heif", "without the extra phash-scanner[heic]: `pip install pillow-heif`"),
        ("avif", "PIL._avif", "found AVIF, which this Pillow cannot read: `pip install --upgrade pillow`"),
    ],
)
def test_a_reader_that_is_not_installed_is_named(tmp_path: Path, ending: str, module: str, cure: str) -> None:
    """Where HEIC or AVIF cannot be read, each picture is a fault that says what to install: none is left out unsaid."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in (1, 2):
        written(folder, ending, number)
    done = without(module, folder, "-o", tmp_path / "bundle.json")
    lines = done.stderr.splitlines()
    assert (done.returncode, len(lines), done.stdout) == (1, 2, "")
    for number, line in enumerate(lines, 1):
        assert line.startswith((folder / f"IMG_{number:04}.{ending}").as_posix() + ": expected ")
        assert cure in line
        assert "save it as PNG" in line
    Image.fromarray(cover(3)).save(folder / "drawn.png")
    assert without(module, folder, "-o", tmp_path / "bundle.json").returncode == 1
    done = without(module, folder, "-o", tmp_path / "bundle.json", "--skip-bad")
    assert (done.returncode, len(done.stderr.splitlines())) == (0, 2)


@pytest.mark.parametrize("ending", ["svg", "jxl", "psd", "dng"])
def test_a_folder_of_one_unread_kind_is_told_so(tmp_path: Path, ending: str) -> None:
    """A folder of nothing but one kind that is not read names each picture and the cure, not just "found none"."""
    for number in (1, 2):
        (tmp_path / f"{number}.{ending}").write_bytes(b"any content")
    with pytest.raises(BuildError) as caught:
        build_bundle(tmp_path)
    *unread, none = caught.value.faults
    assert "found none" in none
    assert [line.partition(": ")[2] for line in unread] == [
        f"{ending.upper()} is not read: convert it to PNG to include it"
    ] * 2


@pytest.mark.parametrize(
    ("beginning", "kind"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x24ftypheix\0\0\0\0mif1MiHEmiaf", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "AVIF"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x18ftypavis\0\0\0\0avisavif", "AVIF"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp41", None),
        (b"\x89PNG\r\n\x1a\n\0\0\0\x04CgBI", "a PNG that Xcode packed for an app"),
    ],
)
def test_kinds_of_one_container_are_told_apart(beginning: bytes, kind: str | None) -> None:
    """HEIC, AVIF and films share a container: its brands tell which is inside."""
    assert content_kind(beginning) == kind
