"""Leave out of pyodide.asm.mjs, Emscripten's script, what nothing here uses.

The script assigns each of 7850 exports of pyodide.asm.wasm to a variable. A browser makes an object for each, at every
start. No script and no library uses nine in ten of them.

The script also offers 1370 functions of its own to WebAssembly, in the object `wasmImports`, many for sound and
drawing; Pyodide's and numpy's WebAssembly asks for 274. It notes their signatures, in `.sig`, and shows 1648 names to
other scripts, as properties of `Module`. What nobody asks for is left out of all three. A minifier then finds that
nothing calls those functions, and drops their code: four tenths of the script.

The script also has calls of `eval` that see all its variables, for libraries that bring JavaScript along. They would
keep a minifier from renaming anything. Their calls go to the global scope instead: a page's policy forbids them anyway.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scanner.offline.site.wasm import Module

__all__ = ["GlueError", "asked_of_script", "needed_exports", "refuse_scripts_in_libraries", "stripped", "words_shared"]

DECLARED = "var _set_method_docstring,"
ASSIGNED = "function assignWasmExports(wasmExports){"
ASSIGNMENT = re.compile(
    r"""(?P<names>(?:[\w$]+=|Module\["[^"]+"\]=)+)wasmExports\["(?P<export>[^"]+)"\](?:\.value>>>0)?"""
)
BY_NAME = re.compile(r'wasmExports\["([^"]+)"\]|wasmExports\.([\w$]+)')
LOCAL_EVAL = re.compile(r"(?<![\w$.])eval\(")
WORD = re.compile(r"[A-Za-z_$][\w$]*")
OFFERED = "var wasmImports={"
OFFER = re.compile(r"""(?P<name>[\w$]+)(?::(?P<function>[\w$]+))?""")
SIGNATURE = re.compile(r"""(?<=[;}])(?P<function>[\w$]+)\.sig="\w*";""")
SHOWN = re.compile(r"""(?<=;)Module\["(?P<name>[^"]+)"\]=[\w$]+;""")
MENTIONED = re.compile(r"""[."']([\w$]+)""")

ALWAYS = frozenset({"memory", "__indirect_function_table", "__c_longjmp", "__cpp_exception", "Py_Version"})
"""Exports that are looked up by no name in the text: Emscripten's linker and Pyodide's snapshots use them."""
ENTRIES = frozenset({"main", "__main_argc_argv", "__main_void"})
"""Names of Python's entry, of which a build has some."""

SCRIPTS = ("__start_em_asm", "__em_js__", "__em_lib_deps")
"""Beginnings of the names of exports of libraries that bring JavaScript along."""

OPEN_GL = re.compile("(emscripten_)?gl")
"""Functions of OpenGL. The main module wants places for them in the table of functions; `withoutOpenGl` of
web/python/linking.js gives it none, by the same pattern. Where the two differ, Node ends the assembly as it links."""

FEWEST_ASSIGNMENTS = 4000
"""Pyodide 314 has 4905 assignments; far fewer mean that the text has another form."""
FEWEST_OFFERS = 1000
"""Pyodide 314 offers 1370 functions to WebAssembly, notes 1295 signatures, and shows 1648 names to other scripts."""


class GlueError(ValueError):
    """The text of Emscripten's script is not as expected; the message says what was found and what to do."""


@dataclass(frozen=True)
class _Assignment:
    text: str
    export: str
    variables: frozenset[str]
    properties: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        return self.variables | self.properties


@dataclass(frozen=True)
class _Parts:
    """The script, cut at the list of variables and at the assignments to them."""

    before: str
    variables: list[str]
    assignments: list[_Assignment]
    after: str

    @property
    def rest(self) -> str:
        return self.before + self.after


def needed_exports(glue: str, scripts: Iterable[str], exports: frozenset[str], imported: frozenset[str]) -> set[str]:
    """Returns the exports of the main module that have to stay.

    Args:
        glue: text of pyodide.asm.mjs.
        scripts: texts of every other script that uses the module: pyodide.mjs and the site's own.
        exports: names of all exports.
        imported: names that libraries import.

    Raises:
        GlueError: the text is not as expected, or an export that is needed is not there.
    """
    parts = _parts(glue)
    words = {word for text in (parts.rest, *scripts) for word in WORD.findall(text)}
    needed = {each.export for each in parts.assignments if each.names & words}
    needed |= {name for pair in BY_NAME.findall(parts.rest) for name in pair if name} & exports
    needed |= ALWAYS | (imported & exports) | (ENTRIES & exports)
    if missing := sorted(needed - exports):
        raise _unexpected("exports that the scripts use", f"no {', '.join(missing[:5])} among {len(exports)}")
    if not ENTRIES & needed:
        raise _unexpected("an export for Python's entry", f"none of {', '.join(sorted(ENTRIES))}")
    return needed


def words_shared(scripts: Iterable[str], glue: str) -> list[str]:
    """Returns the words that are both in `scripts` and in Emscripten's script: what they may look up there."""
    return sorted({word for text in scripts for word in WORD.findall(text)} & set(WORD.findall(glue)))


def asked_of_script(modules: Iterable[Module]) -> frozenset[str]:
    """Returns the names of all that WebAssembly asks Emscripten's script for, OpenGL's places in the table left out."""
    imports = [each for module in modules for each in module.imports]
    return frozenset(each.name for each in imports if not (each.module == "GOT.func" and OPEN_GL.match(each.name)))


def stripped(glue: str, needed: set[str], asked: frozenset[str], scripts: Iterable[str]) -> str:
    """Returns the text of pyodide.asm.mjs, which assigns, offers and shows no more than is used.

    Args:
        glue: text of pyodide.asm.mjs.
        needed: exports that are assigned, from `needed_exports`.
        asked: functions that are offered to WebAssembly, from `asked_of_script`.
        scripts: texts of every other script that uses the module.

    Raises:
        GlueError: the text is not as expected.
    """
    parts = _parts(glue)
    kept = [each for each in parts.assignments if each.export in needed]
    dropped = {name for each in parts.assignments if each.export not in needed for name in each.variables}
    variables = [name for name in parts.variables if name not in dropped]
    assignments = ";".join(each.text for each in kept)
    text = f"{parts.before}var {','.join(variables)};{ASSIGNED}{assignments}}}{parts.after}"
    return LOCAL_EVAL.sub("globalThis.eval(", _showing(_offering(text, asked), scripts))


def _offering(glue: str, asked: frozenset[str]) -> str:
    """Returns the script with no other function offered to WebAssembly, or given a signature, than those asked for."""
    if glue.count(OFFERED) != 1:
        raise _unexpected(f"{OFFERED!r} once", f"it {glue.count(OFFERED)} times")
    start = glue.index(OFFERED) + len(OFFERED)
    end = glue.index("}", start)
    offers = [(OFFER.fullmatch(text), text) for text in glue[start:end].split(",")]
    if other := [text for found, text in offers if not found]:
        raise _unexpected("functions offered to WebAssembly as name:function", repr(other[0][:80]))
    kept = [found for found, _ in offers if found and found["name"] in asked]
    functions = {found["function"] or found["name"] for found in kept}
    _refuse_few("functions offered to WebAssembly", len(offers))
    _refuse_few('signatures such as _f.sig="vp";', len(SIGNATURE.findall(glue)))
    offering = glue[:start] + ",".join(found[0] for found in kept) + glue[end:]
    return SIGNATURE.sub(lambda found: found[0] if found["function"] in functions else "", offering)


def _showing(glue: str, scripts: Iterable[str]) -> str:
    """Returns the script with no other name shown to scripts than those that it, or another one, may look up."""
    _refuse_few('names shown to other scripts as Module["name"]=name;', len(SHOWN.findall(glue)))
    mentioned = set(MENTIONED.findall(SHOWN.sub("", glue))) | {word for text in scripts for word in WORD.findall(text)}
    return SHOWN.sub(lambda found: found[0] if found["name"] in mentioned else "", glue)


def refuse_scripts_in_libraries(exports: Iterable[str]) -> None:
    """Raises GlueError where a library brings JavaScript along, by the names of its exports."""
    if found := sorted(name for name in exports if name.startswith(SCRIPTS)):
        raise GlueError(
            f"expected libraries without JavaScript of their own, found {found[0]}: the script could not run it. "
            "See docs/decisions/a-new-pyodide.md, or use --runtime stock"
        )


def _parts(glue: str) -> _Parts:
    for text in (DECLARED, ASSIGNED):
        if glue.count(text) != 1:
            raise _unexpected(f"{text!r} once", f"it {glue.count(text)} times")
    start, assigned = glue.index(DECLARED), glue.index(ASSIGNED)
    end = glue.index("}", assigned)
    declaration = glue[start + len("var ") : assigned].strip()
    if not re.fullmatch(r"[\w$]+(,[\w$]+)*;", declaration):
        raise _unexpected("one list of variables before assignWasmExports", "other text")
    assignments = []
    for text in glue[assigned + len(ASSIGNED) : end].split(";"):
        found = ASSIGNMENT.fullmatch(text)
        if not found:
            raise _unexpected('assignments such as _f=Module["_f"]=wasmExports["f"]', repr(text[:80]))
        names = [name for name in found["names"].split("=") if name]
        assignments.append(
            _Assignment(
                text,
                found["export"],
                frozenset(name for name in names if not name.startswith("Module[")),
                frozenset(name[len('Module["') : -len('"]')] for name in names if name.startswith("Module[")),
            )
        )
    if len(assignments) < FEWEST_ASSIGNMENTS:
        raise _unexpected(f"at least {FEWEST_ASSIGNMENTS} assignments of exports", str(len(assignments)))
    return _Parts(glue[:start], declaration.rstrip(";").split(","), assignments, glue[end + 1 :])


def _refuse_few(what: str, count: int) -> None:
    if count < FEWEST_OFFERS:
        raise _unexpected(f"at least {FEWEST_OFFERS} {what}", str(count))


def _unexpected(expected: str, found: str) -> GlueError:
    return GlueError(
        f"pyodide.asm.mjs: expected {expected}, found {found}: this Pyodide is written otherwise than the pinned one. "
        "See docs/decisions/a-new-pyodide.md, or use --runtime stock"
    )
