"""Fitting: moves the corners of a candidate until the picture between them hashes as its reference does.

The schedule: a candidate is fitted by the whole picture, then by its four corner windows, then by all nine windows. A
race takes candidates out between the stages. The rest is perturbed and refitted: a fan of rays or a plain margin lets a
side slide off.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .limits import SEARCH_POWER
from .pieces import Work, finished
from .pose import pose_penalties
from .ranking import COUNTED_WINDOWS, WindowTable
from .refinement import refined
from .warp import PATCH_CORNERS, Floats, Indices, Pyramid, homographies, mapped, patches
from .windows import COARSE_CORNERS, COARSE_EVERY, CORNERS, EVERY, GRID, WHOLE, Layout

__all__ = [
    "CLEAN",
    "FAR",
    "PERTURBATIONS",
    "PLAIN_BITS",
    "STILL",
    "STREAM",
    "Fit",
    "Fitter",
    "Pace",
    "Stage",
    "sides_moved",
]

CLEAN = 100
"""Window bits below which a fit is not perturbed."""
PLAIN = 3.0
"""Standard deviation in grey levels below which a window has nothing to compare."""
PLAIN_BITS = 72
"""Least bits of 144 of a plain window, and of a window whose middle is outside the frame: half, as by chance."""


@dataclass(frozen=True)
class Fit:
    """A reference and its corners in a frame.

    Attributes:
        index: of the reference in its catalogue.
        corners: (4, 2), x and y in frame pixels of the picture's top left, top right, bottom right and bottom left.
        window_bits: 0 to 1001 differing bits; chance gives about 400 to the best of many, the true place about 100.
        plainness: of the reference, 1 for one full of detail; see `plain_shapes.plainness`.
        pose_penalty: bits added for a pose nobody holds a picture in, 0 or more.
    """

    index: int
    corners: Floats
    window_bits: int
    plainness: float
    pose_penalty: float

    @property
    def search_bits(self) -> float:
        """Bits that searched fits are compared by: a plain reference has to fit better than one full of detail."""
        return self.window_bits * self.plainness**SEARCH_POWER + self.pose_penalty


@dataclass(frozen=True)
class Stage:
    """One stage of the fitting schedule.

    Attributes:
        layout: windows that corners are fitted by.
        softness: of the soft sign; larger reaches farther, smaller ends nearer.
        cut: frequency from which a coefficient counts less than half; larger ends nearer, smaller reaches farther.
    """

    layout: Layout
    softness: float
    cut: float


FAR = Stage(WHOLE, softness=2.0, cut=6.0)
"""The first stage of a race, whose starts may be far off."""


@dataclass(frozen=True)
class Pace:
    """How finely corners are fitted.

    Attributes:
        whole: first stage, by the whole picture.
        corners: second stage, by the four windows at the corners.
        every: last stage, by all nine windows.
        rounds: times that a better fit is perturbed again at most, the first one included.
    """

    whole: Stage
    corners: Stage
    every: Stage
    rounds: int


def _pace(corners: Layout, every: Layout, rounds: int) -> Pace:
    return Pace(Stage(WHOLE, 1.0, 8.0), Stage(corners, 1.0, 8.0), Stage(every, 0.6, 12.0), rounds)


STILL = _pace(CORNERS, EVERY, rounds=3)
STREAM = _pace(COARSE_CORNERS, COARSE_EVERY, rounds=2)
"""Half the work in a browser, on a coarser grid."""

_SETTLED = (2, 3, 3)
"""Steps of each stage for a candidate that is fitted by itself: it reaches 15 % of a side or 20 degrees."""
_PERTURBED = ((2, 3), (5, 1))
"""Steps of the last stage for perturbed corners, and how many of them go on."""
_SIDES = np.concatenate([np.eye(4), [[1, 0, 1, 0], [0, 1, 0, 1]]])
PERTURBATIONS = 0.12 * np.concatenate([np.zeros((1, 4)), _SIDES, -_SIDES])
"""Shares of the picture that its left, top, right and bottom side is moved by: none, then one or two opposite ones."""
_MIDDLES = np.array([(x, y) for y in (-0.5, 0.0, 0.5) for x in (-0.5, 0.0, 0.5)])
"""Middles of the nine windows, on a patch from -1 to 1."""


class Fitter:
    """Fits the references of a catalogue to frames.

    Args:
        table: the catalogue's window hashes.
        pace: for frames that are stills, or many in a second.
    """

    def __init__(self, table: WindowTable, pace: Pace) -> None:
        self.table = table
        self.pace = pace

    def step(
        self, pyramid: Pyramid, corners: Floats, references: Indices, stage: Stage, weights: Floats | None = None
    ) -> Floats:
        """Returns corners, (n, 4, 2) in the pyramid, after one step towards the references, (n,), in a stage.

        Weights, (n, windows of the stage), are those of `refinement.refined`.
        """
        bits = self.table.bits[references][:, stage.layout.hashes]
        signs = np.where(bits, np.float32(1), np.float32(-1))
        weighed = None if weights is None else weights.astype(np.float32)
        return refined(pyramid, corners, signs, stage.layout, stage.softness, stage.cut, weighed)

    def window_bits(self, pyramid: Pyramid, corners: Floats, references: Indices) -> Indices:
        """Returns the differing bits, (n,) of 1001, in the seven windows where fewest differ."""
        differing = self.differing(pyramid, corners, references)
        # A window beyond the frame's rim hashes as that rim goes on.
        np.maximum(differing, PLAIN_BITS, out=differing, where=_unseen(pyramid, corners))
        differing.sort(axis=-1)
        summed: Indices = differing[:, :COUNTED_WINDOWS].sum(axis=-1)
        return summed

    def differing(self, pyramid: Pyramid, corners: Floats, references: Indices) -> Indices:
        """Returns the differing bits of each window, (n, 9); a plain window has 72 at least."""
        seen = patches(pyramid, corners, EVERY.size)
        bits = EVERY.coefficients(seen) > 0
        differing: Indices = np.count_nonzero(bits != self.table.bits[references, 1:], axis=-1)
        # A plain window hashes as any other plain one does.
        np.maximum(differing, PLAIN_BITS, out=differing, where=_contrasts(seen) < PLAIN)
        return differing

    def settled(self, pyramid: Pyramid, references: Indices, starts: Floats) -> tuple[Floats, Indices]:
        """Fits references, (n,), from starts; returns corners, (n, 4, 2), and window bits, (n,).

        Starts and ends are in pixels of the pyramid. A candidate that fits no better at its end stays at its start.
        """
        places = starts
        for stage, steps in zip((self.pace.whole, self.pace.corners, self.pace.every), _SETTLED, strict=True):
            for _ in range(steps):
                places = self.step(pyramid, places, references, stage)
        before, after = (self.window_bits(pyramid, each, references) for each in (starts, places))
        better = after < before
        return np.where(better[:, None, None], places, starts), np.where(better, after, before)

    def fits(self, pyramid: Pyramid, references: Sequence[int], starts: Floats) -> list[Fit]:
        """Returns the fits of references, (n,), from starts, (n, 4, 2) in frame pixels.

        A start may be off by 15 % of a side or 20 degrees: a place in the frame before, or one that crops lead to.
        """
        if not len(references):
            return []
        places, bits = self.settled(pyramid, np.array(references), starts / pyramid.scale)
        return [
            self.fit_at(pyramid, reference, place, int(differing))
            for reference, place, differing in zip(references, places, bits, strict=True)
        ]

    def fit_at(self, pyramid: Pyramid, index: int, corners: Floats, window_bits: int) -> Fit:
        """Returns the fit of a reference at corners, (4, 2) in pixels of the pyramid."""
        (penalty,) = pose_penalties(corners[None], pyramid.levels[0].size).tolist()
        return Fit(index, corners * pyramid.scale, window_bits, self.table.plainness(index), penalty)

    def perturbed(self, pyramid: Pyramid, fit: Fit, briefly: bool = False) -> Fit:
        """Returns a fit, or a better one of its reference that is reached when its sides are moved and refitted.

        The first start is the parallelogram nearest to the fit: sides that slid off mostly
        add a perspective that the picture does not have. The second is the fit itself.

        Args:
            pyramid: the frame.
            fit: where the reference seems to lie.
            briefly: take the first start only, and only once.
        """
        best = fit
        starts = (_parallelogram(fit.corners), fit.corners)
        for start in starts[:1] if briefly else starts:
            best = self._better_from(pyramid, start, best)
            if best is not fit:
                break
        if briefly or best is fit:
            return best
        for _ in range(self.pace.rounds - 1):
            if best.window_bits < CLEAN:
                break
            before, best = best, self._better_from(pyramid, best.corners, best)
            if best is before:
                break
        return best

    def perturbed_from(self, pyramid: Pyramid, corners: Floats, index: int) -> Work[Fit]:
        """Yields after each piece of work; returns the best fit of a reference near corners, (4, 2) in the pyramid."""
        best, least = corners, int(self.window_bits(pyramid, corners[None], np.array([index]))[0])
        places = sides_moved(corners[None], PERTURBATIONS)
        which = np.full(len(places), index)
        for steps, left in _PERTURBED:
            for _ in range(steps):
                places = self.step(pyramid, places, which, self.pace.every)
                yield
            bits = self.window_bits(pyramid, places, which)
            first = int(bits.argmin())
            if bits[first] < least:
                best, least = places[first], int(bits[first])
            yield
            places, which = places[np.argsort(bits, kind="stable")[:left]], which[:left]
        return self.fit_at(pyramid, index, best, least)

    def _better_from(self, pyramid: Pyramid, start: Floats, best: Fit) -> Fit:
        """Returns the fit reached from a start, (4, 2) in frame pixels, if it is better than the best so far."""
        reached = finished(self.perturbed_from(pyramid, start / pyramid.scale, best.index))
        return reached if reached.window_bits < best.window_bits else best


def sides_moved(corners: Floats, moves: Floats) -> Floats:
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


def _parallelogram(corners: Floats) -> Floats:
    """Returns the parallelogram nearest to a quadrilateral, (4, 2) to (4, 2)."""
    first, second, third, fourth = corners
    middle, right, down = (
        corners.mean(axis=0),
        (second + third - first - fourth) / 4,
        (third + fourth - first - second) / 4,
    )
    return np.stack([middle - right - down, middle + right - down, middle + right + down, middle - right + down])
