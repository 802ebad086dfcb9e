"""The answer for a frame, and how it is decided. Every number that it is decided by stands in `limits`."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Literal, NamedTuple

from .limits import (
    AMBIGUOUS_LEAD,
    BELOW_THRESHOLD,
    DEFAULT_THRESHOLD,
    FOUND_BY_SEARCH,
    FOUND_BY_SEARCH_PLAIN,
    LED_BY_CROPS,
    MOST_LACKING,
    RICH,
    RIVALS,
    SEARCH_POWER,
    TWICE,
    USUAL_LEAD,
    Limit,
)
from .rivals import Rivals

__all__ = ["Corners", "Judgement", "Outcome", "Verdict", "costs", "judge", "lead_over"]

Outcome = Literal["match", "no_match", "no_detail", "ambiguous"]
Corners = tuple[tuple[float, float], ...]


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


class Judgement(NamedTuple):
    """What one fit comes to.

    Attributes:
        outcome: "match", "no_match" or "ambiguous".
        counts: whether the fit is good enough to name its reference together with another frame.
    """

    outcome: Outcome
    counts: bool


def judge(
    window_bits: int,
    plainness: float,
    pose_penalty: float,
    outline_bits: int,
    crop_bits: int | None,
    rivals: Callable[[int], Rivals | None],
    references: int,
    threshold: int,
) -> Judgement:
    """Returns what a reference fitted to one frame comes to.

    A site that asks for a lower threshold than usual gets lower limits in proportion.

    Args:
        window_bits: differing bits of the reference's windows where it was fitted, 0 to 1001.
        plainness: of the reference, 1 for one full of detail, up to about 1.6 for a plain one.
        pose_penalty: bits that the pose counts for; 0 for one that a hand would hold up.
        outline_bits: distance between the reference and the hash between the fitted corners, 0 to 144.
        crop_bits: distance of the reference by the crops of the scan region, 0 to 144, if they led to it; None if a
            race or a search of the frame did.
        rivals: given how many to fit, returns how near others come where the reference lies, None if there are none.
            It takes a while, so it is asked only where the answer may change the outcome.
        references: size of the catalogue.
        threshold: of the bundle, 1 to 144 bits.
    """
    strictness = min(1.0, threshold / DEFAULT_THRESHOLD)

    # Cost: the bits that differ count more for a plain reference, and in a pose that nobody holds a picture in.
    (limit, cost), *further = costs(window_bits, plainness, pose_penalty, outline_bits, crop_bits, threshold)

    # Limit: slack is how far the cost is below it. A fit that no lead can lift is no match.
    slack = strictness * limit.among(references) - cost
    below_threshold = max((row.among(references) - bits for row, bits in further), default=-inf)
    least = -strictness * TWICE
    # Among fewer references than rivals are asked for a long lead says little.
    lead_cap = strictness * limit.lead_cap if references > RIVALS else 0.0
    if max(slack + lead_cap, below_threshold) < least:
        return Judgement("no_match", False)

    # Lead: how much better the reference fits than its best rival.
    others = rivals(RIVALS if max(slack - MOST_LACKING, below_threshold) < 0 else 1)
    if others is not None:
        # A scan region tells a picture from the same one on its side; anywhere in the frame, nothing does.
        alike = others.turned if crop_bits is None else others.upright
        if alike - window_bits < AMBIGUOUS_LEAD and max(slack, below_threshold) >= least:
            return Judgement("ambiguous", False)
        slack += min(max(lead_over(others, window_bits, crop_bits) - USUAL_LEAD, -MOST_LACKING), lead_cap)

    # Verdict.
    slack = max(slack, below_threshold)
    return Judgement("match" if slack >= 0 else "no_match", slack >= least)


def costs(
    window_bits: int, plainness: float, pose_penalty: float, outline_bits: int, crop_bits: int | None, threshold: int
) -> list[tuple[Limit, float]]:
    """Returns the rows of the table of limits that a fit may be believed by, each with the cost of the fit in bits.

    The row of the route that the fit came by is first. The arguments are those of `judge`.
    """
    if crop_bits is None:
        row = FOUND_BY_SEARCH_PLAIN if plainness > RICH else FOUND_BY_SEARCH
        return [(row, window_bits * plainness**SEARCH_POWER + outline_bits + pose_penalty)]
    led = (LED_BY_CROPS, window_bits * plainness + outline_bits + crop_bits + pose_penalty)
    return [led, (BELOW_THRESHOLD, window_bits * plainness)] if crop_bits < threshold else [led]


def lead_over(others: Rivals, window_bits: int, crop_bits: int | None) -> int:
    """Returns the window bits by which a fit is better than its best rival.

    In the scan region a picture that is enrolled on its side as well does not count as a rival: it fits as well, and
    says nothing against the one that is upright there.
    """
    twin = crop_bits is not None and others.turned - window_bits < AMBIGUOUS_LEAD
    return (others.upright if twin else others.turned) - window_bits
