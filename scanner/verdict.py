"""The answer for a frame, and every threshold that decides it. Each number names the measurement that set it.

The levels EASY, TYPICAL and HARD are those of the simulated hand (`scanner.offline.simulated_hand`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, log10
from typing import Literal

from .bundle import DEFAULT_THRESHOLD
from .plain_shapes import SEARCHED
from .registration import Rivals

__all__ = [
    "LEAST_DETAIL",
    "MINIMUM_DETAIL",
    "RIVALS",
    "WORTH_FITTING",
    "Corners",
    "Evidence",
    "Outcome",
    "Verdict",
    "judge",
]

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

SUPPORTED = 385
"""Of 1001 bits in the seven best windows, times plainness: enough where the crops of the scan region are below the
bundle's threshold too. By themselves crops name a reference that is not shown in 1.5 of 1000 frames at 100 references,
and twice as often at twice as many; fitted to the frame, those had 395 bits and more."""
_SUPPORTED_FALL = 30
"""Bits that this limit falls by where the catalogue is ten times as large, from 100 references on."""

LED_BY_SEARCH = 340
"""Enough for a reference that the search of the frame led to: bits of the windows times the third power of the
reference's plainness, plus the distance of what lies between the fitted corners, plus the strain of their pose. So many
places are tried that some edge or blob in the frame fits any reference made of edges and blobs to 200 bits; counted
like this, 1250 searches of frames that show none of 100 references come to 357 and more, or 397 for covers of films.
Of 397 photographs 386 have less than 340 at the place that is right. All this before the lead over its rivals is added
or taken away (`USUAL_LEAD`), here and below."""
_SEARCH_FALL = 30
"""Bits that this limit falls by where the catalogue is ten times as large, from 100 references on. Among 996, 900 such
searches come to 301 and more, among 9907, 300 of them to 314: with more references the nearest is nearer, but its
rivals are too (`USUAL_LEAD`), so that the limit itself falls little."""
RICH = 1.05
"""Plainness up to which a reference counts as full of detail."""
_PLAIN_LIMIT = 330
"""The limit of a search for all others: 360 frames of drawn covers of a few big shapes, among 100 such references, came
to 336 and more."""
_PLAIN_FALL = 130
"""Bits that it falls by, up to 1000 references: one clock, arrow or sign for a wheelchair is like another, and leads
all rivals by far. Of 720 frames of strangers among 1000 three are named with a fall of 70, one with this; none of 400
TYPICAL hold-ups is missed for it, as plain pictures held into the scan region are found by their crops."""
LED_BY_CROPS = 350
"""Enough for a reference that the crops led to: bits of the windows times plainness, plus that distance, plus the
distance by the crops, plus the strain. Of 1610 frames that show none of 100 references the least is 399, but for
drawn covers (356)."""
_CROPS_FALL = 30
"""Bits that it falls by. Of 900 frames that show none of 996 references the least is 318, but for one sign with a
question mark in a ring (279), which was taken for one with a letter."""

TWICE = 15
"""Bits by which each of these limits is higher for a reference that two frames agree on."""

RIVALS = 8
"""Other references that are fitted where one lies, those most like what is seen there. With one instead, three more of
300 strangers among 1000 references are named, and two more of 450 drawn covers that are not enrolled."""
AMBIGUOUS_FIT = 30
"""Windows' bits between a reference and its best rival below which a frame cannot tell them apart: copies of one
picture differ by less, the nearest look-alikes of those pictures by 60."""
USUAL_LEAD = 90
"""Bits by which a reference that is shown leads its best rival even where little is seen: in 98 of 100 HARD hold-ups by
107 and more, in half by 240. One that is not shown rarely does: where one reference fits by chance, so does the next.
The idea is that of the ratio test for features (Lowe, "Distinctive Image Features from Scale-Invariant Keypoints",
2004, section 7.1). Every bit that lacks counts as one that differs. At 110 or 130 as few strangers are named, and one
more of 400 TYPICAL hold-ups among 1000 is missed."""
_MOST_LACKING = 80
"""Bits that a short lead costs at most: what has more to spare is beyond doubt, and fewer rivals are asked for."""
_MOST_LEADING = 12
"""Bits that a longer lead makes up for at most. With 0, 366 of 400 HARD hold-ups are named within its reach and none of
1520 frames of strangers among 100 references; with this 374 and one, with 20 376 and two."""
_MOST_LEADING_BY_SEARCH = 20
"""The same for what a search found: one more of those hold-ups, no more strangers; with 30 one more of 450 drawn covers
that are not enrolled."""

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
    strain: float,
    distance: int,
    crops: int | None,
    rivals: Callable[[int], Rivals | None],
    references: int,
    threshold: int,
) -> tuple[Outcome, bool]:
    """Returns what a reference fitted to one frame comes to, and whether it counts as evidence with other frames.

    Where windows speak by themselves, a site that asks for a lower threshold gets a lower limit in proportion.

    Args:
        windows: differing bits of the reference's windows where it was fitted, 0 to 1001.
        plainness: of the reference, 1 for one full of detail, up to about 1.6 for a plain one.
        strain: of the pose it was fitted in, in bits; 0 for one that a hand would hold up.
        distance: between the reference and what lies between the fitted corners, 0 to 144 bits.
        crops: its distance by the crops of the scan region, if they led to it; None if the search of the frame did.
        rivals: given how many to fit, says how near others come where the reference lies, if there are any; asked only
            of a fit that may count, since fitting takes a while.
        references: size of the catalogue.
        threshold: of the bundle, 1 to 144 bits.
    """
    strictness = min(1.0, threshold / DEFAULT_THRESHOLD)
    tenfold = log10(max(references, 100) / 100)
    # How far below its limit each kind of evidence is, in bits.
    supported = -inf
    if crops is None:
        plain = plainness > RICH
        limit = _PLAIN_LIMIT - _PLAIN_FALL * min(tenfold, 1) if plain else LED_BY_SEARCH - _SEARCH_FALL * tenfold
        spare = strictness * limit - windows * plainness**SEARCHED - distance - strain
        most_leading = _MOST_LEADING_BY_SEARCH
    else:
        limit = LED_BY_CROPS - _CROPS_FALL * tenfold
        spare = strictness * limit - windows * plainness - distance - crops - strain
        most_leading = _MOST_LEADING
        if crops < threshold:
            supported = SUPPORTED - _SUPPORTED_FALL * tenfold - windows * plainness
    twice = strictness * TWICE
    # Among fewer references than rivals are asked for a long lead says little.
    leading = strictness * most_leading if references > RIVALS else 0.0
    if max(spare + leading, supported) < -twice:
        return "no_match", False
    others = rivals(RIVALS if max(spare - _MOST_LACKING, supported) < 0 else 1)
    if others is not None:
        # A scan region tells a picture from the same one on its side; anywhere in the frame, nothing does.
        alike = others.turned if crops is None else others.upright
        if alike - windows < AMBIGUOUS_FIT and max(spare, supported) >= -twice:
            return "ambiguous", False
        # The same picture on its side fits as well, and says nothing against the one that is upright there.
        twin = crops is not None and others.turned - windows < AMBIGUOUS_FIT
        lead = (others.upright if twin else others.turned) - windows
        spare += min(max(lead - USUAL_LEAD, -_MOST_LACKING), leading)
    spare = max(spare, supported)
    if spare < -twice:
        return "no_match", False
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
