"""Compile Python sources to byte code, inside Pyodide, so that the byte code is of Pyodide's own Python.

pyc_compiler.mjs runs this module under Node; the project's own Python never imports it.
"""

import importlib.util
import types
import zipfile
from functools import cache


def compile_archive(source: str, target: str) -> str:
    """Writes to the zip `target` every file of the zip `source`, with .py files compiled to .pyc.

    Assertions, docstrings and line numbers are left out. The bytes depend on nothing but the sources. Returns this
    Python's magic number in hex.
    """
    # _code_to_hash_pyc writes: magic, flags 0b01 (checked by hash, and never checked), source hash.
    compile_to_pyc = importlib._bootstrap_external._code_to_hash_pyc  # type: ignore[attr-defined]
    with zipfile.ZipFile(source) as sources, zipfile.ZipFile(target, "w") as compiled:
        for name in sorted(sources.namelist()):
            content = sources.read(name)
            if not name.endswith(".py"):
                compiled.writestr(zipfile.ZipInfo(name), content)
                continue
            code = without_lines(compile(content, name, "exec", dont_inherit=True, optimize=2))
            checksum = importlib.util.source_hash(content)
            compiled.writestr(zipfile.ZipInfo(f"{name}c"), compile_to_pyc(code, checksum, checked=False))
    return importlib.util.MAGIC_NUMBER.hex()


def without_lines(code: types.CodeType) -> types.CodeType:
    """Returns a code object, and those inside it, without tables of line numbers, and with short qualified names.

    A memory snapshot with both is larger by 0.4 MB, compressed with brotli. Tracebacks name functions without lines.
    """
    constants = (without_lines(each) if isinstance(each, types.CodeType) else each for each in code.co_consts)
    lines = no_lines(1 << (len(code.co_code) // 16).bit_length())
    return code.replace(co_linetable=lines, co_consts=tuple(constants), co_qualname=code.co_name)


@cache
def no_lines(entries: int) -> bytes:
    """Returns a table of line numbers without numbers. Each entry is for eight instructions.

    Without any entry Python could not print a traceback. Functions of about one length share a table, in a file and in
    memory.
    """
    return b"\xff" * entries
