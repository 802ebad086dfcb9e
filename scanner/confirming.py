"""Confirming: a fit that its windows do not make a match, although the frame shows keypoints of its reference there.

Glare and reflections make every window differ a little. They leave corners of the drawing between them, whose hashes
still agree. Such a fit is perturbed and refitted, once as the frame is and once with its glare darkened, and judged by
the usual limits: keypoints alone name nothing, as cards of one game or films of one series share a frame or a logo.
docs/decisions/why-keypoints.md has the measurements.
"""

import itertools
from collections.abc import Sequence

import numpy as np

from .fit import PERTURBATIONS, Fitter, sides_moved
from .keypoint_table import KeypointTable
from .keypoints import RADIUS, SAMPLES, square_hashes
from .limits import AGREEING_BITS, WORTH_CONFIRMING
from .overlap import covered
from .partial import PartialFit, judged_partly, matches_apart, partial_fits
from .pieces import Work
from .warp import Floats, Pyramid, homographies, mapped, patches

__all__ = ["agreeing_keypoints", "confirmed"]

SHIFTS = tuple(itertools.product((-3.0, 0.0, 3.0), repeat=2))
"""Ways that the square of a keypoint is moved, in pixels of its size: a fit is not exact."""
LEAST_CONTRAST = 3.0
"""Standard deviation in grey levels below which a square has nothing to compare."""
BEYOND = 2.0
"""Pixels of the pyramid by which the square of a keypoint may leave the frame."""
DARKENED = 0.6
"""Share of a picture's pixels that are darker than the level that its glare is darkened to."""


def confirmed(
    fitter: Fitter,
    table: KeypointTable,
    pyramid: Pyramid,
    fits: Sequence[PartialFit],
    threshold: int,
    known: Sequence[Floats] = (),
) -> Work[list[PartialFit]]:
    """Yields after each piece of work; returns the fits that are matches once they are refitted, none over a known one.

    Args:
        fitter: of the catalogue.
        table: keypoints of the catalogue.
        pyramid: the frame.
        fits: no matches so far, the best first.
        threshold: of the bundle, 1 to 144 bits.
        known: corners of pictures found before, (4, 2) each in frame pixels.
    """

    def judged(fit: PartialFit) -> Work[PartialFit | None]:
        agreeing = yield from agreeing_keypoints(table, pyramid, fit.index, fit.corners)
        if agreeing < WORTH_CONFIRMING:
            return None
        for darkened in (False, True):
            seen = _without_glare(pyramid, fit.corners) if darkened else pyramid
            yield
            starts = sides_moved(fit.corners[None], PERTURBATIONS)
            refitted = yield from partial_fits(fitter, seen, starts, np.full(len(starts), fit.index))
            outcome = yield from judged_partly(fitter, seen, refitted[0], threshold)
            if outcome == "match":
                return refitted[0]
        return None

    return (yield from matches_apart(fits, judged, known))


def agreeing_keypoints(table: KeypointTable, pyramid: Pyramid, index: int, corners: Floats) -> Work[int]:
    """Yields after each piece of work; returns how many keypoints of a reference agree with the frame.

    Args:
        table: keypoints of the catalogue.
        pyramid: the frame.
        index: of the reference.
        corners: where the reference lies, (4, 2) in frame pixels.
    """
    of_it = np.flatnonzero(table.references == index)
    if not len(of_it):
        return 0
    half = RADIUS * table.scales[of_it, None]
    cosine, sine = np.cos(table.angles[of_it]), np.sin(table.angles[of_it])
    right, down = half * np.stack([cosine, sine], axis=1), half * np.stack([-sine, cosine], axis=1)
    middles, shape = table.places[of_it], table.shapes[of_it[0]]
    place = homographies(corners[None] / pyramid.scale)

    def squares(across: float, below: float) -> Floats:
        moved = middles + (across * right + below * down) / RADIUS
        in_reference = np.stack(
            [moved - right - down, moved + right - down, moved + right + down, moved - right + down], axis=1
        )
        return mapped(place, (in_reference * 2 / shape - 1).reshape(1, -1, 2)).reshape(-1, 4, 2)

    height, width = pyramid.levels[0].shape
    unmoved = squares(0, 0)
    inside = ((unmoved > -BEYOND) & (unmoved < np.array([width, height]) + BEYOND)).all(axis=(1, 2))
    nearest = np.full(len(of_it), 64)
    for across, below in SHIFTS:
        seen = patches(pyramid, squares(across, below), SAMPLES).reshape(-1, SAMPLES**2)
        bits = np.bitwise_count(square_hashes(seen) ^ table.hashes[of_it])
        nearest = np.minimum(nearest, np.where(seen.std(axis=1) < LEAST_CONTRAST, 64, bits))
        yield
    return int((inside & (nearest <= AGREEING_BITS)).sum())


def _without_glare(pyramid: Pyramid, corners: Floats) -> Pyramid:
    """Returns the pyramid with the brightest parts of what lies between corners, (4, 2), darkened, everywhere."""
    image = pyramid.levels[0]
    picture = image[covered(image.shape, corners[None] / pyramid.scale)]
    if not len(picture):
        return pyramid
    darker = int(DARKENED * (len(picture) - 1))
    return pyramid.capped(float(np.partition(picture, darker)[darker]))
