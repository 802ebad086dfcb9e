"""Border quadrilaterals: four straight edges in a frame that may be a picture's border.

Two straight lines that run alike make a pair, and two pairs make a quadrilateral. Quadrilaterals are ranked by the
share of their sides with edges, less edges that go on beyond the corners. A part of a frame may be looked at for
itself: lines compete, so small pictures are seen better there. docs/decisions/how-a-picture-is-found.md has the
measurements.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .lines import Image, Lines, Slopes, shared_out, slopes_of, straight_lines
from .pieces import Work
from .warp import Floats, areas

__all__ = [
    "LARGE",
    "SMALL",
    "Box",
    "Sizes",
    "Tier",
    "border_quadrilaterals",
    "distinct",
    "in_order",
    "quadrilaterals_by_size",
    "tiles",
]

Box = tuple[int, int, int, int]
"""(left, top, right, bottom) of a part of an image, in its pixels."""

MOST_TWISTED = np.radians(25)
"""Largest angle between opposite sides, in radians."""
LEAST_CORNER = np.radians(50)
"""Least angle between the directions of two pairs, in radians."""


class Sizes(NamedTuple):
    """Sizes of the quadrilaterals that are looked for.

    Attributes:
        least_area, most_area: of a quadrilateral, as shares of the frame's area.
        nearest_sides: least distance between opposite sides, as a share of the frame's short side.
    """

    least_area: float
    most_area: float
    nearest_sides: float


LARGE = Sizes(0.05, 1.2, 0.15)
"""A picture that is held up, or lies on a table before the camera."""
SMALL = Sizes(0.012, 0.06, 0.06)
"""A picture in a photograph of a room. Both ranges of areas overlap, so that no picture falls between them."""


class Tier(NamedTuple):
    """Quadrilaterals of some sizes, which compete among themselves only.

    Attributes:
        sizes: their areas and the distance of their sides.
        most: quadrilaterals returned, at most.
    """

    sizes: Sizes
    most: int


class _Effort(NamedTuple):
    """How many lines and pairs of lines are kept at most, in all and in one of twelve directions."""

    lines: int
    lines_a_way: int
    pairs: int
    pairs_a_way: int


_WHOLE_FRAME = _Effort(60, 12, 300, 80)
_ONE_TILE = _Effort(32, 8, 100, 34)

_TILES = 3
"""Tiles along each axis of an image."""
_TILE_SHARE = 0.45
"""Side of a tile, as a share of the image's. Tiles overlap, so that a picture of 2 % of the frame lies whole in one."""

BEYOND = 1.5
"""Largest distance of a corner from the frame's centre along either axis, in half sides of the frame."""
MOST_TAPERED = 1.7
"""Largest ratio of opposite sides."""
MOST_OBLONG = 2.6
"""Largest ratio of length to width."""
SOLID_EDGE = 6.0
"""Slope from which an edge counts in full, in grey levels a pixel."""
GOING_ON = 0.6
"""Weight of edges beyond the ends of a side, which count against the side. A picture's rim ends at its corners; a line
of text or of a pattern goes on."""
BEYOND_ENDS = 0.15
"""Length beyond either end of a side in which edges count against the side, in sides."""
UNSEEN = 0.35
"""Value of a part of a side outside the frame; a part on an edge has 1."""
APART = 0.06
"""Largest corner difference, in sides, at which two quadrilaterals count as one."""
_CONSIDERED = 600
"""Best quadrilaterals, at most, that are looked through for near repeats."""


def border_quadrilaterals(image: Image, most: int, sizes: Sizes = LARGE) -> Work[Floats]:
    """Yields after each piece of work; returns quadrilaterals, (n, 4, 2), the best framed first.

    Corners are (x, y) in pixels of the image, clockwise, beginning nearest to the top left.

    Args:
        image: grey levels, (height, width), at least 3 x 3; the limits suit a long side of about 400 pixels.
        most: quadrilaterals returned, at most.
        sizes: their areas and the distance of their sides.
    """
    return (yield from quadrilaterals_by_size(image, [Tier(sizes, most)]))


def quadrilaterals_by_size(
    image: Image,
    tiers: Sequence[Tier],
    box: Box | None = None,
    masked: npt.NDArray[np.bool_] | None = None,
) -> Work[Floats]:
    """Yields after each piece of work; returns quadrilaterals, (n, 4, 2), of each tier the best framed first.

    Corners are (x, y) in pixels of the image, clockwise, beginning nearest to the top left. The lines are found once
    for all tiers.

    Args:
        image: grey levels, (height, width), at least 3 x 3; the limits suit a long side of about 400 pixels.
        tiers: sizes in shares of the whole image, and how many of each. A quadrilateral may be of several tiers.
        box: part of the image that is looked at, with lines of its own; None = all of it.
        masked: pixels, (height, width), in which edges do not count; None = none.
    """
    area, short = image.size, min(image.shape)
    left, top, right, bottom = box or (0, 0, image.shape[1], image.shape[0])
    effort = _WHOLE_FRAME if box is None else _ONE_TILE
    image = image[top:bottom, left:right]
    nothing: Floats = np.zeros((0, 4, 2))
    if min(image.shape) < 3:
        return nothing
    slopes = slopes_of(image)
    if masked is not None:
        for slope in slopes:
            slope[masked[top:bottom, left:right]] = 0
    lines = straight_lines(slopes, effort.lines, effort.lines_a_way)
    yield
    if len(lines.angles) < 4:
        return nothing
    nearest = min(tier.sizes.nearest_sides for tier in tiers) * short
    sides = _pairs_of_pairs(lines, nearest, effort)
    yield
    corners, sides = _plausible(sides, lines, image.shape)
    size = areas(corners)
    likely = np.zeros(len(size), np.bool_)
    for tier in tiers:
        likely |= _fits(size, tier.sizes, area)
    corners, sides, size = corners[likely], sides[likely], size[likely]
    yield
    if not len(corners):
        return nothing
    support = _edge_support(slopes, lines, corners, sides)
    scores = support.sum(axis=1) + 0.5 * support.min(axis=1) + np.sqrt(size / area)
    yield
    found = []
    for tier in tiers:
        some = np.flatnonzero(_fits(size, tier.sizes, area))
        best = some[np.argsort(-scores[some], kind="stable")[:_CONSIDERED]]
        found.append(distinct(in_order(corners[best]), np.sqrt(size[best]), tier.most))
        yield
    height, width = image.shape
    placed: Floats = np.concatenate(found) + np.array([width / 2 + left, height / 2 + top])
    return placed


def tiles(shape: tuple[int, int]) -> list[Box]:
    """Returns overlapping parts of an image of height x width pixels, row by row; the image itself if it is tiny.

    >>> tiles((300, 400))[:2]
    [(0, 0, 180, 135), (110, 0, 290, 135)]
    """
    places = []
    for length in shape:
        side = round(length * _TILE_SHARE)
        places.append([(first, first + side) for first in np.linspace(0, length - side, _TILES).astype(int).tolist()])
    rows, columns = places
    return [(left, top, right, bottom) for top, bottom in rows for left, right in columns]


def _fits(size: Floats, sizes: Sizes, area: int) -> npt.NDArray[np.bool_]:
    """Returns which areas, (n,) in pixels, are of some sizes in an image of so many pixels."""
    fits: npt.NDArray[np.bool_] = (size > sizes.least_area * area) & (size < sizes.most_area * area)
    return fits


def _pairs_of_pairs(lines: Lines, nearest: float, effort: _Effort) -> npt.NDArray[np.int64]:
    """Returns the indices of four lines each, (n, 4), that may be neighbouring sides in this order."""
    angles, offsets, normals, votes = lines
    one, other = np.triu_indices(len(angles), 1)
    same = np.where((normals[one] * normals[other]).sum(axis=-1) > 0, 1.0, -1.0)
    twist = np.abs((angles[one] - angles[other] + np.pi / 2) % np.pi - np.pi / 2)
    alike = (twist < MOST_TWISTED) & (np.abs(offsets[one] - same * offsets[other]) > nearest)
    one, other, same = one[alike], other[alike], same[alike]
    best = np.argsort(-(votes[one] + votes[other]), kind="stable")
    one, other, same = one[best], other[best], same[best]
    middle = normals[one] + same[:, None] * normals[other]
    direction = np.arctan2(middle[:, 1], middle[:, 0])
    best = shared_out(direction, effort.pairs_a_way)[: effort.pairs]
    one, other, direction = one[best], other[best], direction[best]
    first, second = np.triu_indices(len(one), 1)
    crossing = np.abs(np.sin(direction[first] - direction[second])) > np.sin(LEAST_CORNER)
    first, second = first[crossing], second[crossing]
    return np.stack([one[first], one[second], other[first], other[second]], axis=-1)


def _plausible(
    sides: npt.NDArray[np.int64], lines: Lines, shape: tuple[int, ...]
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Returns quadrilaterals that may be a picture's outline: corners from the centre, (n, 4, 2), and lines, (n, 4).

    Lines k - 1 and k meet in corner k.
    """
    crossings = _crossings(lines)
    inside = np.asarray((np.abs(crossings) < np.array(shape[::-1]) * (BEYOND / 2)).all(axis=-1))
    before = np.roll(sides, 1, axis=1)
    within = inside[before, sides].all(axis=1)
    before, sides = before[within], sides[within]
    corners = crossings[before, sides]
    along = np.roll(corners, -1, axis=1) - corners
    following = np.roll(along, -1, axis=1)
    bends = along[..., 0] * following[..., 1] - along[..., 1] * following[..., 0]
    lengths = np.sqrt((along**2).sum(axis=-1))
    taper = np.abs(np.log(lengths[:, :2] / lengths[:, 2:])).max(axis=1)
    oblong = np.abs(np.log((lengths[:, 0] + lengths[:, 2]) / (lengths[:, 1] + lengths[:, 3])))
    convex = (bends > 0).all(axis=1) | (bends < 0).all(axis=1)
    good = np.flatnonzero(convex & (taper < np.log(MOST_TAPERED)) & (oblong < np.log(MOST_OBLONG)))
    return corners[good], sides[good]


def _crossings(lines: Lines) -> Floats:
    """Returns where each line meets each other one, from the centre, (n, n, 2); far away where they run alike."""
    _, offsets, normals, _ = lines
    x1, y1, x2, y2 = normals[:, None, 0], normals[:, None, 1], normals[None, :, 0], normals[None, :, 1]
    determinant = x1 * y2 - y1 * x2
    determinant = np.where(np.abs(determinant) < 1e-6, 1e-6, determinant)
    far, near = offsets[:, None], offsets[None, :]
    crossings: Floats = np.stack([(far * y2 - y1 * near) / determinant, (x1 * near - far * x2) / determinant], axis=-1)
    return crossings


def _edge_support(slopes: Slopes, lines: Lines, corners: Floats, sides: npt.NDArray[np.int64]) -> Floats:
    """Returns the share of each side with an edge along it, (n, 4), 0 to 1, less edges that go on beyond its ends.

    Edges are added up once along each whole line; the edges of a side are the difference of two sums.
    """
    right, down = slopes
    _, offsets, normals, _ = lines
    height, width = right.shape
    reach = int(np.hypot(height, width) * BEYOND / 2) + 2
    along = np.arange(-reach, reach + 1)
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
    strength *= np.float32(1 / SOLID_EDGE)
    value = np.where(seen, np.minimum(strength, 1), UNSEEN)
    sums = np.concatenate([np.zeros((len(x), 1)), np.cumsum(value, axis=1)], axis=1)
    directions = np.stack([-normals[:, 1], normals[:, 0]], axis=-1)[sides]
    starts = (corners * directions).sum(axis=-1)
    ends = (np.roll(corners, -1, axis=1) * directions).sum(axis=-1)
    low = np.clip(np.minimum(starts, ends) + reach, 0, 2 * reach).astype(np.int64)
    high = np.clip(np.maximum(starts, ends) + reach, 0, 2 * reach).astype(np.int64) + 1
    support = (sums[sides, high] - sums[sides, low]) / (high - low)
    length = np.maximum(3, (high - low) * BEYOND_ENDS).astype(np.int64)
    before, after = np.maximum(low - length, 0), np.minimum(high + length, 2 * reach + 1)
    beyond = sums[sides, low] - sums[sides, before] + sums[sides, after] - sums[sides, high]
    less: Floats = support - GOING_ON * beyond / (2 * length)
    return less


def in_order(corners: Floats) -> Floats:
    """Returns corners clockwise as seen, beginning nearest to the top left."""
    sides = np.roll(corners, -1, axis=1) - corners
    clockwise = sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0] > 0
    corners = np.where(clockwise[:, None, None], corners, corners[:, ::-1])
    first = corners.sum(axis=-1).argmin(axis=1)
    ordered: Floats = corners[np.arange(len(corners))[:, None], (first[:, None] + np.arange(4)) % 4]
    return ordered


def distinct(corners: Floats, size: Floats, most: int) -> Floats:
    """Returns the first `most` quadrilaterals, without near repeats of an earlier one."""
    left = np.ones(len(corners), np.bool_)
    chosen: list[int] = []
    while left.any() and len(chosen) < most:
        first = int(left.argmax())
        chosen.append(first)
        difference = np.abs(corners - corners[first]).max(axis=(1, 2))
        left &= difference > APART * size[first]
    return corners[chosen]
