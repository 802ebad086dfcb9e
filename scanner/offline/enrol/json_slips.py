"""Say what is most likely wrong with a text that is no JSON: the line, the slip and the cure."""

import json
import re
from typing import NamedTuple

from scanner.quoting import quoted

__all__ = ["JsonSlip", "json_slip"]

_NAMES_AND_TEXTS = "JSON takes names and texts in straight double quotes"
_STRAIGHT = f'write "...": {_NAMES_AND_TEXTS}'
_CURLY = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a"
"""Quotes that word processors set, in pairs of many languages."""
_WORDS = {"True": "true", "False": "false", "None": "null", "undefined": "null", "nil": "null"}
_WORD = re.compile(r"[\w-]{1,40}")
_NO_COMMENTS = "remove it: JSON has no comments"


class JsonSlip(NamedTuple):
    """What is most likely wrong with a text that is no JSON.

    Attributes:
        line: number of the line, from 1.
        found: the slip and its cure, a text to follow "found in line 7".
    """

    line: int
    found: str


def json_slip(text: bytes) -> JsonSlip | None:
    r"""Returns where a text stops being JSON, with the likely slip and its cure; None for a text that is JSON.

    >>> json_slip(b'{"1": {\n  "title": "A",\n}}')
    JsonSlip(line=2, found='a comma that nothing follows: remove the comma')
    """
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        return JsonSlip(line, "letters that are not UTF-8: save the file again with the encoding UTF-8")
    try:
        json.loads(decoded)
    except json.JSONDecodeError as error:
        place, told = _slip(decoded, error.pos, error.msg)
        return JsonSlip(decoded.count("\n", 0, place) + 1, told)
    except (ValueError, RecursionError):  # a number of thousands of digits, or thousands of levels: no slip of syntax
        return None
    return None


def _slip(text: str, at: int, complaint: str) -> tuple[int, str]:
    """Returns the place and the slip, by Python's complaint and the characters around its place."""
    before = len(text[:at].rstrip()) - 1  # the last character that is no blank
    last, here = text[before : before + 1], text[at : at + 1]
    if not text.strip():
        return 0, 'an empty file: write {"<id>": {"title": "..."}}, or remove the file'
    if here == "," and ("trailing comma" in complaint or re.match(r",\s*[}\]]", text[at:])):
        return at, "a comma that nothing follows: remove the comma"
    if last == "," and (here in "}]" or not here):
        return before, "a comma that nothing follows: remove the comma"
    if last == here == ",":
        return at, "two commas: remove one"
    if last == "," and here.isdigit():
        return at, "a comma inside a number: write a point"
    if here and here in "'" + _CURLY:
        kind = "single" if here == "'" else "curly"
        return at, f"{kind} quotes: {_STRAIGHT}"
    if text.startswith(("//", "/*", "#"), at):
        return at, f"a comment: {_NO_COMMENTS}"
    if complaint.startswith("Invalid control character"):
        if here == "\t":
            return at, "a tab inside a text: write a blank, or \\t"
        return at, 'a text without its closing quote: add " at its end'
    if complaint.startswith("Invalid \\"):
        return at, "a backslash inside a text: write /, or \\\\ for one backslash"
    if complaint.startswith("Unterminated string"):
        return at, 'a text without its closing quote: add " at its end'
    if complaint.startswith("Extra data"):
        return at, f"{_shown(text, at)} behind the end: remove it, or a closing bracket before it"
    if not here:
        return before, "the end of the file too early: add the closing } at the end"
    if complaint.startswith("Expecting ',' delimiter"):
        return _no_comma(text, at, before)
    if complaint.startswith("Expecting ':' delimiter"):
        return at, f'{_shown(text, at)} behind a name: write a colon, as in "title": "..."'
    if complaint.startswith("Expecting property name"):
        return at, f"{_shown(text, at)} in the place of a name: {_STRAIGHT}"
    if (word := _shown(text, at))[1:-1] in _WORDS:
        return at, f"{word}: write {_WORDS[word[1:-1]]}"
    if here in ",}]":
        return at, f"no value before {quoted(here)}: write one, or remove the name"
    return at, f"{word} in the place of a value: {_STRAIGHT}"


def _no_comma(text: str, at: int, before: int) -> tuple[int, str]:
    """Returns the place and the slip where a value is followed by neither a comma nor a closing bracket."""
    if text[at] in '"{[' and (text[before] in '"}]' or text[before].isalnum()):
        return before, "no comma at the end of an entry: add a comma"
    if text[at] in "}]":
        return at, f"{quoted(text[at])}, which closes nothing: remove it, or write the bracket that fits"
    if text[at] in ";.":
        return at, f"{quoted(text[at])} behind a value: write a comma"
    if text[before] == '"':
        return at, f'{_shown(text, at)} behind the closing quote: write \\" for a quote inside a text'
    return at, f"{_shown(text, at)} behind a value: {_STRAIGHT}"


def _shown(text: str, at: int) -> str:
    """Returns the word at a place, or the character if no word begins at it, as a message shows it."""
    word = _WORD.match(text, at)
    return quoted(word[0] if word else text[at])
