"""What the web worker calls: bytes and numbers in, JSON text out, never an exception for bad input.

Every answer is {"result": ...} or {"error": {"code": ..., "message": ...}}; the codes are those of the page.
"""

import json
from collections.abc import Callable
from functools import cached_property, wraps
from time import perf_counter
from typing import Any, ParamSpec

import numpy as np
import numpy.typing as npt

from .bundle import HashBundle
from .crops import query_thumbnails
from .errors import BundleError, ImageError
from .grey import to_grey
from .phash import hash_thumbnails, pack
from .pipeline import FrameScanner
from .reference import Reference

__all__ = ["close_bundle", "frame_buffer", "open_bundle", "reset", "scan_frame", "self_test"]

Parameters = ParamSpec("Parameters")


class _Opened:
    """A bundle and its scanners; the one for stills is made when the first still comes."""

    def __init__(self, bundle: HashBundle) -> None:
        self.bundle = bundle
        self.stream = FrameScanner(bundle)

    @cached_property
    def stills(self) -> FrameScanner:
        """A scanner to which earlier and later frames are nothing."""
        return FrameScanner(self.bundle, memory=False)


_frame = np.empty(0, np.uint8)
_opened: dict[int, _Opened] = {}
_next_handle = 1


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
def open_bundle(text: str) -> dict[str, Any]:
    """Reads a bundle file's text and makes it ready; its handle goes with every later call."""
    global _next_handle
    bundle = HashBundle.from_json(text)
    handle, _next_handle = _next_handle, _next_handle + 1
    _opened[handle] = _Opened(bundle)
    return {
        "handle": handle,
        "references": len(bundle),
        "threshold": bundle.threshold,
        "catalogue": [_described(reference) for reference in bundle.references],
    }


@_answers_json
def close_bundle(handle: int) -> None:
    """Forgets a bundle."""
    _opened.pop(handle, None)


def frame_buffer(length: int) -> npt.NDArray[np.uint8]:
    """Returns the array, (length,), that the worker copies a frame's RGBA bytes into before `scan_frame`.

    A typed array handed over as an argument would become int32 element by element, half a second at 640 x 480.
    """
    global _frame  # noqa: PLW0603 - one frame is in flight at a time, its memory is reused
    if _frame.size < length:
        _frame = np.empty(length, np.uint8)
    return _frame[:length]


@_answers_json
def scan_frame(
    handle: int,
    width: int,
    height: int,
    left: int,
    top: int,
    region_width: int,
    region_height: int,
    independent: bool = False,
) -> dict[str, Any]:
    """Judges the RGBA frame in the buffer; `independent` leaves earlier and later frames alone (a still)."""
    started = perf_counter()
    opened = _bundle_of(handle)
    expected = width * height * 4
    if width < 1 or height < 1 or _frame.size < expected:
        raise ImageError(f"expected {width} x {height} RGBA pixels in the buffer, found room for {_frame.size} bytes")
    frame = _frame[:expected].reshape(height, width, 4)
    scanner = opened.stills if independent else opened.stream
    verdict = scanner.scan(frame, (left, top, region_width, region_height))
    found = next((each for each in opened.bundle.references if each.id == verdict.id), None)
    return {
        "outcome": verdict.outcome,
        "id": verdict.id,
        "distance": verdict.distance,
        "margin": verdict.margin,
        "corners": verdict.corners,
        "reference": _described(found) if found else None,
        "milliseconds": round((perf_counter() - started) * 1000, 2),
    }


@_answers_json
def reset(handle: int) -> None:
    """Forgets earlier frames."""
    _bundle_of(handle).stream.reset()


def self_test() -> str:
    """Returns what this machine makes of a picture drawn here, in hex: equal on every machine, and after a restore.

    The worker calls it before it keeps Python's memory for the next visit, and again before it trusts that memory.
    """
    rows, columns = np.indices((240, 320))
    grey = to_grey(((rows * columns // 7 + columns * columns // 5) % 256).astype(np.uint8))
    return pack(hash_thumbnails(query_thumbnails(grey, (0, 0, 320, 240)))).tobytes().hex()


def _bundle_of(handle: int) -> _Opened:
    if handle not in _opened:
        raise KeyError(f"expected the handle of an open bundle, found {handle}: open the bundle again")
    return _opened[handle]


def _described(reference: Reference) -> dict[str, Any]:
    return {"id": reference.id, **reference.fields}
