"""`make bundle`, which `make demo` and `make site` run, never costs anybody a bundle."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from scanner import HashBundle
from support.pictures import cover
from support.places import PROJECT

DEMO = (PROJECT / "hashes" / "references.json").read_bytes()

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that is set up, with the demo's bundle and a folder of one's own pictures."""
    folder = tmp_path / "project"
    for name in ("hashes", ".venv/bin", "my pictures"):
        (folder / name).mkdir(parents=True)
    for name in ("Makefile", "build_hashes.py", "pyproject.toml"):
        shutil.copy(PROJECT / name, folder)
    shutil.copytree(PROJECT / "reference_images", folder / "reference_images")
    (folder / "scanner").symlink_to(PROJECT / "scanner")
    (folder / "hashes" / "references.json").write_bytes(DEMO)
    python = folder / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (folder / ".venv" / "bin" / ".demo").touch()
    Image.fromarray(cover(1)).save(folder / "my pictures" / "mine.png")
    return folder


def make(project: Path, *arguments: str) -> str:
    """Runs make in the project and returns its output."""
    done = subprocess.run(
        ["make", *arguments], cwd=project, capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ids(project: Path) -> tuple[str, ...]:
    return HashBundle.load(project / "hashes" / "references.json").ids


def test_ones_own_pictures_take_the_place_of_the_demo_and_stay(project: Path) -> None:
    """IMAGES=folder writes the folder's bundle; every later make without IMAGES keeps this bundle, and says so."""
    make(project, "bundle", "IMAGES=my pictures")
    assert ids(project) == ("mine",)
    told = make(project, "bundle")
    assert ids(project) == ("mine",)
    assert "hashes/references.json is not what reference_images/ gives today: kept" in told
    make(project, "bundle", "IMAGES=reference_images")
    assert (project / "hashes" / "references.json").read_bytes() == DEMO


def test_the_demo_bundle_is_made_where_there_is_none_and_else_left_alone(project: Path) -> None:
    """A missing bundle is written, equal to the committed one; make is silent about a bundle that is up to date."""
    bundle = project / "hashes" / "references.json"
    told = make(project, "bundle")
    assert "kept" not in told
    bundle.unlink()
    make(project, "bundle")
    assert bundle.read_bytes() == DEMO
