"""Find references that look alike to the scanner."""

from dataclasses import dataclass

import numpy as np

from scanner.bundle import HashBundle
from scanner.matcher import Matcher
from scanner.phash import pack, unpack
from scanner.reference import UPRIGHT_CROP
from scanner.windows import quarter_turned

__all__ = ["AlikePair", "alike_pairs"]


@dataclass(frozen=True, order=True)
class AlikePair:
    """Two references that a camera cannot tell apart, or hardly.

    Attributes:
        distance: bits between one picture, held just right, and the nearest crop of the other; 0 = same.
        ids: the two, in order.
        turned: degrees, 0, 90, 180 or 270; the first, turned clockwise by so many, looks like the second.
    """

    distance: int
    ids: tuple[str, str]
    turned: int = 0


def alike_pairs(bundle: HashBundle, most: int = 100_000) -> list[AlikePair]:
    """Returns the pairs that are nearer than the bundle's threshold, in any quarter turn, nearest first.

    The scanner never names either of two equal pictures. A good view may tell apart two pictures that differ a little.
    A picture and its quarter-turned copy are named only when held straight in the scan region.

    Args:
        bundle: the references; a single reference makes no pair.
        most: stop after so many pairs; a folder full of one placeholder picture has millions.
    """
    hashes, windows, ids = bundle.hashes, bundle.windows, bundle.ids
    crops, whole = Matcher(hashes), Matcher(windows[:, :1])
    nearest: dict[tuple[int, int], tuple[int, int]] = {}
    for first in range(0, len(ids), 64):
        some = slice(first, first + 64)
        signs = np.where(unpack(windows[some]), np.float32(1), np.float32(-1))
        for turned in (0, 270, 180, 90):
            if turned:
                signs = quarter_turned(signs)
                distances = whole.distances(pack(signs[:, 0] > 0))
            else:
                distances = crops.distances(hashes[some, UPRIGHT_CROP])
            for row, other in np.argwhere(distances < bundle.threshold).tolist():
                one = first + row
                if one == other or (turned and one > other) or len(nearest) >= most:
                    continue
                pair = (min(one, other), max(one, other))
                found = (int(distances[row, other]), turned)
                nearest[pair] = min(found, nearest.get(pair, found))
        if len(nearest) >= most:
            break
    pairs = (
        AlikePair(distance, (ids[one], ids[other]), turned) for (one, other), (distance, turned) in nearest.items()
    )
    return sorted(pairs)
