"""Print forecasts and groups of look-alikes: for people in lines, for programs as values."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from scanner.offline.enrol.alike import AlikePair, alike_pairs
from scanner.offline.enrol.build import Build
from scanner.offline.enrol.forecast import Forecast, forecasts
from scanner.offline.enrol.groups import Group, alike_groups
from scanner.quoting import quoted

__all__ = ["Outlook", "as_values", "name_forecasts", "outlook", "totals"]

_SHOWN = 10
"""Weak and hopeless pictures that people are shown; --json has them all."""


class Outlook(NamedTuple):
    """What to expect of a build.

    Attributes:
        forecasts: id -> forecast.
        pairs: of pictures that look alike.
        groups: that the pairs make.
    """

    forecasts: Mapping[str, Forecast]
    pairs: Sequence[AlikePair]
    groups: Sequence[Group]


def outlook(made: Build) -> Outlook:
    """Returns what to expect of a build."""
    pairs = alike_pairs(made.bundle)
    groups = alike_groups(made.bundle, pairs)
    return Outlook(forecasts(made.traits, groups), pairs, groups)


def name_forecasts(expected: Outlook) -> None:
    """Prints the hopeless pictures and then the weak ones on stderr, each on a line with the reason and the cure."""
    lines = [
        f"forecast: {quoted(name)} is {kind}: {each.reason}: {each.cure}"
        for kind in ("hopeless", "weak")
        for name, each in expected.forecasts.items()
        if each.kind == kind
    ]
    for line in lines[:_SHOWN]:
        print(line, file=sys.stderr)
    if len(lines) > _SHOWN:
        print(f"forecast: ... and {len(lines) - _SHOWN:,} more (--json names them all)", file=sys.stderr)


def totals(expected: Outlook) -> str:
    """Returns how many pictures are good, weak and hopeless; an empty text where all are good."""
    counts = Counter(each.kind for each in expected.forecasts.values())
    if counts["good"] == len(expected.forecasts):
        return ""
    told = f"forecast: {counts['good']:,} good, {counts['weak']:,} weak, {counts['hopeless']:,} hopeless"
    if counts["hopeless"] * 2 > len(expected.forecasts):
        told += ": most of these pictures will not work: choose others"
    return told


def as_values(expected: Outlook) -> dict[str, Any]:
    """Returns forecasts, pairs and groups for JSON."""
    return {
        "forecasts": [
            {"id": name, "forecast": each.kind} | ({"reason": each.reason, "cure": each.cure} if each.reason else {})
            for name, each in expected.forecasts.items()
        ],
        "alike": [{"ids": pair.ids, "distance": pair.distance, "turned": pair.turned} for pair in expected.pairs],
        "groups": [
            {"ids": group.ids, "turned": group.turned, "fates": {name: group.fate(name) for name in group.ids}}
            for group in expected.groups
        ],
    }
