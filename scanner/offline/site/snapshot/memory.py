"""Write Python's memory as a small file: without what is free, and without what a browser has anyway after linking.

Python's allocator is Emscripten's dlmalloc (https://gee.cs.oswego.edu/pub/misc/malloc.c): chunks lie side by side. A
chunk's second word is its size, with two flags; a free chunk's next words are links to other free chunks.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["GRANULE", "SnapshotError", "Taken", "memory_file"]

GRANULE = 64
"""Bytes of the pieces of memory that are kept or left out; 32 and 128 gave larger files."""

SECTION = b"py-memory"
"""Name of the custom section that holds everything, in a file that is valid WebAssembly: hosts compress .wasm files."""

IN_USE, PREVIOUS_IN_USE, FLAGS = 2, 1, 7
SMALLEST_CHUNK = 16
TREE_FROM = 256
"""Free chunks of this size or more hold eight words for dlmalloc's trees, smaller ones four."""
FOOT = 256
"""The last bytes of the heap belong to no chunk: dlmalloc keeps some words of its own at the end of a segment."""
STACK_TOP = 1 << 16
"""Bytes of the stack, from its top, that a browser clears: linking has run there."""
CHUNKS_AT_LEAST = 1000


class SnapshotError(ValueError):
    """Python's memory is not laid out as expected; the message says what was found."""


@dataclass(frozen=True)
class Taken:
    """What maker.mjs writes.

    Attributes:
        head: what Pyodide reads of a snapshot.
        memory: (n,) bytes, Python's memory after the start.
        base: (m,) bytes, the memory after linking and before the start.
        facts: addresses and figures: test, pyodide, bytes, table, trampolineAt, heapStart, heapEnd, stackLow, stackHigh
            and stackPointer.
    """

    head: bytes
    memory: bytes
    base: bytes
    facts: Mapping[str, Any]


def memory_file(taken: Taken, slots: Mapping[str, int]) -> bytes:
    """Returns the file that a browser restores Python from; web/python/memory-image.js reads it.

    Args:
        taken: the memory, and where its parts lie.
        slots: place in the function table of each export that has one.

    Raises:
        SnapshotError: the heap cannot be walked from chunk to chunk.
    """
    memory = np.frombuffer(taken.memory, np.uint8).copy()
    facts = taken.facts
    memory[facts["stackLow"] : facts["stackPointer"] - 128] = 0
    _clear_free(memory, facts["heapStart"], facts["heapEnd"])
    starts, counts, contents = _runs(memory, _as_restored(taken, len(memory)))
    kept = ("test", "pyodide", "table", "trampolineAt", "heapStart", "stackLow", "stackHigh")
    description = {
        "head": base64.b64encode(taken.head).decode(),
        "bytes": len(memory),
        "granule": GRANULE,
        "runs": len(starts),
        "slots": dict(sorted(slots.items())),
        **{name: facts[name] for name in kept},
    }
    text = json.dumps(description, separators=(",", ":"), sort_keys=True).encode()
    text += b" " * (-len(text) % 4)
    pairs = np.stack([starts, counts], axis=1).astype("<u4").tobytes()
    return _as_section(len(text).to_bytes(4, "little") + text + pairs + contents)


def _as_restored(taken: Taken, length: int) -> npt.NDArray[np.uint8]:
    """Returns the memory of a browser before it writes the runs: as linked, with heap and stack cleared."""
    base = np.zeros(length, np.uint8)
    linked = np.frombuffer(taken.base, np.uint8)[:length]
    base[: len(linked)] = linked
    base[taken.facts["stackHigh"] - STACK_TOP : taken.facts["stackHigh"]] = 0
    base[taken.facts["heapStart"] :] = 0
    return base


def _runs(
    memory: npt.NDArray[np.uint8], base: npt.NDArray[np.uint8]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], bytes]:
    """Returns the runs of granules that differ: first granule and count, (r,) each, and their bytes."""
    wanted = memory.reshape(-1, GRANULE)
    differs = (wanted != base.reshape(-1, GRANULE)).any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], differs.view(np.int8), [0]])))
    starts, ends = edges[::2], edges[1::2]
    return starts, ends - starts, wanted[differs].tobytes()


def _clear_free(memory: npt.NDArray[np.uint8], start: int, end: int) -> None:
    """Writes zeros over the contents of free chunks between two addresses; their links stay."""
    words = memory.view(np.uint32)
    for place, size, flags in _chunks(words, _first_chunk(words, start, end), end):
        links = 32 if size >= TREE_FROM else 16
        if not flags & IN_USE and size > links:
            memory[place + links : place + size] = 0


def _first_chunk(words: npt.NDArray[np.uint32], start: int, end: int) -> int:
    """Returns the first address from which chunk follows chunk to the end of the heap."""
    for place in range((start + 7) & ~7, min(end, start + (1 << 20)), 8):
        if words[(place + 4) >> 2] & PREVIOUS_IN_USE and _leads_to_the_end(words, place, end):
            return place
    raise SnapshotError(
        f"expected dlmalloc's chunks from address {start} to {end}, found none that lead to the end: this Pyodide lays "
        "out its memory otherwise than the pinned one. See docs/decisions/a-new-pyodide.md, or use --runtime stock"
    )


def _leads_to_the_end(words: npt.NDArray[np.uint32], first: int, end: int) -> bool:
    count, used = 0, None
    last = first
    for place, size, flags in _chunks(words, first, end):
        if used is not None and bool(flags & PREVIOUS_IN_USE) != used:
            return False
        used, count, last = bool(flags & IN_USE), count + 1, place + size
    return count >= CHUNKS_AT_LEAST and last >= end - FOOT


def _chunks(words: npt.NDArray[np.uint32], place: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yields address, size and flags of each chunk; ends at the end of the heap, or where no chunk lies."""
    while place < end - FOOT:
        head = int(words[(place + 4) >> 2])
        size = head & ~FLAGS
        if size < SMALLEST_CHUNK or place + size > end:
            return
        yield place, size, head & FLAGS
        place += size


def _as_section(content: bytes) -> bytes:
    """Returns WebAssembly with one custom section; `content` begins at byte 24, so its words are aligned."""
    named = bytes([len(SECTION)]) + SECTION + content
    size = bytes((len(named) >> shift) & 0x7F | (0x80 if shift < 28 else 0) for shift in range(0, 35, 7))
    return b"\0asm\1\0\0\0" + b"\0" + size + named
