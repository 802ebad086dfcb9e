"""`make bundle`, which `make demo` and `make site` run, never costs anybody a bundle."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from scanner import HashBundle
from support.pictures import cover
from support.places import PROJECT

DEMO = (PROJECT / "hashes" / "references.json").read_bytes()

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")

PYTHON = f"""#!/bin/sh
# A site takes seconds to assemble: the words that would assemble it are all that these tests ask for.
if [ "$1 $2" = "-m scanner.offline.site" ]; then shift 2; for word; do echo "site: $word"; done; exit; fi
exec "{sys.executable}" "$@"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that is set up, with the demo's bundle and a folder of one's own pictures."""
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "IMAGES"):  # of the `make test` that may run these tests
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "project"
    for name in ("hashes", ".venv/bin", "my pictures"):
        (folder / name).mkdir(parents=True)
    for name in ("Makefile", "build_hashes.py", "pyproject.toml"):
        shutil.copy(PROJECT / name, folder)
    for name in ("reference_images", "tools"):
        shutil.copytree(PROJECT / name, folder / name)
    (folder / "scanner").symlink_to(PROJECT / "scanner")
    (folder / "hashes" / "references.json").write_bytes(DEMO)
    python = folder / ".venv" / "bin" / "python"
    python.write_text(PYTHON)
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


def own(project: Path) -> Path:
    return project / "bundles" / "own" / "references.json"


def ids(project: Path) -> tuple[str, ...]:
    return HashBundle.load(own(project)).ids


def test_ones_own_pictures_are_remembered_and_the_demos_bundle_is_left_alone(project: Path) -> None:
    """IMAGES=folder makes a bundle that git ignores, with thumbnails; make then uses it until the demo is named."""
    make(project, "bundle", "IMAGES=my pictures")
    assert ids(project) == ("mine",)
    assert len(list(own(project).parent.glob("thumbs/*.webp"))) == 1
    before = own(project).stat().st_mtime_ns
    told = make(project, "site")
    assert told.splitlines() == [
        f"bundles/own/references.json has the pictures of {project / 'my pictures'}. "
        "Back to the demo's: make site IMAGES=reference_images",
        "site: --bundle",
        "site: bundles/own/references.json",
    ]
    assert own(project).stat().st_mtime_ns == before
    assert (project / "hashes" / "references.json").read_bytes() == DEMO
    assert "/bundles/\n" in (PROJECT / ".gitignore").read_text()
    assert "site: " not in make(project, "site", "IMAGES=reference_images")
    assert make(project, "site") == ""
    assert ids(project) == ("mine",)
    assert (project / "hashes" / "references.json").read_bytes() == DEMO


def test_the_folder_is_remembered_whatever_a_shell_searches_for_folders(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where CDPATH is set, make still remembers the folder that was named, and finds the folder again."""
    monkeypatch.setenv("CDPATH", f"{project}:.")
    make(project, "bundle", "IMAGES=my pictures")
    assert (project / "bundles" / "own" / "folder.txt").read_text() == f"{project / 'my pictures'}\n"


def test_pictures_that_have_changed_since_are_told(project: Path) -> None:
    """A picture added, or replaced by an older file, is told with the command to run; the bundle stays until then."""
    make(project, "bundle", "IMAGES=my pictures")
    changed = "Those pictures have changed since: the bundle is kept and used as it is."
    again = f"To have it written anew: make bundle IMAGES='{project / 'my pictures'}'"
    picture = project / "my pictures" / "mine.png"
    time.sleep(0.02)
    picture.write_bytes(picture.read_bytes())
    assert len(make(project, "bundle").splitlines()) == 1
    old = picture.stat()
    time.sleep(0.02)
    Image.fromarray(cover(2)).save(picture)
    os.utime(picture, ns=(old.st_atime_ns, old.st_mtime_ns))
    assert make(project, "bundle").splitlines()[1:] == [changed, again]
    make(project, "bundle", "IMAGES=my pictures")
    assert len(make(project, "bundle").splitlines()) == 1
    time.sleep(0.02)
    picture.rename(picture.with_name("other.png"))
    assert make(project, "bundle").splitlines()[1:] == [changed, again]
    assert ids(project) == ("mine",)


def test_a_bundle_outlives_its_pictures(project: Path) -> None:
    """The bundle of a folder that is gone is used as it is, and make says so; a bundle that is gone is made again."""
    make(project, "bundle", "IMAGES=my pictures")
    own(project).unlink()
    make(project, "bundle")
    shutil.rmtree(project / "my pictures")
    assert "That folder is gone: the bundle is kept and used as it is.\n" in make(project, "bundle")
    assert ids(project) == ("mine",)


def test_a_folder_at_fault_is_not_remembered(project: Path) -> None:
    """A build that fails changes neither the bundle in use nor the folder that is remembered."""
    (project / "faulty").mkdir()
    (project / "faulty" / "empty.png").touch()
    done = subprocess.run(["make", "site", "IMAGES=faulty"], cwd=project, capture_output=True, timeout=120, check=False)
    assert done.returncode != 0
    assert b"site:" not in done.stdout
    assert make(project, "site") == ""


def test_the_settings_beside_ones_pictures_are_the_sites(project: Path) -> None:
    """The site gets the settings in the picture folder's site.json from make, and builds do not list the file."""
    (project / "my pictures" / "site.json").write_text("{}")
    told = make(project, "site", "IMAGES=my pictures")
    assert "skipped" not in told
    words = [line.removeprefix("site: ") for line in told.splitlines() if line.startswith("site: ")]
    assert words == ["--bundle", "bundles/own/references.json", "--config", str(project / "my pictures" / "site.json")]


def test_a_demo_bundle_with_other_pictures_is_kept(project: Path) -> None:
    """A bundle of one's own in the place of the demo's, as earlier versions of make put it there, is kept and told."""
    subprocess.run(
        [sys.executable, "build_hashes.py", "my pictures", "-o", "hashes/references.json"], cwd=project, check=True
    )
    mine = (project / "hashes" / "references.json").read_bytes()
    told = make(project, "bundle")
    assert "hashes/references.json is not what reference_images/ gives today: kept" in told
    assert (project / "hashes" / "references.json").read_bytes() == mine
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
