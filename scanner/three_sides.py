"""Three sides: borders of pictures that the frame's edge cuts off, or a hand covers.

Of such a picture often three sides are seen: one whole, the base, and the beginnings of two that run alike. The fourth
side is set at a few distances. Lines and edges are the ones of border quadrilaterals.
docs/decisions/cut-off-pictures.md has the measurements.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .lines import Image, Lines, Slopes, slopes_of, straight_lines
from .pieces import Work
from .quadrilaterals import SOLID_EDGE, distinct, in_order
from .warp import Floats, areas

__all__ = ["three_sided"]

LINES = 60
"""Lines kept, at most."""
LINES_A_WAY = 12
"""Lines kept in one direction, at most."""
ASPECTS = (0.7, 1.0, 1.4)
"""Lengths of the two sides that run alike, in lengths of the base. Fitting reaches between them."""
MOST_TWISTED = np.radians(22)
"""Largest angle between the two sides that run alike, in radians."""
LEAST_CORNER = 0.6
"""Least sine of the angle between the base and its neighbours."""
NEAREST_SIDES = 0.1
"""Least distance between the two sides that run alike, as a share of the frame's short side."""
SHORTEST_BASE = 0.12
"""Least length of a base, as a share of the frame's short side."""
LEAST_BASE = 0.45
"""Least share of a base with an edge along it."""
BEGINNING = 0.6
"""Length of the sides beside the base that edges are looked for along, in bases."""
GOING_ON = 0.3
"""Weight of edges beyond a corner, which count against the corner."""
BEYOND_ENDS = (0.04, 0.2)
"""Where edges beyond a corner begin and end to count, in bases."""
INSIDE = 1.02
"""Largest distance of a base's corners from the frame's centre along either axis, in half sides of the frame."""
LEAST_AREA, MOST_AREA = 0.03, 3.0
"""Of a quadrilateral, as shares of the frame's area."""
_CONSIDERED = 500
"""Best bases, at most, that are looked through for near repeats."""
_PAIRS_AT_A_TIME = 60
"""Pairs of lines that are crossed with all lines in one piece of work."""


class _Bases(NamedTuple):
    """Three lines each, and where they cross.

    Attributes:
        one, other: lines that run alike, (n,).
        base: line that crosses both, (n,).
        start, end: where the base crosses `one` and `other`, (n, 2), from the frame's centre.
    """

    one: npt.NDArray[np.int64]
    other: npt.NDArray[np.int64]
    base: npt.NDArray[np.int64]
    start: Floats
    end: Floats

    def chosen(self, which: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "_Bases":
        return _Bases(self.one[which], self.other[which], self.base[which], self.start[which], self.end[which])


def three_sided(image: Image, most: int, masked: npt.NDArray[np.bool_] | None = None) -> Work[Floats]:
    """Yields after each piece of work; returns quadrilaterals completed from three sides, (n, 4, 2), the best first.

    Corners are (x, y) in pixels of the image, clockwise, beginning nearest to the top left. Some may lie outside.

    Args:
        image: grey levels, (height, width), at least 3 x 3; the limits suit a long side of about 400 pixels.
        most: bases, at most. Each is completed at three aspects.
        masked: pixels, (height, width), in which edges do not count; None = none.
    """
    slopes = slopes_of(image)
    if masked is not None:
        for slope in slopes:
            slope[masked] = 0
    lines = straight_lines(slopes, LINES, LINES_A_WAY)
    yield
    height, width = image.shape
    edges = _Edges(slopes, lines)
    yield
    one, other = _alike(lines, NEAREST_SIDES * min(height, width))
    parts = []
    for first in range(0, len(one), _PAIRS_AT_A_TIME):
        some = slice(first, first + _PAIRS_AT_A_TIME)
        bases = _crossed(one[some], other[some], lines, (height, width))
        length = np.sqrt(((bases.start - bases.end) ** 2).sum(axis=-1))
        bases = bases.chosen(length > SHORTEST_BASE * min(height, width))
        seen, _ = edges.along(bases.base, bases.start, bases.end)
        parts.append(bases.chosen(seen > LEAST_BASE))
        yield
    if not sum(len(part.base) for part in parts):
        return np.zeros((0, 4, 2))
    bases = _Bases(*(np.concatenate(field) for field in zip(*parts, strict=True)))
    ways, scores = [], []
    for side in (1, -1):
        way = _ways(bases, edges.directions, side * lines.normals[bases.base])
        ways.append(way)
        scores.append(_scores(bases, edges, *way))
        yield
    best = np.argsort(-np.concatenate(scores), kind="stable")[:_CONSIDERED]
    turn, which = np.divmod(best, len(bases.base))
    bases = bases.chosen(which)
    down_one, down_other = (np.stack([way[each] for way in ways])[turn, which] for each in (0, 1))
    length = np.sqrt(((bases.end - bases.start) ** 2).sum(axis=-1, keepdims=True))
    square = np.stack(
        [bases.start, bases.end, bases.end + length * down_other, bases.start + length * down_one], axis=1
    )
    square = distinct(square, np.sqrt(np.maximum(areas(square), 1)), most)
    base, sides = square[:, :2], square[:, :1:-1] - square[:, :2]
    quadrilaterals = np.concatenate(
        [np.concatenate([base, (base + aspect * sides)[:, ::-1]], axis=1) for aspect in ASPECTS]
    )
    shares = areas(quadrilaterals) / (height * width)
    fitting = quadrilaterals[(shares > LEAST_AREA) & (shares < MOST_AREA)]
    found: Floats = in_order(fitting) + np.array([width / 2, height / 2])
    return found


class _Edges:
    """The edges along lines, added up once along each whole line.

    Args:
        slopes: of the image.
        lines: of the image.

    Attributes:
        directions: along the lines, (n, 2).
        half_diagonal: of the image, in pixels.
    """

    def __init__(self, slopes: Slopes, lines: Lines) -> None:
        right, down = slopes
        height, width = right.shape
        _, offsets, normals, _ = lines
        self.half_diagonal = float(np.hypot(height, width)) / 2
        self.directions = np.stack([-normals[:, 1], normals[:, 0]], axis=-1)
        self._reach = int(np.hypot(height, width) * 0.75) + 2
        along = np.arange(-self._reach, self._reach + 1)
        across, up = normals[:, :1], normals[:, 1:]
        x = offsets[:, None] * across - along * up + width / 2
        y = offsets[:, None] * up + along * across + height / 2
        seen = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        strength = np.zeros(x.shape, np.float32)
        for shift in (-1.5, -0.5, 0.5, 1.5):
            column = np.clip(x + shift * across, 0, width - 1).astype(np.int64)
            row = np.clip(y + shift * up, 0, height - 1).astype(np.int64)
            place = row * width + column
            slope = right.ravel()[place] * across + down.ravel()[place] * up
            strength = np.maximum(strength, slope.astype(np.float32))
        value = np.where(seen, np.minimum(strength * np.float32(1 / SOLID_EDGE), 1), 0)
        start = np.zeros((len(x), 1))
        self._sums = np.concatenate([start, np.cumsum(value, axis=1)], axis=1)
        self._seen = np.concatenate([start, np.cumsum(seen, axis=1)], axis=1)

    def along(self, lines: npt.NDArray[np.int64], starts: Floats, ends: Floats) -> tuple[Floats, Floats]:
        """Returns the share of the visible part between points of lines with an edge, (n,), and the visible share."""
        directions = self.directions[lines]
        first, second = ((points * directions).sum(axis=-1) + self._reach for points in (starts, ends))
        low = np.clip(np.minimum(first, second), 0, 2 * self._reach).astype(np.int64)
        high = np.clip(np.maximum(first, second), 0, 2 * self._reach).astype(np.int64) + 1
        seen = self._seen[lines, high] - self._seen[lines, low]
        return (self._sums[lines, high] - self._sums[lines, low]) / np.maximum(seen, 1), seen / (high - low)


def _alike(lines: Lines, nearest: float) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Returns the pairs of lines that run alike and apart, (n,) and (n,)."""
    angles, offsets, normals, _ = lines
    one, other = np.triu_indices(len(angles), 1)
    same = np.where((normals[one] * normals[other]).sum(axis=-1) > 0, 1.0, -1.0)
    twist = np.abs((angles[one] - angles[other] + np.pi / 2) % np.pi - np.pi / 2)
    alike = (twist < MOST_TWISTED) & (np.abs(offsets[one] - same * offsets[other]) > nearest)
    return one[alike], other[alike]


def _crossed(one: npt.NDArray[np.int64], other: npt.NDArray[np.int64], lines: Lines, shape: tuple[int, int]) -> _Bases:
    """Returns the bases that lines cut off between pairs of lines, with both corners in the frame."""
    _, offsets, normals, _ = lines
    count = len(offsets)
    sides = np.repeat(one, count), np.repeat(other, count)
    base = np.tile(np.arange(count), len(one))
    half = np.array(shape[::-1]) * (INSIDE / 2)
    good = np.ones(len(base), np.bool_)
    corners = []
    for side in sides:
        determinant = normals[side, 0] * normals[base, 1] - normals[side, 1] * normals[base, 0]
        good &= np.abs(determinant) > LEAST_CORNER
        determinant = np.where(good, determinant, 1)
        x = (offsets[side] * normals[base, 1] - normals[side, 1] * offsets[base]) / determinant
        y = (normals[side, 0] * offsets[base] - offsets[side] * normals[base, 0]) / determinant
        corner = np.stack([x, y], axis=-1)
        good &= (np.abs(corner) < half).all(axis=-1)
        corners.append(corner)
    return _Bases(*sides, base, *corners).chosen(good)


def _ways(bases: _Bases, directions: Floats, away: Floats) -> tuple[Floats, Floats]:
    """Returns the directions of both sides away from the base, (n, 2) each."""
    ways = []
    for side in (bases.one, bases.other):
        way = directions[side]
        ways.append(way * np.sign((way * away).sum(axis=-1))[:, None])
    return ways[0], ways[1]


def _scores(bases: _Bases, edges: _Edges, down_one: Floats, down_other: Floats) -> Floats:
    """Returns how well edges frame three sides, (n,): more is better."""
    across = bases.end - bases.start
    length = np.sqrt((across**2).sum(axis=-1, keepdims=True))
    base, _ = edges.along(bases.base, bases.start, bases.end)
    near, far = BEYOND_ENDS
    sides, beyond = [], []
    for side, corner, down in ((bases.one, bases.start, down_one), (bases.other, bases.end, down_other)):
        sides.append(edges.along(side, corner, corner + BEGINNING * length * down))
        beyond.append(edges.along(side, corner - near * length * down, corner - far * length * down)[0])
    for corner, outwards in ((bases.start, -across), (bases.end, across)):
        beyond.append(edges.along(bases.base, corner + near * outwards, corner + far * outwards)[0])
    (one, one_seen), (other, other_seen) = sides
    weakest = np.minimum(np.minimum(one, other), base)
    scores: Floats = base + one * one_seen + other * other_seen + 0.5 * weakest - GOING_ON * sum(beyond)
    scores += length[:, 0] / (2 * edges.half_diagonal)
    return scores
