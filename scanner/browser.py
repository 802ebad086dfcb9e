"""The web worker's calls: bytes and numbers in, JSON text out, never an exception for bad input.

The worker opens a bundle once, and any number of scanners over the bundle: one for each camera, one for photos.
`frame_buffer` returns an array and `self_test` plain text. Every other call returns {"result": ...} or
{"error": {"code": ..., "message": ...}}, with an error code of the page:

    bundle-invalid   `HashBundle.from_json` refuses the text
    runtime-failed   a handle is not open, or the frame or its scan region cannot be used
"""

import json
import sys
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import count
from time import perf_counter
from typing import Any, NamedTuple, ParamSpec

import numpy as np
import numpy.typing as npt

from .bundle import HashBundle
from .catalogue import Catalogue
from .crops import query_thumbnails
from .errors import BundleError, ImageError
from .grey import to_grey
from .phash import hash_thumbnails, pack
from .pipeline import FrameScanner
from .quoting import quoted
from .too_near import Nearness
from .verdict import Verdict
from .warm_up import warming

__all__ = [
    "catalogue",
    "close_bundle",
    "close_scanner",
    "frame_buffer",
    "open_bundle",
    "open_scanner",
    "reset",
    "scan_frame",
    "self_test",
    "versions",
    "warm_up",
]

KEPT_BYTES = 4 * 1920 * 1080
"""Largest frame buffer, in bytes, that is kept for the next frame. A photo's buffer may be ten times as large."""

Parameters = ParamSpec("Parameters")
Described = dict[str, Any]
"""A reference as the page reads it: its id and the site's own fields."""


class _OpenBundle(NamedTuple):
    bundle: HashBundle
    described: dict[str, Described]
    """References by id."""


class _OpenScanner(NamedTuple):
    scanner: FrameScanner
    described: dict[str, Described]
    """References by id."""
    nearness: Nearness | None
    """None for photos."""
    most: int | None
    """Pictures of one frame that are told at most; None for a page that asks for one verdict."""


_frame = np.empty(0, np.uint8)
_handles = count(1)
_bundles: dict[int, _OpenBundle] = {}
_scanners: dict[int, _OpenScanner] = {}
_warming: Iterator[None] | None = None


def _answers_json(function: Callable[Parameters, Any]) -> Callable[Parameters, str]:
    @wraps(function)
    def answer(*args: Parameters.args, **kwargs: Parameters.kwargs) -> str:
        try:
            return json.dumps({"result": function(*args, **kwargs)})
        except BundleError as error:
            code, message = "bundle-invalid", str(error)
        except (ImageError, KeyError) as error:
            code, message = "runtime-failed", str(error.args[0])
        return json.dumps({"error": {"code": code, "message": message}})

    return answer


@_answers_json
def open_bundle(text: str, handle: int | None = None) -> dict[str, int]:
    """Opens a bundle; returns {"bundle": handle}, for `open_scanner` and `catalogue`.

    Args:
        text: of the bundle's file.
        handle: the bundle's handle, from a caller that numbers all that it opens; None = a new one.
    """
    bundle = HashBundle.from_json(text)
    described = {reference.id: {"id": reference.id, **reference.fields} for reference in bundle.references}
    handle = next(_handles) if handle is None else handle
    _bundles[handle] = _OpenBundle(bundle, described)
    return {"bundle": handle}


@_answers_json
def close_bundle(bundle: int) -> None:
    """Closes a bundle. Its open scanners go on; closing a bundle twice is no error."""
    _bundles.pop(bundle, None)


@_answers_json
def catalogue(bundle: int) -> list[Described]:
    """Returns every reference of a bundle, sorted by id, without its hashes."""
    return list(_bundle_of(bundle).described.values())


@_answers_json
def open_scanner(bundle: int, memory: bool, most: int | None = None, handle: int | None = None) -> dict[str, int]:
    """Opens a scanner over an open bundle; returns {"scanner": handle}.

    Args:
        bundle: handle of the bundle.
        memory: whether earlier frames may add evidence, as for a camera; False judges each frame alone, as for photos.
        most: pictures of one frame that `scan_frame` tells at most, 1 or more; None = one verdict, and no list.
        handle: the scanner's handle, from a caller that numbers all that it opens; None = a new one.
    """
    opened = _bundle_of(bundle)
    if most is not None and (type(most) is not int or most < 1):
        raise ImageError(
            f"expected the most pictures of a frame as a whole number from 1 on, or None, found {quoted(most)}: "
            "send 1000 for as many as there are"
        )
    scanner = FrameScanner(opened.bundle, memory=memory)
    handle = next(_handles) if handle is None else handle
    nearness = Nearness(Catalogue.of(opened.bundle).windows) if memory else None
    _scanners[handle] = _OpenScanner(scanner, opened.described, nearness, most)
    return {"scanner": handle}


@_answers_json
def close_scanner(scanner: int) -> None:
    """Closes a scanner; closing a scanner twice is no error."""
    _scanners.pop(scanner, None)


@_answers_json
def reset(scanner: int) -> None:
    """Makes a scanner forget its earlier frames."""
    _scanner_of(scanner).scanner.reset()


def frame_buffer(length: int) -> npt.NDArray[np.uint8]:
    """Returns the array, (length,) uint8, that the worker copies a frame's RGBA bytes into before `scan_frame`.

    Pyodide would convert a typed array passed as an argument to int32, element by element: half a second at 640 x 480.
    """
    global _frame  # noqa: PLW0603 - one frame is in flight at a time, so its memory is used again
    if _frame.size < length or _frame.size > max(length, KEPT_BYTES):
        _frame = np.empty(0, np.uint8)  # frees the old buffer first: memory need not hold both
        _frame = np.empty(length, np.uint8)
    return _frame[:length]


@_answers_json
def scan_frame(
    scanner: int,
    width: int,
    height: int,
    left: int,
    top: int,
    region_width: int,
    region_height: int,
    noted: bool = False,
) -> dict[str, Any]:
    """Judges the RGBA frame in the buffer of `frame_buffer`.

    Args:
        scanner: handle of the scanner.
        width: of the frame in pixels.
        height: of the frame in pixels; the buffer holds width x height x 4 bytes.
        left: of the scan region in frame pixels; the region lies inside the frame.
        top: of the scan region in frame pixels.
        region_width: of the scan region in frame pixels, 1 or more.
        region_height: of the scan region in frame pixels, 1 or more.
        noted: whether the answer has all that a recording needs to judge the frame again.

    Returns:
        The fields of the `Verdict`, the matched reference with the site's own fields or None, whether a look every few
        seconds has found only a part of a reference ("near"), and the milliseconds that the call took. `noted` adds
        `memory`, the memory before the frame as `FrameScanner.noted` gives it, and `pieces`, the times that the search
        went on. A scanner that was opened with `most` adds `matches`, the pictures in sight, the best first: track, id,
        distance, margin, corners, reference and sure of each. `track` is one number for each appearance of a picture;
        `sure` tells whether the frame shows the picture so clearly that the frame alone would name it.
    """
    started = perf_counter()
    opened = _scanner_of(scanner)
    whole = type(width) is int and type(height) is int
    expected = width * height * 4 if whole else 0
    if not whole or width < 1 or height < 1 or _frame.size < expected:
        raise ImageError(
            f"expected {quoted(width)} x {quoted(height)} RGBA pixels in the buffer, found room for {_frame.size} "
            "bytes: copy the frame into frame_buffer(width * height * 4) first"
        )
    frame = _frame[:expected].reshape(height, width, 4)
    memory = opened.scanner.noted() if noted else None
    region = (left, top, region_width, region_height)
    if opened.most is None:
        verdict, listed = opened.scanner.scan(frame, region), {}
    else:
        verdict, matches = opened.scanner.look(frame, region, opened.most)
        listed = {"matches": [_told(opened, match) for match in matches]}
    nearness = opened.nearness
    recorded = {"memory": memory, "pieces": opened.scanner.pieces} if noted else {}
    return {
        "outcome": verdict.outcome,
        "id": verdict.id,
        "distance": verdict.distance,
        "margin": verdict.margin,
        "corners": verdict.corners,
        "reference": None if verdict.id is None else opened.described[verdict.id],
        "near": nearness is not None and nearness.look(verdict.outcome, frame, started),
        "milliseconds": round((perf_counter() - started) * 1000, 2),
        **listed,
        **recorded,
    }


def _told(opened: _OpenScanner, match: Verdict) -> dict[str, Any]:
    """Returns a match as the page reads it."""
    assert match.id is not None  # of every match
    return {
        "track": match.track or 0,
        "id": match.id,
        "distance": match.distance,
        "margin": match.margin,
        "corners": match.corners,
        "reference": opened.described[match.id],
        "sure": match.sure,
    }


@_answers_json
def warm_up(go_on: bool) -> bool:
    """Does one piece of a warm-up, after which the first frame takes hardly longer than a later one.

    Args:
        go_on: False ends the warm-up instead, and forgets all of it.

    Returns:
        Whether there is another piece. The call after the last piece would begin anew.
    """
    global _warming  # noqa: PLW0603 - one warm-up serves every scanner
    if not go_on:
        _warming = None
        return False
    _warming = _warming or warming()
    try:
        next(_warming)
    except StopIteration:
        _warming = None
    return _warming is not None


@_answers_json
def versions() -> dict[str, str | None]:
    """Returns the versions of Python, numpy and Pyodide; None for Pyodide in another Python."""
    pyodide = getattr(sys.modules.get("pyodide"), "__version__", None)
    return {"python": sys.version.split()[0], "numpy": np.__version__, "pyodide": pyodide}


def self_test() -> str:
    """Returns the nine query hashes of a picture drawn here, in hex: equal on every machine, and after a restore.

    The site's builder notes the answer with the snapshot of Python's memory. The worker asks again before it trusts a
    restored memory.
    """
    rows, columns = np.indices((240, 320))
    grey = to_grey(((rows * columns // 7 + columns * columns // 5) % 256).astype(np.uint8))
    return pack(hash_thumbnails(query_thumbnails(grey, (0, 0, 320, 240)))).tobytes().hex()


def _bundle_of(handle: int) -> _OpenBundle:
    if type(handle) is not int or handle not in _bundles:
        raise KeyError(f"expected the handle of an open bundle, found {quoted(handle)}: open the bundle again")
    return _bundles[handle]


def _scanner_of(handle: int) -> _OpenScanner:
    if type(handle) is not int or handle not in _scanners:
        raise KeyError(f"expected the handle of an open scanner, found {quoted(handle)}: open the scanner again")
    return _scanners[handle]
