"""A site's own fields beside its pictures, and the warnings of fields that the page cannot use."""

import doctest
import json
from pathlib import Path

import pytest
from PIL import Image

import scanner.offline.enrol.fields
from scanner import HashBundle
from scanner.offline import BuildError, build_bundle
from scanner.offline.enrol.fields import field_warnings
from scanner.offline.enrol.pictures import FIELDS_FILE, in_folder
from support.pictures import cover
from support.places import PROJECT

DEMO = PROJECT / "reference_images" / "references.json"


def test_the_examples_are_true() -> None:
    """The functions give the results that their docstrings show."""
    assert doctest.testmod(scanner.offline.enrol.fields).failed == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "A", "url": "https://example.org/a", "thumbnail": "../pictures/a.png"},
        {"url": "shop.html"},
        {"url": "shop/v1.2/page?a=b:80"},
        {"url": "/shop"},
        {"url": "//example.org/shop"},
        {"url": "../"},
        {"url": "#a"},
        {"url": "HTTP://localhost:8000"},
        {"thumbnail": "data:image/png;base64,AAAA"},
        {"thumbnail": "thumbs.v2/1.jpeg"},
        {"title": None, "price": 5, "subtitle": "ours", "URL": "for our own script", "url": "page.html"},
        *json.loads(DEMO.read_text(encoding="utf-8")).values(),
    ],
)
def test_what_the_page_shows_and_what_it_does_not_know_is_not_warned_of(fields: dict[str, object]) -> None:
    """Addresses that lead somewhere, and fields for a site's own scripts, give no warning."""
    assert list(field_warnings(fields)) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"url": "example.org/shop"},
            ("'url'", 'found "example.org/shop"', "a page of your own site", 'write "https://example.org/shop"'),
        ),
        ({"url": "www.example.org"}, ('write "https://www.example.org"',)),
        ({"url": "example.org:8080/shop"}, ('write "https://example.org:8080/shop"',)),
        ({"url": "localhost:8000"}, ('write "https://localhost:8000"',)),
        ({"url": "javascript:alert(1)"}, ("begins with https://", "javascript:alert(1)", "does not open")),
        ({"url": "mailto:me@example.org"}, ("mailto:me@example.org", "does not open")),
        ({"url": "https:///shop"}, ("names no host",)),
        ({"url": "https://["}, ("names no host",)),
        ({"url": " "}, ("leave 'url' out",)),
        ({"url": 5}, ("found 5",)),
        ({"title": ["A"]}, ("'title'", 'found ["A"]')),
        ({"thumbnail": "C:\\pictures\\1.jpg"}, ("'thumbnail'", "does not open")),
        ({"Title": "A"}, ("'Title'", "is 'title' meant?")),
        ({"URL": "https://example.org"}, ("'URL'", "is 'url' meant?")),
        ({"thumbnial": "a.png"}, ("'thumbnial'", "is 'thumbnail' meant?")),
    ],
)
def test_what_the_page_would_pass_over_is_named(fields: dict[str, object], words: tuple[str, ...]) -> None:
    """A warning is one text: the field, what was expected, what was found, and what to write."""
    (told,) = field_warnings(fields)
    assert all(word in told for word in ("expected", *words)), told


def folder_with_fields(folder: Path, text: str) -> Path:
    Image.fromarray(cover(1)).save(folder / "a.png")
    (folder / FIELDS_FILE).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": {"code": 12345678901234567890}}', "12345678901234567890, which JavaScript cannot keep exactly"),
        ('{"a": {"x": ' + "[" * 62 + "]" * 62 + "}}", "nested more than 63 levels"),
        ('{"a": {"x": ' + "[" * 100_000, "nested more than 63 levels"),
        ('{"a": {"x": 1e-400}}', "too small a number"),
        ('{"' + "x" * 5_000_000 + '": {}}', "xxx...xxx"),
        ('{"\\u001b]0;a\\u0007": {}}', r"\x1b]0;a\x07"),
        ('{"\\u202egpj.a": {}}', r"\u202egpj.a"),
        ('{"a": {"id": "' + "x" * 1000 + '"}}', "'id', which is ours"),
        ('{"a": "' + "\\u0007" * 1000 + '"}', "expected an object for 'a'"),
    ],
    ids=range(9),
)  # fmt: skip
def test_hostile_fields_are_named_faults(text: str, told: str, tmp_path: Path) -> None:
    """Fields that no bundle can hold, or with a hostile name, are a fault of at most a few printable lines."""
    found = in_folder(folder_with_fields(tmp_path, text))
    (fault,) = [*found.faults, *found.fatal]
    assert told in fault
    assert len(fault) < len(str(tmp_path)) + 400
    assert fault.isprintable()


def test_fields_nested_as_deep_as_allowed_come_into_the_bundle(tmp_path: Path) -> None:
    """The deepest fields that a folder may hold are written into the bundle, and read from it."""
    made = build_bundle(folder_with_fields(tmp_path, '{"a": {"x": ' + "[" * 61 + "]" * 61 + "}}"))
    assert HashBundle.from_json(made.to_json()).references[0].fields == made.references[0].fields


def test_a_warning_about_a_hostile_field_is_printable() -> None:
    """A warning shows escapes for controls and direction marks in a field's name and value, and cuts both."""
    hostile = "\x1b]0;a\x07\u202e" + "x" * 100_000
    for fields in ({"url ": hostile}, {"url": f"evil:{hostile}"}, {"url": [hostile]}):
        (warning,) = field_warnings(fields)
        assert warning.isprintable()
        assert len(warning) < 400


def test_two_editions_share_title_and_link(tmp_path: Path) -> None:
    """Two pictures with ids of their own may have one title and one link; names in two subfolders are no two ids."""
    shared = {"title": "Little Boat, Big Sea", "url": "https://example.org/whale"}
    for year in (2019, 2024):
        (tmp_path / str(year)).mkdir()
        Image.fromarray(cover(year)).save(tmp_path / str(year) / f"whale {year}.png")
    (tmp_path / FIELDS_FILE).write_text(json.dumps({"whale 2019": shared, "whale 2024": shared}), encoding="utf-8")
    made = build_bundle(tmp_path)
    assert made.ids == ("whale 2019", "whale 2024")
    assert all(shared.items() <= reference.fields.items() for reference in made.references)
    (tmp_path / "2024" / "whale 2024.png").rename(tmp_path / "2024" / "whale 2019.png")
    with pytest.raises(BuildError, match="found 2 for 'whale 2019': rename all but one"):
        build_bundle(tmp_path)
