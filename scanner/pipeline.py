"""The whole way from a frame to a verdict: the one file that names all stages.

Crops first, in the scan region: a few milliseconds, and enough for a steady hand. Where they do not decide, the
nearest references are fitted to the frame, and then the whole frame is searched: in one call for a still, a piece of
the search per frame in a stream.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .bundle import HashBundle
from .crops import picture_corners, query_thumbnails
from .errors import ImageError
from .grey import to_grey
from .matcher import Match, Matcher
from .phash import THUMBNAIL_SIZE, detail, fade, hash_faded, hash_thumbnails, pack, unpack
from .pose import strains
from .registration import CERTAIN, CLEAN, STILL, STREAM, WORTH_POLISHING, Registrar, Registration
from .verdict import LEAST_DETAIL, MINIMUM_DETAIL, WORTH_FITTING, Evidence, Verdict, judge
from .warp import Pyramid, rectified

__all__ = ["FrameScanner"]

Grey = npt.NDArray[np.uint8]
Region = tuple[int, int, int, int]

FITTED = 4
"""References nearest by their crops that are fitted to every frame."""
NEAREST = 2
"""Those of them whose crops count as evidence; the others are judged as what a search found."""
LIKELY = 24
"""The same that race for the one that is fitted best, where the nearest few do not settle it."""
LED = 0.4
"""Of a side: where a corner ended farther than that from where the crops had it, they did not lead there. Fitting
reaches 15 % of a side or 20 degrees; what slides beyond mostly slides off the picture, to what fits by chance."""
TURNS = (5**0.5 - 1) / 2
"""The golden ratio: its multiples fall into either half in turn, and evenly among every second, third or fourth frame
too, so that each of several scan regions that take turns as well gets both kinds of frames."""
TRACKED_FRAMES = 10
"""Frames after a match in which the same reference is looked for where it was."""
SEARCH_SECONDS = 0.015
"""Time of a stream's frame that is given to pieces of the search, at least to one: a piece takes 1 to 6 ms in CPython
and three times that in a browser. `benchmarks/frames.py` measures what a frame takes in all."""


class _Frame(NamedTuple):
    """A frame and its place in the stream."""

    pyramid: Pyramid
    number: int


class _Candidate(NamedTuple):
    """A reference fitted to a frame."""

    frame: _Frame
    fitted: Registration
    nearest: list[Match]
    """The references nearest by the crops of the scan region, if they led to it."""

    @property
    def crops(self) -> int | None:
        """The distance by the crops, of the reference fitted."""
        return next((match.distance for match in self.nearest if match.index == self.fitted.index), None)


class _Shown(NamedTuple):
    """The last match: which reference, where, in which frame."""

    reference: int
    corners: npt.NDArray[np.float64]
    number: int


class FrameScanner:
    """Says which reference of a bundle a frame shows.

    Args:
        bundle: the references.
        memory: whether earlier frames may add evidence; False makes every call independent, and searches the whole
            frame within the call.
        search_seconds: how long the search of a stream goes on in a frame; None = `SEARCH_SECONDS`. With 0 it takes
            one step a frame, and what is found when does not depend on how busy the machine is.

    >>> scanner = FrameScanner(HashBundle.load("hashes/references.json"))  # doctest: +SKIP
    >>> scanner.scan(frame).id  # doctest: +SKIP
    'lighthouse'
    """

    def __init__(self, bundle: HashBundle, *, memory: bool = True, search_seconds: float | None = None) -> None:
        self._ids = bundle.ids
        self._threshold = bundle.threshold
        self._matcher = Matcher(bundle.hashes)
        self._registrar = Registrar(unpack(bundle.windows), STREAM if memory else STILL)
        self._evidence = Evidence() if memory else None
        self._search_seconds = SEARCH_SECONDS if search_seconds is None else search_seconds
        self._frames = 0
        self._shown: _Shown | None = None
        self._searched: _Frame | None = None
        self._found: Registration | None = None
        self._search: Iterator[Registration | None] = iter(())
        self._carried: Registration | None = None
        self._shape: tuple[int, ...] = ()

    def scan(self, pixels: npt.ArrayLike, region: Region | None = None) -> Verdict:
        """Returns the verdict for one frame.

        Args:
            pixels: (height, width), (height, width, 3) or (height, width, 4) uint8, RGB order.
            region: (left, top, width, height) of the scan region in frame pixels; None = all of the frame. A picture
                is looked for there first, then anywhere in the frame.

        Raises:
            ImageError: the pixels are not such an array, or the region is empty or not inside the frame.
        """
        grey = to_grey(pixels)
        box = _checked(region, *grey.shape)
        faded = fade(query_thumbnails(grey, box))
        contrast = float(detail(faded[0]))
        self._frames += 1
        if grey.shape != self._shape:
            self._forget_places()  # they are in pixels of a phone held the other way
            self._shape = grey.shape
        carried, self._carried = self._carried, None
        if contrast < LEAST_DETAIL:
            return Verdict("no_detail")
        nearest = self._matcher.nearest(pack(hash_faded(faded)), LIKELY)
        verdict = Verdict("no_match", None, *_nearest_and_margin(nearest))
        if contrast < MINIMUM_DETAIL:
            verdict = Verdict("no_detail")
        frame = _Frame(Pyramid(grey), self._frames)
        for candidate in self._candidates(frame, box, nearest, carried):
            index = candidate.fitted.index
            distance, margin, nearest_other = self._compared(candidate)
            outcome, counts = judge(
                windows=candidate.fitted.distance,
                plainness=candidate.fitted.plainness,
                strain=candidate.fitted.strain,
                distance=distance,
                crops=candidate.crops,
                rivals=partial(self._registrar.rivals, candidate.frame.pyramid, candidate.fitted, nearest_other),
                references=len(self._ids),
                threshold=self._threshold,
            )
            agreed = counts and self._evidence is not None and self._evidence.add(index, candidate.frame.number)
            if outcome == "match" or agreed:
                # Frames before this one show what was in sight then: whatever the search would find there is old news.
                self._searched, self._search, self._carried = None, iter(()), None
                return self._matched(frame, candidate, distance, margin)
            if outcome == "ambiguous":
                verdict = Verdict("ambiguous", None, distance, margin)
            self._carry(candidate.fitted)
        return verdict

    def reset(self) -> None:
        """Forgets earlier frames."""
        self._frames = 0
        self._forget_places()
        if self._evidence is not None:
            self._evidence.reset()

    def _forget_places(self) -> None:
        """Forgets where in earlier frames anything was."""
        self._searched, self._search, self._found, self._shown = None, iter(()), None, None
        self._carried = None

    def _carry(self, fitted: Registration) -> None:
        """Keeps the best fit of a stream's frame, to be fitted to the next one too."""
        if self._evidence is None or fitted.distance >= WORTH_POLISHING:
            return
        if self._carried is None or fitted.weighted < self._carried.weighted:
            self._carried = fitted

    def _candidates(
        self, frame: _Frame, box: Region, nearest: list[Match], carried: Registration | None
    ) -> Iterator[_Candidate]:
        """Yields what may be the picture shown, the quickest to find first."""
        pyramid = frame.pyramid
        near = [match for match in nearest if match.distance < WORTH_FITTING]
        which = np.array([match.index for match in near], np.int64)
        places = np.array([picture_corners(match.variant, match.crop, box) for match in near]).reshape(-1, 4, 2)
        stream = self._evidence is not None
        # A stream takes turns, so that no frame takes long: the search of all of it goes on in about every other frame.
        search = stream and frame.number * TURNS % 1 < 0.5
        led = min(len(near), FITTED)
        indices, starts = which[:led].tolist(), places[:led]
        if carried is not None and carried.index not in indices:
            indices = [*indices, carried.index]
            starts = np.concatenate([starts, carried.corners[None]])
        fits = self._registrar.fit(pyramid, indices, starts)
        if len(fits) > led:
            yield _Candidate(frame, fits[led], [])
        if led:
            best = min(range(led), key=lambda index: fits[index].distance)
            fitted = fits[best]
            yield self._led(frame, fitted, places[best], near, box)
            if not search and CLEAN <= fitted.distance < WORTH_POLISHING:
                fitted = self._registrar.polished(pyramid, fitted, briefly=True)
                yield self._led(frame, fitted, places[best], near, box)
                if stream:
                    return
        if not search:
            found = self._registrar.likeliest(pyramid, which, places)
            if found is not None:
                found = _held(found, box)
            if not stream and (found is None or found.weighted > CERTAIN):
                anywhere = self._registrar.register(pyramid, box)
                if found is None or (anywhere is not None and anywhere.weighted < found.weighted):
                    found = anywhere
            if found is not None:
                yield _Candidate(frame, found, [])
            return
        end = time.perf_counter() + self._search_seconds
        while True:
            found, ended = self._searched_on(end)
            # Judged once: the same find of the same frame again would be no second frame that agrees.
            if self._searched is not None and found is not None and found is not self._found:
                self._found = found
                yield _Candidate(self._searched, found, [])
            if not ended or self._searched is frame:
                return
            self._searched, self._search = frame, self._registrar.search(pyramid, box)
            if time.perf_counter() > end:
                return

    def _led(
        self, frame: _Frame, fitted: Registration, start: npt.NDArray[np.float64], near: list[Match], box: Region
    ) -> _Candidate:
        """Returns what was fitted from a start of the crops, which led to it if it did not slide far from there."""
        if _side_lengths_between(start, fitted.corners) < LED:
            return _Candidate(frame, _held(fitted, box), near[:NEAREST])
        return _Candidate(frame, fitted, [])

    def _searched_on(self, end: float) -> tuple[Registration | None, bool]:
        """Goes on with a search until a time; returns the best so far, and whether the search has ended."""
        found = None
        for found in self._search:
            if time.perf_counter() > end:
                return found, False
        return found, True

    def _compared(self, candidate: _Candidate) -> tuple[int, int | None, int | None]:
        """Returns a candidate's distance, its margin, and which other reference is the nearest.

        By hashes of what lies between the fitted corners.
        """
        frame, fitted, nearest = candidate
        seen = pack(hash_thumbnails(rectified(frame.pyramid, fitted.corners, THUMBNAIL_SIZE)))
        distances = self._matcher.distances(seen[None])[0].astype(int)
        for match in nearest:
            distances[match.index] = min(distances[match.index], match.distance)
        distance = int(distances[fitted.index])
        if len(distances) == 1:
            return distance, None, None
        distances[fitted.index] = 1000
        nearest_other = int(distances.argmin())
        return distance, int(distances[nearest_other]) - distance, nearest_other

    def _matched(self, frame: _Frame, candidate: _Candidate, distance: int, margin: int | None) -> Verdict:
        """Returns the verdict of a match: with its outline in this frame, and the distance there if it is nearer."""
        outline = self._outline(frame, candidate)
        if outline is not candidate.fitted.corners:
            there = candidate._replace(frame=frame, fitted=replace(candidate.fitted, corners=outline))
            nearer, its_margin, _ = self._compared(there)
            if nearer < distance:
                distance, margin = nearer, its_margin
        corners = tuple((float(x), float(y)) for x, y in outline)
        return Verdict("match", self._ids[candidate.fitted.index], distance, margin, corners)

    def _outline(self, frame: _Frame, candidate: _Candidate) -> npt.NDArray[np.float64]:
        """Returns where a candidate lies in this frame, (4, 2): as exactly as can be found out, and tracked from there.

        One found in an earlier frame has moved with the hand since.
        """
        fitted, number = candidate.fitted, frame.number
        now = candidate.frame.number == number
        starts = [] if now else [fitted.corners]
        shown = self._shown if self._evidence is not None else None
        if shown is not None and (shown.reference != fitted.index or number - shown.number > TRACKED_FRAMES):
            shown = None
        if shown is not None:
            starts.append(shown.corners)
        here = self._registrar.fit(frame.pyramid, [fitted.index] * len(starts), np.array(starts).reshape(-1, 4, 2))
        if now:
            here.append(fitted)
        best = min(here, key=lambda each: each.distance)
        if best.distance >= CLEAN and shown is None:
            best = self._registrar.polished(frame.pyramid, best)
        self._shown = _Shown(fitted.index, best.corners, number)
        return best.corners


def _held(fitted: Registration, box: Region) -> Registration:
    """Returns what was fitted in the scan region: a picture is held up to fill that, not the frame."""
    (strain,) = strains(fitted.corners[None], box[2] * box[3]).tolist()
    return replace(fitted, strain=strain)


def _nearest_and_margin(nearest: list[Match]) -> tuple[int, int | None]:
    distance = nearest[0].distance
    return distance, nearest[1].distance - distance if len(nearest) > 1 else None


def _side_lengths_between(start: npt.NDArray[np.float64], end: npt.NDArray[np.float64]) -> float:
    """Returns how far the corner that moved farthest did, (4, 2) to (4, 2), in sides of the start."""
    side = np.sqrt(((start[1] - start[0]) ** 2 + (start[3] - start[0]) ** 2).sum() / 2)
    farthest = np.sqrt(((end - start) ** 2).sum(axis=1)).max()
    return float(farthest / side)


def _checked(region: Region | None, height: int, width: int) -> Region:
    if region is None:
        return 0, 0, width, height
    try:
        left, top, across, down = (int(number) for number in region)
        whole = (left, top, across, down) == tuple(region)
    except (TypeError, ValueError, OverflowError):
        whole = False
    if not whole:
        raise ImageError(f"expected a scan region of four whole numbers (left, top, width, height), found {region!r}")
    if left < 0 or top < 0 or across < 1 or down < 1 or left + across > width or top + down > height:
        raise ImageError(
            f"expected a scan region inside the frame of {width} x {height} pixels, found {(left, top, across, down)} "
            "as (left, top, width, height): clip it to the frame"
        )
    return left, top, across, down
