"""A stream's memory as a note: values for JSON, from which the memory can be made again.

A recording keeps the note of each frame, so that the frame can be judged again as it was judged. A note names the
search under way by its frame and the pieces done, and the search is done again so far.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .fit import Fit, Fitter
from .follow import Spectrum
from .in_turn import TURNS as SEARCHES
from .memory import Evidence, LastMatch, Memory, RunningSearch
from .parts import TURNS, RunningPart
from .phash import HASH_BITS
from .tracks import Track
from .warp import Floats

__all__ = ["Note", "note_of", "recalled"]

Note = dict[str, Any]

_FARTHEST = 1e6
"""Largest coordinate of a corner that is believed, in frame pixels."""
_MOST = 2**31
"""Largest count that is believed: of frames, of pieces, of pixels along a side."""


def note_of(memory: Memory) -> Note:
    """Returns the note of a memory. References are named by their index in the catalogue, frames by their number."""
    carried, latest, tracks, part = memory.carried, memory.latest, memory.tracks, memory.part
    return {
        "frames": memory.frames,
        "shape": None if memory.shape is None else list(memory.shape),
        "evidence": [list(spoke) for spoke in memory.evidence.spoke],
        "carried": None
        if carried is None
        else {
            "reference": carried.index,
            "corners": carried.corners.tolist(),
            "window_bits": carried.window_bits,
            "pose_penalty": carried.pose_penalty,
        },
        "middle": None if memory.middle is None else _noted(memory.middle),
        "search": None if memory.search is None else {**_noted(memory.search), "turn": memory.search.turn},
        "next_search": memory.next_search,
        "latest": None
        if latest is None
        else {"reference": latest.reference, "corners": latest.corners.tolist(), "frame": latest.number},
        "part": None
        if part is None
        else {
            "frame": part.frame.number,
            "turn": part.turn,
            "pieces": part.pieces,
            "known": part.known.tolist(),
            "moved": part.moved.tolist(),
        },
        "turn": memory.turn,
        "quiet": memory.quiet,
        "strayed": memory.strayed.tolist(),
        "tracks": {
            "newest": tracks.newest,
            "before": None if tracks.before is None else memory.frames,
            "all": [{**vars(track), "corners": track.corners.tolist()} for track in tracks.all],
        },
    }


def recalled(
    note: Note,
    fitter: Fitter,
    references: int,
    search: Callable[[int, int, int], RunningSearch[Any]],
    middle: Callable[[int, int], RunningSearch[Any]],
    before: Callable[[int], Spectrum],
    part: Callable[[int, int, Floats, int], RunningPart],
) -> Memory:
    """Returns the memory that a note was made of.

    Args:
        note: as `note_of` returned it, and maybe as a file held it.
        fitter: of the catalogue.
        references: size of the catalogue.
        search: called with the number of the searched frame, the pieces done and the search's turn; returns the search
            under way.
        middle: called with the number of the frame whose middle is searched, and the pieces done; returns the search.
        part: called with the number of the frame of which a part is searched, the part's turn, the corners followed in
            the frame, (n, 4, 2), and the pieces done; returns the part's search under way.
        before: called with the number of the last frame if pictures are followed; returns the frame's spectrum.

    Raises:
        ValueError: a value is missing or cannot be of this catalogue; the message names it.
    """
    memory = Memory()
    memory.frames = _whole(note, "frames")
    shape = _value(note, "shape")
    memory.shape = None if shape is None else (_whole(shape, 0, 1), _whole(shape, 1, 1))
    memory.evidence = Evidence()
    for spoke in _list(note, "evidence"):
        memory.evidence.spoke.append((_whole(spoke, 0, most=references - 1), _whole(spoke, 1)))
    carried, latest, running = (_value(note, name) for name in ("carried", "latest", "search"))
    if carried is not None:
        index = _whole(carried, "reference", most=references - 1)
        bits, penalty = _whole(carried, "window_bits"), _number(_value(carried, "pose_penalty"), "pose_penalty")
        memory.carried = Fit(index, _corners(carried), bits, fitter.table.plainness(index), penalty)
    if latest is not None:
        index = _whole(latest, "reference", most=references - 1)
        memory.latest = LastMatch(index, _corners(latest), _whole(latest, "frame"))
    if running is not None:
        number, pieces = _whole(running, "frame", 1), _whole(running, "pieces")
        # Scanners of earlier versions had one search only.
        turn = _whole(running, "turn", most=len(SEARCHES) - 1) if "turn" in running else 0
        memory.search = search(number, pieces, turn)
    if note.get("next_search") is not None:
        memory.next_search = _whole(note, "next_search", most=len(SEARCHES) - 1)
    if note.get("middle") is not None:  # scanners of earlier versions did not search the middle for itself
        running = _value(note, "middle")
        memory.middle = middle(_whole(running, "frame", 1), _whole(running, "pieces"))
    if note.get("tracks") is not None:  # scanners of earlier versions followed nothing
        tracks, followed = memory.tracks, _value(note, "tracks")
        tracks.newest = _whole(followed, "newest")
        tracks.all = [_track(each, references) for each in _list(followed, "all")]
        if _value(followed, "before") is not None:
            tracks.before = before(_whole(followed, "before", 1))
        memory.turn = _whole(note, "turn", most=len(TURNS) - 1)
        if note.get("quiet") is not None:  # scanners of earlier versions searched equally long in each frame
            memory.quiet = _whole(note, "quiet")
            memory.strayed = _way(note, "strayed")
        searched = _value(note, "part")
        if searched is not None:
            known = np.array([_place(each) for each in _list(searched, "known")]).reshape(-1, 4, 2)
            turn = _whole(searched, "turn", most=len(TURNS) - 1)
            memory.part = part(_whole(searched, "frame", 1), turn, known, _whole(searched, "pieces"))
            memory.part.moved = _way(searched, "moved")
    return memory


def _track(found: Any, references: int) -> Track:
    margin, sure = _value(found, "margin"), _value(found, "sure")
    if margin is not None and (type(margin) is not int or abs(margin) > HASH_BITS):
        raise ValueError(f"'margin' in the note of a memory: expected a whole number of at most {HASH_BITS}, or none")
    if type(sure) is not bool:
        raise ValueError("'sure' in the note of a memory: expected true or false")
    return Track(
        _whole(found, "number", 1),
        _whole(found, "reference", most=references - 1),
        _corners(found),
        _whole(found, "window_bits"),
        _whole(found, "least_bits"),
        _whole(found, "distance", most=HASH_BITS),
        margin,
        _whole(found, "missed"),
        sure,
    )


def _noted(search: RunningSearch[Any]) -> Note:
    return {"frame": search.frame.number, "pieces": search.pieces}


def _value(holder: Any, key: str | int) -> Any:
    try:
        return holder[key]
    except (LookupError, TypeError):
        raise ValueError(f"expected {key!r} in the note of a memory, found none") from None


def _whole(holder: Any, key: str | int, least: int = 0, most: int = _MOST) -> int:
    value = _value(holder, key)
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"{key!r} in the note of a memory: expected a whole number from {least} to {most}")
    return value


def _number(value: Any, key: str) -> float:
    if type(value) not in (int, float) or not -_FARTHEST <= value <= _FARTHEST:
        raise ValueError(f"{key!r} in the note of a memory: expected a number of at most {_FARTHEST:g}")
    return float(value)


def _list(holder: Any, key: str) -> list[Any]:
    value = _value(holder, key)
    if not isinstance(value, list):
        raise ValueError(f"{key!r} in the note of a memory: expected a list")
    return value


def _way(holder: Any, key: str) -> Floats:
    return np.array([_number(_value(_list(holder, key), axis), key) for axis in (0, 1)], np.float64)


def _corners(holder: Any) -> Floats:
    return _place(_list(holder, "corners"))


def _place(rows: Any) -> Floats:
    if not isinstance(rows, list) or len(rows) != 4 or any(not isinstance(row, list) or len(row) != 2 for row in rows):
        raise ValueError("'corners' in the note of a memory: expected four pairs of numbers")
    return np.array([[_number(value, "corners") for value in row] for row in rows], np.float64)
