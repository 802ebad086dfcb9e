"""The whole way from a frame to a verdict: the file that names all stages of a stream; `stills` names those of a still.

The crops of the scan region come first: they take a few milliseconds and are enough for a steady hand. Where they do
not decide, the nearest references are fitted to the frame. Then the frame is searched: all of it at once in a still, a
piece of the search in every other frame of a stream.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy.typing as npt

from .all_in_stream import AllInStream
from .bundle import HashBundle
from .candidates import Candidate, Likely, Sources
from .catalogue import Catalogue
from .fit import STILL, STREAM, Fitter
from .follow import Spectrum, spectrum
from .frame import Frame, Region, checked_region
from .grey import Grey, to_grey
from .in_turn import SearchesInTurn
from .judging import Judge
from .memory import Memory
from .noted import Note, note_of, recalled
from .pieces import Budget
from .quoting import quoted
from .race import LIKELY_IN_STILL, LIKELY_IN_STREAM
from .stills import Stills
from .tracks import Track
from .verdict import Verdict, nothing_found
from .warp import Pyramid

__all__ = ["FrameScanner"]

TURNS = (5**0.5 - 1) / 2
"""The inverse of the golden ratio. The fraction of frame number times TURNS is below a half in about every other frame,
also among every second, third or fourth frame. So several scan regions that take turns are all searched and all
raced."""
ONE_OF_SEVERAL = 0.25
"""Share of a stream's frames in which one picture is looked for, while several are wanted and none is in sight yet. In
the rest only crops that are like a reference are fitted, and the search for all pictures in sight goes on."""
SEARCH_SECONDS = 0.015
"""Seconds of a stream's frame that are given to pieces of the search, at least to one: a piece takes 1 to 6 ms in
CPython and three times as long in a browser. `benchmarks/frames.py` measures what a frame takes in all."""
INSTEAD = 2.6
"""How much longer the search goes on in a frame whose crops are like no reference. The fits of the crops, which such a
frame does without, take longer in a browser."""
IN_THE_MIDDLE = 1.6
"""How much longer the search of the middle goes on in a frame than the search of all of one. In a browser it ends
within three frames then, and a frame takes no longer than with the race of likely references all in one go."""


class FrameScanner:
    """Says which reference of a bundle a frame shows.

    Several scanners of one bundle share what is made of it; each has a memory of its own.

    Args:
        bundle: the references.
        memory: whether earlier frames may add evidence; False makes every call independent, and searches the whole
            frame within the call.
        search_seconds: how long the search of a stream goes on in a frame; None = `SEARCH_SECONDS`. With 0 the search
            takes one step a frame, and its finds do not depend on the speed of the machine.

    Attributes:
        pieces: times that the search went on in the last frame; 0 if it did not.

    >>> scanner = FrameScanner(HashBundle.load("hashes/references.json"))  # doctest: +SKIP
    >>> scanner.scan(frame).id  # doctest: +SKIP
    'lighthouse'
    """

    def __init__(self, bundle: HashBundle, *, memory: bool = True, search_seconds: float | None = None) -> None:
        self._catalogue = Catalogue.of(bundle)
        self._fitter = Fitter(self._catalogue.windows, STREAM if memory else STILL)
        self._sources = Sources(self._catalogue, self._fitter, LIKELY_IN_STREAM if memory else LIKELY_IN_STILL)
        self._judge = Judge(self._catalogue, self._fitter, self._sources)
        self._stills = Stills(self._catalogue, self._fitter, self._sources, self._judge)
        self._all_in_stream = AllInStream(self._catalogue, self._fitter, self._sources, self._judge)
        self._in_turn = SearchesInTurn(self._catalogue, self._fitter, self._sources, self._judge)
        self._memory = Memory() if memory else None
        self._search_seconds = SEARCH_SECONDS if search_seconds is None else search_seconds
        self._budget = Budget(0)
        self._recalled_pieces: int | None = None
        self._pieces_again: int | None = None
        self._several = False

    @property
    def pieces(self) -> int:  # noqa: D102 - an attribute of the class
        return self._budget.pieces

    def scan(self, pixels: npt.ArrayLike, region: Region | None = None) -> Verdict:
        """Returns the verdict for one frame.

        Args:
            pixels: (height, width), (height, width, 3) or (height, width, 4) uint8, RGB order.
            region: (left, top, width, height) of the scan region in frame pixels; None = all of the frame. A picture
                is looked for there first, then anywhere in the frame.

        Raises:
            ImageError: the pixels are not such an array, or the region is empty or not inside the frame.
        """
        grey, box, number = self._begun(pixels, region)
        if self._memory is not None:
            self._memory.tracks.before = None
            self._several = False
        return self._scanned(grey, box, number)

    def scan_all(
        self, pixels: npt.ArrayLike, region: Region | None = None, *, most: int | None = None
    ) -> list[Verdict]:
        """Returns a match for each picture in sight, the best first; an empty list where there is none.

        With a memory, pictures that were found are followed from frame to frame: call it for every frame of a stream.
        The number `Verdict.track` tells their appearances apart. Without a memory, all of a still is
        searched. No two matches are of one place; two copies of one picture are two matches.

        Args:
            pixels: as for `scan`.
            region: as for `scan`.
            most: pictures told, at most; None = all. While so many are in sight, no others are looked for.

        Raises:
            ImageError: the pixels are not such an array, or the region is empty or not inside the frame.
            ValueError: `most` is no whole number from 1 on.
        """
        return self.look(pixels, region, most)[1]

    def look(
        self, pixels: npt.ArrayLike, region: Region | None = None, most: int | None = None
    ) -> tuple[Verdict, list[Verdict]]:
        """Returns the best of `scan_all`, or the verdict of a frame without a match, and all of `scan_all`.

        The arguments, and the errors raised, are those of `scan_all`.
        """
        if most is not None and (type(most) is not int or most < 1):
            raise ValueError(
                f"expected a whole number of pictures from 1 on, found {quoted(most)}: leave it out for all"
            )
        grey, box, number = self._begun(pixels, region)
        memory = self._memory
        if memory is None:
            verdict, matches = self._stills.all(grey, box)
            return verdict, matches[:most]
        frame = Frame(Pyramid(grey), box, number)
        self._all_in_stream.follow(frame, memory)
        self._several = most != 1
        tracks, verdict, idle = memory.tracks, Verdict("no_match"), self._budget
        if not tracks.seen:
            verdict = self._scanned(grey, box, number, frame.pyramid)
            if verdict.outcome == "match":
                self._all_in_stream.found_one(frame, memory, verdict)
        if self._several and self._budget is idle and (most is None or len(tracks.seen) < most):
            longer = self._all_in_stream.eagerness(memory)
            self._budget = Budget(self._search_seconds * longer, self._pieces_again)
            self._all_in_stream.search_on(frame, memory, self._budget)
        matches = [self._followed(track) for track in tracks.seen[:most]]
        return matches[0] if matches else verdict, matches

    def _begun(self, pixels: npt.ArrayLike, region: Region | None) -> tuple[Grey, Region, int]:
        """Returns a frame in grey, its checked scan region, and its number in the stream."""
        grey = to_grey(pixels)
        box = checked_region(region, *grey.shape)
        self._budget = Budget(0)
        self._pieces_again, self._recalled_pieces = self._recalled_pieces, None
        return grey, box, self._memory.next_number(grey.shape) if self._memory is not None else 1

    def _followed(self, track: Track) -> Verdict:
        corners = tuple((float(x), float(y)) for x, y in track.corners)
        name = self._catalogue.ids[track.reference]
        return Verdict("match", name, track.distance, track.margin, corners, track.number, track.sure)

    def _scanned(self, grey: Grey, box: Region, number: int, pyramid: Pyramid | None = None) -> Verdict:
        """Returns the verdict for one frame. The pyramid is made where it is needed and not given."""
        memory = self._memory
        if memory is None:
            return self._stills.one(grey, box)
        nearest, contrast = self._sources.by_crops(grey, box)
        nothing = nothing_found(nearest, contrast)
        if not nearest:
            memory.carried = None
            return nothing
        frame, likely = Frame(pyramid or Pyramid(grey), box, number), Likely.among(nearest, box)
        candidates = self._stream(frame, likely, memory, self._pieces_again)
        return self._judge.first_match(frame, candidates, nothing, memory)

    def reset(self) -> None:
        """Forgets earlier frames."""
        if self._memory is not None:
            self._memory.forget()

    def noted(self) -> Note | None:
        """Returns the memory of earlier frames as values for JSON, for `recall`; None where there is no memory."""
        return None if self._memory is None else note_of(self._memory)

    def recall(self, note: Note, pieces: int, searched: Callable[[int], tuple[npt.ArrayLike, Region | None]]) -> None:
        """Makes the next `scan` judge a recorded frame again as it was judged, here or in a browser.

        A scanner without a memory judges each frame alone, and has nothing to recall.

        Args:
            note: the memory before the frame, as `noted` returned it, by a scanner of an equal bundle.
            pieces: times that the search went on in the frame, as the attribute told.
            searched: called with the number of an earlier frame, if a search of it or of a part of it was under way,
                or if it is the last one and pictures were followed; returns its pixels and scan region.

        Raises:
            ValueError: the note is not one of this bundle.
        """
        if self._memory is not None:
            self._memory = recalled(
                note,
                self._fitter,
                len(self._catalogue),
                partial(self._in_turn.search_again, searched, self._memory),
                partial(self._in_turn.middle_again, searched, self._memory),
                partial(self._spectrum_again, searched),
                partial(self._all_in_stream.part_again, searched),
            )
            self._recalled_pieces = pieces

    def _spectrum_again(self, searched: Callable[[int], tuple[npt.ArrayLike, Region | None]], number: int) -> Spectrum:
        """Returns the spectrum of an earlier frame; the one that is here, if it is of the frame."""
        memory = self._memory
        if memory is not None and memory.tracks.before is not None and memory.frames == number:
            return memory.tracks.before
        return spectrum(Pyramid(to_grey(searched(number)[0])))

    def _stream(self, frame: Frame, likely: Likely, memory: Memory, pieces: int | None) -> Iterator[Candidate]:
        """Yields the candidates of a stream's frame, the quickest to find first.

        Frames take turns, so that none takes long: in about every other one the search of all of a frame goes on, in
        the others a fit of the crops is refitted, or the search of the middle goes on. The first search of a stream is
        one of the middle. A frame whose crops are like no reference goes without their fits while it is searched. If
        several pictures are wanted, the search of all of a frame is not done here, but in `look`.
        """
        sources = self._sources
        others = self._several and (frame.number - 1) * TURNS % 1 >= ONE_OF_SEVERAL
        if others and likely.doubtful:
            return  # `look` searches for all pictures in sight
        everywhere = not self._several and frame.number * TURNS % 1 < 0.5
        searching = everywhere and (memory.middle is None or memory.search is not None)
        if searching and likely.doubtful:
            self._budget = Budget(self._search_seconds * INSTEAD, pieces)
            yield from self._in_turn.search_on(frame, memory, self._budget)
            return
        carried, memory.carried = memory.carried, None
        from_last_frame, led = sources.fitted(frame, likely, carried)
        if from_last_frame is not None:
            yield from_last_frame
        if led is not None:
            yield led
        refitted = sources.refitted(led, likely) if led is not None and not everywhere else None
        if refitted is not None:
            yield refitted
        elif others:
            return  # crops that are like a reference and do not match hold up no search for others
        elif searching:
            self._budget = Budget(self._search_seconds, pieces)
            yield from self._in_turn.search_on(frame, memory, self._budget)
        else:
            longer = max(IN_THE_MIDDLE, self._all_in_stream.eagerness(memory) if self._several else 0)
            self._budget = Budget(self._search_seconds * longer, pieces)
            yield from sources.look_on(frame, likely, memory, self._budget)
