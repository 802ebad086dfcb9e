"""The package installs with command, page, licences and demo, and has the functions that are promised."""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import scanner
import scanner.offline
from scanner import FrameScanner, HashBundle, Verdict, hamming_distance, perceptual_hash
from scanner.offline import build_bundle
from scanner.offline.site.assemble import web_files
from support.asking import ask
from support.places import PICTURES, PROJECT, WEB

VERSION = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "build", "dist", "*.egg-info", "__pycache__", ".*_cache"
)


def run(*command: object, cwd: Path, **environment: str) -> str:
    """Runs a command that has to succeed, without the repository on Python's path, and returns its output."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=kept | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and with the wheel that was built from the sdist."""
    folder = tmp_path_factory.mktemp("package")
    checkout = folder / "checkout"
    shutil.copytree(PROJECT, checkout, ignore=LEFT_BEHIND)
    for place in ("node_modules/left-out", "page/node_modules"):  # as npm leaves them, wherever somebody runs it
        (checkout / "web" / place).mkdir(parents=True)
        (checkout / "web" / place / "index.js").write_text("somebody else's")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, checkout, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def sdist(built: Path) -> Path:
    (path,) = built.glob("*.tar.gz")
    return path


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment with the wheel installed.

    The packages that the wheel depends on are those of the environment that runs the tests; this repository is not.
    """
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", folder, cwd=folder)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    run(programs / "python", "-m", "pip", "install", "--no-deps", "--no-index", wheel, cwd=folder)
    needed = {Path(find_spec(name).origin).parents[1] for name in ("numpy", "PIL", "platformdirs", "tqdm")}
    (site_packages,) = folder.rglob("site-packages")
    (site_packages / "needed.pth").write_text("\n".join(map(str, needed)), encoding="utf-8")
    return programs


@pytest.fixture
def away(tmp_path: Path) -> Path:
    """An empty folder with the demo's pictures in a subfolder, as somebody's own."""
    shutil.copytree(PICTURES, tmp_path / "pictures")
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_package_index_would_take_sdist_and_wheel(built: Path, sdist: Path, wheel: Path) -> None:
    """Sdist and wheel have a name, a version and a description that renders."""
    told = run(sys.executable, "-m", "twine", "check", "--strict", sdist, wheel, cwd=built)
    assert told.count("PASSED") == 2
    assert sdist.name == f"phash_scanner-{VERSION}.tar.gz"
    assert wheel.name == f"phash_scanner-{VERSION}-py3-none-any.whl"


def test_the_wheel_has_all_that_a_site_is_made_of_and_nothing_else(wheel: Path) -> None:
    """Page, core, offline side, demo pictures and licences; no tests, no tools, nobody else's packages."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        entry_points = archive.read(f"phash_scanner-{VERSION}.dist-info/entry_points.txt").decode()
    sources = {path.relative_to(PROJECT).as_posix() for path in (PROJECT / "scanner").rglob("*.py")}
    expected = sources | {
        "scanner/py.typed",
        *(f"scanner/_web/{path}" for path in web_files(WEB)),
        *(f"scanner/_demo/{path.name}" for path in PICTURES.iterdir()),
        *(path.relative_to(PROJECT).as_posix() for path in (PROJECT / "scanner" / "offline").rglob("*.mjs")),
        *(path.relative_to(PROJECT).as_posix() for path in (PROJECT / "scanner" / "offline").rglob("licences/*.txt")),
        "scanner/offline/site/snapshot/hot_functions.json",
    }
    assert {name for name in names if ".dist-info/" not in name} == expected
    assert f"phash_scanner-{VERSION}.dist-info/licenses/LICENSE" in names
    assert "phash-scanner = " in entry_points


def test_from_the_sdist_one_can_work_as_from_the_repository(sdist: Path, tmp_path: Path) -> None:
    """The unpacked sdist has a bundle up to date with its pictures, and tests, benchmarks and documents."""
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    root = tmp_path / f"phash_scanner-{VERSION}"
    told = run(sys.executable, "build_hashes.py", "--check", cwd=root)
    assert told == "hashes/references.json is up to date with reference_images\n"
    for name in ("tests/conftest.py", "benchmarks/README.md", "docs/hosting.md", "Makefile", "web/package.json"):
        assert (root / name).is_file(), name
    assert not list(root.rglob("node_modules"))


def test_from_a_folder_of_pictures_to_a_site_away_from_the_repository(
    environment: Path, away: Path, site_folder: Path
) -> None:
    """Installed, the command makes bundle and site byte for byte as the repository does."""
    command = environment / "phash-scanner"
    where = run(environment / "python", "-c", "import scanner; print(scanner.__file__)", cwd=away)
    assert Path(where.strip()).is_relative_to(environment.parent)
    assert run(command, "--version", cwd=away) == f"phash-scanner {VERSION}\n"
    run(command, "build", "pictures", cwd=away)
    told = run(command, "check", "pictures", cwd=away)
    assert told == "hashes/references.json is up to date with pictures\n"
    assert run(command, "site", cwd=away).endswith("Next: phash-scanner serve\n")
    assert contents(away / "dist") == contents(site_folder)


@pytest.fixture
def demo(environment: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The demo, and its address."""
    (tmp_path / "temporary").mkdir()
    started = subprocess.Popen(
        [environment / "phash-scanner", "demo", "--port", "0"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        | {"TMPDIR": str(tmp_path / "temporary"), "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert started.stdout is not None
    try:
        told = ""
        for told in started.stdout:
            if "http://" in told:
                break
        address = re.search(r"http://\S+", told)
        assert address, "the demo ended without saying where it is"
        yield started, address[0]
    finally:
        started.kill()
        started.wait()
        started.stdout.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs Unix signals")
def test_the_demo_is_served_from_the_installed_package_and_leaves_nothing_behind(
    demo: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    """Page, bundle and pictures answer; when it is ended, its temporary folder is gone."""
    started, address = demo
    assert b"<image-scanner" in ask(address, "/")[1]
    assert ask(address, "/hashes/references.json")[1] == (PROJECT / "hashes" / "references.json").read_bytes()
    assert ask(address, "/pictures/lighthouse.png")[1] == (PICTURES / "lighthouse.png").read_bytes()
    assert len(list((tmp_path / "temporary").iterdir())) == 1
    started.terminate()
    assert started.wait(timeout=30) == 143
    assert list((tmp_path / "temporary").iterdir()) == []


# Promised functions.

SIGNATURES: dict[Callable[..., Any], str] = {
    build_bundle: "source, *, threshold, executor, skip_bad, progress, keypoints",
    HashBundle.load: "path",
    HashBundle.save: "self, path",
    FrameScanner.scan: "self, pixels, region",
    FrameScanner.reset: "self",
}


@pytest.mark.parametrize("function", SIGNATURES, ids=lambda function: function.__qualname__)
def test_a_function_is_called_as_it_is_documented(function: Callable[..., Any]) -> None:
    """Names and order of the arguments stay, and optional arguments stay optional."""
    parameters = inspect.signature(function).parameters.values()
    expected = SIGNATURES[function].split(", ")
    keyword_only = expected[expected.index("*") + 1 :] if "*" in expected else []
    assert [each.name for each in parameters] == [name for name in expected if name != "*"]
    assert [each.name for each in parameters if each.kind is each.KEYWORD_ONLY] == keyword_only


def test_python_and_page_are_of_one_version() -> None:
    """A report names the version of the page that made it, which is the version of the package."""
    script = (PROJECT / "web" / "shared" / "version.js").read_text(encoding="utf-8")
    package = json.loads((PROJECT / "web" / "package.json").read_text(encoding="utf-8"))
    assert re.findall(r'VERSION = "(.*)"', script) == [VERSION]
    assert package["version"] == VERSION


def test_a_scanner_takes_keyword_options_only() -> None:
    """`FrameScanner(bundle, memory=False)` stays as it is, whatever options are added."""
    bundle, *options = inspect.signature(FrameScanner).parameters.values()
    assert bundle.name == "bundle"
    assert {each.kind for each in options} == {inspect.Parameter.KEYWORD_ONLY}
    assert "memory" in {each.name for each in options}


def test_every_public_function_says_what_it_takes_and_gives() -> None:
    """Each parameter and each result of the public names has a type."""
    for module in (scanner, scanner.offline):
        for name in module.__all__:
            thing = getattr(module, name)
            members = [thing] if inspect.isfunction(thing) else vars(thing).values() if inspect.isclass(thing) else []
            for member in members:
                function = getattr(member, "__func__", member)
                if not inspect.isfunction(function) or function.__name__.startswith("__"):
                    continue
                signature = inspect.signature(function)
                typed = [each for each in signature.parameters.values() if each.name not in {"self", "cls"}]
                assert all(each.annotation is not each.empty for each in typed), function.__qualname__
                assert signature.return_annotation is not signature.empty, function.__qualname__


PROGRAM = """
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from scanner import FrameScanner, HashBundle, Verdict, hamming_distance, perceptual_hash
from scanner.offline import build_bundle

picture = np.zeros((90, 120, 3), np.uint8)
bundle: HashBundle = build_bundle("reference_images")
bundle = build_bundle({"one": picture}, threshold=20, executor=ProcessPoolExecutor(2), skip_bad=True)
bundle.save("hashes/references.json")
bundle = HashBundle.load("hashes/references.json")
scanner = FrameScanner(bundle, memory=False)
verdict: Verdict = scanner.scan(picture, region=(0, 0, 120, 90))
outcome: str = verdict.outcome
name: str | None = verdict.id
numbers: list[int | None] = [verdict.distance, verdict.margin]
scanner.reset()
bits = hamming_distance(perceptual_hash(picture), perceptual_hash(picture))
"""


def test_a_type_checker_believes_a_program_that_uses_the_installed_package(environment: Path, tmp_path: Path) -> None:
    """`mypy --strict` finds the types in the wheel, and refuses a program that misuses them."""
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "misuse.py").write_text("from scanner import HashBundle\nHashBundle.load(1)\n", encoding="utf-8")
    check = [sys.executable, "-m", "mypy", "--strict", "--python-executable", environment / "python"]
    assert "no issues found" in run(*check, "program.py", cwd=tmp_path)
    with pytest.raises(AssertionError, match=r"misuse\.py:2: error: .*incompatible type"):
        run(*check, "misuse.py", cwd=tmp_path)


def test_what_a_verdict_says_has_the_names_that_are_documented() -> None:
    """A verdict has outcome, id, distance, margin and corners."""
    assert {"outcome", "id", "distance", "margin", "corners"} <= set(Verdict.__dataclass_fields__)
    assert callable(hamming_distance)
    assert callable(perceptual_hash)
