"""Read which functions a scan runs, from a profile that `python -m benchmarks.hot_functions` makes in a browser."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

__all__ = ["PROFILE", "ProfileError", "hot_functions", "numbers_of", "ranges_of"]

PROFILE = Path(__file__).with_name("hot_functions.json")
"""By file: the checksum of the file as published, and the numbers of its functions, counted from 0 without imports."""


class ProfileError(ValueError):
    """The profile is of other files; the message says which."""


def hot_functions(modules: Mapping[str, bytes]) -> dict[str, frozenset[int]]:
    """Returns the numbers of the functions that a scan runs, by file.

    Args:
        modules: the WebAssembly files as published, by name.

    Raises:
        ProfileError: the profile was made of other files.
    """
    profile = json.loads(PROFILE.read_bytes())
    found = {}
    for name, content in modules.items():
        entry = profile.get(name, {"sha256": "no such file", "functions": ""})
        checksum = hashlib.sha256(content).hexdigest()
        if entry["sha256"] != checksum:
            raise ProfileError(
                f"{PROFILE.name}: expected the profile of {name} with the checksum {checksum}, found "
                f"{entry['sha256']}: make it anew with `python -m benchmarks.hot_functions`, or use --runtime stock"
            )
        found[name] = numbers_of(entry["functions"])
    return found


def numbers_of(ranges: str) -> frozenset[int]:
    """Returns the numbers in a text of ranges.

    >>> sorted(numbers_of("0-2 7"))
    [0, 1, 2, 7]
    """
    numbers: set[int] = set()
    for each in ranges.split():
        first, _, last = each.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    return frozenset(numbers)


def ranges_of(numbers: frozenset[int]) -> str:
    """Returns numbers as a text of ranges.

    >>> ranges_of(frozenset({0, 1, 2, 7}))
    '0-2 7'
    """
    texts: list[str] = []
    for number in sorted(numbers):
        if number - 1 in numbers:
            first = texts[-1].partition("-")[0]
            texts[-1] = f"{first}-{number}"
        else:
            texts.append(str(number))
    return " ".join(texts)
