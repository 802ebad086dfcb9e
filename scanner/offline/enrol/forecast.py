"""Forecast how well each picture will be recognised, from its traits and its likeness to the others.

No camera is simulated. `benchmarks/forecast.md` compares the forecasts with pictures held up by a simulated hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scanner.offline.enrol.groups import Fate, Group
from scanner.offline.enrol.traits import Traits

__all__ = ["Forecast", "Kind", "forecast", "forecasts"]

Kind = Literal["good", "weak", "hopeless"]

_WEAK_COST = 140.0
"""Bits that a fit is expected to cost, from which a picture is weak: below, a hand misses fewer than 1 of 100."""
_HOPELESS_COST = 420.0
"""Bits that a fit is expected to cost, from which a picture is hopeless: above, a hand finds fewer than 1 of 5."""
_REPEATING = 50.0
"""Bits that a small shift turns, from which a picture is a pattern that repeats itself, and weak. Photographs and
drawings that repeat nothing turn 45 at most."""
_PLAIN = 1.15
"""Plainness from which the cure asks for more of the design; a picture with shapes enough lacks contrast."""
_PALE = 10.0
"""Contrast in grey levels below which the cure asks for more of it."""

_SHOW_MORE = "show more of the design, or enrol the back cover"


@dataclass(frozen=True)
class Forecast:
    """What to expect of one picture in an ordinary hand.

    Attributes:
        kind: "good": recognised within ten frames by 99 of 100 hands; "weak": missed more often; "hopeless":
            recognised by 1 of 5 hands at most.
        reason: why the picture is weak or hopeless; empty for a good one.
        cure: what to do about it; empty for a good one.
    """

    kind: Kind
    reason: str = ""
    cure: str = ""


_GOOD = Forecast("good")


def forecasts(traits: Mapping[str, Traits], groups: Sequence[Group]) -> dict[str, Forecast]:
    """Returns id -> forecast for every picture of a catalogue.

    Args:
        traits: id -> traits.
        groups: of pictures that look alike, from `groups.alike_groups`.
    """
    fates = {name: group.fate(name) for group in groups if not group.turned for name in group.ids}
    return {name: forecast(each, fates.get(name)) for name, each in sorted(traits.items())}


def forecast(traits: Traits, fate: Fate | None = None) -> Forecast:
    """Returns the forecast for one picture.

    Args:
        traits: of the picture.
        fate: what becomes of it among pictures that look like it; None where there are none.
    """
    cost = traits.cost
    if cost >= _HOPELESS_COST:
        return Forecast("hopeless", *_reason(traits))
    if fate == "never":
        return Forecast("hopeless", "looks equal to another picture here", "leave one out, or change one visibly")
    if traits.shift_bits >= _REPEATING:
        return Forecast("weak", "a pattern that repeats itself", "show a part that occurs once, such as the title")
    if cost >= _WEAK_COST:
        return Forecast("weak", *_reason(traits))
    if fate == "sometimes":
        return Forecast("weak", "nearly equal to another picture here", "show more of what differs, or enlarge it")
    return _GOOD


def _reason(traits: Traits) -> tuple[str, str]:
    """Returns why a fit is expected to cost many bits, and the cure."""
    if traits.plainness >= _PLAIN:
        return "plain type or shapes on plain ground", _SHOW_MORE
    if traits.contrast < _PALE:
        return (
            f"light and dark hardly differ (contrast {traits.contrast:.1f} grey levels)",
            "enrol a print with more contrast, or the back cover",
        )
    return "large even areas, with little to tell the picture by", _SHOW_MORE
