"""Tracks: the pictures that a stream follows, each from its appearance until it is lost.

A frame refits every track from its last corners, all in one call. A track that fits badly is looked for where the
others went. It is kept for some frames after it was seen last, and has its number again if it comes back.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .fit import Fit, Fitter
from .follow import Spectrum, cut_off, frame_shift, place_bits, refitted, spectrum
from .limits import FOLLOWED, FOLLOWED_WORSE, SURELY_FOLLOWED
from .overlap import overlaps
from .warp import Floats, Indices, Pyramid

__all__ = ["Track", "Tracks"]

MISSED_FRAMES = 8
"""Frames in a row without a picture after which it is lost. A hand that passes before it takes fewer."""
MOST_OVERLAP = 0.3
"""Largest share of a picture that another one covers. Two cards that lie on each other overlap less."""
_SETTLED = 4
"""Tracks that settle anew in one frame, at most: a settling takes as long as six refits."""


@dataclass
class Track:
    """A picture that is followed.

    Attributes:
        number: of the appearance, from 1 on.
        reference: index of the reference in its catalogue.
        corners: (4, 2) in frame pixels; where the picture is expected if it was missed.
        window_bits: differing bits, 0 to 1001, in the frame in which it was seen last (see `follow.place_bits`).
        least_bits: fewest window bits of the appearance.
        distance: of the verdict that named it, 0 to 144 bits.
        margin: of the verdict that named it; None where there is no other reference.
        missed: frames in a row in which it was not seen.
        sure: whether the last frame alone would have named it.
    """

    number: int
    reference: int
    corners: Floats
    window_bits: int
    least_bits: int
    distance: int
    margin: int | None
    missed: int = 0
    sure: bool = True


class Tracks:
    """All pictures that a stream follows.

    Attributes:
        all: the tracks, oldest first.
        newest: number of the newest appearance, 0 before the first. It never falls: a number stands for one appearance.
        before: spectrum of the last frame, or None.
    """

    def __init__(self) -> None:
        self.newest = 0
        self.forget()

    def forget(self) -> None:
        """Forgets every picture. Later appearances get new numbers."""
        self.all: list[Track] = []
        self.before: Spectrum | None = None

    @property
    def seen(self) -> list[Track]:
        """The pictures that the last frame shows, the clearest first."""
        return sorted((track for track in self.all if not track.missed), key=lambda track: track.least_bits)

    def follow(self, fitter: Fitter, pyramid: Pyramid, nearest: Callable[[Fit], bool]) -> Floats:
        """Moves every track to its place in the next frame, and drops the lost ones.

        Returns how far the whole frame moved, (x, y) in frame pixels.

        Args:
            fitter: of the catalogue.
            pyramid: the frame.
            nearest: called with a doubtful fit; returns whether no other reference is nearer to the picture there.
        """
        now = spectrum(pyramid)
        shift = np.zeros(2) if self.before is None else frame_shift(self.before, now, pyramid)
        self.before = now
        if not self.all:
            return shift
        places, bits = self._placed(fitter, pyramid, shift / pyramid.scale)
        for track, place, differing in zip(self.all, places, bits.tolist(), strict=True):
            self._moved(track, fitter.fit_at(pyramid, track.reference, place, differing), nearest)
        self._drop(self.all)
        return shift

    def _placed(self, fitter: Fitter, pyramid: Pyramid, shift: Floats) -> tuple[Floats, Indices]:
        """Returns the corners of all tracks in a frame, (n, 4, 2) in the pyramid, and their window bits, (n,).

        Tracks that a refit loses are refitted from where the others went; some of the rest settle anew. If all are
        lost, these are the first to settle, and the others follow them.

        Args:
            fitter: of the catalogue.
            pyramid: the frame.
            shift: how far the whole frame moved, (x, y) in pixels of the pyramid.
        """
        references = np.array([track.reference for track in self.all])
        plainness = np.array([fitter.table.plainness(track.reference) for track in self.all])
        last = np.array([track.corners for track in self.all]) / pyramid.scale
        places = refitted(fitter, pyramid, references, _begun(fitter, pyramid, references, last, shift))
        bits = place_bits(fitter, pyramid, places, references)

        def refit(some: Indices) -> None:
            if len(some):
                places[some] = refitted(fitter, pyramid, references[some], places[some])
                bits[some] = place_bits(fitter, pyramid, places[some], references[some])

        def lost() -> Indices:
            """Returns the tracks that are still lost, and puts them where they are expected; the latest lost first."""
            is_astray = bits * plainness >= FOLLOWED
            astray, found = np.flatnonzero(is_astray), np.flatnonzero(~is_astray)
            places[astray] = _moved_along(last, places, found, shift)[astray]
            latest: Indices = astray[np.argsort([self.all[each].missed for each in astray], kind="stable")]
            return latest

        def settle(some: Indices) -> None:
            cut = cut_off(pyramid, places[some])
            refit(some[cut])
            whole = some[~cut]
            if len(whole):
                places[whole], bits[whole] = fitter.settled(pyramid, references[whole], places[whole])

        astray = lost()
        alone = len(astray) == len(bits)
        if alone:
            settle(astray[:_SETTLED])
            astray = lost()
        if len(astray) and len(astray) < len(bits):
            refit(astray)
            astray = lost()
        if not alone:
            settle(astray[:_SETTLED])
        return places, bits

    def _moved(self, track: Track, fit: Fit, nearest: Callable[[Fit], bool]) -> None:
        """Keeps a track at a fit if the fit still shows its picture; else counts a missed frame."""
        track.corners = fit.corners
        bits = fit.window_bits * fit.plainness
        doubtful = fit.window_bits >= track.least_bits + FOLLOWED_WORSE
        if bits >= FOLLOWED or (doubtful and not nearest(fit)):
            track.missed += 1
            return
        track.missed = 0
        track.window_bits = fit.window_bits
        track.least_bits = min(track.least_bits, fit.window_bits)
        track.sure = bits < SURELY_FOLLOWED

    def appeared(self, fit: Fit, distance: int, margin: int | None) -> bool:
        """Follows a picture that was named in this frame; returns whether it is a new one at its place.

        A picture that was missed for a moment keeps its number.
        """
        in_sight = np.array([track.corners for track in self.all if not track.missed]).reshape(-1, 4, 2)
        if (overlaps(fit.corners, in_sight) > MOST_OVERLAP).any():
            return False
        again = [track for track in self.all if track.missed and track.reference == fit.index]
        if again:
            track = min(again, key=lambda each: float(((each.corners - fit.corners) ** 2).sum()))
            track.corners, track.missed = fit.corners, 0
        else:
            self.newest += 1
            bits = fit.window_bits
            self.all.append(Track(self.newest, fit.index, fit.corners, bits, bits, distance, margin))
        self._drop(self.all)
        return True

    def _drop(self, tracks: list[Track]) -> None:
        """Drops pictures that were missed too long, and the worse of two at one place."""
        kept: list[Track] = []
        for track in sorted(tracks, key=lambda each: (each.missed > 0, each.window_bits)):
            places = np.array([each.corners for each in kept]).reshape(-1, 4, 2)
            if track.missed <= MISSED_FRAMES and not (overlaps(track.corners, places) > MOST_OVERLAP).any():
                kept.append(track)
        self.all = sorted(kept, key=lambda each: each.number)


def _begun(fitter: Fitter, pyramid: Pyramid, references: Indices, last: Floats, shift: Floats) -> Floats:
    """Returns where refits begin, (n, 4, 2): at the last corners, or moved with the frame where that fits better.

    A picture in a hand keeps still while the camera turns, and moves while the ground keeps still.
    """
    if np.abs(shift).max() < 1:
        return last
    moved = last + shift
    here, there = (place_bits(fitter, pyramid, places, references) for places in (last, moved))
    return np.where((there < here)[:, None, None], moved, last)


def _moved_along(last: Floats, places: Floats, found: Indices, shift: Floats) -> Floats:
    """Returns where pictures are expected, (n, 4, 2): moved as the found ones were, or with the frame if none was."""
    if len(found) < 2:
        return last + (places[found] - last[found]).mean(axis=(0, 1)) if len(found) else last + shift
    before = np.concatenate([last, np.ones((*last.shape[:2], 1))], axis=2)
    affine = np.linalg.lstsq(before[found].reshape(-1, 3), places[found].reshape(-1, 2), rcond=None)[0]
    expected: Floats = before @ affine
    return expected
