"""The command survives hostile bundles, fields and names of files, and prints nothing that commands a terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from support.pictures import cover
from support.places import PROJECT

BUNDLE = json.loads((PROJECT / "hashes" / "references.json").read_text(encoding="utf-8"))
ESCAPE = "\x1b]0;gotcha\x07\u202e\n"


def phash_scanner(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    program = f"import sys; sys.path.insert(0, {str(PROJECT)!r}); from scanner.offline.command.main import main; "
    command = [sys.executable, "-c", program + "sys.exit(main(sys.argv[1:]))", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=120, check=False)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "reference_images"
    folder.mkdir()
    Image.fromarray(cover(1)).save(folder / "a.png")
    return folder


def assert_told(done: subprocess.CompletedProcess[str], code: int, words: str) -> None:
    """Asserts that a run ended with a code and some words, in printable lines of bearable length."""
    told = done.stdout + done.stderr
    assert done.returncode == code, told
    assert words in told
    for line in told.splitlines():
        assert line.isprintable(), ascii(line)
        assert len(line) < 1000
    assert "Traceback" not in told


HOSTILE = {
    "a parameter that commands the terminal": (
        json.dumps({**BUNDLE, "parameters": {**BUNDLE["parameters"], ESCAPE: 1}}),
        r"parameters.\x1b]0;gotcha\x07\u202e\n",
    ),
    "a parameter of a million letters": (
        json.dumps({**BUNDLE, "parameters": {**BUNDLE["parameters"], "x" * 10**6: 1}}),
        "parameters.xxx",
    ),
    "lists in lists": ("[" * 100_000, "nested more than 64 levels"),
    "objects in objects": ('{"references":' * 100_000, "nested more than 64 levels"),
    "an id twice": (
        json.dumps({**BUNDLE, "references": [{**BUNDLE["references"][0], "id": ESCAPE * 10_000}] * 2}),
        "twice",
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_bundle_is_a_fault_in_one_printable_line(what: str, images: Path, tmp_path: Path) -> None:
    """`check` and `site` name the fault of a hostile bundle, and `build` replaces the bundle."""
    text, words = HOSTILE[what]
    (tmp_path / "hostile.json").write_text(text, encoding="utf-8")
    for arguments in (("check", images, "-o", "hostile.json"), ("site", "--bundle", "hostile.json", "-o", "site")):
        assert_told(phash_scanner(*arguments, folder=tmp_path), 1, words)
    assert not (tmp_path / "site").exists()
    assert_told(phash_scanner("build", images, "-o", "hostile.json", folder=tmp_path), 0, "1 references")


def test_a_nested_file_in_the_bundles_place_does_not_stop_a_build(images: Path, tmp_path: Path) -> None:
    """A build that names no folder looks for ids that would be lost, and survives a file in which it finds none."""
    (tmp_path / "hashes").mkdir()
    (tmp_path / "hashes" / "references.json").write_text("[" * 100_000, encoding="utf-8")
    assert_told(phash_scanner("build", folder=tmp_path), 0, "1 references")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes no such names")
def test_a_file_may_have_any_name(images: Path, tmp_path: Path) -> None:
    """Pictures and broken pictures with escapes in their names are enrolled and named, printably."""
    Image.fromarray(cover(2)).save(images / f"b{ESCAPE}.png")
    (images / "references.json").write_text('{"a": {"url": "https://example.org"}}', encoding="utf-8")
    assert_told(phash_scanner("build", "reference_images", "-o", "b.json", folder=tmp_path), 0, r"b\x1b]0;gotcha")
    (images / f"c{ESCAPE}.png").write_bytes(ESCAPE.encode() * 100)
    assert_told(phash_scanner("build", "reference_images", "-o", "b.json", folder=tmp_path), 1, r"c\x1b]0;gotcha")
    (images / "references.json").write_text(json.dumps({ESCAPE: {}, "a": {"url ": ESCAPE}}), encoding="utf-8")
    done = phash_scanner("build", "reference_images", "-o", "b.json", "--skip-bad", folder=tmp_path)
    assert_told(done, 0, r"found '\x1b]0;gotcha")
