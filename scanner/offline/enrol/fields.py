"""Warn of likely mistakes in a site's own fields, as far as the page shows them.

A site may keep any fields for its own scripts. The page reads three of them: `title`, `url` and `thumbnail`.
"""

import difflib
import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from scanner.quoting import excerpt, quoted

__all__ = ["SHOWN", "field_warnings", "path_in_site", "with_scheme"]

SHOWN = ("title", "url", "thumbnail")
"""The fields that the page reads; see docs/javascript.md."""

_OTHER_NAMES = {
    **dict.fromkeys(("link", "href", "uri", "website", "homepage", "web"), "url"),
    **dict.fromkeys(("image", "img", "cover", "picture", "photo", "thumb", "preview", "src", "bild"), "thumbnail"),
    **dict.fromkeys(("name", "heading", "caption", "label", "titel", "titre"), "title"),
}
"""Names by which people call a field of the page -> the field. A site's own scripts may use them too."""

BUNDLE_FOLDER = "hashes"
"""Folder of the bundle in a site; relative addresses in a bundle start from this folder."""

_SCHEMES = {"url": ("http", "https"), "thumbnail": ("http", "https", "data")}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]+\.)+([a-z]{2,})(?=[/?#]|$)", re.IGNORECASE)
_HOST_AND_PORT = re.compile(r"(?:localhost|(?:[\w-]+\.)+[\w-]+):\d+(?=[/?#]|$)", re.IGNORECASE)
_FILES = {"html", "htm", "xhtml", "php", "asp", "aspx", "jsp", "pdf", "txt", "json", "svg", "md"} | {
    "png", "jpg", "jpeg", "webp", "gif", "avif", "bmp", "ico", "mp", "mov", "zip",
}  # fmt: skip
"""Endings that mark a name with a dot as a file of the site, not a host."""


def field_warnings(fields: Mapping[str, Any]) -> Iterator[str]:
    """Yields a text for each field that the page ignores or whose address leads nowhere: field, expected, found, cure.

    >>> list(field_warnings({"URL": "https://example.org"}))
    ["'URL': expected 'title', 'url' or 'thumbnail', found a field that the page does not show: is 'url' meant?"]
    """
    for field, value in fields.items():
        if field in SHOWN:
            if value is not None and (told := _mistake(field, value)):
                yield f"{quoted(field)}: {told}"
        elif (meant := _meant(field, value)) and meant not in fields:
            expected = "expected 'title', 'url' or 'thumbnail'"
            yield f"{quoted(field)}: {expected}, found a field that the page does not show: is {meant!r} meant?"


def with_scheme(address: str) -> str | None:
    """Returns the address that is meant where an address begins with a host, None for any other address.

    >>> with_scheme("books.example/a"), with_scheme("imprint.html")
    ('https://books.example/a', None)
    """
    host = _HOST.match(address)
    if _HOST_AND_PORT.match(address) or (host and host[1].lower() not in _FILES):
        return f"https://{address}"
    return None


def path_in_site(address: str) -> str | None:
    """Returns the path in the site that a bundle's relative address leads to, None for any other address.

    >>> path_in_site("../pictures/a%20b.png?1")
    'pictures/a b.png'
    """
    address = address.strip()
    if not address or address.startswith(("/", "\\")) or _SCHEME.match(address):
        return None
    path = unquote(re.split("[?#]", address, maxsplit=1)[0]).replace("\\", "/")
    return posixpath.normpath(posixpath.join(BUNDLE_FOLDER, path))


def _meant(field: str, value: object) -> str | None:
    """Returns the field of the page that is meant by another name, or None."""
    name = field.strip().lower()
    near = difflib.get_close_matches(name, SHOWN, 1, 0.8)
    return near[0] if near else _OTHER_NAMES.get(name) if isinstance(value, str) else None


def _mistake(field: str, value: object) -> str | None:
    if not isinstance(value, str):
        return f"expected a text, found {_quoted(value)}: write it in quotes"
    if field == "title":
        return None
    address = value.strip()
    if not address:
        return f"expected an address, found {_quoted(value)}: write one, or leave {field!r} out"
    expected = "expected an address that begins with https:// or is relative to the bundle"
    found = f"{expected}, found {_quoted(value)}"
    scheme = _SCHEME.match(address)
    if meant := with_scheme(address):
        why = "without https:// would be a page of your own site"
        if _HOST_AND_PORT.match(address):
            why = "the page does not open"
        return f"{found}, which {why}: write {_quoted(meant)}"
    if scheme and scheme[1].lower() not in _SCHEMES[field]:
        return f"{found}, which the page does not open: write another"
    try:
        nowhere = scheme is not None and scheme[1].lower() != "data" and not urlsplit(address).netloc
    except ValueError:
        nowhere = True
    return f"{found}, which names no host: correct it" if nowhere else None


def _quoted(value: object) -> str:
    return excerpt(json.dumps(value, ensure_ascii=False), 80)
