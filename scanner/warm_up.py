"""Judges drawn frames before a visitor's first one comes, so that the first one takes hardly longer than a later one.

Browsers compile each function of WebAssembly at its first call, and some tables are made at their first use: the first
frame of a visit took ten times as long as a later one. References are made of the drawn frames themselves: only what
frames and the self-test call is called here, as all other code may not be there yet.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from .bundle import HashBundle
from .candidates import Likely, Sources
from .catalogue import Catalogue
from .crops import CROPS, query_thumbnails
from .fit import STREAM, Fitter
from .frame import Frame, Region
from .grey import to_grey
from .in_turn import TURNS, SearchesInTurn
from .judging import Judge
from .keypoints import IN_REFERENCE, Keypoints, found_in
from .phash import hash_thumbnails, pack
from .pieces import Budget, Work
from .pipeline import FrameScanner
from .race import LIKELY_IN_STREAM
from .reference import HASH_BYTES, UPRIGHT_CROP, Reference
from .resample import halved
from .verdict import Verdict
from .warp import Pyramid
from .windows import window_hashes

__all__ = ["warming"]

WIDTH, HEIGHT = 640, 360
"""Of a drawn frame, in pixels: those of most phones' frames."""
REGION: Region = (140, 0, 360, 360)
"""The scan region, which a drawn picture fills."""
BLOCK = 30
"""Side in pixels of the blocks that a drawn picture is made of."""
PIECES = 12
"""Pieces of each search that are done: enough to call nearly all that the search calls."""

SEARCHES = TURNS.index(0) + 1
"""Searches in turn, each once: all parts of a frame are searched in one way."""


def warming() -> Iterator[None]:
    """Yields after each piece of the warm-up, mostly 10 to 50 ms in a browser. Nothing of it stays but compiled code.

    A frame that comes meanwhile waits for one piece. The order is that of a frame's own stages.
    """
    shown, other, unknown = (_drawn(seed) for seed in (3, 5, 7))
    yield
    grey, others_grey, unknown_grey = (to_grey(each) for each in (shown, other, unknown))
    yield
    references = []
    for name, each in (("shown", grey), ("other", others_grey)):
        references.append((yield from _reference(name, each)))
    bundle = HashBundle(references)
    catalogue = Catalogue.of(bundle)
    yield
    fitter = Fitter(catalogue.windows, STREAM)
    sources = Sources(catalogue, fitter, LIKELY_IN_STREAM)
    judge = Judge(catalogue, fitter, sources)
    catalogue.windows.plainness(0)
    yield
    frame = Frame(Pyramid(grey), REGION, 1)
    likely = Likely.among(sources.by_crops(grey, REGION)[0], REGION)
    yield
    _, led = sources.fitted(frame, likely)
    yield
    if led is not None:
        fitter.perturbed(frame.pyramid, led.fit)
        yield
        judge.first_match(frame, iter([led]), Verdict("no_match"))
        yield
    stream = FrameScanner(bundle, search_seconds=0)
    for _ in range(2):  # found, then followed
        stream.look(shown, REGION, 1)
        yield
    FrameScanner(bundle, memory=False).scan(shown, REGION)
    yield
    stream.reset()
    for _ in range(2):  # the search of the middle goes on from frame to frame
        stream.scan(unknown, REGION)
        yield
    searches = SearchesInTurn(catalogue, fitter, sources, judge)
    missed = Frame(Pyramid(unknown_grey), REGION, 1)
    for turn in range(SEARCHES):
        search = searches.running(missed, turn)
        for _ in range(PIECES):
            if search.advance(Budget(0, 0)):
                break
            yield


def _drawn(seed: int) -> npt.NDArray[np.uint8]:
    """Returns a frame with a picture of blocks in its scan region, (360, 640, 4) uint8."""
    left, top, width, height = REGION
    down, right = np.indices((height, width)) // BLOCK
    blocks = (down * 37 + right * 59 + down * right * 23 * seed + down * down * 11) * seed % 200
    frame = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    frame[:] = 220
    frame[top : top + height, left : left + width, :3] = blocks.astype(np.uint8)[:, :, None]
    return frame


def _reference(name: str, grey: npt.NDArray[np.uint8]) -> Work[Reference]:
    """Yields after each piece of work; returns a reference of what the scan region of a frame shows."""
    thumbnails = query_thumbnails(grey, REGION)
    yield
    upright = pack(hash_thumbnails(thumbnails[:1]))[0]
    hashes = np.zeros((CROPS, HASH_BYTES), np.uint8)
    hashes[UPRIGHT_CROP] = upright
    windows = pack(window_hashes(thumbnails[0]))
    yield
    left, top, width, height = REGION
    small = halved(np.ascontiguousarray(grey[top : top + height, left : left + width]))
    keypoints: Keypoints = yield from found_in(small, IN_REFERENCE)
    return Reference(name, hashes, windows, {}, keypoints)
