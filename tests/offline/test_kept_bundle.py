"""The bundle that the repository tracks is never written over by a build that names no place."""

import os
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


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of the repository with a folder of one's own pictures in it."""
    folder = tmp_path / "checkout"
    for name in ("scanner", "reference_images", "hashes"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "build_hashes.py", folder)
    (folder / "covers").mkdir()
    Image.fromarray(cover(1)).save(folder / "covers" / "mine.png")
    return folder


def run(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_the_tracked_bundle_is_kept_from_ones_own_pictures(checkout: Path) -> None:
    """Exit 2 where own pictures would replace the demo's bundle unasked; the commands of a way around it work."""
    bundle = checkout / "hashes" / "references.json"
    done = run(checkout, "build_hashes.py", "covers")
    assert (done.returncode, done.stdout, bundle.read_bytes()) == (2, "", DEMO)
    assert "found the demo's, which git tracks: run `python build_hashes.py covers -o bundles/own/" in done.stderr
    assert "`python -m scanner.offline.site --bundle bundles/own/references.json`" in done.stderr
    done = run(checkout, "build_hashes.py", "covers", "-o", "bundles/own/references.json")
    assert (done.returncode, bundle.read_bytes()) == (0, DEMO)
    assert HashBundle.load(checkout / "bundles" / "own" / "references.json").ids == ("mine",)
    main = "import sys; from scanner.offline.command.main import main; sys.exit(main(sys.argv[1:]))"
    done = run(checkout, "-c", main, "build", "covers")
    assert (done.returncode, bundle.read_bytes()) == (2, DEMO)
    assert "run `phash-scanner build covers -o bundles/own/references.json` and `phash-scanner site --" in done.stderr


def test_a_place_that_is_named_is_written(checkout: Path) -> None:
    """-o hashes/references.json replaces the demo's bundle, and later builds of one's own pictures need no -o."""
    bundle = checkout / "hashes" / "references.json"
    assert run(checkout, "build_hashes.py", "covers", "-o", "hashes/references.json").returncode == 0
    assert HashBundle.load(bundle).ids == ("mine",)
    assert run(checkout, "build_hashes.py", "covers").returncode == 0
    assert run(checkout, "build_hashes.py", "reference_images").returncode == 0
    assert bundle.read_bytes() == DEMO
