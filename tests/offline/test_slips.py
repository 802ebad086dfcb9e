"""A slip in references.json is named with its line, or with the id that is most likely meant."""

import doctest
from pathlib import Path
from time import perf_counter

import pytest
from PIL import Image

import scanner.offline.enrol.fields_file
import scanner.offline.enrol.json_slips
import scanner.offline.enrol.nearest
from scanner.offline.enrol.build import build
from scanner.offline.enrol.fields import field_warnings
from scanner.offline.enrol.json_slips import json_slip
from scanner.offline.enrol.nearest import Ids
from scanner.offline.enrol.pictures import FIELDS_FILE, in_folder
from support.pictures import cover


@pytest.mark.parametrize("name", ["fields_file", "json_slips", "nearest"])
def test_the_examples_of_slips_are_true(name: str) -> None:
    """The functions give the results that their docstrings show."""
    assert doctest.testmod(getattr(scanner.offline.enrol, name)).failed == 0


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ('{"a": {\n"title": "A",\n}}', 2, "a comma that nothing follows: remove the comma"),
        ('{"a": {"title": "A"},\n\n}', 1, "a comma that nothing follows: remove the comma"),
        ('{"a": {\n"x": [1, 2, ]}}', 2, "a comma that nothing follows: remove the comma"),
        ('{"a": {"x": 1,, "y": 2}}', 1, "two commas: remove one"),
        ('{"a": {\n"title": "A"\n"url": "u"}}', 2, "no comma at the end of an entry: add a comma"),
        ('{"a": {"title": "A"}\n\n"b": {}}', 1, "no comma at the end of an entry: add a comma"),
        ('{"a": {"title": "A";\n"url": "u"}}', 1, "';' behind a value: write a comma"),
        ("{'a': {}}", 1, "single quotes: write"),
        ('{"a": {\n"title": \'A\'}}', 2, "single quotes: write"),
        ("{\u201ca\u201d: {}}", 1, "curly quotes: write"),
        ('{"a": {"title": \u201eA\u201c}}', 1, "curly quotes: write"),
        ('{"a": {} // ours\n}', 1, "a comment: remove it"),
        ('{\n# ours\n"a": {}}', 2, "a comment: remove it"),
        ('/* ours */ {"a": {}}', 1, "a comment: remove it"),
        ('{"a": {\n\ntitle: "A"}}', 3, "'title' in the place of a name: write"),
        ('{"a": {"title": Whale}}', 1, "'Whale' in the place of a value: write"),
        ('{"a": {"x": True}}', 1, "'True': write true"),
        ('{"a": {"x": }}', 1, "no value before '}'"),
        ('{"a": {"x": 5,00}}', 1, "a comma inside a number: write a point"),
        ('{"a" = {}}', 1, "'=' behind a name: write a colon"),
        ('{"a": {"title": "The "Big" One"}}', 1, "'Big' behind the closing quote: write \\\" for a quote"),
        ('{"a": {"title": "A\n}}', 1, "a text without its closing quote"),
        ('{"a":\n{"title": "A', 2, "a text without its closing quote"),
        ('{"a": {"x": "C:\\pictures"}}', 1, "a backslash inside a text: write /"),
        ('{"a": {"x": "1\t2"}}', 1, "a tab inside a text"),
        ('{"a": {}\n', 1, "the end of the file too early"),
        ('{"a": {}}}', 1, "'}' behind the end"),
        ('{"a": {"x": [1, 2}}', 1, "'}', which closes nothing"),
        (" \n", 1, "an empty file"),
    ],
)
def test_a_slip_of_syntax_is_named_with_its_line(text: str, line: int, found: str, tmp_path: Path) -> None:
    """A references.json that is no JSON is one printable fault: the line of the slip, the slip, and the cure."""
    Image.fromarray(cover(1)).save(tmp_path / "a.png")
    (tmp_path / FIELDS_FILE).write_text(text, encoding="utf-8")
    (fault,) = in_folder(tmp_path).fatal
    assert f"references.json: expected JSON, found in line {line} {found}" in fault
    assert ": " in found or fault.count(": ") >= 2
    assert fault.isprintable()


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding_than_utf_8_is_named(encoding: str) -> None:
    """Letters in an encoding of old editors are named with the encoding to save the file in."""
    slip = json_slip('{"a": {},\n "ä": {}}'.encode(encoding))
    assert slip is not None
    assert slip.found == "letters that are not UTF-8: save the file again with the encoding UTF-8"
    assert slip.line == (2 if encoding == "latin-1" else 1)


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("Ein Fall fur Zwei", "is 'Ein Fall für Zwei' meant?"),
        ("ein fall für zwei", "is 'Ein Fall für Zwei' meant?"),
        ("Ein Fall fuer Zwei", "is 'Ein Fall für Zwei' meant?"),
        ("Ein  Fall\u00a0für Zwei ", "is 'Ein Fall für Zwei' meant?"),
        ("Ein_Fall-für_Zwei", "is 'Ein Fall für Zwei' meant?"),
        ("Ein Fall für Zwo", "is 'Ein Fall für Zwei' meant?"),
        ("Ein Fall für Zwei.JPG", "write 'Ein Fall für Zwei', without .JPG"),
        ("ein fall für zwei.jpeg", "write 'Ein Fall für Zwei', without .jpeg"),
        ("covers/whale", "write 'whale', without the folder"),
        ("covers\\whale.png", "write 'whale', without .png"),
        ("whael", "is 'whale' meant?"),
        ("café", "is 'Cafe\u0301' meant?"),
        ("something else entirely", None),
        ("whale 2.jpg", "is 'whale' meant?"),
        ("", None),
        ("x" * 5_000_000, None),
    ],
)
def test_the_id_that_is_meant_is_named(key: str, hint: str | None) -> None:
    """A key that is no id is answered with the id that it resembles, and with none where it resembles none."""
    assert Ids(["Ein Fall für Zwei", "whale", "lighthouse", "Cafe\u0301", "1"]).hint(key) == hint


def test_the_fault_of_an_id_without_a_picture_ends_with_the_cure(tmp_path: Path) -> None:
    """An id in references.json without a picture is a fault that asks whether the nearest id is meant."""
    for seed, name in enumerate(("Ein Fall für Zwei", "whale")):
        Image.fromarray(cover(seed)).save(tmp_path / f"{name}.png")
    text = '{"Ein Fall Fuer Zwei": {}, "whale.jpg": {}, "a title of a book": {}}'
    (tmp_path / FIELDS_FILE).write_text(text, encoding="utf-8")
    expected = "expected ids of pictures in the folder, found"
    endings = [fault.partition(f"references.json: {expected} ")[2] for fault in in_folder(tmp_path).faults]
    assert endings == [
        "'Ein Fall Fuer Zwei', which is none: is 'Ein Fall für Zwei' meant?",
        "'whale.jpg', which is none: write 'whale', without .jpg",
        "'a title of a book', which is none: correct or remove it",
    ]


def test_an_id_whose_picture_is_not_read_is_told_why(tmp_path: Path) -> None:
    """An id whose only file is a PDF is answered with this file, and with what to convert it to."""
    Image.fromarray(cover(1)).save(tmp_path / "a.png")
    (tmp_path / "whale.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / FIELDS_FILE).write_text('{"whale": {}}', encoding="utf-8")
    (fault,) = in_folder(tmp_path).faults
    assert "'whale', which is none: " in fault
    assert fault.endswith("/whale.pdf: PDF is not read: convert it to PNG to include it")


def test_thousands_of_wrong_ids_are_answered_at_once() -> None:
    """A references.json of another catalogue, with thousands of ids that are none, holds up nobody."""
    ids = Ids(f"picture number {number} of the collection" for number in range(5000))
    started = perf_counter()
    hints = [ids.hint(f"photo {number} out of an archive") for number in range(5000)]
    assert perf_counter() - started < 20
    assert len(hints) == 5000


@pytest.mark.parametrize(
    ("field", "meant"),
    [
        ("link", "url"),
        ("href", "url"),
        ("image", "thumbnail"),
        ("img", "thumbnail"),
        ("cover", "thumbnail"),
        ("name", "title"),
        ("Titel", "title"),
    ],
)
def test_a_field_by_another_name_is_warned_of(field: str, meant: str) -> None:
    """A name that people give to a field of the page is named with the field's own name."""
    (told,) = field_warnings({field: "a.html"})
    assert told.startswith(
        f"'{field}': expected 'title', 'url' or 'thumbnail', found a field that the page does not show"
    )
    assert told.endswith(f"is '{meant}' meant?")


def test_a_field_of_ones_own_beside_the_pages_is_not_warned_of() -> None:
    """A site's own scripts may call their fields as they like where the page has its own, or where no text is in it."""
    assert list(field_warnings({"url": "https://example.org", "link": "ours", "image": ["a", "b"], "name": 5})) == []


def test_one_slip_in_many_pictures_is_one_warning(tmp_path: Path) -> None:
    """A field misspelt for every picture is one warning with the first ids and the number of the others."""
    names = [f"picture {number}" for number in range(5)]
    for seed, name in enumerate(names):
        Image.fromarray(cover(seed)).save(tmp_path / f"{name}.png")
    entries = ", ".join(f'"{name}": {{"link": "https://example.org/{name[-1]}"}}' for name in names)
    (tmp_path / FIELDS_FILE).write_text(f"{{{entries}}}", encoding="utf-8")
    (warning,) = build(tmp_path).warnings
    assert "pictures 'picture 0', 'picture 1', 'picture 2' and 2 more, field 'link': expected" in warning
