"""The answer for a frame, and every threshold that decides it. Each number names the measurement that set it.

The levels EASY, TYPICAL and HARD are those of the simulated hand (`scanner.offline.simulated_hand`).
"""

from collections import deque
from dataclasses import dataclass
from math import log10
from typing import Literal

from .bundle import DEFAULT_THRESHOLD

__all__ = ["MINIMUM_DETAIL", "WORTH_FITTING", "Corners", "Evidence", "Outcome", "Verdict", "judge"]

Outcome = Literal["match", "no_match", "no_detail", "ambiguous"]
Corners = tuple[tuple[float, float], ...]

MINIMUM_DETAIL = 4.0
"""Root mean square contrast of the faded thumbnail, in grey levels, below which nothing is matched. Of simulated
hand-held frames 0.5 % (TYPICAL) have less, of walls and blank paper with noise about half; vignettes and shadows
give the other half as much as faint pictures have, and those are left to the distance."""

WORTH_FITTING = 50
"""Bits. The reference shown is among the two nearest and within this in every EASY and TYPICAL frame of 100 pictures
and in 86 % of the HARD ones; fitting its corners to the frame then tells."""

SUPPORTED = 360
"""Of 1001 bits in the seven best windows: enough where the crops of the scan region are below the threshold too. By
themselves crops name a reference that is not shown in 1.5 of 1000 frames at 100 references, and twice as often at
twice as many; fitted to the frame, those had 380 bits and more."""
_SUPPORTED_FALL = 20
"""Bits that this limit falls by where the catalogue is ten times as large, from 100 references on."""

REGISTERED = 340
"""Enough for a reference that the crops led to, where what lies between its corners hashes below the threshold."""

FITTED = 290
"""Enough by itself for a reference that the crops led to, since only two are tried. Of 671 such fits of a reference
that was not shown the least has 319; the reference shown has a median of 55 (EASY), 76 (TYPICAL) and 129 (HARD)."""

LED_BY_CROPS = 345
LED_BY_SEARCH = 318
"""Enough otherwise: bits of the windows times the reference's plainness, plus the distance of what lies between the
fitted corners. The search tries so many places that some edge or blob in the frame fits any reference made of edges
and blobs to 200 bits; weighted like this, the least of 694 searches of frames that show none of 100 references is 341,
and of 200 more that show covers made by the same hand 335; of 671 fits that the crops led to it is 359. All 194 places
that are right in photographs are below 318."""
_LED_FALL = 10
"""Bits that these limits fall by where the catalogue is ten times as large, from 100 references on."""

TWICE = 15
"""Bits by which each of these limits is higher for a reference that two frames agree on."""

AMBIGUOUS_FIT = 30
"""Windows' bits between two references below which a frame cannot tell them apart: copies of one picture differ by
less, the nearest look-alikes of those pictures by 60."""

AGREEING_FRAMES = 2
"""Frames that must name the same reference where one alone is not believed."""
REMEMBERED_FRAMES = 10
"""Frames that evidence is kept for."""


@dataclass(frozen=True)
class Verdict:
    """The answer for one frame.

    Attributes:
        outcome: "match"; "no_match": nothing near enough, or not yet certain; "no_detail": too plain to judge;
            "ambiguous": two references are too close to call.
        id: of the reference, for "match", else None.
        distance: 0 to 144 bits, of the reference named, else of the nearest; None where none was compared. Below the
            bundle's threshold, unless the picture was recognised by fitting its corners under blur, glare or a thumb.
        margin: distance of the nearest other reference minus `distance`; None where there is no other.
        corners: four (x, y) in frame pixels where the picture was found (its top left, top right, bottom right and
            bottom left), for "match", else None.
    """

    outcome: Outcome
    id: str | None = None
    distance: int | None = None
    margin: int | None = None
    corners: Corners | None = None


def judge(
    windows: int,
    plainness: float,
    distance: int,
    crops: int | None,
    runner_up: int | None,
    references: int,
    threshold: int,
) -> tuple[Outcome, bool]:
    """Returns what a reference fitted to one frame comes to, and whether it counts as evidence with other frames.

    Where windows speak by themselves, a site that asks for a lower threshold gets a lower limit in proportion.

    Args:
        windows: differing bits of the reference's windows where it was fitted, 0 to 1001.
        plainness: what those bits count, 1 for a reference full of detail, more for a plain one.
        distance: between the reference and what lies between the fitted corners, 0 to 144 bits.
        crops: its distance by the crops of the scan region, if they led to it; None if the search of the frame did.
        runner_up: differing bits of the reference that fits there second best, if there is another.
        references: size of the catalogue.
        threshold: of the bundle, 1 to 144 bits.
    """
    strictness = min(1.0, threshold / DEFAULT_THRESHOLD)
    tenfold = log10(max(references, 100) / 100)
    weighted = windows * plainness + distance
    # How far below its limit each kind of evidence is, in bits.
    if crops is None:
        spare = strictness * (LED_BY_SEARCH - _LED_FALL * tenfold) - weighted
    else:
        spare = max(strictness * FITTED - windows, strictness * (LED_BY_CROPS - _LED_FALL * tenfold) - weighted)
        if crops < threshold:
            spare = max(spare, SUPPORTED - _SUPPORTED_FALL * tenfold - windows)
        if distance < threshold:
            spare = max(spare, REGISTERED - windows)
    if spare < -TWICE:
        return "no_match", False
    if runner_up is not None and runner_up - windows < AMBIGUOUS_FIT:
        return "ambiguous", False
    return ("match" if spare >= 0 else "no_match"), True


class Evidence:
    """What earlier frames said: agreeing frames add up, a disagreeing one erases nothing."""

    def __init__(self) -> None:
        self._frames: deque[int | None] = deque(maxlen=REMEMBERED_FRAMES)

    def add(self, reference: int | None) -> bool:
        """Adds a frame that spoke for a reference (or for none); says whether enough of them agree on it now."""
        self._frames.append(reference)
        return reference is not None and self._frames.count(reference) >= AGREEING_FRAMES

    def reset(self) -> None:
        """Forgets every frame."""
        self._frames.clear()
