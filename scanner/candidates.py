"""Sources of candidates: the crops of the scan region, the last frame, a race of likely references, a search.

Each source yields or returns candidates of one frame, to be judged by `verdict.judge`.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from .catalogue import Catalogue
from .crops import picture_corners, query_thumbnails
from .fit import CLEAN, Fit, Fitter
from .frame import Frame, Region
from .grey import Grey
from .limits import LEAST_DETAIL, LIKE_NOTHING, WORTH_FITTING, WORTH_REFITTING
from .matcher import Match
from .memory import LastMatch, Memory, RunningSearch
from .middle import middle_search
from .partial import partial_fits
from .phash import THUMBNAIL_SIZE, detail, fade, hash_faded, hash_thumbnails, pack
from .pieces import Budget, Work, finished
from .pose import pose_penalties
from .race import Race, race
from .search import Search
from .verdict import judge_windows
from .warp import Floats, Indices, rectified

__all__ = ["LIKELY", "Candidate", "Compared", "Likely", "Sources", "better"]

LIKELY = 24
"""References nearest by their crops that race for the one that fits best."""
_NEAREST = 2
"""Likely references whose crops count as evidence, at most. The others are judged as found by a search."""
_MOST_ALIKE = 2
"""Further likely references that are fitted to every frame, at most: the ones that rank best where the crops have them.
Glare or a thumb puts the picture that is shown behind ten others by its crops; the ranking counts seven windows of
nine."""
_LED = 0.4
"""Largest corner movement, in sides, at which a fit counts as led by the crops. Fitting reaches 15 % of a side or 20
degrees; corners that move farther mostly slid off the picture, to something that fits by chance."""


class Likely(NamedTuple):
    """The references nearest by the crops of the scan region.

    Attributes:
        matches: nearest first, at most `LIKELY`, all below `limits.WORTH_FITTING`.
        indices: of the references, (n,).
        starts: where the crops have them, (n, 4, 2) in frame pixels.
        held: whether a picture is held into the region. The crops of any other region lead, but are no evidence.
    """

    matches: list[Match]
    indices: Indices
    starts: Floats
    held: bool

    @property
    def doubtful(self) -> bool:
        """Whether the crops are as far from every reference as those of a frame without a picture in the region."""
        return not self.matches or self.matches[0].crop_bits >= LIKE_NOTHING

    @classmethod
    def among(cls, nearest: list[Match], region: Region, held: bool = True) -> "Likely":
        """Returns the matches that are worth fitting, and where they lie in the frame."""
        near = [match for match in nearest if match.crop_bits < WORTH_FITTING]
        indices = np.array([match.index for match in near], np.int64)
        starts = np.array([picture_corners(match.variant, match.crop, region) for match in near])
        return cls(near, indices, starts.reshape(-1, 4, 2), held)


class Candidate(NamedTuple):
    """A reference fitted to a frame, not yet judged.

    Attributes:
        frame: the frame that it was fitted to; an earlier one where a search went on.
        fit: the reference and where it lies.
        crops: the references nearest by the crops of the scan region if they led to the fit, else none.
        start: where the crops had the reference, (4, 2) in frame pixels; None for candidates of other sources.
        in_sight: whether a search for all pictures in sight led to the fit.
        matched: whether the search that led to the fit has judged it to be a match.
        in_part: whether the picture may be cut off or covered, and was fitted by the windows that show it.
    """

    frame: Frame
    fit: Fit
    crops: list[Match] = []  # noqa: RUF012 - never changed
    start: Floats | None = None
    in_sight: bool = False
    matched: bool = False
    in_part: bool = False

    @property
    def crop_bits(self) -> int | None:
        """The distance by the crops of the reference fitted; None if they did not lead to it."""
        return next((match.crop_bits for match in self.crops if match.index == self.fit.index), None)


class Compared(NamedTuple):
    """The distances of the picture between a candidate's corners.

    Attributes:
        outline_bits: distance of the candidate's reference, 0 to 144.
        margin: distance of the nearest other reference minus `outline_bits`; None where there is no other.
        nearest_other: index of that reference; None where there is no other.
    """

    outline_bits: int
    margin: int | None
    nearest_other: int | None


class Sources:
    """Makes candidates of frames.

    Args:
        catalogue: the references.
        fitter: fits them at the pace of stills or of a stream.
        plan: of the race of likely references.
    """

    def __init__(self, catalogue: Catalogue, fitter: Fitter, plan: Race) -> None:
        self._catalogue = catalogue
        self._fitter = fitter
        self._plan = plan

    def by_crops(self, grey: Grey, region: Region) -> tuple[list[Match], float]:
        """Returns the references nearest by the crops of a region, and the region's contrast in grey levels.

        A region that is too plain to compare has none.
        """
        faded = fade(query_thumbnails(grey, region))
        contrast = float(detail(faded[0]))
        if contrast < LEAST_DETAIL:
            return [], contrast
        return self._catalogue.crops.nearest(pack(hash_faded(faded)), LIKELY), contrast

    def fitted(
        self, frame: Frame, likely: Likely, carried: Fit | None = None
    ) -> tuple[Candidate | None, Candidate | None]:
        """Returns the carried fit, fitted to this frame, and the best fit of the references nearest by their crops.

        Both in one call, as fitting five takes hardly longer than fitting four. A reference that is among the ones
        fitted is not fitted twice.
        """
        chosen = self._worth_fitting(frame, likely)
        led = len(chosen)
        indices, starts = likely.indices[chosen].tolist(), likely.starts[chosen]
        if carried is not None and carried.index not in indices:
            indices = [*indices, carried.index]
            starts = np.concatenate([starts, carried.corners[None]])
        fits = self._fitter.fits(frame.pyramid, indices, starts)
        from_last_frame = Candidate(frame, fits[led]) if len(fits) > led else None
        if not led:
            return from_last_frame, None
        best = min(range(led), key=lambda place: fits[place].window_bits)
        return from_last_frame, _led(frame, fits[best], likely, starts[best])

    def _worth_fitting(self, frame: Frame, likely: Likely) -> list[int]:
        """Returns the places in `likely` of the nearest references, and of the further ones that rank best."""
        nearest, further = list(range(min(len(likely.matches), _NEAREST))), slice(_NEAREST, None)
        if len(likely.matches) == len(nearest):
            return nearest
        pyramid = frame.pyramid
        starts, references = likely.starts[further] / pyramid.scale, likely.indices[further]
        likeness = self._fitter.table.start_likeness(pyramid, starts, references)
        best = np.argsort(-likeness, kind="stable")[:_MOST_ALIKE] + _NEAREST
        return [*nearest, *(int(place) for place in best)]

    def refitted(self, candidate: Candidate, likely: Likely) -> Candidate | None:
        """Returns a candidate of the crops, perturbed and refitted; None if it is clean, or too bad to be worth it."""
        frame, fit, start = candidate.frame, candidate.fit, candidate.start
        if start is None or not CLEAN <= fit.window_bits < WORTH_REFITTING:
            return None
        return _led(frame, self._fitter.perturbed(frame.pyramid, fit, briefly=True), likely, start)

    def raced(self, frame: Frame, likely: Likely) -> Candidate | None:
        """Returns the winner of a race of all that the crops hold likely; None where that is nothing."""
        if not likely.matches:
            return None
        return Candidate(frame, _held(finished(self._race_of(frame, likely)), frame.region))

    def searched(self, frame: Frame) -> Candidate:
        """Returns the best fit of a search of all of the frame, however bad."""
        return Candidate(frame, finished(Search(self._fitter, frame.pyramid, frame.region).work()))

    def look_on(self, frame: Frame, likely: Likely, memory: Memory, budget: Budget) -> Iterator[Candidate]:
        """Yields what the search of the middle finds within a budget; begins with this frame if none is under way."""
        running = memory.middle = memory.middle or self.looking(frame, likely)
        if running.advance(budget):
            memory.middle = None
        yield from running.news()

    def looking(self, frame: Frame, likely: Likely) -> RunningSearch[Candidate]:
        """Returns a search of a frame's middle, before its first piece."""
        return RunningSearch(frame, self._middle(frame, likely))

    def whole(self, frame: Frame) -> Iterator[Work[list[Candidate]]]:
        """Yields the tiers of a search of all of a frame."""
        search = Search(self._fitter, frame.pyramid, frame.region)
        for tier in search.tiers():
            yield _news(frame, search, tier)

    def _middle(self, frame: Frame, likely: Likely) -> Iterator[Work[list[Candidate]]]:
        """Yields the tiers of a search of a frame's middle: places, the best of them, what the crops hold likely."""
        looked: list[Fit] = []
        yield _told(frame, middle_search(self._fitter, frame.pyramid, frame.region), looked)
        if CLEAN <= looked[0].window_bits < WORTH_REFITTING:
            pyramid, fit = frame.pyramid, looked[0]
            yield _told(frame, self._fitter.perturbed_from(pyramid, fit.corners / pyramid.scale, fit.index))
        if likely.matches:
            yield _told(frame, self._race_of(frame, likely))

    def _race_of(self, frame: Frame, likely: Likely) -> Work[Fit]:
        """Yields after each piece of work; returns the winner of a race of all that the crops hold likely."""
        pyramid = frame.pyramid
        centre = np.array(pyramid.levels[0].shape[::-1]) / 2
        most = self._plan.candidates
        starts = likely.starts[:most] / pyramid.scale
        return (yield from race(self._fitter, pyramid, starts, likely.indices[:most], self._plan, centre))

    def compared(self, candidate: Candidate) -> Compared:
        """Returns the distances of the picture between a candidate's corners.

        A reference whose crops led to the candidate has the smaller of both distances.
        """
        frame, fit, crops, *_ = candidate
        seen = pack(hash_thumbnails(rectified(frame.pyramid, fit.corners, THUMBNAIL_SIZE)))
        distances = self._catalogue.crops.distances(seen[None])[0].astype(int)
        for match in crops:
            distances[match.index] = min(distances[match.index], match.crop_bits)
        outline_bits = int(distances[fit.index])
        if len(distances) == 1:
            return Compared(outline_bits, None, None)
        distances[fit.index] = 1000
        nearest_other = int(distances.argmin())
        return Compared(outline_bits, int(distances[nearest_other]) - outline_bits, nearest_other)

    def outline(self, frame: Frame, candidate: Candidate, last: LastMatch | None) -> Floats | None:
        """Returns the corners of a matched candidate in a frame, (4, 2); None if the picture is no longer in sight.

        Args:
            frame: the frame that the match is told of. The hand has moved since, if the candidate is of an earlier one.
            candidate: the match.
            last: the last match, if it was of the candidate's reference; it is followed from there.
        """
        fit = candidate.fit
        now = candidate.frame.number == frame.number
        if candidate.in_part:
            return fit.corners if now else self.outline_in_part(frame, fit.index, fit.corners)
        starts = [] if now else [fit.corners]
        if last is not None:
            starts.append(last.corners)
        places = np.array(starts).reshape(-1, 4, 2)
        here = self._fitter.fits(frame.pyramid, [fit.index] * len(starts), places)
        if now:
            here.append(fit)
        best = min(here, key=lambda each: each.window_bits)
        if best.window_bits >= CLEAN and last is None:
            best = self._fitter.perturbed(frame.pyramid, best)
        # docs/decisions/how-a-picture-is-found.md: an earlier frame's picture may have been put away since.
        return best.corners if now or best.window_bits < WORTH_REFITTING else None

    def outline_in_part(self, frame: Frame, index: int, corners: Floats) -> Floats | None:
        """Returns the corners in a frame of a picture that was in sight in part, (4, 2); None if it no longer is.

        Args:
            frame: the frame.
            index: of the picture's reference.
            corners: of the picture in an earlier frame, (4, 2).
        """
        (here,) = finished(partial_fits(self._fitter, frame.pyramid, corners[None], np.array([index])))
        no_rivals = np.full(len(here.sums), np.inf)
        catalogue = self._catalogue
        outcome = judge_windows(here.sums, here.pose_penalty, no_rivals, len(catalogue), catalogue.threshold)
        return here.corners if outcome == "match" else None


def _told(frame: Frame, work: Work[Fit], looked: list[Fit] | None = None) -> Work[list[Candidate]]:
    """Yields after each piece of work; returns its fit as one of a picture held up. The fit is added to `looked`."""
    fit = yield from work
    if looked is not None:
        looked.append(fit)
    return [Candidate(frame, _held(fit, frame.region))]


def _news(frame: Frame, search: Search, tier: Work[Fit]) -> Work[list[Candidate]]:
    """Yields after each piece of work of a tier; returns its winner, if no earlier tier has found a better one."""
    won = yield from tier
    return [Candidate(frame, won)] if won is search.best else []


def better(one: Candidate | None, other: Candidate) -> Candidate:
    """Returns the candidate with fewer search bits; `one` if both have equally many, `other` if there is no `one`."""
    return other if one is None or other.fit.search_bits < one.fit.search_bits else one


def _led(frame: Frame, fit: Fit, likely: Likely, start: Floats) -> Candidate:
    """Returns the candidate of a fit that began at the place of its crops.

    The crops led to the fit if no corner moved far, and if a hand held the picture into their region.
    """
    if likely.held and _sides_between(start, fit.corners) < _LED:
        return Candidate(frame, _held(fit, frame.region), likely.matches[:_NEAREST], start)
    return Candidate(frame, fit, [], start)


def _held(fit: Fit, region: Region) -> Fit:
    """Returns a fit with the pose penalty of a picture held up to fill the scan region, not the frame."""
    (penalty,) = pose_penalties(fit.corners[None], region[2] * region[3]).tolist()
    return replace(fit, pose_penalty=penalty)


def _sides_between(start: Floats, end: Floats) -> float:
    """Returns the longest way of a corner from start to end, (4, 2) each, in sides of the start."""
    side = np.sqrt(((start[1] - start[0]) ** 2 + (start[3] - start[0]) ** 2).sum() / 2)
    farthest = np.sqrt(((end - start) ** 2).sum(axis=1)).max()
    return float(farthest / side)
