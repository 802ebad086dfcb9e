"""Every number that decides whether a frame names a reference.

`docs/decisions/limits.md` says how each number came about; `benchmarks/limits.py` prints how frames that show a
reference and frames that show none lie about each limit. All bits are differing bits, so a smaller number is a better
fit. Three kinds of bits occur, and each name says which:

    window_bits     0 to 1001, in the seven best of nine windows of a fitted picture
    outline_bits    0 to 144, of the hash between the corners of a fitted picture
    crop_bits       0 to 144, of the nearest of a reference's 75 crops
"""

from dataclasses import dataclass
from math import inf, log10

__all__ = [
    "AGREEING_FRAMES",
    "AMBIGUOUS_LEAD",
    "BELOW_THRESHOLD",
    "CERTAIN",
    "DEFAULT_THRESHOLD",
    "FOUND_BY_SEARCH",
    "FOUND_BY_SEARCH_PLAIN",
    "LEAST_DETAIL",
    "LED_BY_CROPS",
    "LIMITS",
    "MINIMUM_DETAIL",
    "MOST_LACKING",
    "REMEMBERED_FRAMES",
    "RICH",
    "RIVALS",
    "SEARCH_POWER",
    "TWICE",
    "USUAL_LEAD",
    "WORTH_FITTING",
    "WORTH_REFITTING",
    "Limit",
]

DEFAULT_THRESHOLD = 25
"""Crop bits of 144 from which the crops alone name nothing. Lower names fewer strangers, and fewer faint pictures."""

MINIMUM_DETAIL = 4.0
"""Root mean square contrast of a faded thumbnail, in grey levels, below which a frame without a match is called too
plain to judge, and a picture too plain to enrol."""
LEAST_DETAIL = 1.5
"""Root mean square contrast of a faded thumbnail, in grey levels, below which a frame is compared with nothing."""

WORTH_FITTING = 50
"""Crop bits from which a reference is not fitted to the frame. Higher costs time, and finds pictures held worse."""
WORTH_REFITTING = 350
"""Window bits from which a fit is not perturbed and refitted: its reference is rarely shown."""
CERTAIN = 300
"""Search bits (see `fit.Fit.search_bits`) at which a search ends: more would find nothing better."""


@dataclass(frozen=True)
class Limit:
    """A row of the table: the largest cost at which a fit that came by one route is believed.

    Attributes:
        route: how the fit came about, as reports print it.
        at_100: the limit in bits among 100 references or fewer. Lower misses pictures, higher names strangers.
        tenfold_fall: bits that the limit falls by among ten times as many references.
        lead_cap: bits that a lead longer than `USUAL_LEAD` makes up for at most. Higher finds faint pictures, and names
            strangers.
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
        tenfolds = log10(max(references, 100) / 100)
        return self.at_100 - self.tenfold_fall * min(tenfolds, self.most_tenfolds)


LED_BY_CROPS = Limit("crops", at_100=350, tenfold_fall=30, lead_cap=12)
"""The crops of the scan region led to the fit.

Cost: window bits times plainness, plus outline bits, crop bits and pose penalty."""
FOUND_BY_SEARCH = Limit("search", at_100=340, tenfold_fall=30, lead_cap=20)
"""A race or a search led to the fit, of a reference full of detail.

Cost: window bits times the third power of plainness, plus outline bits and pose penalty."""
FOUND_BY_SEARCH_PLAIN = Limit("search, plain reference", at_100=330, tenfold_fall=130, lead_cap=20, most_tenfolds=1)
"""A race or a search led to the fit, of a plain reference.

Cost: window bits times the third power of plainness, plus outline bits and pose penalty."""
BELOW_THRESHOLD = Limit("crops below the threshold", at_100=385, tenfold_fall=30, lead_cap=0)
"""The crops led to the fit and are below the bundle's threshold by themselves.

Cost: window bits times plainness."""

LIMITS = (LED_BY_CROPS, FOUND_BY_SEARCH, FOUND_BY_SEARCH_PLAIN, BELOW_THRESHOLD)
"""The table."""

RICH = 1.05
"""Plainness up to which a reference counts as full of detail (see `plain_shapes.plainness`)."""
SEARCH_POWER = 3
"""Power of plainness that the window bits of a searched fit are multiplied by. A search tries thousands of places, so
it always finds some edge or blob, and a plain reference fits it by chance."""
TWICE = 15
"""Bits by which each limit is higher for a reference that two frames agree on."""

RIVALS = 8
"""Other references that are fitted where one lies: the ones most like what is seen there. Fewer name more strangers."""
AMBIGUOUS_LEAD = 30
"""Window bits by which a fit must lead its best rival to be told apart from it."""
USUAL_LEAD = 90
"""Window bits by which a reference that is shown leads its best rival, however little of it is seen. Each bit that is
lacking counts as a bit of cost, after the ratio test for features (Lowe, "Distinctive Image Features from
Scale-Invariant Keypoints", 2004, section 7.1)."""
MOST_LACKING = 80
"""Bits that a short lead costs at most. A fit with more slack is beyond doubt, and only one rival is fitted for it."""

AGREEING_FRAMES = 2
"""Frames that must speak for a reference where one alone is not believed."""
REMEMBERED_FRAMES = 60
"""Frames that evidence is kept for: two to three seconds, in which a search looks through two frames or more."""
