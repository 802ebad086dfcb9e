"""A site's own fields beside its pictures, and the warnings of fields that the page cannot use."""

import doctest
import json

import pytest

import scanner.offline.enrol.fields
from scanner.offline.enrol.fields import field_warnings
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
        ({"url": "example.org/shop"}, ("'url'", 'found "example.org/shop"', 'write "https://example.org/shop"')),
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
