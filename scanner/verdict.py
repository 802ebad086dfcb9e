"""The answer for a frame, and every threshold that decides it. Each number names the measurement that set it.

The levels EASY, TYPICAL and HARD are those of the simulated hand (`scanner.offline.simulated_hand`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import log10
from typing import Literal

from .bundle import DEFAULT_THRESHOLD
from .plain_shapes import SEARCHED

__all__ = ["LEAST_DETAIL", "MINIMUM_DETAIL", "WORTH_FITTING", "Corners", "Evidence", "Outcome", "Verdict", "judge"]

Outcome = Literal["match", "no_match", "no_detail", "ambiguous"]
Corners = tuple[tuple[float, float], ...]

MINIMUM_DETAIL = 4.0
"""Root mean square contrast of the faded thumbnail, in grey levels, below which a frame without a match is called too
plain to judge. Of simulated hand-held frames 0.5 % (TYPICAL) have less, of walls and blank paper with noise about half;
vignettes and shadows give the other half as much as faint pictures have, and those are left to the distance."""
LEAST_DETAIL = 1.5
"""The same below which nothing is compared at all. Faint pictures in poor light are between the two: of 4 HARD hold-ups
that were never named for that, 2 are named, and still none of 450 empty scenes."""

WORTH_FITTING = 50
"""Bits. The reference shown is among the two nearest and within this in every EASY and TYPICAL frame of 100 pictures
and in 86 % of the HARD ones; fitting its corners to the frame then tells."""

SUPPORTED = 360
"""Of 1001 bits in the seven best windows: enough where the crops of the scan region are below the bundle's threshold
too. By themselves crops name a reference that is not shown in 1.5 of 1000 frames at 100 references, and twice as often
at twice as many; fitted to the frame, those had 380 bits and more."""
_SUPPORTED_FALL = 20
"""Bits that this limit falls by where the catalogue is ten times as large, from 100 references on."""

LED_BY_SEARCH = 325
"""Enough for a reference that the search of the frame led to: bits of the windows times the third power of the
reference's plainness, plus the distance of what lies between the fitted corners. So many places are tried that some
edge or blob in the frame fits any reference made of edges and blobs to 200 bits; weighted like this, 1058 searches of
frames that show none of 100 references have 332 and more, all but one 346. All 194 places that are right in photographs
are below 318."""
RICH = 1.05
"""Plainness up to which a reference counts as full of detail."""
PLAIN_FALL = 10
"""Bits that this limit is lower by for all others: 360 frames of drawn covers of a few big shapes, among 100 such
references, came to 319 and more, at a plainness of 1.09 to 1.25."""
LED_BY_CROPS = 340
"""Enough for a reference that the crops led to: bits of the windows times plainness, plus that distance, plus the
distance by the crops. Of 1205 fits of a reference that was not shown the least is 364, and all others have 388 and
more; in the benchmark's other half of pictures one of 1340 came to 345, a horizon for another."""
_LED_FALL = 10
"""Bits that these limits fall by where the catalogue is ten times as large, from 100 references on."""

TWICE = 15
"""Bits by which each of these limits is higher for a reference that two frames agree on."""

AMBIGUOUS_FIT = 30
"""Windows' bits between two references below which a frame cannot tell them apart: copies of one picture differ by
less, the nearest look-alikes of those pictures by 60."""

AGREEING_FRAMES = 2
"""Frames that must name the same reference where one alone is not believed."""
REMEMBERED_FRAMES = 60
"""Frames that evidence is kept for, two to three seconds: in that time a search looks through two frames or more."""


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
    runner_up: Callable[[], int | None],
    references: int,
    threshold: int,
) -> tuple[Outcome, bool]:
    """Returns what a reference fitted to one frame comes to, and whether it counts as evidence with other frames.

    Where windows speak by themselves, a site that asks for a lower threshold gets a lower limit in proportion.

    Args:
        windows: differing bits of the reference's windows where it was fitted, 0 to 1001.
        plainness: of the reference, 1 for one full of detail, up to about 1.6 for a plain one.
        distance: between the reference and what lies between the fitted corners, 0 to 144 bits.
        crops: its distance by the crops of the scan region, if they led to it; None if the search of the frame did.
        runner_up: says the differing bits of the reference that fits there second best, if there is another; asked
            only of a fit that would count, since fitting another takes a while.
        references: size of the catalogue.
        threshold: of the bundle, 1 to 144 bits.
    """
    strictness = min(1.0, threshold / DEFAULT_THRESHOLD)
    tenfold = log10(max(references, 100) / 100)
    # How far below its limit each kind of evidence is, in bits.
    if crops is None:
        limit = LED_BY_SEARCH - (PLAIN_FALL if plainness > RICH else 0) - _LED_FALL * tenfold
        spare = strictness * limit - windows * plainness**SEARCHED - distance
    else:
        spare = strictness * (LED_BY_CROPS - _LED_FALL * tenfold) - windows * plainness - distance - crops
        if crops < threshold:
            spare = max(spare, SUPPORTED - _SUPPORTED_FALL * tenfold - windows)
    if spare < -TWICE:
        return "no_match", False
    other = runner_up()
    if other is not None and other - windows < AMBIGUOUS_FIT:
        return "ambiguous", False
    return ("match" if spare >= 0 else "no_match"), True


class Evidence:
    """What earlier frames said: agreeing frames add up, a disagreeing one erases nothing."""

    def __init__(self) -> None:
        self._spoke: list[tuple[int, int]] = []

    def add(self, reference: int, frame: int) -> bool:
        """Adds that a frame, by its number, spoke for a reference; says whether enough frames agree on that now.

        A frame that speaks twice, once by its crops and once by its search, is still one frame.
        """
        self._spoke.append((reference, frame))
        self._spoke = [(what, when) for what, when in self._spoke if abs(frame - when) < REMEMBERED_FRAMES]
        return len({when for what, when in self._spoke if what == reference}) >= AGREEING_FRAMES

    def reset(self) -> None:
        """Forgets every frame."""
        self._spoke.clear()
