"""A site's memory snapshot is made alike every time, and no unexpected text of Pyodide gets into a site unnoticed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scanner.offline.site.faults import SiteError
from scanner.offline.site.groups import core_files, trimmed_groups
from scanner.offline.site.parts import PARTS
from scanner.offline.site.runtime import cache_folder, obtain_runtime
from scanner.offline.site.snapshot import fast_files as steps
from scanner.offline.site.snapshot import hot
from scanner.offline.site.snapshot.fast_files import SNAPSHOT, fast_files
from scanner.offline.site.snapshot.memory import SnapshotError, Taken, memory_file
from scanner.offline.site.snapshot.minify import FILE

PlainFiles = dict[str, tuple[str, bytes]]


@pytest.fixture(scope="module")
def plain() -> tuple[PlainFiles, dict[str, str]]:
    """The files of the plain start by role, and the role of each library."""
    groups, libraries = trimmed_groups(obtain_runtime(), core_files(PARTS.package))
    return {role: file for group in groups for role, file in group.items()}, libraries


WEB = {str(path.relative_to(PARTS.web)): path.read_bytes() for path in PARTS.web.glob(steps.USERS)}


@pytest.fixture
def empty_cache(tmp_path: Path) -> Path:
    """A cache that has made nothing yet, and downloads nothing."""
    shutil.copy(cache_folder() / FILE, tmp_path / FILE)
    return tmp_path


def test_a_second_machine_makes_the_same_bytes(
    plain: tuple[PlainFiles, dict[str, str]], empty_cache: Path, site_folder: Path
) -> None:
    """Files made anew, in another folder, equal those of the site made before, memory and all."""
    made = fast_files(*plain, WEB, empty_cache)
    described = json.loads((site_folder / "assets.json").read_text())["files"]
    assert {role: hashlib.sha256(content).hexdigest() for role, (_, content) in made.items()} == {
        role: described[role]["sha256"] for role in made
    }
    assert SNAPSHOT in made


def text_changed(old: str, new: str, count: int = 1) -> Callable[[str, bytes], bytes]:
    """Returns a change of the script of Emscripten."""

    def change(role: str, content: bytes) -> bytes:
        if role != "asm":
            return content
        assert old in content.decode()
        return content.decode().replace(old, new, count).encode()

    return change


def byte_more(of_role: str) -> Callable[[str, bytes], bytes]:
    """Returns a change of one file that leaves it valid: a custom section at its end."""
    return lambda role, content: content + b"\0\2\1x" if role == of_role else content


UNEXPECTED: dict[str, tuple[Callable[[str, bytes], bytes], str]] = {
    "no list of variables": (text_changed("var _set_method_docstring,", "let _set_method_docstring,"), "'var _set_"),
    "no assignments": (text_changed("function assignWasmExports(", "function setWasmExports("), "'function assign"),
    "an assignment of another form": (
        text_changed('=wasmExports["set_method_docstring"];', '=(wasmExports["set_method_docstring"]);'),
        "assignments such as",
    ),
    "an export that is gone": (
        text_changed('=wasmExports["malloc"];', '=wasmExports["new_malloc"];'),
        "no new_malloc among",
    ),
    "no offers": (text_changed("var wasmImports={", "const wasmImports={"), "'var wasmImports={' once"),
    "an offer of another form": (
        text_changed("IMG_Init:_IMG_Init,", "IMG_Init:()=>_IMG_Init(),"),
        "offered to WebAssembly as name:function",
    ),
    "signatures of another form": (text_changed('.sig="', ".sig='", -1), "signatures such as"),
    "names shown in another form": (text_changed(';Module["_', ';Module.x["_', -1), "names shown to other scripts as"),
    "another main module": (byte_more("wasm"), "make it anew with"),
    "another numpy": (byte_more("_multiarray_umath"), "make it anew with"),
    "no WebAssembly": (lambda role, content: content[4:] if role == "_umath_linalg" else content, "WebAssembly module"),
}


@pytest.mark.parametrize("what", UNEXPECTED)
def test_another_pyodide_makes_no_site(plain: tuple[PlainFiles, dict[str, str]], empty_cache: Path, what: str) -> None:
    """Where Pyodide's files are not as expected, no site is made; a sentence says what was found and what to do."""
    change, words = UNEXPECTED[what]
    files, libraries = plain
    other = {role: (name, change(role, content)) for role, (name, content) in files.items()}
    with pytest.raises(SiteError) as caught:
        fast_files(other, libraries, WEB, empty_cache)
    text = str(caught.value)
    assert "expected" in text
    assert words in text
    assert "found" in text


def taken() -> Taken:
    """A small memory: 64 KiB of code's data, a heap of 2000 chunks, each second one free, and a stack."""
    heap_start, chunk, chunks = 1 << 17, 64, 2000
    heap_end = heap_start + chunk * chunks + 64
    memory = np.zeros(1 << 19, np.uint8)
    words = memory.view(np.uint32)
    memory[1000:1100] = 7
    for number in range(chunks):
        place = heap_start + number * chunk
        in_use, before = number % 2 == 0, number % 2 == 1 or number == 0
        words[(place + 4) // 4] = chunk | (2 if in_use else 0) | (1 if before else 0)
        memory[place + 8 : place + chunk] = number % 251
    base = np.zeros(1 << 19, np.uint8)
    base[900:1050] = 7
    facts: dict[str, Any] = {
        "test": "ab", "pyodide": "1", "table": 5, "trampolineAt": 64, "heapStart": heap_start, "heapEnd": heap_end,
        "stackLow": 1 << 15, "stackHigh": 1 << 17, "stackPointer": (1 << 17) - 512,
    }  # fmt: skip
    memory[facts["stackPointer"] : facts["stackHigh"]] = 9
    memory[facts["stackLow"] : facts["stackLow"] + 100] = 9  # left behind by calls that have ended
    return Taken(b"head", memory.tobytes(), base.tobytes(), facts)


def restored(file: bytes, base: bytes) -> tuple[np.ndarray, dict[str, Any]]:
    """Returns the memory that a browser restores, and the description in the file.

    web/python does the same, up to the end of the heap: nothing lies beyond it after linking.
    """
    assert file[:8] == b"\0asm\1\0\0\0"
    assert file[14:24] == b"\x09py-memory"
    length = int.from_bytes(file[24:28], "little")
    description = json.loads(file[28 : 28 + length])
    start = 28 + length
    runs = np.frombuffer(file, "<u4", 2 * description["runs"], start).reshape(-1, 2)
    contents = np.frombuffer(file, np.uint8, offset=start + runs.nbytes)
    memory = np.zeros(description["bytes"], np.uint8)
    memory[: len(base)] = np.frombuffer(base, np.uint8)
    memory[description["stackHigh"] - 65536 : description["stackHigh"]] = 0
    memory[description["heapStart"] :] = 0
    at, granule = 0, description["granule"]
    for first, count in runs:
        memory[first * granule : (first + count) * granule] = contents[at : at + count * granule]
        at += int(count) * granule
    assert at == len(contents)
    return memory, description


def test_a_memory_file_gives_back_all_that_is_in_use() -> None:
    """Restored over the memory after linking, the file gives every byte in use; what is free is zero."""
    original = taken()
    memory, description = restored(memory_file(original, {"malloc": 3}), original.base)
    before = np.frombuffer(original.memory, np.uint8)
    facts = original.facts
    assert np.array_equal(memory[: facts["stackLow"]], before[: facts["stackLow"]])
    assert not memory[facts["stackLow"] : facts["stackPointer"] - 128].any()
    assert np.array_equal(memory[facts["stackPointer"] :][: 1 << 9], before[facts["stackPointer"] :][: 1 << 9])
    heap, heap_before = (each[facts["heapStart"] : facts["heapEnd"] - 64].reshape(-1, 64) for each in (memory, before))
    assert np.array_equal(heap[::2], heap_before[::2])
    assert np.array_equal(heap[1::2, :16], heap_before[1::2, :16])  # links of free chunks
    assert not heap[1:-5:2, 16:].any()  # the last ones are dlmalloc's own business
    assert description["slots"] == {"malloc": 3}
    assert {name: description[name] for name in ("test", "table", "trampolineAt")} == {
        "test": "ab", "table": 5, "trampolineAt": 64,
    }  # fmt: skip


def test_a_heap_of_another_allocator_makes_no_file() -> None:
    """Memory whose chunks do not lead to the end of the heap is refused with a sentence."""
    original = taken()
    memory = np.frombuffer(original.memory, np.uint8).copy()
    memory[original.facts["heapStart"] + 64 * 1000 + 4] ^= 0x18
    with pytest.raises(SnapshotError, match=r"expected dlmalloc's chunks .* found none"):
        memory_file(Taken(original.head, memory.tobytes(), original.base, original.facts), {})


def test_the_profile_is_of_the_pinned_files(plain: tuple[PlainFiles, dict[str, str]]) -> None:
    """hot_functions.json names all three modules with their checksums, and some but not all of their functions."""
    files, libraries = plain
    names = {files[role][0]: files[role][1] for role in ("wasm", *libraries.values())}
    found = hot.hot_functions(names)
    assert all(found.values())
    assert hot.ranges_of(hot.numbers_of("3 0-1 9")) == "0-1 3 9"
