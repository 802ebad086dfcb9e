"""Pictures that are cut off by the frame's edge, or covered up to a half.

The windows that lie in the frame, and of those the ones that agree with the reference, lead a fit. Each window is
weighed and softened by itself. A fit is judged by its three, four, five or six best windows. Bits count more in a plain
window: the best windows of a wrong fit are shapes that many pictures share, such as a round frame.
docs/decisions/cut-off-pictures.md has the measurements.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .fit import PLAIN_BITS, Fit, Fitter, Stage
from .limits import FOUND_BY_WINDOWS, RIVALS, SEARCH_POWER
from .overlap import free_of
from .pieces import Work
from .pose import pose_penalties
from .verdict import Outcome, judge_windows
from .visible import VISIBLE, visible_shares
from .warp import Floats, Indices, Pyramid
from .windows import EVERY

__all__ = ["PartialFit", "believed", "judged_partly", "matches_apart", "partial_fits", "whole_fit", "window_sums"]

MOST_OVERLAP = 0.3
"""Largest share of a fit that a picture found before may cover."""
AGREEING = 4
"""Windows that always lead a fit, the best ones; candidates are compared by them."""
_FAR = Stage(EVERY, softness=1.0, cut=8.0)
_NEAR = Stage(EVERY, softness=0.6, cut=12.0)
_AGREE = {_FAR: 58, _NEAR: 50}
"""Bits of 144 up to which a window agrees with the reference and leads a fit in full, besides the best four."""
_OTHERS = 0.05
"""Weight of a visible window that does not agree. It may agree after some steps."""
HIDDEN = 0.001
"""Weight of a window beyond the frame's edge. It keeps the equations of a fit without visible windows solvable."""
_AT_A_TIME = 12
"""Candidates fitted by all windows in one piece of work."""
_RANKED_AGAIN = 40
"""Candidates ranked a second time to choose rivals. Near rivals are among the first few."""


@dataclass(frozen=True)
class PartialFit:
    """A reference and its corners in a frame that may show only a part of it.

    Attributes:
        index: of the reference in its catalogue.
        corners: (4, 2), x and y in frame pixels of the picture's top left, top right, bottom right and bottom left;
            some may lie outside the frame.
        sums: (9,), the cost in bits of the best window, of the two best, and so on; infinite for more windows than the
            frame shows. See `window_sums`.
        pose_penalty: bits added for a pose nobody holds a picture in, 0 or more.
    """

    index: int
    corners: Floats
    sums: Floats
    pose_penalty: float


def partial_fits(
    fitter: Fitter, pyramid: Pyramid, corners: Floats, references: Indices, steps: tuple[int, int] = (3, 4)
) -> Work[list[PartialFit]]:
    """Yields after each piece of work; returns the fits of references, (n,), the best first.

    A start may be off by 6 % of a side.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        corners: where fits start, (n, 4, 2) in frame pixels.
        references: index of the reference of each start, (n,).
        steps: of each stage.
    """
    places = yield from fitted_partly(fitter, pyramid, corners / pyramid.scale, references, steps)
    return (yield from fits_at(fitter, pyramid, places, references))


def fits_at(fitter: Fitter, pyramid: Pyramid, places: Floats, references: Indices) -> Work[list[PartialFit]]:
    """Yields after each piece of work; returns the fits of references, (n,), at places in the pyramid, the best first.

    Places are (n, 4, 2).
    """
    if not len(places):
        return []
    yield from _plainness_known(fitter, references)
    sums = window_sums(fitter, pyramid, places, references)
    penalties = pose_penalties(places, pyramid.levels[0].size)
    fits = [
        PartialFit(int(reference), place * pyramid.scale, row, float(penalty))
        for reference, place, row, penalty in zip(references, places, sums, penalties, strict=True)
    ]
    return sorted(fits, key=_least_slack)


def _least_slack(fit: PartialFit) -> float:
    """Returns the bits by which a fit costs more than the limit nearest to its cost, without a lead."""
    return (
        min(float(fit.sums[count - 1]) - limit.at_100 for count, limit in FOUND_BY_WINDOWS.items()) + fit.pose_penalty
    )


def fitted_partly(
    fitter: Fitter, pyramid: Pyramid, places: Floats, references: Indices, steps: tuple[int, int]
) -> Work[Floats]:
    """Yields after each piece of work; returns places, (n, 4, 2) in the pyramid, fitted by the windows that agree."""
    places = places.copy()
    for stage, count in zip((_FAR, _NEAR), steps, strict=True):
        for _ in range(count):
            for first in range(0, len(places), _AT_A_TIME):
                some = slice(first, first + _AT_A_TIME)
                places[some] = _step(fitter, pyramid, places[some], references[some], stage)
                yield
    return places


def _step(fitter: Fitter, pyramid: Pyramid, places: Floats, references: Indices, stage: Stage) -> Floats:
    """Returns places, (n, 4, 2), after one step by the windows that agree with the references."""
    bits, visible = visible_bits(fitter, pyramid, places, references)
    best = np.sort(bits, axis=1)[:, AGREEING - 1 : AGREEING]
    weights = np.where(visible, np.where(bits <= np.maximum(_AGREE[stage], best), 1, _OTHERS), HIDDEN)
    return fitter.step(pyramid, places, references, stage, weights)


def visible_bits(
    fitter: Fitter, pyramid: Pyramid, places: Floats, references: Indices
) -> tuple[Indices, npt.NDArray[np.bool_]]:
    """Returns the differing bits of each window, (n, 9), and whether the frame shows it; 72 bits where it does not."""
    visible = visible_shares(pyramid, places) >= VISIBLE
    return np.where(visible, fitter.differing(pyramid, places, references), PLAIN_BITS), visible


def window_sums(fitter: Fitter, pyramid: Pyramid, places: Floats, references: Indices) -> Floats:
    """Returns the costs of the k best windows, (n, 9) for k = 1 to 9, infinite for more windows than the frame shows.

    A window costs its differing bits times the third powers of its own plainness and of the reference's.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        places: (n, 4, 2), in the pyramid.
        references: (n,).
    """
    bits, visible = visible_bits(fitter, pyramid, places, references)
    costs = np.where(visible, bits * _factors(fitter, references), np.inf)
    costs.sort(axis=1)
    sums: Floats = costs.cumsum(axis=1)
    return sums


def _factors(fitter: Fitter, references: Indices) -> Floats:
    """Returns the factors by which differing bits of each window count, (n, 9).

    A window may be no plain shape although its reference is drawn of few edges: three edges meet in many scenes.
    """
    table = fitter.table
    plain = [table.window_plainness(each) * table.plainness(each) for each in references.tolist()]
    factors: Floats = np.stack(plain) ** SEARCH_POWER
    return factors


def _plainness_known(fitter: Fitter, references: Indices) -> Work[None]:
    """Yields after each reference, (n,), whose plainness has been looked up: it takes a while the first time."""
    for each in references.tolist():
        _factors(fitter, np.array([each]))
        yield


def whole_fit(fitter: Fitter, pyramid: Pyramid, partly: PartialFit) -> Fit:
    """Returns the fit of the whole picture at the corners of a partial fit."""
    corners = partly.corners / pyramid.scale
    bits = int(fitter.window_bits(pyramid, corners[None], np.array([partly.index]))[0])
    return fitter.fit_at(pyramid, partly.index, corners, bits)


def judged_partly(fitter: Fitter, pyramid: Pyramid, fit: PartialFit, threshold: int) -> Work[Outcome]:
    """Yields after each piece of work; returns the outcome of a fit: "match", "ambiguous" or "no_match".

    Rivals are fitted only where a lead over them may change the outcome.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        fit: a reference and its corners.
        threshold: of the bundle, 1 to 144 bits.
    """
    references = len(fitter.table)
    if judge_windows(fit.sums, fit.pose_penalty, np.full(9, np.inf), references, threshold) != "match":
        return "no_match"
    rivals = yield from _rival_sums(fitter, pyramid, fit)
    return judge_windows(fit.sums, fit.pose_penalty, rivals - fit.sums, references, threshold)


def believed(
    fitter: Fitter, pyramid: Pyramid, fits: Sequence[PartialFit], threshold: int, known: Sequence[Floats] = ()
) -> Work[list[PartialFit]]:
    """Yields after each piece of work; returns the fits that are matches, none where a known or better one lies.

    Args:
        fitter: of the catalogue.
        pyramid: the frame.
        fits: the best first.
        threshold: of the bundle, 1 to 144 bits.
        known: corners of pictures found before, (4, 2) each in frame pixels.
    """

    def judged(fit: PartialFit) -> Work[PartialFit | None]:
        outcome = yield from judged_partly(fitter, pyramid, fit, threshold)
        return fit if outcome == "match" else None

    return (yield from matches_apart(fits, judged, known))


def matches_apart(
    fits: Sequence[PartialFit],
    judged: Callable[[PartialFit], Work[PartialFit | None]],
    known: Sequence[Floats] = (),
) -> Work[list[PartialFit]]:
    """Yields after each piece of work; returns matches, none where a known or better one lies.

    Args:
        fits: the best first.
        judged: called with a fit; yields after each piece of work, and returns the match that it leads to, or None.
        known: corners of pictures found before, (4, 2) each in frame pixels.
    """
    taken = [*known]
    matches = []
    for fit in fits:
        if not free_of(np.array(taken).reshape(-1, 4, 2), fit.corners[None], MOST_OVERLAP)[0]:
            continue
        match = yield from judged(fit)
        if match is not None:
            matches.append(match)
            taken.append(match.corners)
        yield
    return matches


def _rival_sums(fitter: Fitter, pyramid: Pyramid, fit: PartialFit) -> Work[Floats]:
    """Yields after each piece of work; returns the least costs of the k best windows of a fit's rivals, (9,)."""
    place = fit.corners[None] / pyramid.scale
    visible = visible_shares(pyramid, place) >= VISIBLE
    corners, references, likeness = yield from fitter.table.ranked_visible(
        pyramid, place, _RANKED_AGAIN, visible, AGREEING
    )
    others = np.argsort(-likeness, kind="stable")
    others = others[references[others] != fit.index][:RIVALS]
    if not len(others):
        return np.full(9, np.inf)
    corners, references = corners[others], references[others]
    places = yield from fitted_partly(fitter, pyramid, corners, references, (2, 2))
    yield from _plainness_known(fitter, references)
    bits, _ = visible_bits(fitter, pyramid, places, references)
    costs = np.sort(bits * _factors(fitter, references), axis=1).cumsum(axis=1)
    rivals: Floats = costs.min(axis=0)
    return rivals
