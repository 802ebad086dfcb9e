"""The assembled site is complete, self-contained, the same on every machine, and never half replaced."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.offline.command.main import site as main
from scanner.offline.site import SiteError, assemble_site
from scanner.offline.site.folder import write_folder
from scanner.offline.site.made import LIST, list_of
from scanner.offline.site.parts import Parts
from scanner.offline.site.runtime import CDN_URL, obtain_runtime
from support.places import PROJECT

Contents = dict[str, bytes]


def contents(folder: Path) -> Contents:
    """Returns every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write_site(folder: Path, files: Contents) -> None:
    """Writes files as assembling does, with the list that says so."""
    write_folder(folder, {**files, LIST: list_of(files)})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the site's parts, for a test to change."""
    copy = tmp_path / "project"
    for name in ("web", "scanner", "hashes"):
        shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    return copy


def test_the_same_project_gives_the_same_bytes(project: Path, tmp_path: Path) -> None:
    """A project in another folder, at another time, gives equal bytes."""
    assemble_site(tmp_path / "dist", parts=Parts.of_checkout(project))
    elsewhere = shutil.copytree(project, tmp_path / "else where", copy_function=shutil.copyfile)
    assemble_site(tmp_path / "again", parts=Parts.of_checkout(elsewhere))
    assert contents(tmp_path / "again") == contents(tmp_path / "dist")


def test_the_list_of_files_is_right(site_folder: Path) -> None:
    """Every role the worker asks for is a relative address of a file with that many bytes, compressed too."""
    assets = json.loads((site_folder / "assets.json").read_text())
    assert {"pyodide", "asm", "wasm", "stdlib", "lock", "numpy", "core"} <= set(assets["files"])
    for file in assets["files"].values():
        assert "://" not in file["url"]
        assert not file["url"].startswith("/")
        for form, ending in (("bytes", ""), ("br", ".br"), ("gz", ".gz")):
            path = site_folder / (file["url"] + ending)
            assert path.is_file() == (form in file)
            assert form not in file or path.stat().st_size == file[form]
    assert set(assets["libraries"].values()) <= set(assets["files"])


def test_the_trimmed_site_has_the_two_libraries_that_get_loaded_and_no_package(site_folder: Path) -> None:
    """The site has the two shared objects of numpy that the core needs, and nothing for a package manager to do."""
    assets = json.loads((site_folder / "assets.json").read_text())
    assert set(assets["libraries"].values()) == {"_multiarray_umath", "_umath_linalg"}
    lock = json.loads((site_folder / assets["files"]["lock"]["url"]).read_text())
    assert lock["packages"] == {}


def test_offline_code_and_its_libraries_do_not_ship(site_folder: Path) -> None:
    """No scipy, Pillow, imagehash, and nothing of scanner/offline, in no archive."""
    names = list(contents(site_folder))
    for path in site_folder.rglob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            names += archive.namelist()
    for word in ("scipy", "pil/", "pillow", "imagehash", "offline/", "node_modules", ".d.ts", "tsconfig"):
        assert [name for name in names if word in name.lower()] == []


def test_a_change_of_the_core_changes_the_addresses_of_two_files(
    site_folder: Path, project: Path, tmp_path: Path
) -> None:
    """Visitors who come back after an update fetch the core and Python's memory, not its WebAssembly again."""
    with (project / "scanner" / "errors.py").open("a") as stream:
        stream.write("\nCHANGED = True\n")
    assemble_site(tmp_path / "dist", parts=Parts.of_checkout(project))
    before = json.loads((site_folder / "assets.json").read_text())
    after = json.loads((tmp_path / "dist" / "assets.json").read_text())
    assert after["version"] != before["version"]
    changed = {role for role, file in after["files"].items() if file != before["files"][role]}
    assert changed == {"core", "snapshot"}


def test_precompressed_files_hold_the_same_content(site_folder: Path) -> None:
    """Each .gz and .br unpacks to the file beside it and is smaller, scripts and WebAssembly among them."""
    packed = [path for path in site_folder.rglob("*") if path.suffix in {".gz", ".br"}]
    assert {path.name for path in packed} >= {"worker.js.br", "pyodide.asm.wasm.br", "python_stdlib.zip.gz"}
    script = (
        "const z = require('zlib'), fs = require('fs');"
        "for (const f of process.argv.slice(1))"
        " if (!z.brotliDecompressSync(fs.readFileSync(f)).equals(fs.readFileSync(f.slice(0, -3)))) throw f;"
    )
    brotli = [str(path) for path in packed if path.suffix == ".br"]
    subprocess.run(["node", "-e", script, *brotli], check=True, timeout=120)
    for path in packed:
        plain = path.with_suffix("")
        assert path.stat().st_size < plain.stat().st_size
        if path.suffix == ".gz":
            assert gzip.decompress(path.read_bytes()) == plain.read_bytes()


@pytest.mark.parametrize("runtime", ["trimmed", "stock"])
def test_licence_texts_ship(site_folder: Path, tmp_path: Path, runtime: str) -> None:
    """The whole licences of Pyodide, CPython, numpy and what numpy includes are there, and NOTICE names each file."""
    folder = site_folder
    if runtime == "stock":
        folder = tmp_path / "dist"
        assemble_site(folder, runtime="stock")
    licences = folder / "licences"
    notice = (licences / "NOTICE.txt").read_text()
    texts = {
        "pyodide/MPL-2.0.txt": ("Mozilla Public License Version 2.0", "Exhibit B"),
        "cpython/LICENSE.txt": ("PYTHON SOFTWARE FOUNDATION LICENSE", "ZERO-CLAUSE BSD LICENSE"),
        "numpy/LICENSE.txt": ("NumPy Developers", "DAMAGE"),
    }
    for path, words in texts.items():
        text = (licences / path).read_text()
        assert path.split("/")[0] + "/" in notice
        assert all(word in text for word in words), path
    with zipfile.ZipFile(io.BytesIO(obtain_runtime().files[obtain_runtime().numpy])) as wheel:
        included = [name for name in wheel.namelist() if ".dist-info/licenses/" in name and not name.endswith("/")]
        assert len(included) > 10
        shipped = {path.read_bytes() for path in licences.rglob("*") if path.is_file()}
        assert [name for name in included if wheel.read(name) not in shipped] == []


def test_the_stock_runtime_is_what_was_published(tmp_path: Path) -> None:
    """--runtime stock ships the wheel and the library as they came, and the core as source."""
    assert main(["-o", str(tmp_path / "dist"), "--runtime", "stock"]) == 0
    assets = json.loads((tmp_path / "dist" / "assets.json").read_text())
    assert "libraries" not in assets
    assert assets["files"]["numpy"]["url"].endswith(".whl")
    lock = json.loads((tmp_path / "dist" / assets["files"]["lock"]["url"]).read_text())
    assert set(lock["packages"]) == {"numpy"}
    with zipfile.ZipFile(tmp_path / "dist" / assets["files"]["core"]["url"]) as archive:
        assert "scanner/browser.py" in archive.namelist()


def test_the_cdn_runtime_names_the_official_addresses(tmp_path: Path) -> None:
    """--runtime cdn ships the core alone; Python and numpy come from Pyodide's own host."""
    assert main(["-o", str(tmp_path / "dist"), "--runtime", "cdn"]) == 0
    files = json.loads((tmp_path / "dist" / "assets.json").read_text())["files"]
    assert all(files[role]["url"].startswith(CDN_URL) for role in ("pyodide", "asm", "wasm", "stdlib", "numpy"))
    assert "://" not in files["core"]["url"]
    assert list((tmp_path / "dist").rglob("*.wasm")) == []


@pytest.mark.parametrize("missing", ["web/worker.js", "scanner/browser.py", "hashes/references.json"])
def test_a_missing_part_is_named_and_the_old_site_stays(project: Path, tmp_path: Path, missing: str) -> None:
    """The error names the file and the cure, and the old site is untouched."""
    old = tmp_path / "dist"
    write_site(old, {"assets.json": b"{}"})
    before = contents(old)
    (project / missing).unlink()
    with pytest.raises(SiteError, match=Path(missing).name) as caught:
        assemble_site(old, parts=Parts.of_checkout(project))
    assert "restore it" in str(caught.value) or "build_hashes.py" in str(caught.value)
    assert contents(old) == before


def test_a_folder_of_somebody_elses_is_never_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """-o naming a folder that holds no site exits 1 and leaves it alone."""
    (tmp_path / "thesis.txt").write_text("years of work")
    assert main(["-o", str(tmp_path)]) == 1
    assert "name another folder" in capsys.readouterr().err
    assert contents(tmp_path) == {"thesis.txt": b"years of work"}


def test_a_new_site_replaces_the_old_one_whole(tmp_path: Path) -> None:
    """Nothing that assembling made before stays, and no temporary folder beside the site."""
    output = tmp_path / "dist"
    write_site(output, {"assets.json": b"{}", "old.js": b"old"})
    assemble_site(output)
    assert not (output / "old.js").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]


def test_the_command_works_from_any_folder(tmp_path: Path) -> None:
    """The command finds its files beside the program, not in the working directory; another bundle can be named."""
    bundle = tmp_path / "mine.json"
    bundle.write_bytes((PROJECT / "hashes" / "references.json").read_bytes() + b"\n")
    command = [sys.executable, "-m", "scanner.offline.site", "-o", "made", "--bundle", "mine.json"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "made" / "hashes" / "references.json").read_bytes() == bundle.read_bytes()
    assert "made: " in done.stdout


def test_the_next_command_serves_the_site_just_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The next command names a folder other than dist/, quoted for a shell."""
    made = tmp_path / "my site"
    assert main(["-o", str(made), "--runtime", "cdn"]) == 0
    assert capsys.readouterr().out.endswith(f"Next: python -m scanner.offline.serve '{made}'\n")


def test_the_demo_brings_its_pictures_along(site_folder: Path) -> None:
    """Every thumbnail of the demo's bundle is in the site, to point the camera at."""
    names = {path.name for path in (PROJECT / "reference_images").glob("*.png")}
    assert {path.name for path in (site_folder / "pictures").iterdir() if path.suffix == ".png"} == names


def test_a_broken_bundle_is_refused_before_anything_is_assembled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder, or a file that the page could not read, is named with its cure; exit 1, and no site is left."""
    broken = tmp_path / "mine.json"
    broken.write_text('{"format": "image-scanner-bundle"}')
    for bundle in (broken, tmp_path):
        assert main(["-o", str(tmp_path / "made"), "--bundle", str(bundle)]) == 1
        told = capsys.readouterr().err
        assert told.startswith("error: ")
        assert bundle.name in told
    assert not (tmp_path / "made").exists()


def test_a_place_that_cannot_be_written_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unwritable site or cache folder exits 1 with a sentence, without a traceback."""
    (tmp_path / "file").write_text("")
    assert main(["-o", str(tmp_path / "file" / "site")]) == 1
    assert capsys.readouterr().err.startswith("error: ")


def test_a_full_disk_leaves_the_old_site_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1 with a sentence, the old site is whole, and nothing else is left of the new one."""
    output = tmp_path / "dist"
    assert main(["-o", str(output), "--runtime", "cdn"]) == 0  # fills the cache
    write_site(output, {"assets.json": b"{}", "deep/file": b"old"})
    before = contents(tmp_path)
    synced = []

    def full(handle: int, real: Callable[[int], None] = os.fsync) -> None:
        synced.append(handle)
        if len(synced) > 20:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    assert main(["-o", str(output), "--runtime", "cdn"]) == 1
    told = f"error: {output}: expected a folder that can be written to, found otherwise (No space left on device)"
    assert told in capsys.readouterr().err
    assert contents(tmp_path) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_output_that_takes_nothing_ends_the_command_in_a_sentence(tmp_path: Path) -> None:
    """Exit 2 where the disk behind `> file` is full: the site is there, and no traceback is printed."""
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scanner.offline.site", "-o", tmp_path / "dist", "--runtime", "cdn"],
            cwd=PROJECT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 2
    assert "expected files and an output that can be written, found otherwise" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert (tmp_path / "dist" / "assets.json").is_file()


def test_a_site_behind_a_link_stays_behind_it(tmp_path: Path) -> None:
    """The link is kept, its folder is renewed, and nothing else is left beside the folder."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for content in (b"first", b"second"):
        write_folder(tmp_path / "link", {"assets.json": content})
        assert (tmp_path / "real" / "assets.json").read_bytes() == content
    assert (tmp_path / "link").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real"]


def test_an_unknown_runtime_is_wrong_usage() -> None:
    """Exit 2."""
    with pytest.raises(SystemExit) as caught:
        main(["--runtime", "imaginary"])
    assert caught.value.code == 2
