"""The recipe of a still: one picture held up or lying about, then all others in sight.

Nobody knows where in a photograph the picture is, and nothing is known from frames before. All of the photograph is
looked at first, then squares in its middle; then follow the searches for whatever else is in sight.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np

from .all_in_sight import AllInSight, Found
from .candidates import Candidate, Likely, Sources, better
from .catalogue import Catalogue
from .fit import Fitter
from .frame import Frame, Region, middle_squares
from .grey import Grey
from .judging import Judge
from .limits import CERTAIN_SEARCH_BITS
from .partial_search import found_partly
from .pieces import finished
from .verdict import Verdict, nothing_found
from .votes import found_by_keypoints
from .warp import Floats, Pyramid

__all__ = ["Stills"]


class Stills:
    """Judges stills.

    Args:
        catalogue: the references.
        fitter: at the pace of stills.
        sources: of candidates.
        judge: of candidates.
    """

    def __init__(self, catalogue: Catalogue, fitter: Fitter, sources: Sources, judge: Judge) -> None:
        self._catalogue = catalogue
        self._fitter = fitter
        self._sources = sources
        self._judge = judge

    def one(self, grey: Grey, region: Region) -> Verdict:
        """Returns the verdict for one picture: of several that only a further search finds, the one in the middle."""
        frame = Frame(Pyramid(grey), region, 1)
        first = self._first(frame, grey)
        if first.outcome == "match":
            return first
        found, doubtful = self._others(frame, [])
        places = [(each.fit.corners, each.verdict) for each in found]
        if not found:
            places = self._in_part(frame, []) or self._without_border(frame, [])
        if not places:
            return doubtful or first
        left, top, across, down = region
        centre = np.array([left + across / 2, top + down / 2])
        return min(places, key=lambda each: _distance(each[0], centre))[1]

    def all(self, grey: Grey, region: Region) -> tuple[Verdict, list[Verdict]]:
        """Returns the verdict for one picture, and the verdicts of all pictures in sight, the best fitted first.

        What was found hides the faint borders beside it, so the search goes on without it until nothing is left.
        """
        frame = Frame(Pyramid(grey), region, 1)
        first = self._first(frame, grey)
        known = [] if first.corners is None else [np.array(first.corners)]
        others: list[Found] = []
        found, doubtful = self._others(frame, known)
        while found:
            others += found
            known += [each.fit.corners for each in found]
            found, _ = self._others(frame, known)
        verdicts = [each.verdict for each in sorted(others, key=lambda each: each.fit.search_bits)]
        for search in (self._in_part, self._without_border):
            further = search(frame, known)
            known += [corners for corners, _ in further]
            verdicts += [verdict for _, verdict in further]
        if first.corners is not None:
            return first, [first, *verdicts]
        return (verdicts[0] if verdicts else doubtful or first), verdicts

    def _first(self, frame: Frame, grey: Grey) -> Verdict:
        """Returns the verdict of the search for one picture, held up or large enough to be meant."""
        nearest, contrast = self._sources.by_crops(grey, frame.region)
        nothing = nothing_found(nearest, contrast)
        if not nearest:
            return nothing
        candidates = self._candidates(frame, Likely.among(nearest, frame.region), grey)
        return self._judge.first_match(frame, candidates, nothing)

    def _others(self, frame: Frame, known: list[Floats]) -> tuple[list[Found], Verdict | None]:
        """Returns the pictures in sight apart from known ones, and a verdict "ambiguous", if there is one.

        A photograph that is plain otherwise may show small pictures too.
        """
        search = AllInSight(self._fitter, frame.pyramid, partial(self._judge.in_sight, frame), known)
        finished(search.work())
        return search.found, search.doubtful

    def _in_part(self, frame: Frame, known: list[Floats]) -> list[tuple[Floats, Verdict]]:
        """Returns corners and verdict of each picture that is cut off or covered, apart from known ones, best first."""
        fits = finished(found_partly(self._fitter, frame.pyramid, self._catalogue.threshold, known))
        return [(fit.corners, self._judge.in_part(frame, fit)) for fit in fits]

    def _without_border(self, frame: Frame, known: list[Floats]) -> list[tuple[Floats, Verdict]]:
        """Returns corners and verdict of each picture that keypoints lead to, apart from known ones, the best first."""
        keypoints, threshold = self._catalogue.keypoints, self._catalogue.threshold
        fits = finished(found_by_keypoints(self._fitter, keypoints, frame.pyramid, threshold, known))
        return [(fit.corners, self._judge.in_part(frame, fit)) for fit in fits]

    def _candidates(self, frame: Frame, likely: Likely, grey: Grey) -> Iterator[Candidate]:
        """Yields the candidates of the search for one picture, the quickest to find first."""
        sources = self._sources
        yield from self._led(frame, likely)
        raced = sources.raced(frame, likely)
        if raced is None or raced.fit.search_bits > CERTAIN_SEARCH_BITS:
            raced = better(raced, sources.searched(frame))
        yield raced
        for square in middle_squares(frame):
            nearest, _ = sources.by_crops(grey, square)
            yield from self._led(frame, Likely.among(nearest, square, held=False))

    def _led(self, frame: Frame, likely: Likely) -> Iterator[Candidate]:
        """Yields the best fit of the nearest references, then this fit perturbed and refitted."""
        _, led = self._sources.fitted(frame, likely)
        if led is not None:
            yield led
            refitted = self._sources.refitted(led, likely)
            if refitted is not None:
                yield refitted


def _distance(corners: Floats, centre: Floats) -> float:
    """Returns the distance of the middle of corners, (4, 2), from a centre, (2,)."""
    return float(np.hypot(*(corners.mean(axis=0) - centre)))
