"""Read a WebAssembly module, and write it again with fewer exports or cut in two files at the borders of functions.

A browser starts with the first file, which has the functions that a scan runs. Every other function is cold: in the
first file it is a thunk, a few bytes that call through the table "cold", and its code is in the second file.

Place 0 of the table holds a function without parameters that brings the second file; a page puts it there. Place n + 1
is for the defined function n. The first file fills the places of hot functions, and the second file, linked with the
first as "primary", fills place 0 with a function that does nothing, and the places of cold functions. A thunk calls
place 0, then its own place. In the second file hot functions are thunks as well, so no code comes twice.

Function numbers stay the same in both files. For this reason no instruction is decoded: code is copied as it is. Only
calls are looked for, in a way that finds too many rather than too few: a cold function that the first file cannot call
needs no thunk.

Source: https://webassembly.github.io/spec/core/binary/modules.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

__all__ = ["COLD", "PRIMARY", "ElementSegment", "Export", "Import", "Kind", "Module", "WasmError"]

COLD = "cold"
"""Export of a first file: the table that its thunks call through."""

PRIMARY = "primary"
"""Module name under which a second file imports what belongs to the first."""

MAGIC = b"\0asm\x01\0\0\0"

TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT, START, ELEMENT, CODE, DATA, DATA_COUNT, TAG = range(1, 14)
"""Numbers of the sections."""

ORDER = (TYPE, IMPORT, FUNCTION, TABLE, MEMORY, TAG, GLOBAL, EXPORT, START, ELEMENT, DATA_COUNT, CODE, DATA)
"""Sections as they follow each other in a module; custom sections may stand anywhere."""

CUSTOM = 0
CUSTOM_KEPT = ("dylink.0",)
"""Custom sections that linking reads: this one says how much memory and table a library needs."""

FUNCTION_TYPE = 0x60
NO_VALUES = bytes([FUNCTION_TYPE, 0, 0])
"""The type of functions without parameters and results."""
TYPED_REFERENCES = (0x63, 0x64)
VALUE_TYPES = frozenset([*range(0x7B, 0x80), *range(0x69, 0x75)])
"""Types of one byte: numbers, vectors, and references to the built-in kinds of values."""
FUNCTION_REFERENCE = b"\x70"
NO_MAXIMUM, WITH_MAXIMUM = 0, 1

LOCAL_GET, GLOBAL_GET, I32_CONST, I64_CONST, F32_CONST, F64_CONST = 0x20, 0x23, 0x41, 0x42, 0x43, 0x44
REF_NULL, REF_FUNC, CALL_INDIRECT, END = 0xD0, 0xD2, 0x11, 0x0B
CALLS = re.compile(rb"[\x10\x12\xd2](?=([\x80-\xff]{0,4}[\x00-\x7f]))")
"""A byte that calls the function whose number follows, or makes a reference to it, wherever an instruction begins."""
SUMS = (0x6A, 0x6B, 0x6C, 0x7C, 0x7D, 0x7E)
"""Sums and products of integers, which constant expressions may have."""
STORE_ONE = b"\x41\x01\x3a\x00\x00"
"""Stores the byte 1 at the address on the stack."""
NO_LOCALS = 0
TRAP = bytes([NO_LOCALS, 0x00, END])
"""The code of a function that nobody can call."""

AT_LINKING, AT_LINKING_NAMED = 0, 2
"""Segments that linking writes: to table or memory 0, or to one whose number follows."""

CURE = "use the module as its makers published it"

_Item = TypeVar("_Item")


class WasmError(ValueError):
    """A module has other bytes than expected, or lacks what is asked of it."""


class Kind(IntEnum):
    """What an import or export is."""

    FUNCTION = 0
    TABLE = 1
    MEMORY = 2
    GLOBAL = 3
    TAG = 4


@dataclass(frozen=True)
class Import:
    """Something that a module wants from outside; `type` is its type in the bytes of a module."""

    module: str
    name: str
    kind: Kind
    type: bytes


@dataclass(frozen=True)
class Export:
    """Something that a module offers; `index` counts within its kind, and imports come first."""

    name: str
    kind: Kind
    index: int


@dataclass(frozen=True)
class ElementSegment:
    """Functions that linking writes into a table.

    Attributes:
        table: number of the table.
        offset: place of the first function; None where an import says it.
        functions: numbers of the functions; imports come first.
    """

    table: int
    offset: int | None
    functions: Sequence[int]


@dataclass(frozen=True)
class _Global:
    type: bytes
    is_mutable: bool
    value: bytes


class Module:
    """A WebAssembly module: what it imports and exports, and the code of its functions.

    Attributes:
        imports: in the module's order.
        exports: in the module's order.
        element_segments: in the module's order.
        functions: count of defined functions; they are numbered from 0, without the imported ones.
    """

    def __init__(self, data: bytes) -> None:
        """Reads a module. Raises WasmError where a byte is not as expected."""
        self._sections, self._custom = _sections(data)
        self._parameters = self._list(TYPE, _Reader.parameters)
        self.imports = self._list(IMPORT, _Reader.wanted)
        self._function_types = self._list(FUNCTION, _Reader.number)
        self._table_types = self._list(TABLE, _Reader.table_type)
        self._memory_types = self._list(MEMORY, _Reader.limits)
        self._tag_types = self._list(TAG, _Reader.tag_type)
        self._globals = self._list(GLOBAL, _Reader.own_global)
        self.exports = self._list(EXPORT, _Reader.offered)
        self.element_segments = self._list(ELEMENT, _Reader.element_segment)
        self._bodies = self._list(CODE, _Reader.body)
        self._list(DATA, _Reader.data_segment)
        self.functions = len(self._bodies)
        if len(self._function_types) != self.functions:
            raise WasmError(f"expected code of {len(self._function_types)} functions, found {self.functions}: {CURE}")
        if self.functions and max(self._function_types) >= len(self._parameters):
            found = f"found type {max(self._function_types)}"
            raise WasmError(f"expected functions of {len(self._parameters)} types, {found}: {CURE}")

    @property
    def sizes(self) -> list[int]:
        """Returns the bytes of code of each defined function."""
        return [len(body) for body in self._bodies]

    def with_exports(self, keep: Collection[str]) -> bytes:
        """Returns the module without exports other than `keep`. Raises WasmError where it lacks one of them."""
        if missing := sorted(set(keep) - {each.name for each in self.exports}):
            raise WasmError(f"expected exports {', '.join(missing)}, found none of these names: ask for others")
        return self._changed({EXPORT: _vector(_export(each) for each in self.exports if each.name in keep)})

    def instrumented(self, base: int) -> bytes:
        """Returns the module with functions that note that they run.

        Args:
            base: address in memory 0; the defined function n writes the byte 1 at `base` + n.

        Raises:
            WasmError: a function has local variables of unknown types.
        """
        bodies = []
        for number, body in enumerate(self._bodies):
            reader = _Reader(body, 0, len(body))
            reader.locals()
            note = _constant(base + number) + STORE_ONE
            bodies.append(body[: reader.position] + note + body[reader.position :])
        return self._changed({CODE: _code(bodies)})

    def split(self, hot: Collection[int]) -> tuple[bytes, bytes]:
        """Returns the first and the second file of the module.

        Args:
            hot: numbers of the defined functions whose code is in the first file.

        Raises:
            WasmError: no function has one of the numbers, the module exports "cold" already, or it has a start
                function that is not hot: this one runs before a page can put anything into a table.
        """
        hot = frozenset(hot)
        self._refuse(hot)
        no_values = self._number_of(NO_VALUES)
        types = self._sections[TYPE]
        if no_values == len(self._parameters):
            types = _longer(types, [NO_VALUES])
        cold_table = self._imported(Kind.TABLE) + len(self._table_types)
        cold_type = FUNCTION_REFERENCE + bytes([NO_MAXIMUM]) + _leb(self.functions + 1)
        imported = self._imported(Kind.FUNCTION)

        def thunk(number: int, before: bytes) -> bytes:
            its_type = self._function_types[number]
            values = b"".join(bytes([LOCAL_GET]) + _leb(place) for place in range(self._parameters[its_type]))
            call = values + _constant(number + 1) + _call_indirect(its_type, cold_table)
            return bytes([NO_LOCALS]) + before + call + bytes([END])

        def filling(numbers: Iterable[int], *further: tuple[int, int]) -> list[bytes]:
            return _filling(cold_table, [*further, *((number + 1, imported + number) for number in sorted(numbers))])

        shared, named = self._shared()
        called = self._callable_of(hot) - hot
        bring = _constant(0) + _call_indirect(no_values, cold_table)
        stand_ins = {number: thunk(number, bring) for number in called}
        bodies = list(enumerate(self._bodies))
        first = self._changed(
            {
                TYPE: types,
                TABLE: self._longer(TABLE, [cold_type]),
                EXPORT: self._longer(EXPORT, map(_export, [*named, Export(COLD, Kind.TABLE, cold_table)])),
                ELEMENT: self._longer(ELEMENT, filling(hot)),
                CODE: _code(body if number in hot else stand_ins.get(number, TRAP) for number, body in bodies),
            }
        )
        wanted = [*shared, Import(PRIMARY, COLD, Kind.TABLE, cold_type)]
        nothing = bytes([NO_LOCALS, END])  # the code of one function more, for place 0
        second = _written(
            {
                TYPE: types,
                IMPORT: self._longer(IMPORT, map(_import, wanted)),
                FUNCTION: self._longer(FUNCTION, [_leb(no_values)]),
                GLOBAL: _vector(map(_own_global, self._globals[self._count_of_shared_globals() :])),
                ELEMENT: _vector(filling(called, (0, imported + self.functions))),
                CODE: _code([*(thunk(number, b"") if number in hot else body for number, body in bodies), nothing]),
            }
        )
        return first, second

    def _refuse(self, hot: frozenset[int]) -> None:
        if strange := sorted(hot - set(range(self.functions))):
            raise WasmError(f"expected numbers of {self.functions} functions, found {strange[0]}: make the list anew")
        if any(each.name == COLD for each in self.exports):
            raise WasmError(f'expected a module without an export "{COLD}", found one: split the module that it was')
        if START in self._sections:
            reader = _Reader.of(self._sections[START])
            start = reader.number() - self._imported(Kind.FUNCTION)
            if start >= 0 and start not in hot:
                raise WasmError(f"expected the start function {start} among the hot ones, found it cold: add it")

    def _callable_of(self, hot: frozenset[int]) -> frozenset[int]:
        """Returns the numbers of the functions that hot ones may call, that tables hold, or that are exported."""
        indices = {each.index for each in self.exports if each.kind == Kind.FUNCTION}
        for segment in self.element_segments:
            indices.update(segment.functions)
        for code in [*(self._bodies[number] for number in hot), *(each.value for each in self._globals)]:
            indices.update(_Reader.of(index).number() for index in CALLS.findall(code))
        imported = self._imported(Kind.FUNCTION)
        return frozenset(range(self.functions)) & {index - imported for index in indices}

    def _shared(self) -> tuple[list[Import], list[Export]]:
        """Returns what a second file imports from a first one, and the exports that the first needs for this."""
        tables = [(Kind.TABLE, each) for each in self._table_types]
        memories = [(Kind.MEMORY, each) for each in self._memory_types]
        count = self._count_of_shared_globals()
        variables = [(Kind.GLOBAL, each.type + bytes([each.is_mutable])) for each in self._globals[:count]]
        tags = [(Kind.TAG, each) for each in self._tag_types]
        names = {(each.kind, each.index): each.name for each in self.exports}
        shared, named = [], []
        for same_kind in (tables, memories, variables, tags):
            for number, (kind, its_type) in enumerate(same_kind):
                index = self._imported(kind) + number
                if (kind, index) not in names:
                    names[kind, index] = self._free_name(f":{kind.value}:{index}")
                    named.append(Export(names[kind, index], kind, index))
                shared.append(Import(PRIMARY, names[kind, index], kind, its_type))
        return shared, named

    def _count_of_shared_globals(self) -> int:
        """Returns how many of the module's own globals both files share: all up to the last one that changes.

        Imports come first in the numbers, so the shared globals must be the first ones.
        """
        return max((place + 1 for place, each in enumerate(self._globals) if each.is_mutable), default=0)

    def _free_name(self, name: str) -> str:
        taken = {each.name for each in self.exports}
        while name in taken:
            name += ":"
        return name

    def _imported(self, kind: Kind) -> int:
        return sum(each.kind == kind for each in self.imports)

    def _number_of(self, of_type: bytes) -> int:
        """Returns the number of a type; that of the next new type where the module has none."""
        types = self._list(TYPE, _Reader.function_type)
        return types.index(of_type) if of_type in types else len(types)

    def _list(self, section: int, read: Callable[[_Reader], _Item]) -> list[_Item]:
        reader = _Reader.of(self._sections.get(section, _vector([])))
        items = [read(reader) for _ in range(reader.number())]
        if reader.position != reader.end:
            raise reader.unexpected(f"the end of section {section}", f"{reader.end - reader.position} bytes more")
        return items

    def _longer(self, section: int, items: Iterable[bytes]) -> bytes:
        return _longer(self._sections.get(section, _vector([])), items)

    def _changed(self, sections: Mapping[int, bytes]) -> bytes:
        return _written({**self._sections, **sections}, self._custom)


class _Reader:
    """Reads part of a module from its position on. All methods raise WasmError where a byte is not as expected."""

    def __init__(self, data: bytes, position: int, end: int) -> None:
        self.data, self.position, self.end = data, position, end

    @classmethod
    def of(cls, data: bytes) -> _Reader:
        return cls(data, 0, len(data))

    def unexpected(self, expected: str, found: str) -> WasmError:
        return WasmError(f"expected {expected} at byte {self.position}, found {found}: {CURE}")

    def take(self, count: int) -> bytes:
        if count > self.end - self.position:
            raise self.unexpected(f"{count} bytes", f"{self.end - self.position}")
        self.position += count
        return self.data[self.position - count : self.position]

    def byte(self) -> int:
        return self.take(1)[0]

    def one_of(self, expected: Collection[int], what: str) -> int:
        found = self.byte()
        if found not in expected:
            self.position -= 1
            raise self.unexpected(what, f"{found:#04x}")
        return found

    def number(self) -> int:
        """Reads an unsigned number of at most 32 bits."""
        return self._leb(5)[0]

    def signed(self, longest: int) -> int:
        """Reads a signed number of at most `longest` bytes."""
        number, bits = self._leb(longest)
        return number - (1 << bits) if number >> (bits - 1) else number

    def _leb(self, longest: int) -> tuple[int, int]:
        """Reads a number in groups of seven bits, the lowest first. Returns it, and how many bits it was written in."""
        number = 0
        for place in range(longest):
            byte = self.byte()
            number |= (byte & 0x7F) << (7 * place)
            if byte < 0x80:
                return number, 7 * (place + 1)
        raise self.unexpected(f"the end of a number of {longest} bytes", "more bytes")

    def name(self) -> str:
        content = self.take(self.number())
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise self.unexpected("a name in UTF-8", f"{content[:40]!r}") from None

    def kind(self) -> Kind:
        return Kind(self.one_of(list(Kind), "a kind of import or export"))

    def value_type(self) -> bytes:
        start = self.position
        if self.one_of({*VALUE_TYPES, *TYPED_REFERENCES}, "a type of values") in TYPED_REFERENCES:
            self.signed(5)
        return self.data[start : self.position]

    def limits(self) -> bytes:
        start = self.position
        has_maximum = self.one_of((NO_MAXIMUM, WITH_MAXIMUM), "limits of 32 bits without threads") == WITH_MAXIMUM
        self.number()
        if has_maximum:
            self.number()
        return self.data[start : self.position]

    def table_type(self) -> bytes:
        return self.value_type() + self.limits()

    def global_type(self) -> bytes:
        return self.value_type() + bytes([self.one_of((0, 1), "whether a global changes")])

    def tag_type(self) -> bytes:
        return bytes([self.one_of((0,), "the tag of an exception")]) + _leb(self.number())

    def function_type(self) -> bytes:
        start = self.position
        self.parameters()
        return self.data[start : self.position]

    def parameters(self) -> int:
        """Reads the type of a function. Returns the number of its parameters."""
        self.one_of((FUNCTION_TYPE,), "the type of a function")
        count, _results = (len([self.value_type() for _ in range(self.number())]) for _ in range(2))
        return count

    def wanted(self) -> Import:
        module, name, kind = self.name(), self.name(), self.kind()
        read = {
            Kind.FUNCTION: lambda: _leb(self.number()),
            Kind.TABLE: self.table_type,
            Kind.MEMORY: self.limits,
            Kind.GLOBAL: self.global_type,
            Kind.TAG: self.tag_type,
        }
        return Import(module, name, kind, read[kind]())

    def offered(self) -> Export:
        return Export(self.name(), self.kind(), self.number())

    def own_global(self) -> _Global:
        *its_type, is_mutable = self.global_type()
        return _Global(bytes(its_type), bool(is_mutable), self.expression()[0])

    def expression(self) -> tuple[bytes, int | None]:
        """Reads a constant expression. Returns its bytes, and its value where it is a single integer."""
        start = self.position
        values: list[int | None] = []
        while (operation := self.byte()) != END:
            if operation == I32_CONST:
                values.append(self.signed(5))
                continue
            values.append(None)
            if operation == I64_CONST:
                self.signed(10)
            elif operation == F32_CONST:
                self.take(4)
            elif operation == F64_CONST:
                self.take(8)
            elif operation in {GLOBAL_GET, REF_FUNC}:
                self.number()
            elif operation == REF_NULL:
                self.signed(5)
            elif operation not in SUMS:
                self.position -= 1
                raise self.unexpected("an operation of a constant expression", f"{operation:#04x}")
        return self.data[start : self.position], values[0] if len(values) == 1 else None

    def element_segment(self) -> ElementSegment:
        named = self.one_of((AT_LINKING, AT_LINKING_NAMED), "functions that linking writes into a table")
        table = self.number() if named else 0
        offset = self.expression()[1]
        if named:
            self.one_of((0,), "functions")
        return ElementSegment(table, offset, [self.number() for _ in range(self.number())])

    def data_segment(self) -> None:
        named = self.one_of((AT_LINKING, AT_LINKING_NAMED), "bytes that linking writes into memory")
        if named:
            self.number()
        self.expression()
        self.take(self.number())

    def body(self) -> bytes:
        content = self.take(self.number())
        if not content.endswith(bytes([END])):
            raise self.unexpected("the end of a function before this place", f"{content[-1:].hex() or 'nothing'}")
        return content

    def locals(self) -> None:
        for _ in range(self.number()):
            self.number()
            self.value_type()


def _sections(data: bytes) -> tuple[dict[int, bytes], list[bytes]]:
    """Returns the sections of a module by their numbers, and the content of the custom sections that are kept."""
    reader = _Reader.of(data)
    if data[: len(MAGIC)] != MAGIC:
        raise reader.unexpected("a WebAssembly module of version 1", data[: len(MAGIC)].hex() or "nothing")
    reader.take(len(MAGIC))
    sections: dict[int, bytes] = {}
    custom = []
    later = list(ORDER)
    while reader.position < reader.end:
        number = reader.one_of({CUSTOM, *later}, "a section that may follow here")
        content = reader.take(reader.number())
        if number != CUSTOM:
            sections[number] = content
            later = later[later.index(number) + 1 :]
        elif _Reader.of(content).name() in CUSTOM_KEPT:
            if sections:
                raise reader.unexpected(f"the sections {', '.join(CUSTOM_KEPT)} before all others", "one here")
            custom.append(content)
    return sections, custom


def _written(sections: Mapping[int, bytes], custom: Iterable[bytes] = ()) -> bytes:
    ordered = [(CUSTOM, content) for content in custom]
    ordered += [(number, sections[number]) for number in ORDER if number in sections]
    return MAGIC + b"".join(bytes([number]) + _leb(len(content)) + content for number, content in ordered)


def _filling(table: int, functions: Iterable[tuple[int, int]]) -> list[bytes]:
    """Returns element segments that put functions into a table: pairs of place and function, in ascending order."""
    runs: list[list[tuple[int, int]]] = []
    for place, function in functions:
        if runs and place == runs[-1][-1][0] + 1:
            runs[-1].append((place, function))
        else:
            runs.append([(place, function)])
    return [
        bytes([AT_LINKING_NAMED])
        + _leb(table)
        + (_constant(run[0][0]) + bytes([END, 0]))
        + _vector(_leb(function) for _, function in run)
        for run in runs
    ]


def _import(each: Import) -> bytes:
    return _name(each.module) + _name(each.name) + bytes([each.kind]) + each.type


def _export(each: Export) -> bytes:
    return _name(each.name) + bytes([each.kind]) + _leb(each.index)


def _own_global(each: _Global) -> bytes:
    return each.type + bytes([each.is_mutable]) + each.value


def _code(bodies: Iterable[bytes]) -> bytes:
    return _vector(_leb(len(body)) + body for body in bodies)


def _call_indirect(of_type: int, table: int) -> bytes:
    return bytes([CALL_INDIRECT]) + _leb(of_type) + _leb(table)


def _constant(number: int) -> bytes:
    return bytes([I32_CONST]) + _signed_leb(number)


def _name(text: str) -> bytes:
    return _leb(len(text.encode())) + text.encode()


def _vector(items: Iterable[bytes]) -> bytes:
    every = list(items)
    return _leb(len(every)) + b"".join(every)


def _longer(vector: bytes, items: Iterable[bytes]) -> bytes:
    """Returns a list of a module with more items at its end."""
    reader, further = _Reader.of(vector), list(items)
    count = reader.number()
    return _leb(count + len(further)) + vector[reader.position :] + b"".join(further)


def _leb(number: int) -> bytes:
    """Returns an unsigned number in groups of seven bits, the lowest first.

    >>> _leb(300).hex()
    'ac02'
    """
    written = bytearray()
    while number >= 0x80:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])


def _signed_leb(number: int) -> bytes:
    """Returns a signed number in groups of seven bits, the lowest first; the highest bit of the last is the sign.

    >>> _signed_leb(64).hex(), _signed_leb(-1).hex()
    ('c000', '7f')
    """
    written = bytearray()
    while not -64 <= number < 64:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number & 0x7F])
