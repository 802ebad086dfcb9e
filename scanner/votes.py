"""Votes: each match of a keypoint in the frame with one of a reference votes for a place of the whole reference.

A keypoint has a place, a size and a direction in both pictures, so one match gives a similarity, which carries the
corners of the reference into the frame. Matches whose corners agree are a cluster, after Lowe, "Distinctive Image
Features from Scale-Invariant Keypoints" (2004), section 7.3. The clusters with most votes are fitted as pictures that
the frame shows only in part, and judged as such. Where a cluster has many votes, an affine map of its keypoints is one
more start, as in section 7.4: a picture seen from the side is stretched. docs/decisions/why-keypoints.md has the
measurement.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .confirming import confirmed
from .fit import FAR, Fitter, Stage
from .keypoint_table import KeypointTable
from .keypoints import Keypoints, found_in
from .overlap import covered
from .partial import AGREEING, PartialFit, believed, fits_at, fitted_partly, visible_bits
from .pieces import Work
from .spread import spread
from .warp import PATCH_CORNERS, Floats, Indices, Pyramid, areas
from .windows import CORNERS

__all__ = ["found_by_keypoints", "search_by_keypoints"]

IN_FRAME = 400
"""Keypoints of a frame, about. More cost time, and find pictures that fill a small part of the frame."""
AGREEING_CORNERS = 0.35
"""Largest difference between the corners of two matches of a cluster, in sides of the reference in the frame. It is
wide because a similarity stands for a perspective."""
MAPPED = 5
"""Keypoints of a reference that an affine map needs. Fewer agree by chance."""
ASTRAY = (0.15, 0.1, 0.08)
"""Largest distance of a keypoint from where a map takes it, in sides of the reference in the frame, as the map is made
again and again."""
CLUSTERS = 16
"""Clusters that are fitted, at most."""
CONFIRMED = 3
"""Best fits that are confirmed by keypoints if none is a match, at most."""

_WORTHLESS_BITS = 26
"""Differing bits of 64 at which a vote would weigh nothing."""
_SIDES = (20, 2)
"""Least side of a reference that is voted for, in pixels of the pyramid, and its largest side in sides of the frame."""
_FITTED_AT_A_TIME = 16
"""Candidates moved by one step in one piece of work."""
_FIRST = ((FAR, 2), (Stage(CORNERS, softness=1.0, cut=8.0), 2))
"""Stages of the first fit of a cluster, and their steps. Its windows are all taken for visible."""
_GO_ON = 12
"""Fits that the last steps are made with."""
_A_PLACE, _A_PAIR = 3, 1
"""Clusters and fits that go on at one place, and of one reference at one place."""


class _Clusters(NamedTuple):
    """Clusters of votes: corners, (n, 4, 2) in the pyramid, of their strongest vote and in their mean; references."""

    strongest: Floats
    mean: Floats
    references: Indices


def found_by_keypoints(
    fitter: Fitter, table: KeypointTable, pyramid: Pyramid, threshold: int, known: Sequence[Floats] = ()
) -> Work[list[PartialFit]]:
    """Yields after each piece of work; returns the pictures that keypoints lead to, the best first.

    Args:
        fitter: of the catalogue.
        table: keypoints of the catalogue.
        pyramid: the frame.
        threshold: of the bundle, 1 to 144 bits.
        known: corners of pictures found before, (4, 2) each in frame pixels. Nothing is looked for there.
    """
    fits = yield from search_by_keypoints(fitter, table, pyramid, known)
    matches = yield from believed(fitter, pyramid, fits, threshold, known)
    if not matches:
        matches = yield from confirmed(fitter, table, pyramid, fits[:CONFIRMED], threshold, known)
    return matches


def search_by_keypoints(
    fitter: Fitter, table: KeypointTable, pyramid: Pyramid, known: Sequence[Floats] = ()
) -> Work[list[PartialFit]]:
    """Yields after each piece of work; returns the best fits that keypoints lead to, the best first, not yet judged.

    Args:
        fitter: of the catalogue.
        table: keypoints of the catalogue.
        pyramid: the frame.
        known: corners of pictures already found, (4, 2) in frame pixels: keypoints between them do not vote.
    """
    if not len(table):
        return []
    image = np.rint(pyramid.levels[0]).astype(np.uint8)
    seen = yield from found_in(image, IN_FRAME)
    if len(known) and len(seen):
        hidden = covered(image.shape, np.stack(list(known)) / pyramid.scale)
        column, row = seen.places.astype(np.int64).T
        seen = seen.only(~hidden[row, column])
        yield
    if not len(seen):
        return []
    query, entry, bits = yield from table.matches(seen.hashes)
    found = _clusters(table, seen, query, entry, bits, image.shape)
    yield
    if not len(found.references):
        return []
    mapped = yield from _affine_starts(table, seen, query, entry, bits, found)
    return (yield from _fitted(fitter, pyramid, found, *mapped))


def _clusters(
    table: KeypointTable, seen: Keypoints, query: Indices, entry: Indices, bits: Indices, shape: tuple[int, ...]
) -> _Clusters:
    """Returns the clusters with most votes, by matches of keypoints seen with keypoints of the table."""
    zoom = seen.scales[query] / table.scales[entry]
    side = np.sqrt(table.shapes[entry].prod(axis=1)) * zoom
    plausible = (side > _SIDES[0]) & (side < _SIDES[1] * max(shape))
    query, entry, bits, zoom, side = (each[plausible] for each in (query, entry, bits, zoom, side))
    turn = seen.angles[query] - table.angles[entry]
    cosine, sine = np.cos(turn) * zoom, np.sin(turn) * zoom
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    x, y = (unit * table.shapes[entry][:, None] - table.places[entry][:, None]).transpose(2, 0, 1)
    corners = np.stack([cosine * x.T - sine * y.T, sine * x.T + cosine * y.T], axis=-1).swapaxes(0, 1)
    corners += seen.places[query][:, None]
    references, weights = table.references[entry], (_WORTHLESS_BITS - bits).astype(np.float64)
    scores, mean = weights.copy(), corners.copy()
    order = np.argsort(references, kind="stable")
    ends = np.flatnonzero(np.diff(references[order], append=-1)) + 1
    for first, end in zip([0, *ends[:-1]], ends, strict=True):
        of_one = order[first:end]
        if len(of_one) > 1:
            flat = corners[of_one].reshape(len(of_one), 8)
            apart = np.abs(flat[:, None] - flat).max(axis=2)
            agreeing = (apart < AGREEING_CORNERS * side[of_one][:, None]) * weights[of_one]
            scores[of_one] = agreeing.sum(axis=1)
            mean[of_one] = (agreeing @ flat / scores[of_one][:, None]).reshape(-1, 4, 2)
    best = spread(scores, mean, references, CLUSTERS, _A_PLACE, _A_PAIR)
    return _Clusters(corners[best], mean[best], references[best])


def _affine_starts(
    table: KeypointTable, seen: Keypoints, query: Indices, entry: Indices, bits: Indices, found: _Clusters
) -> Work[tuple[Floats, Indices]]:
    """Yields after each piece of work; returns the places of clusters by affine maps, and their references.

    Places are (n, 4, 2) in the pyramid. A cluster with too few keypoints has none.

    Args:
        table: keypoints of the catalogue.
        seen: keypoints of the frame.
        query: matches: places in `seen`, (m,).
        entry: matches: places in the table, (m,).
        bits: matches: differing bits, (m,).
        found: the clusters.
    """
    starts, references = [np.zeros((0, 4, 2))], []
    for corners, reference in zip(found.mean, found.references.tolist(), strict=True):
        of_it = np.flatnonzero(table.references[entry] == reference)
        shape = table.shapes[entry[of_it[0]]]
        rows = np.concatenate([table.places[entry[of_it]] * 2 / shape - 1, np.ones((len(of_it), 1))], axis=1)
        here, weights = seen.places[query[of_it]], np.sqrt(_WORTHLESS_BITS - bits[of_it])[:, None]
        place = _affine(rows, here, weights, corners)
        if place is not None:
            starts.append(place[None])
            references.append(reference)
        yield
    return np.concatenate(starts), np.array(references, np.int64)


def _affine(rows: Floats, here: Floats, weights: Floats, corners: Floats) -> Floats | None:
    """Returns the corners, (4, 2), that the keypoints near a start agree on; None where they are too few.

    Args:
        rows: x and y of keypoints in the reference, -1 to 1, and 1: (n, 3).
        here: x and y of the keypoints in the frame, (n, 2).
        weights: of the keypoints, (n, 1).
        corners: the start, (4, 2).
    """
    rims = np.concatenate([PATCH_CORNERS, np.ones((4, 1))], axis=1)
    for astray in ASTRAY:
        expected = rows @ np.linalg.lstsq(rims, corners, rcond=None)[0]
        near = ((expected - here) ** 2).sum(axis=1) < astray**2 * areas(corners[None])[0]
        if len(set(map(tuple, rows[near].tolist()))) < MAPPED:
            return None
        by_keypoints, _, rank, _ = np.linalg.lstsq(weights[near] * rows[near], weights[near] * here[near], rcond=None)
        if rank < 3:
            return None
        corners = rims @ by_keypoints
    return corners


def _fitted(
    fitter: Fitter, pyramid: Pyramid, found: _Clusters, mapped: Floats, mapped_references: Indices
) -> Work[list[PartialFit]]:
    """Yields after each piece of work; returns fits of the clusters, the best first.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        found: the clusters.
        mapped: places of clusters by affine maps, (n, 4, 2) in the pyramid.
        mapped_references: of these places, (n,).
    """
    places, references = np.concatenate([found.mean, found.strongest]), np.concatenate([found.references] * 2)
    for stage, steps in _FIRST:
        for _ in range(steps):
            for first in range(0, len(places), _FITTED_AT_A_TIME):
                some = slice(first, first + _FITTED_AT_A_TIME)
                places[some] = fitter.step(pyramid, places[some], references[some], stage)
                yield
    # The first steps lead a picture astray that is mostly covered or cut off: its mean takes part once more.
    places = np.concatenate([places, found.mean, mapped])
    references = np.concatenate([references, found.references, mapped_references])
    places = yield from fitted_partly(fitter, pyramid, places, references, (3, 1))
    bits, _ = visible_bits(fitter, pyramid, places, references)
    best = spread(-np.sort(bits, axis=1)[:, :AGREEING].sum(axis=1), places, references, _GO_ON, _A_PLACE, _A_PAIR)
    yield
    places = yield from fitted_partly(fitter, pyramid, places[best], references[best], (0, 3))
    return (yield from fits_at(fitter, pyramid, places, references[best]))
