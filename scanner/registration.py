"""Registration: finds which reference lies where in a frame, at any place, size and turn.

Starts (border quadrilaterals, the scan region) are ranked against every reference in four quarter turns; the best
pairs race: their corners are fitted to what the reference hashes to, and those that fit worst drop out. The one left
is judged by how many bits of its nine windows differ, the two worst left out (glare, a thumb).
"""

import itertools
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from .plain_shapes import SEARCHED, plainness
from .pose import strains
from .quadrilaterals import border_quadrilaterals
from .refinement import refined, soft_sign
from .warp import PATCH_CORNERS, Floats, Pyramid, homographies, mapped, patches
from .windows import (
    COARSE_CORNERS,
    COARSE_EVERY,
    CORNERS,
    EVERY,
    GRID,
    HASHES,
    SKETCH,
    WHOLE,
    Layout,
    low_pass,
    quarter_turned,
)

__all__ = ["STILL", "STREAM", "Pace", "Registrar", "Registration", "Rivals"]

Indices = npt.NDArray[np.int64]
Box = tuple[int, int, int, int]
Result = TypeVar("Result")

COUNTED_WINDOWS = 7
"""Of nine, those with the fewest differing bits: a thumb or a lamp's glare covers one or two."""
PLAIN = 3.0
"""Grey levels of standard deviation below which a window has nothing to compare."""
PLAIN_DISTANCE = 72
"""Differing bits that such a window is given at least, or one whose middle is not in the frame: those of chance."""
_MIDDLES = np.array([(x, y) for y in (-0.5, 0.0, 0.5) for x in (-0.5, 0.0, 0.5)])
"""Of the nine windows, on a patch from -1 to 1."""


@dataclass(frozen=True)
class Registration:
    """A reference and where it seems to lie.

    Attributes:
        index: of the reference.
        corners: (4, 2), x and y in frame pixels of the picture's top left, top right, bottom right, bottom left.
        distance: differing bits of 1001; chance gives about 400 to the best of many, the true place about 100.
        plainness: what the reference's bits count, 1 or more.
        strain: bits that the distance counts more for, as nobody holds a picture like that.
    """

    index: int
    corners: Floats
    distance: int
    plainness: float
    strain: float

    @property
    def weighted(self) -> float:
        """The distance, as a plain reference has to be believed less: what those of a search are compared by."""
        return self.distance * self.plainness**SEARCHED + self.strain


class Rivals(NamedTuple):
    """How near other references come where one lies, in differing bits of 1001.

    Attributes:
        upright: of the nearest that is fitted as the reference lies.
        turned: of the nearest in any quarter turn.
    """

    upright: int
    turned: int


@dataclass(frozen=True)
class Race:
    """How many pairs of a start and a reference begin, and how many are left after each kind of fitting.

    Attributes:
        pairs: that begin, at most; what the crops propose begins whole.
        whole: (steps, pairs left), fitted by the whole picture.
        corners: (steps, pairs left), fitted by the four corner windows.
        every: steps of those left, fitted by all windows.
        everywhere: whether starts are also border quadrilaterals with sides moved, and places with no border at all.
    """

    pairs: int
    whole: tuple[int, int]
    corners: tuple[int, int]
    every: int
    everywhere: bool = False


QUICK = Race(48, (2, 12), (2, 3), 3)
THOROUGH = Race(160, (2, 24), (2, 4), 4, everywhere=True)
"""Of 200 photographs of 100 covers, the quick race finds 181 and this one 10 more. Only two steps by the whole picture:
with more of them impostors come to fit it as well, and glare pulls the true one away."""


@dataclass(frozen=True)
class Pace:
    """How much work fitting may be.

    Attributes:
        corners: the four corner windows that a picture is fitted by.
        every: all nine that it is fitted by.
        likely: the race of what the crops propose.
        rounds: how often at most what is reported is shaken, while that helps.
    """

    corners: Layout
    every: Layout
    likely: Race
    rounds: int


STILL = Pace(CORNERS, EVERY, Race(24, (1, 24), (4, 8), 4), 3)
STREAM = Pace(COARSE_CORNERS, COARSE_EVERY, Race(24, (1, 16), (3, 6), 3), 2)
"""Half the work in a browser. Of 200 TYPICAL frames it names 194 where the other names 196; the next frame makes up for
that."""
CERTAIN = 300
"""Weighted bits at which the search ends."""
OTHERS = 2
"""References that stay in a race to its end, besides those that fit best, if they may be in sight as well."""
SHAKEN = ((2, 3), (5, 1))
"""Further steps of the one that is left, as it is and with each side moved in or out, and how many go on."""

QUADRILATERALS = 40
_INSETS = 0.06 * np.array(
    [[0, 0, 0, 0], [1, 1, 1, 1], [-1, -1, -1, -1], *np.eye(4), [1, 0, 1, 0], [0, 1, 0, 1]], np.float64
)
"""How far sides of border quadrilaterals move inwards: a print has a margin, and so has the box that it lies in."""
_SIDES = np.concatenate([np.eye(4), [[1, 0, 1, 0], [0, 1, 0, 1]]])
_SHAKES = 0.12 * np.concatenate([np.zeros((1, 4)), _SIDES, -_SIDES])
"""The same for what was fitted, with one or two opposite sides moved: a fan of rays or a plain margin lets a side slide
off, and it slides back from there."""
WORTH_POLISHING = 350
"""Differing bits of a fit above which its reference is rarely what is shown, and not fitted further."""
CLEAN = 100
"""Bits below which what was fitted is not shaken again: the true place has 60 to 110 in good light, and a place that
slid off 105 to 220."""
_NUDGES = (
    (1.0, 0, 0.0, 0.0),
    (0.85, 0, 0.0, 0.0),
    (1.15, 0, 0.0, 0.0),
    (1.0, -7, 0.0, 0.0),
    (1.0, 7, 0.0, 0.0),
    (1.0, 0, 0.1, 0.0),
    (1.0, 0, -0.1, 0.0),
    (1.0, 0, 0.0, 0.1),
    (1.0, 0, 0.0, -0.1),
)
"""Zoom, degrees and shares of its sides that the scan region is moved by, as starts: of 400 HARD frames 349 are named,
with the first two only 344."""
_SHORT_SIDES = (0.95, 0.72)
_TILTS = (-13.0, 0.0, 13.0)
_OBLONG = 0.72
_SHIFTS = ((-0.12, 0.0, 0.12), (-0.1, 0.0, 0.1))
"""Places of pictures without a border: long side as a share of the frame's short one, degrees, short by long side,
and shifts of the centre as shares of the frame's width and height. Fitting reaches from one to the next."""

_PATCHES_AT_A_TIME = 60
"""Patches sketched in one piece of work."""
_COMPARED_AT_A_TIME = 200_000
"""Patches times references compared in one piece of work: all 60 patches with up to 3300 references."""
_RANK_CUTS = (7.0, 4.0)
"""Frequencies, of the whole picture and of a window, that a start 5 % off still tells references apart by."""
RANKED_AGAIN = 960
"""Pairs that are ranked a second time, by the seven windows that are most alike: of 193 photographs with a start near
their outline, it is then among the first 48 in 192, without this in 186."""
_RIVALS_RANKED_AGAIN = 96
"""The same where rivals of one reference are ranked: those that come near are among the first few of these."""
_RANKED_AT_A_TIME = 160
_RANK_AGAIN_CUT = 6.0
_FIT_CUT = 14.0
"""The same for the windows of corners that were fitted."""


class Registrar:
    """Searches frames for the references of a catalogue.

    Args:
        windows: window hashes of all references, (references, 10, 144) bits.
        pace: for frames that are stills, or many in a second.
    """

    def __init__(self, windows: npt.NDArray[np.bool_], pace: Pace = STILL) -> None:
        if windows.ndim != 3 or windows.shape[1:] != (HASHES, 144):
            raise ValueError(f"expected window hashes of shape (references, 10, 144), found {windows.shape}")
        self._bits = windows
        self._pace = pace
        self._plainness: dict[int, float] = {}
        self._whole = _Ranking(windows[:, :1], _RANK_CUTS[0])
        self._parts = _Ranking(windows[:, 1:], _RANK_CUTS[1])

    def register(self, pyramid: Pyramid, region: Box | None = None) -> Registration | None:
        """Returns what a search ends with: the best registration of a frame, however bad; None where nothing was tried.

        Args:
            pyramid: the frame.
            region: (left, top, width, height) in frame pixels where a picture is expected; None = anywhere.
        """
        *_, found = self.search(pyramid, region)
        return found

    def likeliest(self, pyramid: Pyramid, references: Indices, corners: Floats) -> Registration | None:
        """Returns what wins a race of references, (n,), and corners, (n, 4, 2) in frame pixels; None without any.

        They are what a coarser method proposes.
        """
        if not len(references):
            return None
        centre = np.array(pyramid.levels[0].shape[::-1]) / 2
        return _last(self._raced(pyramid, corners / pyramid.scale, references, self._pace.likely, centre))

    def search(self, pyramid: Pyramid, region: Box | None = None) -> Iterator[Registration | None]:
        """Yields the best registration so far, or None, after each piece of work.

        Args:
            pyramid: the frame.
            region: (left, top, width, height) in frame pixels where a picture is expected; None = anywhere.
        """
        best: Registration | None = None
        expected = _expected(pyramid.shape, region) / pyramid.scale
        for found in self._races(pyramid, expected):
            if found is not None and (best is None or found.weighted < best.weighted):
                best = found
            yield best
            if found is not None and best is not None and best.weighted <= CERTAIN:
                return

    def _races(self, pyramid: Pyramid, expected: Floats) -> Iterator[Registration | None]:
        """Yields what won each race, and None after each other piece of work."""
        shape = pyramid.levels[0].shape
        borders = yield from border_quadrilaterals(pyramid.levels[0], QUADRILATERALS)
        yield None
        for race in (QUICK, THOROUGH):
            starts = np.concatenate([borders, expected])
            if race.everywhere:
                starts = np.concatenate([_with_sides_moved(starts, _INSETS), _anywhere(shape)])
            corners, references = yield from self._ranked(pyramid, starts, race.pairs)
            yield from self._raced(pyramid, corners, references, race, expected[0].mean(axis=0))

    def fit(self, pyramid: Pyramid, references: Sequence[int], corners: Floats) -> list[Registration]:
        """Returns where references lie that are supposed at corners (n, 4, 2), to about 15 % of a side or 20 degrees.

        The same places in another frame, or those a coarser method found; each fitted by itself.
        """
        if not len(references):
            return []
        places, distances = self._settled(pyramid, np.array(references), corners / pyramid.scale)
        return [
            self._registration(pyramid, reference, place, int(distance))
            for reference, place, distance in zip(references, places, distances, strict=True)
        ]

    def _settled(self, pyramid: Pyramid, references: Indices, starts: Floats) -> tuple[Floats, Indices]:
        """Returns where references end that are fitted from starts in the pyramid, (n, 4, 2), and their bits, (n,)."""
        places = starts
        for layout, softness, cut in (
            *[(WHOLE, 1.0, 8.0)] * 2,
            *[(self._pace.corners, 1.0, 8.0)] * 3,
            *[(self._pace.every, 0.6, 12.0)] * 3,
        ):
            places = self._fitted(pyramid, places, references, layout, softness, cut)
        before, after = (self._distances(pyramid, each, references) for each in (starts, places))
        better = after < before
        return np.where(better[:, None, None], places, starts), np.where(better, after, before)

    def rivals(self, pyramid: Pyramid, found: Registration, nearest: int | None, most: int) -> Rivals | None:
        """Returns how near other references come where one lies; None if there is no other.

        Args:
            pyramid: the frame.
            found: the reference and where it lies.
            nearest: the other one that is nearest by a coarser method, fitted in any case.
            most: how many more are fitted, in any quarter turn: those most like what is seen there.
        """
        if nearest is None:
            return None
        corners = found.corners[None] / pyramid.scale
        places, references = _returned(self._ranked(pyramid, corners, _RIVALS_RANKED_AGAIN, _RIVALS_RANKED_AGAIN))
        others = np.flatnonzero(references != found.index)[:most]
        fitted_anyway = (references[others] == nearest) & (places[others] == corners).all(axis=(1, 2))
        others = others[~fitted_anyway]
        places = np.concatenate([corners, places[others]])
        references = np.concatenate([[nearest], references[others]])
        upright = (places == corners).all(axis=(1, 2))
        _, distances = self._settled(pyramid, references, places)
        return Rivals(int(distances[upright].min()), int(distances.min()))

    def plainness(self, reference: int) -> float:
        """Returns what the differing bits of a reference count, 1 or more; see `plain_shapes`."""
        if reference not in self._plainness:
            self._plainness[reference] = plainness(self._bits[reference])
        return self._plainness[reference]

    def _registration(self, pyramid: Pyramid, index: int, corners: Floats, distance: int) -> Registration:
        """Returns a reference that was fitted to corners in the pyramid, (4, 2)."""
        (strain,) = strains(corners[None], pyramid.levels[0].size).tolist()
        return Registration(index, corners * pyramid.scale, distance, self.plainness(index), strain)

    def _raced(
        self, pyramid: Pyramid, corners: Floats, references: Indices, race: Race, centre: Floats
    ) -> Iterator[Registration | None]:
        """Yields None after each piece of work, and at last what won; of several pictures in sight, the one in front.

        Corners and the centre, (2,), are in the pyramid.
        """
        steps, left = race.whole
        for _ in range(steps):
            for first in range(0, len(corners), _PATCHES_AT_A_TIME):
                some = slice(first, first + _PATCHES_AT_A_TIME)
                corners[some] = self._fitted(pyramid, corners[some], references[some], WHOLE, 2.0, 6.0)
                yield None
        fits = np.empty(len(corners), np.float32)
        for first in range(0, len(corners), _PATCHES_AT_A_TIME):
            some = slice(first, first + _PATCHES_AT_A_TIME)
            fits[some] = self._fit(pyramid, corners[some], references[some])
            yield None
        best = np.argsort(-fits, kind="stable")[:left]
        corners, references = corners[best], references[best]
        yield None
        steps, left = race.corners
        for _ in range(steps):
            corners = self._fitted(pyramid, corners, references, self._pace.corners, 1.0, 8.0)
            yield None
        distances = self._distances(pyramid, corners, references)
        best = np.argsort(distances, kind="stable")
        others = [first for first in _firsts(references[best]) if distances[best[first]] < WORTH_POLISHING]
        best = np.concatenate([best[:left], best[[first for first in others if first >= left][:OTHERS]]])
        corners, references = corners[best], references[best]
        yield None
        for _ in range(race.every):
            corners = self._fitted(pyramid, corners, references, self._pace.every, 0.6, 12.0)
            yield None
        weights = [self.plainness(int(reference)) ** SEARCHED for reference in references]
        distances = self._distances(pyramid, corners, references)
        weighted = distances * weights + strains(corners, pyramid.levels[0].size)
        seen = weighted <= CERTAIN
        if len(set(references[seen].tolist())) > 1:
            # Two pictures lie there: the one that is held up is nearer to the middle.
            nearest = np.where(seen, ((corners.mean(axis=1) - centre) ** 2).sum(axis=1), np.inf).argmin()
            weighted[references != references[nearest]] = np.inf
        first = int(weighted.argmin())
        yield None
        index, distance = int(references[first]), int(distances[first])
        if distance < WORTH_POLISHING:
            yield from self._shaken(pyramid, corners[first], index)
        else:
            yield self._registration(pyramid, index, corners[first], distance)

    def polished(self, pyramid: Pyramid, found: Registration, briefly: bool = False) -> Registration:
        """Returns a registration in a frame, or a better one of the same reference that is reached from it.

        From the parallelogram nearest to it, and if that leads nowhere from where it is: what slid off along rays or
        into a plain ground mostly shows a perspective that is not there. Of 110 outlines of real pictures (in either
        hand, in a stream) 38 are off by more than a tenth of the side before, and 11 after that; if every round is
        tried from both, 10 are, and it takes 16 ms instead of 9.

        Args:
            pyramid: the frame.
            found: where the reference seems to lie.
            briefly: from the first of these starts only, and only once.
        """
        best = found
        starts = (_parallelogram(found.corners), found.corners)
        for start in starts[:1] if briefly else starts:
            best = self._shaken_from(pyramid, start, best)
            if best is not found:
                break
        if briefly or best is found:
            return best
        for _ in range(self._pace.rounds - 1):
            if best.distance < CLEAN:
                break
            before, best = best, self._shaken_from(pyramid, best.corners, best)
            if best is before:
                break
        return best

    def _shaken_from(self, pyramid: Pyramid, start: Floats, best: Registration) -> Registration:
        """Returns the best registration reached from a start, (4, 2) in the frame, or the best so far if none is."""
        reached = _last(self._shaken(pyramid, start / pyramid.scale, best.index))
        return reached if reached.distance < best.distance else best

    def _shaken(self, pyramid: Pyramid, corners: Floats, index: int) -> Iterator[Registration | None]:
        """Yields None after each piece of work, and at last the best registration of one reference.

        Its corners, (4, 2) in the pyramid, are nearly right.
        """
        best, least = corners, int(self._distances(pyramid, corners[None], np.array([index]))[0])
        places = _with_sides_moved(corners[None], _SHAKES)
        which = np.full(len(places), index)
        for steps, left in SHAKEN:
            for _ in range(steps):
                places = self._fitted(pyramid, places, which, self._pace.every, 0.6, 12.0)
                yield None
            distances = self._distances(pyramid, places, which)
            first = int(distances.argmin())
            if distances[first] < least:
                best, least = places[first], int(distances[first])
            yield None
            places, which = places[np.argsort(distances, kind="stable")[:left]], which[:left]
        yield self._registration(pyramid, index, best, least)

    def _ranked(
        self, pyramid: Pyramid, starts: Floats, most: int, again: int = RANKED_AGAIN
    ) -> Generator[None, None, tuple[Floats, Indices]]:
        """Yields after each piece of work; returns the corners and references of the best pairs, at most `most`.

        Of those that are ranked again, at most `again`.
        """
        references = len(self._bits)
        at_a_time = max(1, min(_PATCHES_AT_A_TIME, _COMPARED_AT_A_TIME // references))
        scores, which = np.zeros(0, np.float32), np.zeros((3, 0), np.int64)
        sketches = []
        for first in range(0, len(starts), at_a_time):
            coefficients = _sketched(pyramid, starts[first : first + at_a_time])
            sketches.append(coefficients)
            table = np.empty((4, len(coefficients), references), np.float32)
            for turn in range(4):
                table[turn] = self._whole.scores(coefficients[:, :1]) + self._parts.scores(coefficients[:, 1:])
                coefficients = quarter_turned(coefficients)
            flat = table.ravel()
            best = _greatest(flat, again)
            turns, start, reference = np.unravel_index(best, table.shape)
            scores = np.concatenate([scores, flat[best]])
            which = np.concatenate([which, np.stack([turns, start + first, reference])], axis=1)
            best = _greatest(scores, again)
            scores, which = scores[best], which[:, best]
            yield
        turns, start, reference = which
        coefficients = np.concatenate(sketches)
        finer = np.empty(len(start), np.float32)
        for first in range(0, len(start), _RANKED_AT_A_TIME):
            some = slice(first, first + _RANKED_AT_A_TIME)
            seen = coefficients[start[some]]
            for turn in range(1, 4):
                further = turns[some] >= turn
                seen[further] = quarter_turned(seen[further])
            finer[some] = self._ranked_again(seen, reference[some])
            yield
        best = np.argsort(-finer, kind="stable")[:most]
        turns, start, reference = which[:, best]
        return starts[start[:, None], (np.arange(4) + turns[:, None]) % 4], reference

    def _fitted(
        self, pyramid: Pyramid, corners: Floats, references: Indices, layout: Layout, softness: float, cut: float
    ) -> Floats:
        bits = self._bits[references][:, layout.hashes]
        signs = np.where(bits, np.float32(1), np.float32(-1))
        return refined(pyramid, corners, signs, layout, softness, cut)

    def _ranked_again(self, coefficients: npt.NDArray[np.float32], references: Indices) -> npt.NDArray[np.float32]:
        """Returns how alike starts, (n, 10, 144), and references, (n,), are, (n,): glare and a thumb have no say."""
        windows = self._best_alike(coefficients[:, 1:], references, _RANK_AGAIN_CUT)
        whole = self._alike(coefficients[:, :1], references, slice(0, 1), _RANK_CUTS[0])
        return (windows / COUNTED_WINDOWS + whole[:, 0] / 6).astype(np.float32)

    def _fit(self, pyramid: Pyramid, corners: Floats, references: Indices) -> npt.NDArray[np.float32]:
        """Returns how well pairs fit, (n,): the likeness of the seven windows that are most alike.

        The whole picture has no say: it is what the corners were fitted to, and fitted it is with impostors too.
        """
        coefficients = EVERY.coefficients(patches(pyramid, corners, EVERY.size))
        return self._best_alike(coefficients, references, _FIT_CUT)

    def _best_alike(
        self, coefficients: npt.NDArray[np.float32], references: Indices, cut: float
    ) -> npt.NDArray[np.float32]:
        """Returns the likeness of the seven of nine windows (n, 9, 144) that are most alike, added up, (n,)."""
        alike = self._alike(coefficients, references, slice(1, None), cut)
        alike.sort(axis=1)
        best: npt.NDArray[np.float32] = alike[:, -COUNTED_WINDOWS:].sum(axis=1)
        return best

    def _alike(
        self, coefficients: npt.NDArray[np.float32], references: Indices, hashes: slice, cut: float
    ) -> npt.NDArray[np.float32]:
        """Returns how alike each of the windows (n, windows, 144) and the reference's is, (n, windows).

        Every window is softened by itself: one full of glare does not make the others look faint.
        """
        weights = low_pass(cut)
        chosen = np.flatnonzero(weights > 0.1)
        apart = coefficients[:, :, chosen]
        values = soft_sign(apart.reshape(-1, 1, len(chosen)), 1.0)[0].reshape(apart.shape) * weights[chosen]
        signs = np.where(self._bits[references, hashes][:, :, chosen], np.float32(1), np.float32(-1))
        alike: npt.NDArray[np.float32] = (values * signs).sum(axis=2)
        alike /= np.sqrt((values**2).sum(axis=2)) + np.float32(1e-6)
        return alike

    def _distances(self, pyramid: Pyramid, corners: Floats, references: Indices) -> Indices:
        """Returns the differing bits, (n,), in the seven windows where fewest differ."""
        seen = patches(pyramid, corners, EVERY.size)
        bits = EVERY.coefficients(seen) > 0
        windows = np.count_nonzero(bits != self._bits[references, 1:], axis=-1)
        # A plain window hashes as any other plain one does, and one beyond the frame's rim as that rim goes on.
        nothing = (_contrasts(seen) < PLAIN) | _unseen(pyramid, corners)
        np.maximum(windows, PLAIN_DISTANCE, out=windows, where=nothing)
        windows.sort(axis=-1)
        distances: Indices = windows[:, :COUNTED_WINDOWS].sum(axis=-1)
        return distances


def _greatest(values: npt.NDArray[np.float32], most: int) -> Indices:
    """Returns the indices of the greatest values, in no order."""
    if len(values) <= most:
        return np.arange(len(values))
    return np.argpartition(-values, most)[:most]


def _firsts(references: Indices) -> list[int]:
    """Returns where each reference comes for the first time."""
    seen: dict[int, int] = {}
    for place, reference in enumerate(references.tolist()):
        seen.setdefault(reference, place)
    return list(seen.values())


def _returned(pieces: Generator[None, None, Result]) -> Result:
    """Returns what a generator returns after its last piece of work."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            result: Result = end.value
            return result


def _last(found: Iterator[Registration | None]) -> Registration:
    """Returns what the last piece of work came to."""
    *_, last = found
    assert last is not None
    return last


def _contrasts(seen: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Returns the standard deviation of each window of patches (n, 48, 48), in grey levels: (n, 9)."""
    quarters = seen.reshape(-1, 4, GRID // 4, 4, GRID // 4)
    sums, squares = quarters.sum(axis=(2, 4)), (quarters**2).sum(axis=(2, 4))
    windows = []
    for sums_of in (sums, squares):
        rows = sums_of[:, :-1] + sums_of[:, 1:]
        windows.append((rows[:, :, :-1] + rows[:, :, 1:]).reshape(-1, 9) * np.float32(4 / GRID**2))
    means, mean_squares = windows
    contrasts: npt.NDArray[np.float32] = np.sqrt(np.maximum(mean_squares - means**2, 0))
    return contrasts


def _unseen(pyramid: Pyramid, corners: Floats) -> npt.NDArray[np.bool_]:
    """Returns which windows between corners (n, 4, 2) have their middle beyond the frame, (n, 9)."""
    middles = mapped(homographies(corners), _MIDDLES[None])
    height, width = pyramid.levels[0].shape
    inside = (middles >= 0) & (middles <= np.array([width, height]))
    return ~(inside[..., 0] & inside[..., 1])


class _Ranking:
    """Compares coefficients of starts with the bits of every reference, in those frequencies that count.

    Args:
        bits: (references, windows, 144).
        cut: frequency from which coefficients count less than half.
    """

    def __init__(self, bits: npt.NDArray[np.bool_], cut: float) -> None:
        weights = low_pass(cut)
        self._chosen = np.flatnonzero(weights > 0.05)
        self._weights = weights[self._chosen]
        self._signs = np.where(bits[:, :, self._chosen], np.float32(1), np.float32(-1)).reshape(len(bits), -1).T

    def scores(self, coefficients: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Returns how alike starts (n, windows, 144) and references are, (n, references)."""
        values = soft_sign(coefficients[:, :, self._chosen], 1.0)[0] * self._weights
        flat = values.reshape(len(values), -1)
        flat /= np.sqrt((flat**2).sum(axis=1, keepdims=True)) + np.float32(1e-6)
        products: npt.NDArray[np.float32] = flat @ self._signs
        return products


def _sketched(pyramid: Pyramid, corners: Floats) -> npt.NDArray[np.float32]:
    """Returns the coefficients of all ten hashes, (n, 10, 144); those of the windows good in low frequencies only."""
    coarse = patches(pyramid, corners, WHOLE.size)
    return np.concatenate([WHOLE.coefficients(coarse), SKETCH.coefficients(coarse)], axis=1)


def _with_sides_moved(corners: Floats, moves: Floats) -> Floats:
    """Returns quadrilaterals with their sides moved inwards, (moves n, 4, 2).

    Args:
        corners: (n, 4, 2).
        moves: (moves, 4), how far the left, top, right and bottom side moves, as a share of the picture.
    """
    maps = homographies(corners)
    variants = []
    for left, top, right, bottom in moves:
        shift = 2 * np.array([[left, top], [-right, top], [-right, -bottom], [left, -bottom]])
        variants.append(mapped(maps, PATCH_CORNERS[None] + shift))
    return np.concatenate(variants)


def _parallelogram(corners: Floats) -> Floats:
    """Returns the parallelogram nearest to a quadrilateral, (4, 2) to (4, 2)."""
    first, second, third, fourth = corners
    middle, right, down = (
        corners.mean(axis=0),
        (second + third - first - fourth) / 4,
        (third + fourth - first - second) / 4,
    )
    return np.stack([middle - right - down, middle + right - down, middle + right + down, middle - right + down])


def _expected(shape: tuple[int, ...], region: Box | None) -> Floats:
    """Returns where a picture may be expected without any border seen, (n, 4, 2) in frame pixels; as it is first."""
    height, width = shape
    left, top, across, down = region or (0, 0, width, height)
    sides = np.array([across, down])
    places = []
    for zoom, tilt, right, below in _NUDGES:
        turn = _turn(np.radians(tilt))
        places.append((PATCH_CORNERS * sides * (zoom / 2)) @ turn + [left, top] + sides * [0.5 + right, 0.5 + below])
    return np.stack(places)


def _turn(angle: float) -> Floats:
    """Returns the matrix that turns rows (x, y) clockwise as seen, y pointing down."""
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def _anywhere(shape: tuple[int, ...]) -> Floats:
    """Returns where a picture may lie in a frame without any border seen, (n, 4, 2)."""
    frame = np.array(shape[::-1], np.float64)
    places = []
    for side, tilt, across, down in itertools.product(_SHORT_SIDES, np.radians(_TILTS), *_SHIFTS):
        turn = _turn(tilt)
        for oblong in ((_OBLONG, 1.0), (1.0, _OBLONG)):
            half = PATCH_CORNERS * np.array(oblong) * (side * frame.min() / 2)
            places.append(half @ turn + frame * (0.5 + np.array([across, down])))
    return np.stack(places)
