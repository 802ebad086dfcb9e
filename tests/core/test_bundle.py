"""The bundle file: a written bundle is read back, and nothing else is read."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scanner import BundleError, HashBundle
from scanner.reference import Reference


def reference(name: str, seed: int = 0, **fields: Any) -> Reference:
    rng = np.random.default_rng(seed)
    return Reference(name, rng.integers(0, 256, (75, 18), np.uint8), rng.integers(0, 256, (10, 18), np.uint8), fields)


@pytest.fixture
def bundle() -> HashBundle:
    return HashBundle([reference("b", 1, url="https://example.org/?b=1", title="B – Ω"), reference("a", 2)], 21)


@pytest.fixture
def document(bundle: HashBundle) -> dict:
    return json.loads(bundle.to_json())


def test_what_is_written_is_read_back(bundle: HashBundle, tmp_path: Path) -> None:
    """Ids, hashes, window hashes, threshold and the site's own fields survive the file."""
    path = tmp_path / "deep" / "references.json"
    bundle.save(path)
    read = HashBundle.load(path)
    assert read.ids == ("a", "b")
    assert read.threshold == 21
    assert np.array_equal(read.hashes, bundle.hashes)
    assert np.array_equal(read.windows, bundle.windows)
    assert read.references[1].fields == {"url": "https://example.org/?b=1", "title": "B – Ω"}
    assert read.to_json() == bundle.to_json()


def test_the_file_is_as_documented(document: dict) -> None:
    """Readers outside the project find the promised fields, in the promised form."""
    assert list(document) == ["format", "version", "parameters", "threshold", "references"]
    assert document["format"] == "image-scanner-bundle"
    assert document["version"] == 1
    assert document["parameters"]["algorithm"] == "phash"
    assert document["parameters"]["hash_size"] == 12
    assert document["parameters"]["crops"] == 75
    for entry in document["references"]:
        assert len(entry["hashes"]) == 75
        assert all(len(text) == 36 and int(text, 16) >= 0 for text in entry["hashes"])


def test_the_order_of_references_does_not_matter() -> None:
    """References in any order make one and the same file."""
    one, two = reference("10", 1), reference("9", 2)
    assert HashBundle([one, two]).to_json() == HashBundle([two, one]).to_json()


def test_any_text_may_be_an_id() -> None:
    """Words, spaces, other alphabets, quotes and emoji come back as they went in."""
    ids = ["1", "queen of hearts", "さくら", 'say "hi"', "a\nb", "🐋", "../x"]
    bundle = HashBundle([reference(name, index) for index, name in enumerate(ids)])
    assert sorted(HashBundle.from_json(bundle.to_json()).ids) == sorted(ids)


def test_a_failed_write_leaves_the_old_file(bundle: HashBundle, tmp_path: Path) -> None:
    """If a new bundle cannot be written, the old bundle stays whole and no temporary file is left."""
    path = tmp_path / "references.json"
    bundle.save(path)
    before = path.read_bytes()
    broken = HashBundle([reference("x", url=math.nan)])
    with pytest.raises(BundleError, match="JSON"):
        broken.save(path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["references.json"]


def test_a_killed_write_leaves_the_old_file(bundle: HashBundle, tmp_path: Path) -> None:
    """A process killed between writing and renaming leaves the old bundle whole."""
    path = tmp_path / "references.json"
    bundle.save(path)
    before = path.read_bytes()
    program = (
        "import os, sys\n"
        "os.replace = lambda *names: os._exit(9)\n"
        "from scanner import HashBundle\n"
        "HashBundle.load(sys.argv[1]).save(sys.argv[1])\n"
    )
    assert subprocess.run([sys.executable, "-c", program, path], check=False, timeout=60).returncode == 9
    assert path.read_bytes() == before


def test_a_link_stays_a_link_and_a_mode_stays_a_mode(bundle: HashBundle, tmp_path: Path) -> None:
    """A bundle behind a link, or shared with a group, keeps its place and its permissions when it is saved again."""
    kept, link = tmp_path / "elsewhere" / "kept.json", tmp_path / "references.json"
    bundle.save(kept)
    assert kept.stat().st_mode & 0o777 == 0o644
    kept.chmod(0o664)
    link.symlink_to(kept)
    HashBundle([reference("new")]).save(link)
    assert link.is_symlink()
    assert HashBundle.load(kept).ids == ("new",)
    assert kept.stat().st_mode & 0o777 == 0o664


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_no_file_is_not_replaced(bundle: HashBundle, tmp_path: Path) -> None:
    """A folder or a device is left alone."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for place in (tmp_path, pipe):
        with pytest.raises(OSError, match="found a folder or device"):
            bundle.save(place)
    assert [each.name for each in tmp_path.iterdir()] == ["pipe"]
    assert pipe.is_fifo()


def test_the_reference_with_fields_that_cannot_be_written_is_named(bundle: HashBundle) -> None:
    """The message names the one reference that has NaN in a field."""
    for value in (math.nan, {1, 2}, "\ud800"):
        with pytest.raises(BundleError, match=r"fields of reference 'x' that JSON can hold.*: correct or remove them"):
            HashBundle([*bundle.references, reference("x", url=value)]).to_json()


def changed(document: dict, path: str, value: object) -> str:
    """The document as text, with the field at `path` (dots between names) set, or removed where value is `...`."""
    *parents, last = path.split(".")
    place = document
    for name in parents:
        place = place[int(name)] if isinstance(place, list) else place[name]
    key = int(last) if isinstance(place, list) else last
    if value is ...:
        del place[key]
    else:
        place[key] = value
    return json.dumps(document)


FAULTS = [
    ("format", ..., "format: .*image-scanner-bundle.*nothing"),
    ("format", "other", "format: .*'other'"),
    ("version", 2, "version: expected 1, found 2"),
    ("version", True, "version: expected 1, found True"),
    ("version", 1.0, "version: "),
    ("version", "1", "version: "),
    ("version", 10**400, "version: .*too large"),
    ("parameters", ..., "parameters: expected an object"),
    ("parameters", [], "parameters: expected an object"),
    ("parameters.hash_size", 16, "parameters.hash_size: expected 12, found 16; the bundle is stale"),
    ("parameters.hash_size", 12.0, "parameters.hash_size"),
    ("parameters.crops", 55, "parameters.crops: expected 75, found 55"),
    ("parameters.window", ..., "parameters.window: .*nothing"),
    ("parameters.shifts", [0], "parameters.shifts"),
    ("parameters.colour", 3, "parameters.colour: expected no such parameter"),
    ("threshold", ..., "threshold: "),
    ("threshold", 0, "threshold: .*1 to 144, found 0"),
    ("threshold", 145, "threshold: .*1 to 144, found 145"),
    ("threshold", 25.0, "threshold: "),
    ("threshold", True, "threshold: "),
    ("threshold", "25", "threshold: "),
    ("references", ..., "references: expected a list, found nothing"),
    ("references", {}, "references: expected a list"),
    ("references", [], "at least one reference"),
    ("references.0", 5, r"references\[0\]: expected an object, found 5"),
    ("references.1.id", ..., r"references\[1\].id: expected a text"),
    ("references.1.id", "", r"references\[1\].id: "),
    ("references.1.id", 7, r"references\[1\].id: .*found 7"),
    ("references.1.id", "a", "'a' twice"),
    ("references.0.hashes", ..., r"references\[0\].hashes: expected a list of 75"),
    ("references.0.hashes", "00", r"references\[0\].hashes: expected a list of 75"),
    ("references.0.hashes.74", ..., r"references\[0\].hashes: expected a list of 75 hashes, found a list of 74"),
    ("references.0.hashes.3", None, r"references\[0\].hashes\[3\]: expected a text"),
    ("references.0.hashes.3", "00", r"references\[0\].hashes\[3\]: expected 36 hex digits, found 2"),
    ("references.0.hashes.3", "x" * 36, r"references\[0\].hashes\[3\]: expected 36 hex digits"),
    ("references.0.hashes.3", " " * 36, r"references\[0\].hashes\[3\]: expected 36 hex digits"),
    ("references.0.windows", ..., r"references\[0\].windows: expected a list of 10"),
    ("references.0.windows.9", "0" * 35, r"references\[0\].windows\[9\]"),
]


@pytest.mark.parametrize(
    ("path", "value", "message"), FAULTS, ids=[f"{path}={value!r:.20}" for path, value, _ in FAULTS]
)
def test_a_malformed_field_is_named_with_its_cure(document: dict, path: str, value: object, message: str) -> None:
    """Each wrong, missing or foreign field is a BundleError with the field, the value found, and the cure."""
    with pytest.raises(BundleError, match=message) as caught:
        HashBundle.from_json(changed(document, path, value))
    assert any(word in str(caught.value) for word in ("run", "rename", "choose", "add", "correct"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "null",
        "[]",
        "3",
        "[" * 100_000,
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"format": "image-scanner-bundle", "format": "image-scanner-bundle"}',
        '{"version": ' + "9" * 10_000 + "}",
        "<!doctype html><title>404</title>",
        b"\xff\xfe\x00",
        b"\x89PNG\r\n\x1a\n",
        '{"format": "\\ud800"}',
        b'{"format": "\\uDC00 \\ud83d"}',
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_is_not_a_bundle_is_refused(text: str | bytes) -> None:
    """Empty, foreign, binary, endlessly nested or absurd files are a BundleError, never a crash."""
    with pytest.raises(BundleError, match="expected"):
        HashBundle.from_json(text)


def test_a_bundle_cut_off_anywhere_is_refused(bundle: HashBundle) -> None:
    """A broken-off download is never read as a smaller bundle."""
    text = bundle.to_json().rstrip()
    for length in range(0, len(text), 97):
        with pytest.raises(BundleError):
            HashBundle.from_json(text[:length])


def test_numbers_beyond_all_bounds_in_the_sites_own_fields_are_refused(document: dict) -> None:
    """A field of 1e999 is refused: Python would read infinity, which JSON cannot hold."""
    text = changed(document, "references.0.url", "@").replace('"@"', "1e999")
    with pytest.raises(BundleError):
        HashBundle.from_json(text)


def test_a_bundle_that_could_not_be_read_cannot_be_made() -> None:
    """No references, one id twice, an empty id, a wrong shape or a reserved field is refused at once."""
    for references in ([], [reference("a"), reference("a", 1)]):
        with pytest.raises(BundleError):
            HashBundle(references)
    for threshold in (0, 145, 25.0, True):
        with pytest.raises(BundleError, match="threshold"):
            HashBundle([reference("a")], threshold)  # type: ignore[arg-type]
    with pytest.raises(BundleError, match="at least one character"):
        reference("")
    with pytest.raises(BundleError, match="Unicode text"):
        reference("\ud800")
    with pytest.raises(BundleError, match="'hashes', which is ours"):
        reference("a", hashes=3)
    good = reference("a")
    with pytest.raises(BundleError, match=r"\(75, 18\)"):
        Reference("a", good.hashes[:74], good.windows)


def test_the_files_name_is_in_the_message(tmp_path: Path) -> None:
    """The message names the file, so that somebody with several bundles knows the one at fault."""
    path = tmp_path / "mine.json"
    path.write_text("{}")
    with pytest.raises(BundleError, match=r"mine\.json"):
        HashBundle.load(path)
