"""Border quadrilaterals: four straight edges in a frame that may be a picture's border.

Edges are found and thinned. A Hough transform finds lines; an edge votes only for lines along itself (Ballard,
"Generalizing the Hough transform", 1981). Two lines that run alike make a pair, and two pairs make a quadrilateral.
Quadrilaterals are ranked by the share of their sides with edges, less edges that go on beyond the corners.
docs/decisions/how-a-picture-is-found.md has the measurements.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .pieces import Work
from .warp import Floats, areas

__all__ = ["LARGE", "SMALL", "Sizes", "border_quadrilaterals"]

Image = npt.NDArray[np.float32]

EDGES = 16000
"""Edge pixels that vote, at most: the strongest."""
WEAKEST_EDGE = 2.0
"""Least slope of an edge, in grey levels a pixel."""
ANGLES = 120
"""Directions of Hough lines in a full turn, not half of one: a line has a bright side."""
BIN = 2.0
"""Width of a Hough line in pixels."""
LINES = 60
"""Lines kept, at most."""
PAIRS = 300
"""Pairs of lines kept, at most."""
WAYS = 12
"""Directions that lines and pairs are shared out among, so that a page of text or the grain of wood does not take
all."""
LINES_A_WAY = 12
"""Lines kept in one direction, at most."""
PAIRS_A_WAY = 80
"""Pairs of lines kept in one direction, at most."""
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
    slopes = _slopes(image)
    angles, offsets, votes = _lines(*slopes)
    yield
    if len(angles) < 4:
        return np.zeros((0, 4, 2))
    normals = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    lines = _pairs_of_pairs(angles, offsets, normals, votes, sizes.nearest_sides * min(image.shape))
    corners, lines = _plausible(lines, offsets, normals, image.shape, sizes)
    yield
    if not len(corners):
        return corners
    support = _edge_support(slopes, offsets, normals, corners, lines)
    size = np.sqrt(areas(corners))
    scores = support.sum(axis=1) + 0.5 * support.min(axis=1) + size / np.sqrt(image.size)
    best = np.argsort(-scores, kind="stable")[:_CONSIDERED]
    height, width = image.shape
    found: Floats = _distinct(_in_order(corners[best]), size[best], most) + np.array([width / 2, height / 2])
    return found


def _slopes(image: Image) -> tuple[Image, Image]:
    """Returns the slopes rightwards and downwards after a 3 x 3 blur, 0 at the rim."""
    smooth = image.copy()
    smooth[1:-1] = (image[:-2] + image[2:] + 2 * image[1:-1]) * np.float32(0.25)
    wide = smooth.copy()
    wide[:, 1:-1] = (smooth[:, :-2] + smooth[:, 2:] + 2 * smooth[:, 1:-1]) * np.float32(0.25)
    right, down = np.zeros_like(wide), np.zeros_like(wide)
    right[1:-1, 1:-1] = (wide[1:-1, 2:] - wide[1:-1, :-2]) * np.float32(0.5)
    down[1:-1, 1:-1] = (wide[2:, 1:-1] - wide[:-2, 1:-1]) * np.float32(0.5)
    return right, down


def _thinned(right: Image, down: Image) -> tuple[npt.NDArray[np.int64], Image]:
    """Returns the pixels that are steepest across their edge: places in the raveled image, (n,), and slopes, (n,)."""
    squares = right * right + down * down
    centre = squares[1:-1, 1:-1]
    across, along = np.abs(right[1:-1, 1:-1]), np.abs(down[1:-1, 1:-1])
    # Neighbours along the slope, to the nearest 45 degrees.
    flat, steep = along * 2.414 < across, across * 2.414 < along
    falling = right[1:-1, 1:-1] * down[1:-1, 1:-1] > 0
    thin = centre > WEAKEST_EDGE**2
    for chosen, before, after in (
        (flat, squares[1:-1, :-2], squares[1:-1, 2:]),
        (steep, squares[:-2, 1:-1], squares[2:, 1:-1]),
        (~flat & ~steep & falling, squares[:-2, :-2], squares[2:, 2:]),
        (~flat & ~steep & ~falling, squares[:-2, 2:], squares[2:, :-2]),
    ):
        thin &= ~chosen | ((centre > before) & (centre >= after))
    rows, columns = np.nonzero(thin)
    places = (rows + 1) * right.shape[1] + columns + 1
    steepness = squares.ravel()[places]
    if len(places) > EDGES:
        enough = steepness >= np.partition(steepness, len(steepness) - EDGES)[len(steepness) - EDGES]
        places, steepness = places[enough], steepness[enough]
    return places, np.sqrt(steepness)


def _lines(right: Image, down: Image) -> tuple[Floats, Floats, Floats]:
    """Returns the lines with most votes, (n,) each: angle of the slope in radians, offset from the centre, votes."""
    height, width = right.shape
    places, steepness = _thinned(right, down)
    row, column = np.divmod(places, width)
    x, y = column + 0.5 - width / 2, row + 0.5 - height / 2
    turn = 2 * np.pi / ANGLES
    own = np.rint(np.arctan2(down.ravel()[places], right.ravel()[places]) / turn).astype(np.int64)
    farthest = np.hypot(height, width) / 2
    bins = int(2 * farthest / BIN) + 3
    cosines, sines = np.cos(np.arange(ANGLES) * turn), np.sin(np.arange(ANGLES) * turn)
    # Votes weigh the square root of the slope, up to a limit: bold text should not outvote the faint rim of a box.
    weights = np.sqrt(np.minimum(steepness, 24)).astype(np.float64)
    votes = np.zeros(ANGLES * bins)
    for near in (-1, 0, 1):
        angle = (own + near) % ANGLES
        offset = ((x * cosines[angle] + y * sines[angle] + farthest) * (1 / BIN)).astype(np.int64)
        votes += np.bincount(angle * bins + offset, weights, minlength=votes.size)
    table = votes.reshape(ANGLES, bins)
    smooth = table.copy()
    smooth[:, 1:] += 0.5 * table[:, :-1]
    smooth[:, :-1] += 0.5 * table[:, 1:]
    peak = np.pad(smooth, ((2, 2), (0, 0)), mode="wrap")
    peak = np.maximum.reduce([peak[shift : shift + ANGLES] for shift in range(5)])
    peak = np.pad(peak, ((0, 0), (2, 2)))
    peak = np.maximum.reduce([peak[:, shift : shift + bins] for shift in range(5)])
    tops = np.flatnonzero((smooth >= peak) & (smooth > 0))
    tops = tops[np.argsort(-smooth.ravel()[tops], kind="stable")]
    tops = tops[_shared_out(tops // bins * turn, LINES_A_WAY)][:LINES]
    angle, offset = np.divmod(tops, bins)
    # The mean place of the votes around a peak is finer than a bin.
    around = np.pad(table, ((0, 0), (1, 1)))[
        (angle[:, None, None] + np.arange(-1, 2)[:, None]) % ANGLES, offset[:, None, None] + np.arange(3)
    ]
    total = around.sum(axis=(1, 2))
    finer = np.arange(-1, 2)
    angles = (angle + (around.sum(axis=2) @ finer) / total) * turn
    offsets = (offset + 0.5 + (around.sum(axis=1) @ finer) / total) * BIN - farthest
    return angles, offsets, smooth.ravel()[tops]


def _shared_out(angles: npt.NDArray[np.floating], most: int) -> npt.NDArray[np.int64]:
    """Returns the indices, ascending, of the first `most` lines of each direction; a half turn changes no direction."""
    way = np.floor(angles * (WAYS / np.pi)).astype(np.int64) % WAYS
    return np.sort(np.concatenate([np.flatnonzero(way == each)[:most] for each in range(WAYS)]))


def _pairs_of_pairs(
    angles: Floats, offsets: Floats, normals: Floats, votes: Floats, nearest: float
) -> npt.NDArray[np.int64]:
    """Returns the indices of four lines each, (n, 4), that may be neighbouring sides in this order."""
    one, other = np.triu_indices(len(angles), 1)
    same = np.where((normals[one] * normals[other]).sum(axis=-1) > 0, 1.0, -1.0)
    twist = np.abs((angles[one] - angles[other] + np.pi / 2) % np.pi - np.pi / 2)
    alike = (twist < MOST_TWISTED) & (np.abs(offsets[one] - same * offsets[other]) > nearest)
    one, other, same = one[alike], other[alike], same[alike]
    best = np.argsort(-(votes[one] + votes[other]), kind="stable")
    one, other, same = one[best], other[best], same[best]
    middle = normals[one] + same[:, None] * normals[other]
    direction = np.arctan2(middle[:, 1], middle[:, 0])
    best = _shared_out(direction, PAIRS_A_WAY)[:PAIRS]
    one, other, direction = one[best], other[best], direction[best]
    first, second = np.triu_indices(len(one), 1)
    crossing = np.abs(np.sin(direction[first] - direction[second])) > np.sin(LEAST_CORNER)
    first, second = first[crossing], second[crossing]
    return np.stack([one[first], one[second], other[first], other[second]], axis=-1)


def _plausible(
    lines: npt.NDArray[np.int64], offsets: Floats, normals: Floats, shape: tuple[int, ...], sizes: Sizes
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Returns quadrilaterals that may be a picture's outline: corners from the centre, (n, 4, 2), and lines, (n, 4).

    Lines k - 1 and k meet in corner k.
    """
    height, width = shape
    before = np.roll(lines, 1, axis=1)
    x1, y1, x2, y2 = normals[before, 0], normals[before, 1], normals[lines, 0], normals[lines, 1]
    determinant = x1 * y2 - y1 * x2
    determinant = np.where(np.abs(determinant) < 1e-6, 1e-6, determinant)
    far, near = offsets[before], offsets[lines]
    corners = np.stack([(far * y2 - y1 * near) / determinant, (x1 * near - far * x2) / determinant], axis=-1)
    inside = (np.abs(corners) < np.array([width, height]) * (BEYOND / 2)).all(axis=(1, 2))
    corners, lines = corners[inside], lines[inside]
    sides = np.roll(corners, -1, axis=1) - corners
    following = np.roll(sides, -1, axis=1)
    bends = sides[..., 0] * following[..., 1] - sides[..., 1] * following[..., 0]
    lengths = np.sqrt((sides**2).sum(axis=-1))
    area = areas(corners) / (height * width)
    taper = np.abs(np.log(lengths[:, :2] / lengths[:, 2:])).max(axis=1)
    oblong = np.abs(np.log((lengths[:, 0] + lengths[:, 2]) / (lengths[:, 1] + lengths[:, 3])))
    good = (bends > 0).all(axis=1) | (bends < 0).all(axis=1)
    good &= (area > sizes.least_area) & (area < sizes.most_area)
    good &= (taper < np.log(MOST_TAPERED)) & (oblong < np.log(MOST_OBLONG))
    return corners[good], lines[good]


def _edge_support(
    slopes: tuple[Image, Image], offsets: Floats, normals: Floats, corners: Floats, lines: npt.NDArray[np.int64]
) -> Floats:
    """Returns the share of each side with an edge along it, (n, 4), 0 to 1, less edges that go on beyond its ends.

    Edges are added up once along each whole line; the edges of a side are the difference of two sums.
    """
    right, down = slopes
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
    directions = np.stack([-normals[:, 1], normals[:, 0]], axis=-1)[lines]
    starts = (corners * directions).sum(axis=-1)
    ends = (np.roll(corners, -1, axis=1) * directions).sum(axis=-1)
    low = np.clip(np.minimum(starts, ends) + reach, 0, 2 * reach).astype(np.int64)
    high = np.clip(np.maximum(starts, ends) + reach, 0, 2 * reach).astype(np.int64) + 1
    support = (sums[lines, high] - sums[lines, low]) / (high - low)
    length = np.maximum(3, (high - low) * BEYOND_ENDS).astype(np.int64)
    before, after = np.maximum(low - length, 0), np.minimum(high + length, 2 * reach + 1)
    beyond = sums[lines, low] - sums[lines, before] + sums[lines, after] - sums[lines, high]
    less: Floats = support - GOING_ON * beyond / (2 * length)
    return less


def _in_order(corners: Floats) -> Floats:
    """Returns corners clockwise as seen, beginning nearest to the top left."""
    sides = np.roll(corners, -1, axis=1) - corners
    clockwise = sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0] > 0
    corners = np.where(clockwise[:, None, None], corners, corners[:, ::-1])
    first = corners.sum(axis=-1).argmin(axis=1)
    ordered: Floats = corners[np.arange(len(corners))[:, None], (first[:, None] + np.arange(4)) % 4]
    return ordered


def _distinct(corners: Floats, size: Floats, most: int) -> Floats:
    """Returns the first `most` quadrilaterals, without near repeats of an earlier one."""
    left = np.ones(len(corners), np.bool_)
    chosen: list[int] = []
    while left.any() and len(chosen) < most:
        first = int(left.argmax())
        chosen.append(first)
        difference = np.abs(corners - corners[first]).max(axis=(1, 2))
        left &= difference > APART * size[first]
    return corners[chosen]
