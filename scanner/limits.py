"""The numbers that `verdict.judge` compares a fit with, and the ones that say which fits are judged.

`docs/decisions/limits.md` says how each number came about. `benchmarks/limits.py` prints the costs of frames that show
a reference, and of frames that show none, beside each limit. Bits of a fit are differing bits, so fewer are better.
They are of three kinds:

    window_bits     0 to 1001, in the seven best of nine windows of a fitted picture
    outline_bits    0 to 144, of the hash between the corners of a fitted picture; crop_bits where the crops that led to
                    the fit are nearer
    crop_bits       0 to 144, of the nearest of a reference's 75 crops
"""

from dataclasses import dataclass
from math import inf, log10

__all__ = [
    "AGREEING_FRAMES",
    "AGREEMENT_BITS",
    "AMBIGUOUS_LEAD",
    "CERTAIN_SEARCH_BITS",
    "CROPS_BELOW_THRESHOLD",
    "DEFAULT_THRESHOLD",
    "DIFFERING_WINDOW",
    "FOLLOWED",
    "FOLLOWED_WORSE",
    "FOUND_BY_SEARCH",
    "FOUND_BY_SEARCH_PLAIN",
    "FOUND_BY_WINDOWS",
    "FOUND_IN_SIGHT",
    "LEAST_DETAIL",
    "LEAST_WINDOW_LEAD",
    "LED_BY_CROPS",
    "LIKE_NOTHING",
    "LIMITS",
    "MINIMUM_DETAIL",
    "MOST_LACKING",
    "REMEMBERED_FRAMES",
    "RICH",
    "RIVALS",
    "SEARCH_POWER",
    "SURELY_FOLLOWED",
    "USUAL_LEAD",
    "WORTH_FITTING",
    "WORTH_REFITTING",
    "Limit",
    "tenfolds",
]

DEFAULT_THRESHOLD = 25
"""Crop bits of 144 from which a reference gains nothing by its crops alone. Lower names fewer strangers, and fewer
faint pictures."""

MINIMUM_DETAIL = 4.0
"""Root mean square contrast of a faded thumbnail, in grey levels, below which a frame without a match is called too
plain to judge, and a picture too plain to enrol."""
LEAST_DETAIL = 1.5
"""Root mean square contrast of a faded thumbnail, in grey levels, below which a frame is compared with nothing."""

WORTH_FITTING = 50
"""Crop bits from which a reference is not fitted to the frame. Higher costs time, and finds pictures held worse."""
LIKE_NOTHING = 42
"""Crop bits of the nearest reference from which a stream fits the crops in every other frame only, or in every fourth
if it looks for several pictures, and searches longer in the rest. Of frames with a picture held into the region one of
twenty has as many, of frames whose edge cuts the picture off three of four. Lower finds hasty hands later, higher finds
pictures elsewhere in the frame later."""
WORTH_REFITTING = 350
"""Window bits from which a fit is not perturbed and refitted: its reference is rarely shown."""
CERTAIN_SEARCH_BITS = 300
"""Search bits (`fit.Fit.search_bits`) of a winner after which a search ends, and a still is not searched at all."""


@dataclass(frozen=True)
class Limit:
    """The largest accepted cost of a fit, for one route that led to it.

    Attributes:
        route: how the fit came about, as reports print it.
        at_100: the limit in bits among 100 references or fewer. Lower misses pictures, higher names strangers.
        tenfold_fall: bits that the limit falls by among ten times as many references.
        lead_cap: bits that a lead longer than `USUAL_LEAD` takes off the cost at most. Higher finds faint pictures, and
            names strangers.
        most_tenfolds: tenfold growths of the catalogue after which the limit falls no further.
    """

    route: str
    at_100: float
    tenfold_fall: float
    lead_cap: float
    most_tenfolds: float = inf

    def among(self, references: int) -> float:
        """Returns the limit in bits in a catalogue of so many references.

        >>> LED_BY_CROPS.among(100), LED_BY_CROPS.among(1000)
        (350.0, 320.0)
        """
        return self.at_100 - self.tenfold_fall * min(tenfolds(references), self.most_tenfolds)


def tenfolds(references: int) -> float:
    """Returns how many tenfold growths from 100 references lead to so many; 0 for fewer.

    >>> tenfolds(50), tenfolds(1000)
    (0.0, 1.0)
    """
    return log10(max(references, 100) / 100)


LED_BY_CROPS = Limit("crops", at_100=350, tenfold_fall=30, lead_cap=12)
"""The crops of the scan region led to the fit.

Cost: window bits times plainness, plus outline bits, crop bits and pose penalty."""
FOUND_BY_SEARCH = Limit("search", at_100=340, tenfold_fall=30, lead_cap=20)
"""A race or a search led to the fit, of a reference full of detail.

Cost: window bits times the third power of plainness, plus outline bits and pose penalty."""
FOUND_BY_SEARCH_PLAIN = Limit("search, plain reference", at_100=330, tenfold_fall=130, lead_cap=20, most_tenfolds=1)
"""A race or a search led to the fit, of a plain reference.

Cost: window bits times the third power of plainness, plus outline bits and pose penalty."""
FOUND_IN_SIGHT = Limit("search for all in sight", at_100=330, tenfold_fall=100, lead_cap=0)
"""A search for all pictures in sight led to the fit, of a reference full of detail. A photograph has many small things
with four sides, and among many references one is a frame around nothing.

Cost: window bits times the third power of plainness, plus outline bits and pose penalty."""
CROPS_BELOW_THRESHOLD = Limit("crops below the threshold", at_100=385, tenfold_fall=30, lead_cap=0)
"""The crops led to the fit and are below the bundle's threshold by themselves. A fit with less than `USUAL_LEAD` is not
believed by this limit: a small picture on a plain ground has crops like those of a plain reference. A longer lead makes
up for nothing, and a lower threshold does not lower the limit.

Cost: window bits times plainness, plus pose penalty."""

LIMITS = (LED_BY_CROPS, FOUND_BY_SEARCH, FOUND_BY_SEARCH_PLAIN, FOUND_IN_SIGHT, CROPS_BELOW_THRESHOLD)
"""All rows of the table of limits."""

FOUND_BY_WINDOWS = {
    3: Limit("three windows", at_100=25, tenfold_fall=25, lead_cap=100),
    4: Limit("four windows", at_100=60, tenfold_fall=40, lead_cap=100),
    5: Limit("five windows", at_100=110, tenfold_fall=60, lead_cap=100),
    6: Limit("six windows", at_100=160, tenfold_fall=80, lead_cap=100),
}
"""By their number, the windows of a picture that is cut off or covered. A fit is believed by any of the four limits.

Cost: differing bits of that many best windows, each times the third powers of its own plainness and of the reference's,
plus pose penalty. For each tenfold growth of the catalogue above 100 references the pose penalty counts once more, and
each window in sight that is not among the best costs `DIFFERING_WINDOW`. docs/decisions/cut-off-pictures.md has the
measurements."""
DIFFERING_WINDOW = 5
"""Bits that a window in sight costs that is not among the best ones, for each tenfold growth of the catalogue. Where
the frame's edge cuts a picture off, nearly all windows in sight agree. Where a part of something resembles a reference,
the windows beside it differ. Higher misses covered pictures in large catalogues, lower names strangers there."""
LEAST_WINDOW_LEAD = 30
"""Bits by which the windows of a fit must lead as many windows of the best rival to be told apart from it."""
AGREEING_BITS = 14
"""Differing bits of 64 up to which a keypoint of a reference agrees with the frame at the place of a fit."""
WORTH_CONFIRMING = 7
"""Agreeing keypoints from which a fit is perturbed and refitted that its windows do not make a match. Its limits are
the same. Lower costs time, and gives strangers a second chance."""

RICH = 1.05
"""Plainness up to which a reference counts as full of detail (see `plain_shapes.plainness`)."""
SEARCH_POWER = 3
"""Power of plainness that the window bits of a searched fit are multiplied by. A search tries thousands of places, so
it always finds some edge or blob, and a plain reference fits it by chance."""
AGREEMENT_BITS = 15
"""Bits that a fit may cost above its limit and still count as evidence. Two such frames name the reference."""

RIVALS = 8
"""Candidates fitted to the place of a fit, besides the nearest other reference: the ones that rank best there, in any
quarter turn. Fewer name more strangers."""
AMBIGUOUS_LEAD = 30
"""Window bits by which a fit must lead its best rival to be told apart from it."""
USUAL_LEAD = 90
"""Window bits by which a reference that is shown leads its best rival. A shorter lead adds each bit that it lacks to
the cost, after the ratio test for features (Lowe, "Distinctive Image Features from Scale-Invariant Keypoints", 2004,
section 7.1)."""
MOST_LACKING = 80
"""Bits that a short lead adds to the cost at most. A fit with more slack is a match with any lead; one candidate is
fitted for it, besides the nearest other reference."""

FOLLOWED = 300
"""Window bits times plainness from which a picture that is followed counts as missed in a frame. Higher keeps pictures
through more blur, and keeps names on other things that take a picture's place."""
SURELY_FOLLOWED = 200
"""Window bits times plainness below which a frame shows a followed picture clearly."""
FOLLOWED_WORSE = 60
"""Window bits above the best fit of a followed picture from which another reference must not be nearer to its place: a
picture that looks alike may have taken the place."""

AGREEING_FRAMES = 2
"""Frames that have to speak for a reference if no frame alone is a match."""
REMEMBERED_FRAMES = 60
"""Age in frames at which evidence expires: two to three seconds, in which a search looks through two frames or more."""
