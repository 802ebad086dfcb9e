"""Registration: finds which reference lies where in a frame, at any place, size and turn.

Starts (border quadrilaterals, the scan region) are ranked against every reference in four quarter turns; the best
pairs race: their corners are fitted to what the reference hashes to, and those that fit worst drop out. The one left
is judged by how many bits of its nine windows differ, the two worst left out (glare, a thumb).
"""

import itertools
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .plain_shapes import SEARCHED, plainness
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

__all__ = ["STILL", "STREAM", "WINDOW_BITS", "Pace", "Registrar", "Registration"]

Indices = npt.NDArray[np.int64]
Box = tuple[int, int, int, int]
Pairs = tuple[Indices, Floats]

COUNTED_WINDOWS = 7
"""Of nine, those with the fewest differing bits: a thumb or a lamp's glare covers one or two."""
PLAIN = 3.0
"""Grey levels of standard deviation below which a window has nothing to compare."""
PLAIN_DISTANCE = 72
"""Differing bits that such a window is given at least, or one whose middle is not in the frame: those of chance."""
_MIDDLES = np.array([(x, y) for y in (-0.5, 0.0, 0.5) for x in (-0.5, 0.0, 0.5)])
"""Of the nine windows, on a patch from -1 to 1."""
WINDOW_BITS = COUNTED_WINDOWS * 143
"""Bits that a distance is counted in; the constant terms have none."""


@dataclass(frozen=True)
class Registration:
    """A reference and where it seems to lie.

    Attributes:
        index: of the reference.
        corners: (4, 2), x and y in frame pixels of the picture's top left, top right, bottom right, bottom left.
        distance: differing bits of 1001; chance gives about 400 to the best of many, the true place about 100.
        plainness: what the reference's bits count, 1 or more.
    """

    index: int
    corners: Floats
    distance: int
    plainness: float

    @property
    def weighted(self) -> float:
        """The distance, as a plain reference has to be believed less: what those of a search are compared by."""
        return self.distance * self.plainness**SEARCHED


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
        rounds: how often at most what is reported is shaken from each start, while that helps.
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
_SHORT_SIDES = (0.95, 0.72)
_TILTS = (-13.0, 0.0, 13.0)
_OBLONG = 0.72
_SHIFTS = ((-0.12, 0.0, 0.12), (-0.1, 0.0, 0.1))
"""Places of pictures without a border: long side as a share of the frame's short one, degrees, short by long side,
and shifts of the centre as shares of the frame's width and height. Fitting reaches from one to the next."""

_PATCHES_AT_A_TIME = 60
"""Patches sketched in one piece of work: some 20 ms in a browser."""
_RANK_CUTS = (7.0, 4.0)
"""Frequencies, of the whole picture and of a window, that a start 5 % off still tells references apart by."""
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

    def register(self, pyramid: Pyramid, region: Box | None = None, likely: Pairs | None = None) -> Registration | None:
        """Returns the best registration of a frame, however bad; None where nothing was tried.

        Args:
            pyramid: the frame.
            region: (left, top, width, height) in frame pixels where a picture is expected; None = anywhere.
            likely: references and corners, (n,) and (n, 4, 2), that a coarser method proposes; tried first.
        """
        found = self.likeliest(pyramid, likely) if likely is not None else None
        if found is not None and found.weighted <= CERTAIN:
            return found
        for best in self.search(pyramid, region):
            if best is not None and (found is None or best.weighted < found.weighted):
                found = best
        return found

    def likeliest(self, pyramid: Pyramid, likely: Pairs) -> Registration | None:
        """Returns what wins a race of references and corners, (n,) and (n, 4, 2) in frame pixels; None without any."""
        references, corners = likely
        if not len(references):
            return None
        return _last(self._raced(pyramid, corners / pyramid.scale, references, self._pace.likely))

    def search(self, pyramid: Pyramid, region: Box | None = None) -> Iterator[Registration | None]:
        """Yields the best registration so far, or None, after each piece of work: 10 to 45 ms of a browser.

        Args:
            pyramid: the frame.
            region: (left, top, width, height) in frame pixels where a picture is expected; None = anywhere.
        """
        best: Registration | None = None
        for found in self._races(pyramid, _expected(pyramid.shape, region) / pyramid.scale):
            if found is not None and (best is None or found.weighted < best.weighted):
                best = found
            yield best
            if found is not None and best is not None and best.weighted <= CERTAIN:
                return

    def _races(self, pyramid: Pyramid, expected: Floats) -> Iterator[Registration | None]:
        """Yields what won each race, and None after each other piece of work."""
        shape = pyramid.levels[0].shape
        borders = border_quadrilaterals(pyramid.levels[0], QUADRILATERALS)
        yield None
        for race in (QUICK, THOROUGH):
            starts = np.concatenate([borders, expected])
            if race.everywhere:
                starts = np.concatenate([_with_sides_moved(starts, _INSETS), _anywhere(shape)])
            corners, references = yield from self._ranked(pyramid, starts, race.pairs)
            yield from self._raced(pyramid, corners, references, race)

    def fit(self, pyramid: Pyramid, references: Sequence[int], corners: Floats) -> list[Registration]:
        """Returns where references lie that are supposed at corners (n, 4, 2), to about 15 % of a side or 20 degrees.

        The same places in another frame, or those a coarser method found; each fitted by itself.
        """
        if not len(references):
            return []
        which = np.array(references)
        places = corners / pyramid.scale
        for layout, softness, cut in (
            *[(WHOLE, 1.0, 8.0)] * 2,
            *[(self._pace.corners, 1.0, 8.0)] * 3,
            *[(self._pace.every, 0.6, 12.0)] * 3,
        ):
            places = self._fitted(pyramid, places, which, layout, softness, cut)
        before, after = (self._distances(pyramid, each, which) for each in (corners / pyramid.scale, places))
        better = after < before
        places = np.where(better[:, None, None], places * pyramid.scale, corners)
        distances = np.where(better, after, before)
        return [
            Registration(reference, place, int(distance), self.plainness(reference))
            for reference, place, distance in zip(references, places, distances, strict=True)
        ]

    def plainness(self, reference: int) -> float:
        """Returns what the differing bits of a reference count, 1 or more; see `plain_shapes`."""
        if reference not in self._plainness:
            self._plainness[reference] = plainness(self._bits[reference])
        return self._plainness[reference]

    def _raced(
        self, pyramid: Pyramid, corners: Floats, references: Indices, race: Race
    ) -> Iterator[Registration | None]:
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
        best = np.argsort(self._distances(pyramid, corners, references), kind="stable")[:left]
        corners, references = corners[best], references[best]
        yield None
        for _ in range(race.every):
            corners = self._fitted(pyramid, corners, references, self._pace.every, 0.6, 12.0)
            yield None
        weights = [self.plainness(int(reference)) ** SEARCHED for reference in references]
        distances = self._distances(pyramid, corners, references)
        first = int((distances * weights).argmin())
        yield None
        index, distance = int(references[first]), int(distances[first])
        if distance < WORTH_POLISHING:
            yield from self._shaken(pyramid, corners[first], index)
        else:
            yield Registration(index, corners[first] * pyramid.scale, distance, self.plainness(index))

    def polished(self, pyramid: Pyramid, found: Registration, briefly: bool = False) -> Registration:
        """Returns a registration in a frame, or a better one of the same reference that is reached from it.

        From the parallelogram nearest to it, and if that is not enough from where it is: what slid off along rays or
        into a plain ground mostly shows a perspective that is not there.

        Args:
            pyramid: the frame.
            found: where the reference seems to lie.
            briefly: from the first of these starts only, and only once.
        """
        best = found
        rounds, starts = (1, 1) if briefly else (self._pace.rounds, 2)
        for start in (_parallelogram(found.corners), found.corners)[:starts]:
            reached = _last(self._shaken(pyramid, start / pyramid.scale, found.index))
            for _ in range(rounds - 1):
                further = _last(self._shaken(pyramid, reached.corners / pyramid.scale, found.index))
                if further.distance >= reached.distance:
                    break
                reached = further
            if reached.distance < best.distance:
                best = reached
            if best.distance < CLEAN:
                break
        return best

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
        yield Registration(index, best * pyramid.scale, least, self.plainness(index))

    def _ranked(self, pyramid: Pyramid, starts: Floats, most: int) -> Generator[None, None, tuple[Floats, Indices]]:
        """Yields after each piece of work; returns the corners and references of the best pairs, at most `most`."""
        references = len(self._bits)
        scores = np.zeros(0, np.float32)
        corners, indices = np.zeros((0, 4, 2)), np.zeros(0, np.int64)
        for first in range(0, len(starts), _PATCHES_AT_A_TIME):
            some = starts[first : first + _PATCHES_AT_A_TIME]
            coefficients = _sketched(pyramid, some)
            table = np.empty((4, len(some), references), np.float32)
            for turn in range(4):
                table[turn] = self._whole.scores(coefficients[:, :1]) + self._parts.scores(coefficients[:, 1:])
                coefficients = quarter_turned(coefficients)
            flat = table.ravel()
            best = np.argpartition(-flat, most)[:most] if len(flat) > most else np.arange(len(flat))
            turns, rest = np.divmod(best, len(some) * references)
            start, reference = np.divmod(rest, references)
            scores = np.concatenate([scores, flat[best]])
            corners = np.concatenate([corners, some[start[:, None], (np.arange(4) + turns[:, None]) % 4]])
            indices = np.concatenate([indices, reference])
            order = np.argsort(-scores, kind="stable")[:most]
            scores, corners, indices = scores[order], corners[order], indices[order]
            yield
        return corners, indices

    def _fitted(
        self, pyramid: Pyramid, corners: Floats, references: Indices, layout: Layout, softness: float, cut: float
    ) -> Floats:
        bits = self._bits[references][:, layout.hashes]
        signs = np.where(bits, np.float32(1), np.float32(-1))
        return refined(pyramid, corners, signs, layout, softness, cut)

    def _fit(self, pyramid: Pyramid, corners: Floats, references: Indices) -> npt.NDArray[np.float32]:
        """Returns how well pairs fit, (n,): the likeness of the seven windows that are most alike.

        The whole picture has no say: it is what the corners were fitted to, and fitted it is with impostors too.
        """
        coefficients = EVERY.coefficients(patches(pyramid, corners, EVERY.size))
        values = soft_sign(coefficients, 1.0)[0] * low_pass(_FIT_CUT)
        signs = np.where(self._bits[references, 1:], np.float32(1), np.float32(-1))
        alike = (values * signs).sum(axis=2) / (np.sqrt((values**2).sum(axis=2)) + np.float32(1e-6))
        alike.sort(axis=1)
        fit: npt.NDArray[np.float32] = alike[:, -COUNTED_WINDOWS:].sum(axis=1)
        return fit

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
    """Returns where a picture may be expected without any border seen, (n, 4, 2) in frame pixels."""
    height, width = shape
    left, top, across, down = region or (0, 0, width, height)
    centre = np.array([left + across / 2, top + down / 2])
    half = np.array([across / 2, down / 2])
    return np.stack([PATCH_CORNERS * half * zoom + centre for zoom in (1.0, 0.85)])


def _anywhere(shape: tuple[int, ...]) -> Floats:
    """Returns where a picture may lie in a frame without any border seen, (n, 4, 2)."""
    frame = np.array(shape[::-1], np.float64)
    places = []
    for side, tilt, across, down in itertools.product(_SHORT_SIDES, np.radians(_TILTS), *_SHIFTS):
        turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
        for oblong in ((_OBLONG, 1.0), (1.0, _OBLONG)):
            half = PATCH_CORNERS * np.array(oblong) * (side * frame.min() / 2)
            places.append(half @ turn + frame * (0.5 + np.array([across, down])))
    return np.stack(places)
