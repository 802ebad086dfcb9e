"""The answer for a frame, and the rule that decides it. `limits` holds every number of the rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal, NamedTuple

from .limits import (
    AGREEMENT_BITS,
    AMBIGUOUS_LEAD,
    CROPS_BELOW_THRESHOLD,
    DEFAULT_THRESHOLD,
    DIFFERING_WINDOW,
    FOUND_BY_SEARCH,
    FOUND_BY_SEARCH_PLAIN,
    FOUND_BY_WINDOWS,
    FOUND_IN_SIGHT,
    LEAST_WINDOW_LEAD,
    LED_BY_CROPS,
    MINIMUM_DETAIL,
    MOST_LACKING,
    RICH,
    RIVALS,
    SEARCH_POWER,
    USUAL_LEAD,
    Limit,
    tenfolds,
)
from .matcher import Match
from .rivals import Rivals
from .warp import Floats

__all__ = [
    "Corners",
    "Judgement",
    "Outcome",
    "Verdict",
    "costs",
    "judge",
    "judge_windows",
    "lead_over",
    "nothing_found",
    "window_costs",
]

Outcome = Literal["match", "no_match", "no_detail", "ambiguous"]
Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Verdict:
    """The answer for one frame.

    Attributes:
        outcome: "match"; "no_match": nothing near enough, or not yet certain; "no_detail": too plain to judge;
            "ambiguous": two references are too close to call.
        id: of the reference, for "match", else None.
        distance: 0 to 144 bits, of the reference named or ambiguous, else of the nearest by its crops; None for
            "no_detail". A match may reach the bundle's threshold or exceed it, if its corners were fitted under blur,
            glare or a thumb.
        margin: distance of the nearest other reference minus `distance`, -144 to 144; None where there is no other.
        corners: four (x, y) in frame pixels where the picture was found (its top left, top right, bottom right and
            bottom left), for "match", else None.
        track: number of the appearance in a stream, for a match of `FrameScanner.scan_all`, else None. A picture that
            was lost and is found again has another number.
        sure: False for a picture that is followed, and that the frame shows so badly that it would not be named anew.
    """

    outcome: Outcome
    id: str | None = None
    distance: int | None = None
    margin: int | None = None
    corners: Corners | None = None
    track: int | None = None
    sure: bool = True


class Judgement(NamedTuple):
    """The answer for one fit.

    Attributes:
        outcome: "match", "no_match" or "ambiguous".
        counts: whether the frame is evidence; a second such frame names the reference.
    """

    outcome: Outcome
    counts: bool


def nothing_found(nearest: list[Match], contrast: float) -> Verdict:
    """Returns the verdict of a frame without a match.

    Args:
        nearest: the references nearest by the crops of the scan region, in order.
        contrast: root mean square contrast of the scan region, in grey levels.
    """
    if contrast < MINIMUM_DETAIL:
        return Verdict("no_detail")
    first, *others = (match.crop_bits for match in nearest)
    return Verdict("no_match", None, first, others[0] - first if others else None)


def judge(
    window_bits: int,
    plainness: float,
    pose_penalty: float,
    outline_bits: int,
    crop_bits: int | None,
    rivals: Callable[[int], Rivals | None],
    references: int,
    threshold: int,
    in_sight: bool = False,
) -> Judgement:
    """Judges one fit of a reference to a frame.

    A threshold below `DEFAULT_THRESHOLD` lowers the limits in proportion, except the one of crops below the threshold.

    Args:
        window_bits: differing bits of the reference's windows where it was fitted, 0 to 1001.
        plainness: of the reference, 1 for one full of detail, 1.2 to 1.6 for a drawing of one thing, 48 at most.
        pose_penalty: bits that the pose counts for; 0 for one that a hand would hold up.
        outline_bits: distance between the reference and the hash between the fitted corners, 0 to 144.
        crop_bits: distance of the reference by the crops of the scan region, 0 to 144, if the reference is one of the
            two nearest and its crops led to the fit; else None, and the fit is judged as found by a search.
        rivals: called with the number of rivals to fit; returns their window bits, None if the catalogue has no other
            reference. A call takes a while, and is made only if it may change the outcome.
        references: size of the catalogue.
        threshold: of the bundle, 1 to 144 bits.
        in_sight: whether a search for all pictures in sight led to the fit.
    """
    strictness = min(1.0, threshold / DEFAULT_THRESHOLD)

    # Cost: the bits that differ count more for a plain reference, and in a pose that nobody holds a picture in.
    (limit, cost), *further = costs(window_bits, plainness, pose_penalty, outline_bits, crop_bits, threshold, in_sight)

    # Limit: slack is how far the cost is below it. A fit that no lead can lift is no match.
    slack = strictness * limit.among(references) - cost
    below_threshold = max((row.among(references) - bits for row, bits in further), default=-inf)
    least = -strictness * AGREEMENT_BITS
    # Among fewer references than rivals are asked for a long lead says little.
    lead_cap = strictness * limit.lead_cap if references > RIVALS else 0.0
    if max(slack + lead_cap, below_threshold) < least:
        return Judgement("no_match", False)

    # Lead: how much better the reference fits than its best rival.
    others = rivals(RIVALS if slack < MOST_LACKING else 1)
    if others is not None:
        # In the scan region a picture is told from its quarter turns; elsewhere nothing tells them apart.
        alike = others.turned if crop_bits is None else others.upright
        if alike - window_bits < AMBIGUOUS_LEAD and max(slack, below_threshold) >= least:
            return Judgement("ambiguous", False)
        beyond_usual = lead_over(others, window_bits, crop_bits) - USUAL_LEAD
        slack += min(max(beyond_usual, -MOST_LACKING), lead_cap)
        if beyond_usual < 0:
            below_threshold = -inf  # crops are near by chance, too

    # Verdict.
    slack = max(slack, below_threshold)
    return Judgement("match" if slack >= 0 else "no_match", slack >= least)


def judge_windows(
    sums: Sequence[float] | Floats,
    pose_penalty: float,
    leads: Sequence[float] | Floats,
    references: int,
    threshold: int,
) -> Outcome:
    """Judges one fit of a reference to a frame that may show only a part of it: "match", "ambiguous" or "no_match".

    A threshold below `DEFAULT_THRESHOLD` lowers the limits in proportion.

    Args:
        sums: costs in bits of the best window, of the two best, and so on; infinite for more windows than are in sight.
        pose_penalty: bits that the pose counts for; 0 for one that a hand would hold up.
        leads: bits by which as many windows of the best rival cost more.
        references: size of the catalogue.
        threshold: of the bundle, 1 to 144 bits.
    """
    strictness = min(1.0, threshold / DEFAULT_THRESHOLD)
    outcome: Outcome = "no_match"
    for count, cost in window_costs(sums, pose_penalty, references).items():
        limit, lead = FOUND_BY_WINDOWS[count], leads[count - 1]
        # Among fewer references than rivals are asked for a long lead says little.
        lead_cap = strictness * limit.lead_cap if references > RIVALS else 0.0
        if cost - min(lead, lead_cap) <= strictness * limit.among(references):
            if lead >= LEAST_WINDOW_LEAD:
                return "match"
            outcome = "ambiguous"
    return outcome


def window_costs(sums: Sequence[float] | Floats, pose_penalty: float, references: int) -> dict[int, float]:
    """Returns the costs in bits that `limits.FOUND_BY_WINDOWS` are limits of, by the number of windows.

    A number of windows that the frame does not show is left out. The arguments are those of `judge_windows`.
    """
    in_sight = sum(cost < inf for cost in sums)
    growth = tenfolds(references)
    return {
        count: float(sums[count - 1]) + pose_penalty + growth * (pose_penalty + DIFFERING_WINDOW * (in_sight - count))
        for count in FOUND_BY_WINDOWS
        if count <= in_sight
    }


def costs(
    window_bits: int,
    plainness: float,
    pose_penalty: float,
    outline_bits: int,
    crop_bits: int | None,
    threshold: int,
    in_sight: bool = False,
) -> list[tuple[Limit, float]]:
    """Returns the rows of the table of limits that a fit may be believed by, each with the cost of the fit in bits.

    The row of the route that the fit came by is first. The arguments are those of `judge`.
    """
    if crop_bits is None:
        row = FOUND_BY_SEARCH_PLAIN if plainness > RICH else FOUND_IN_SIGHT if in_sight else FOUND_BY_SEARCH
        return [(row, window_bits * plainness**SEARCH_POWER + outline_bits + pose_penalty)]
    led = (LED_BY_CROPS, window_bits * plainness + outline_bits + crop_bits + pose_penalty)
    return [led, (CROPS_BELOW_THRESHOLD, window_bits * plainness + pose_penalty)] if crop_bits < threshold else [led]


def lead_over(others: Rivals, window_bits: int, crop_bits: int | None) -> int:
    """Returns the window bits by which a fit is better than its best rival.

    In the scan region a copy enrolled on its side is no rival: the copy fits as well, and does not speak against the
    upright picture.
    """
    twin = crop_bits is not None and others.turned - window_bits < AMBIGUOUS_LEAD
    return (others.upright if twin else others.turned) - window_bits
