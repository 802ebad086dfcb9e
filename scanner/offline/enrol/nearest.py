"""Find the id that is most likely meant by one that no picture has."""

import difflib
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from scanner.offline.enrol.kinds import PICTURE_SUFFIXES
from scanner.quoting import quoted

__all__ = ["Ids"]

LONGEST = 200
"""Characters: a longer id is compared with no other. File systems allow no longer names."""

MOST_SEARCHES = 20
"""Ids that are compared with every other: each takes a tenth of a second among 10,000."""

ALIKE = 0.75
"""Likeness, 0 to 1, from which an id counts as meant: one wrong letter in four reaches it."""


class Ids:
    """The ids of the pictures, ready to be compared with one that is none of them."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._ids = set(ids)
        self._plain: dict[str, str] = {}
        for name in sorted(self._ids, reverse=True):
            self._plain[_plain(name)] = name
        self._searches = 0

    def hint(self, key: str) -> str | None:
        """Returns what to write instead of a key that is no id, or None if no id is like it.

        >>> ids = Ids(["Ein Fall für Zwei", "whale"])
        >>> ids.hint("ein fall fuer zwei")
        "is 'Ein Fall für Zwei' meant?"
        >>> ids.hint("whale.jpg")
        "write 'whale', without .jpg"
        """
        name = unicodedata.normalize("NFC", key).strip()
        if len(name) > LONGEST:
            return None
        path = PurePosixPath(name.replace("\\", "/"))
        if path.suffix.lower() in PICTURE_SUFFIXES:
            if known := self._known(path.stem):
                return f"write {quoted(known)}, without {path.suffix}"
            name = path.stem
        elif path.name != name and (known := self._known(path.name)):
            return f"write {quoted(known)}, without the folder"
        known = self._known(name) or self._nearest(name)
        return f"is {quoted(known)} meant?" if known else None

    def _known(self, name: str) -> str | None:
        return name if name in self._ids else self._plain.get(_plain(name))

    def _nearest(self, name: str) -> str | None:
        if self._searches == MOST_SEARCHES:
            return None
        self._searches += 1
        near = difflib.get_close_matches(_plain(name), self._plain, 1, ALIKE)
        return self._plain[near[0]] if near else None


_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe"})


def _plain(name: str) -> str:
    """Returns a name without what people mistype: case, blanks, marks on letters, hyphens and underscores."""
    spelt = unicodedata.normalize("NFKC", name).casefold().translate(_SPELT_OUT)
    letters = (letter for letter in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(letter))
    return " ".join("".join(letters).replace("_", " ").replace("-", " ").split())
