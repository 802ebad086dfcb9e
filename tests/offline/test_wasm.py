"""WebAssembly modules are cut in two, and compute what they computed whole."""

from __future__ import annotations

import base64
import io
import itertools
import json
import subprocess
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from scanner.offline.site.runtime import obtain_runtime
from scanner.offline.site.wasm import Export, Kind, Module, WasmError
from support.in_node import node


def vector(*items: bytes) -> bytes:
    return bytes([len(items)]) + b"".join(items)


def text(name: str) -> bytes:
    return vector(*(letter.encode() for letter in name))


def function(*operations: int) -> bytes:
    return bytes([len(operations) + 2, 0, *operations, END])


def section(number: int, *items: bytes) -> bytes:
    return bytes([number, len(vector(*items))]) + vector(*items)


GET, GLOBAL_GET, GLOBAL_SET, CONSTANT, ADD, CALL, CALL_INDIRECT, END = 0x20, 0x23, 0x24, 0x41, 0x6A, 0x10, 0x11, 0x0B
LOAD, STORE = (0x28, 2, 0), (0x36, 2, 0)
I32 = 0x7F

MAGIC = b"\0asm\x01\0\0\0"
SECTIONS = {
    "type": section(1, bytes([0x60, 2, I32, I32, 1, I32]), bytes([0x60, 1, I32, 1, I32])),
    "import": section(2, text("e") + text("start") + bytes([3, I32, 0])),
    "function": section(3, b"\0", b"\1", b"\1", b"\0", b"\1"),
    "table": section(4, b"\x70\0\4"),
    "memory": section(5, b"\0\1"),
    "global": section(
        6,
        bytes([I32, 0, CONSTANT, 5, END]),
        bytes([I32, 1, GLOBAL_GET, 0, END]),
        bytes([I32, 0, CONSTANT, 7, END]),
    ),
    "export": section(
        7, text("add") + b"\0\0", text("twice") + b"\0\1", text("count") + b"\0\2", text("through") + b"\0\3"
    ),
    "element": section(9, bytes([0, CONSTANT, 1, END]) + vector(b"\1", b"\2")),
    "code": section(
        10,
        function(GET, 0, GET, 1, ADD),
        function(GET, 0, GET, 0, CALL, 0),
        # The sum so far, in a global and in memory, and both added.
        function(
            *(GLOBAL_GET, 2, GET, 0, ADD, GLOBAL_SET, 2),
            *(CONSTANT, 0, CONSTANT, 0, *LOAD, GET, 0, ADD, *STORE),
            *(GLOBAL_GET, 2, CONSTANT, 0, *LOAD, ADD, GLOBAL_GET, 1, ADD, GLOBAL_GET, 3, ADD, CALL, 4),
        ),
        function(GET, 1, GET, 0, CALL_INDIRECT, 1, 0),
        function(GET, 0, CONSTANT, 1, ADD),
    ),
    "data": section(11, bytes([0, CONSTANT, 0, END, 1, 9])),
}
SMALL = MAGIC + b"".join(SECTIONS.values())
"""add(a, b), twice(a) by add, count(a) with a global and memory, and through(place, a), which calls by the table. Only
count calls the fifth function, which has no name."""

CALLS = [["add", 2, 3], ["count", 4], ["twice", 21], ["through", 1, 8], ["through", 2, 3], ["count", 1], ["add", -1, 1]]

SETUP = """
const { fillCold, onColdCall } = await import("./python/linking.js");
const read = (text) => new WebAssembly.Module(Buffer.from(text, "base64"));
const imports = { e: { start: new WebAssembly.Global({ value: "i32" }, 1000) } };
const run = (instance) => calls.map(([name, ...values]) => instance.exports[name](...values));
"""


def in_node(script: str, **values: object) -> Any:
    """Returns what a script prints in Node. `values` are constants that the script has; bytes arrive as base64."""
    constants = "".join(
        f"const {name} = {json.dumps(value, default=lambda content: base64.b64encode(content).decode())};"
        for name, value in values.items()
    )
    return node(constants + SETUP + script)


def test_a_module_cut_in_two_computes_as_the_whole_whichever_functions_are_cold() -> None:
    """For all 32 choices of hot functions; the second file comes once, and only for a cold function."""
    choices = [hot for count in range(6) for hot in itertools.combinations(range(5), count)]
    answers = in_node(
        """
        const answers = files.map(([first, second]) => {
          const instance = new WebAssembly.Instance(read(first), imports);
          let brought = 0;
          onColdCall(instance, () => {
            brought += 1;
            fillCold(instance, imports, read(second));
          });
          return [run(instance), brought];
        });
        console.log(JSON.stringify([run(new WebAssembly.Instance(read(whole), imports)), answers]));
        """,
        whole=SMALL,
        files=[Module(SMALL).split(hot) for hot in choices],
        calls=CALLS,
    )
    whole, parts = answers
    assert whole[0] == 5
    assert len({str(value) for value in whole}) > 4
    assert parts == [[whole, 0 if len(hot) == 5 else 1] for hot in choices]


def test_a_second_file_may_come_before_it_is_needed() -> None:
    """Cold functions filled in the quiet time compute the same, and nobody is asked to bring anything."""
    first, second = Module(SMALL).split([0])
    answers = in_node(
        """
        const instance = new WebAssembly.Instance(read(first), imports);
        onColdCall(instance, () => {
          throw new Error("asked for the second file");
        });
        fillCold(instance, imports, read(second));
        console.log(JSON.stringify([run(instance), run(new WebAssembly.Instance(read(whole), imports))]));
        """,
        whole=SMALL,
        first=first,
        second=second,
        calls=CALLS,
    )
    assert answers[0] == answers[1]


def test_a_second_file_that_cannot_be_had_ends_the_call_alone() -> None:
    """The exception reaches the caller; hot functions go on, and a later cold call asks again."""
    first, second = Module(SMALL).split([0, 3])
    answers = in_node(
        """
        const instance = new WebAssembly.Instance(read(first), imports);
        onColdCall(instance, () => {
          throw new Error("no network");
        });
        const said = [];
        for (const _ of [1, 2]) {
          try {
            instance.exports.through(1, 8);
          } catch (error) {
            said.push(error.message);
          }
        }
        said.push(instance.exports.add(2, 3));
        onColdCall(instance, () => fillCold(instance, imports, read(second)));
        said.push(instance.exports.through(1, 8));
        console.log(JSON.stringify(said));
        """,
        first=first,
        second=second,
        calls=CALLS,
    )
    assert answers == ["no network", "no network", 5, 16]


def test_an_instrumented_module_notes_which_functions_run() -> None:
    """A function's byte is 1 after it ran, also where only another function called it; all others stay 0."""
    exported = MAGIC + b"".join(
        section(7, text("twice") + b"\0\1", text("memory") + b"\2\0") if name == "export" else content
        for name, content in SECTIONS.items()
    )
    noted = in_node(
        """
        const instance = new WebAssembly.Instance(read(instrumented), imports);
        const answer = instance.exports.twice(21);
        console.log(JSON.stringify([answer, [...new Uint8Array(instance.exports.memory.buffer, 1000, 6)]]));
        """,
        instrumented=Module(exported).instrumented(1000),
        calls=[],
    )
    assert noted == [42, [1, 1, 0, 0, 0, 0]]


def test_exports_that_are_not_needed_can_go() -> None:
    """The others stay in their order, and nothing else changes."""
    module = Module(Module(SMALL).with_exports(["count", "add"]))
    assert module.exports == [Export("add", Kind.FUNCTION, 0), Export("count", Kind.FUNCTION, 2)]
    assert Module(SMALL).with_exports([each.name for each in Module(SMALL).exports]) == SMALL


def test_places_in_the_table_can_be_read() -> None:
    """The table's first function has place 1 here, and is `twice`."""
    (segment,) = Module(SMALL).element_segments
    assert (segment.table, segment.offset, list(segment.functions)) == (0, 1, [1, 2])


COLD_START = MAGIC + b"".join(
    content + (b"\x08\1\1" if name == "export" else b"") for name, content in SECTIONS.items()
)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: Module(SMALL).with_exports(["add", "sub"]), "expected exports sub, found none"),
        (lambda: Module(SMALL).split([5]), "expected numbers of 5 functions, found 5"),
        (lambda: Module(SMALL).split([-1]), "expected numbers of 5 functions, found -1"),
        (lambda: Module(Module(SMALL).split([0])[0]).split([0]), 'without an export "cold", found one'),
        (lambda: Module(COLD_START).split([0]), "expected the start function 1 among the hot ones"),
        (lambda: Module(b"<!doctype html>"), "expected a WebAssembly module"),
        (lambda: Module(SMALL + SECTIONS["data"]), "expected a section that may follow here"),
        (lambda: Module(SMALL[:-1]), "expected 7 bytes at byte 197, found 6"),
        (lambda: Module(SMALL.replace(SECTIONS["code"], b"")), "expected code of 5 functions, found 0"),
        (lambda: Module(SMALL.replace(SECTIONS["type"], b"")), "expected functions of 0 types, found type 1"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(ask: Callable[[], object], message: str) -> None:
    """The sentence says what was expected, what was found, and what to do."""
    with pytest.raises(WasmError, match=message) as caught:
        ask()
    assert ": " in str(caught.value)


def test_a_damaged_module_is_refused_or_read_never_anything_else() -> None:
    """Every shorter module is refused; with any byte changed, a module is refused or can still be written."""
    for length in range(len(SMALL)):
        if length == len(MAGIC) or SMALL[:length].endswith(tuple(SECTIONS.values())):
            continue  # between two sections
        with pytest.raises(WasmError):
            Module(SMALL[:length])
    refused = 0
    for place, change in itertools.product(range(len(SMALL)), (1, 0x40, 0x80, 0xFF)):
        damaged = bytearray(SMALL)
        damaged[place] ^= change
        try:
            Module(bytes(damaged)).split([0])
            Module(bytes(damaged)).instrumented(0)
        except WasmError:
            refused += 1
    assert refused > len(SMALL)


@pytest.fixture(scope="module")
def originals() -> dict[str, bytes]:
    """The WebAssembly of Python and of numpy's two libraries, as published."""
    runtime = obtain_runtime()
    with zipfile.ZipFile(io.BytesIO(runtime.files[runtime.numpy])) as wheel:
        libraries = {
            name: wheel.read(path)
            for path in wheel.namelist()
            for name in ("_multiarray_umath", "_umath_linalg")
            if Path(path).name.startswith(name) and path.endswith(".so")
        }
    return {"main": runtime.files["pyodide.asm.wasm"], **libraries}


def compile_in_node(modules: Iterable[bytes], folder: Path) -> None:
    """Fails where Node's WebAssembly refuses one of the modules."""
    for place, module in enumerate(modules):
        (folder / f"{place}.wasm").write_bytes(module)
    script = "for (const path of process.argv.slice(1)) new WebAssembly.Module(require('fs').readFileSync(path))"
    paths = sorted(folder.glob("*.wasm"))
    done = subprocess.run(["node", "-e", script, *paths], capture_output=True, text=True, check=False, timeout=300)
    assert len(paths) > 0
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("name", ["main", "_multiarray_umath", "_umath_linalg"])
def test_the_modules_that_ship_can_be_cut(name: str, originals: dict[str, bytes], tmp_path: Path) -> None:
    """Written whole, a module is the same to the byte; cut, both files are valid, and together little more than it."""
    whole = originals[name]
    module = Module(whole)
    assert module.with_exports([each.name for each in module.exports]) == whole
    hot = [number for number in range(module.functions) if number % 10 in {2, 3}]
    first, second = module.split(hot)
    compile_in_node([first, second, module.instrumented(4_000_000), module.with_exports([])], tmp_path)
    assert len(first) + len(second) < 1.15 * len(whole)
    assert [each.index for each in Module(first).exports[: len(module.exports)]] == [
        each.index for each in module.exports
    ]


def test_places_of_exported_functions_in_pythons_table_are_known(originals: dict[str, bytes]) -> None:
    """The main module alone says where its functions go; a library is told when it is linked."""
    (segment,) = Module(originals["main"]).element_segments
    assert segment.offset == 1
    assert len(segment.functions) > 8000
    assert [each.offset for each in Module(originals["_umath_linalg"]).element_segments] == [None]
