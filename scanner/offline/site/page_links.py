"""Read the links at the foot of the reader page."""

import re

from scanner.quoting import printable, quoted

__all__ = ["page_links"]

_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)


def page_links(value: object) -> tuple[tuple[str, str], ...]:
    """Returns words and address of each link. Raises ValueError for anything but texts, and for other schemes.

    >>> page_links({"Imprint": "imprint.html"})
    (('Imprint', 'imprint.html'),)
    """
    expected = 'expected an object of words and addresses, such as {"Imprint": "imprint.html"}'
    if not isinstance(value, dict):
        raise ValueError(f"{expected}, found {quoted(value)}: correct it")
    for words, address in value.items():
        if not isinstance(address, str) or not all(
            text.strip() and printable(text) == text for text in (words, address)
        ):
            raise ValueError(f"{expected}, found {quoted(address)} for {quoted(words)}: correct it")
        scheme = _SCHEME.match(address)
        if scheme and scheme[1].lower() not in {"http", "https", "mailto", "tel"}:
            raise ValueError(
                f"{expected}, found {quoted(address)}, which no page opens: write https://, or a file's name"
            )
    return tuple((words.strip(), address.strip()) for words, address in value.items())
