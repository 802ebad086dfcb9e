"""What the web worker calls: bytes and numbers in, JSON text out, never an exception for bad input.

The worker opens a bundle once and any number of scanners over it: one for each camera, one for photos. Every answer is
{"result": ...} or {"error": {"code": ..., "message": ...}}; the codes are those of the page.
"""

import json
from collections.abc import Callable
from functools import wraps
from itertools import count
from time import perf_counter
from typing import Any, NamedTuple, ParamSpec

import numpy as np
import numpy.typing as npt

from .bundle import HashBundle
from .crops import query_thumbnails
from .errors import BundleError, ImageError
from .grey import to_grey
from .phash import hash_thumbnails, pack
from .pipeline import FrameScanner

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
]

KEPT_BYTES = 4 * 1920 * 1080
"""Largest frame buffer that is kept for the next frame; a photo's may be ten times as large."""

Parameters = ParamSpec("Parameters")
Described = dict[str, Any]
"""A reference as the page gets it: its id and the site's own fields."""


class _OpenBundle(NamedTuple):
    bundle: HashBundle
    described: dict[str, Described]
    """By id."""


class _OpenScanner(NamedTuple):
    scanner: FrameScanner
    described: dict[str, Described]
    """By id."""


_frame = np.empty(0, np.uint8)
_handles = count(1)
_bundles: dict[int, _OpenBundle] = {}
_scanners: dict[int, _OpenScanner] = {}


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
def open_bundle(text: str) -> dict[str, int]:
    """Reads a bundle file's text; the handle in the answer opens scanners over it."""
    bundle = HashBundle.from_json(text)
    described = {reference.id: {"id": reference.id, **reference.fields} for reference in bundle.references}
    handle = next(_handles)
    _bundles[handle] = _OpenBundle(bundle, described)
    return {"bundle": handle}


@_answers_json
def close_bundle(bundle: int) -> None:
    """Forgets a bundle; scanners that are open over it go on."""
    _bundles.pop(bundle, None)


@_answers_json
def catalogue(bundle: int) -> list[Described]:
    """Returns every reference of a bundle, sorted by id, without its hashes."""
    return list(_bundle_of(bundle).described.values())


@_answers_json
def open_scanner(bundle: int, memory: bool) -> dict[str, int]:
    """Makes a scanner over an open bundle; with `memory` False each of its frames is judged on its own (photos)."""
    opened = _bundle_of(bundle)
    scanner = FrameScanner(opened.bundle, memory=memory)
    handle = next(_handles)
    _scanners[handle] = _OpenScanner(scanner, opened.described)
    return {"scanner": handle}


@_answers_json
def close_scanner(scanner: int) -> None:
    """Forgets a scanner."""
    _scanners.pop(scanner, None)


@_answers_json
def reset(scanner: int) -> None:
    """Forgets a scanner's earlier frames."""
    _scanner_of(scanner).scanner.reset()


def frame_buffer(length: int) -> npt.NDArray[np.uint8]:
    """Returns the array, (length,), that the worker copies a frame's RGBA bytes into before `scan_frame`.

    A typed array handed over as an argument would become int32 element by element, half a second at 640 x 480.
    """
    global _frame  # noqa: PLW0603 - one frame is in flight at a time, its memory is reused
    if _frame.size < length or _frame.size > max(length, KEPT_BYTES):
        _frame = np.empty(0, np.uint8)  # before the new one: memory need not hold both
        _frame = np.empty(length, np.uint8)
    return _frame[:length]


@_answers_json
def scan_frame(
    scanner: int, width: int, height: int, left: int, top: int, region_width: int, region_height: int
) -> dict[str, Any]:
    """Judges the RGBA frame in the buffer; the scan region is in frame pixels."""
    started = perf_counter()
    opened = _scanner_of(scanner)
    expected = width * height * 4
    if width < 1 or height < 1 or _frame.size < expected:
        raise ImageError(f"expected {width} x {height} RGBA pixels in the buffer, found room for {_frame.size} bytes")
    frame = _frame[:expected].reshape(height, width, 4)
    verdict = opened.scanner.scan(frame, (left, top, region_width, region_height))
    return {
        "outcome": verdict.outcome,
        "id": verdict.id,
        "distance": verdict.distance,
        "margin": verdict.margin,
        "corners": verdict.corners,
        "reference": None if verdict.id is None else opened.described[verdict.id],
        "milliseconds": round((perf_counter() - started) * 1000, 2),
    }


def self_test() -> str:
    """Returns what this machine makes of a picture drawn here, in hex: equal on every machine, and after a restore.

    The worker calls it before it keeps Python's memory for the next visit, and again before it trusts that memory.
    """
    rows, columns = np.indices((240, 320))
    grey = to_grey(((rows * columns // 7 + columns * columns // 5) % 256).astype(np.uint8))
    return pack(hash_thumbnails(query_thumbnails(grey, (0, 0, 320, 240)))).tobytes().hex()


def _bundle_of(handle: int) -> _OpenBundle:
    if handle not in _bundles:
        raise KeyError(f"expected the handle of an open bundle, found {handle}: open the bundle again")
    return _bundles[handle]


def _scanner_of(handle: int) -> _OpenScanner:
    if handle not in _scanners:
        raise KeyError(f"expected the handle of an open scanner, found {handle}: open the scanner again")
    return _scanners[handle]
