"""Collect the licence texts of everything that a site carries."""

from pathlib import Path

from scanner.offline.site.archive import Files, read_zip
from scanner.offline.site.runtime import Runtime

__all__ = ["licences"]

NOTICE = """This site carries, unmodified or with unused parts left out or replaced by smaller ones:

Pyodide (https://github.com/pyodide/pyodide), Mozilla Public License 2.0: pyodide/MPL-2.0.txt
CPython (https://github.com/python/cpython), Python Software Foundation License: cpython/LICENSE.txt
NumPy (https://github.com/numpy/numpy), BSD 3-clause, and what it includes: numpy/

Compiled into Pyodide's WebAssembly are also the system libraries of Emscripten
(https://github.com/emscripten-core/emscripten, MIT; musl, MIT), libffi (MIT) and zlib (zlib License).
"""

# Pyodide's npm package and library archive come without licence texts; they name these two.
LICENCES = {"pyodide/MPL-2.0.txt": "MPL-2.0.txt", "cpython/LICENSE.txt": "CPython.txt"}


def licences(runtime: Runtime) -> Files:
    """Returns the licence texts of everything that the site carries, by their path below licences/."""
    texts = {"licences/NOTICE.txt": NOTICE.encode()}
    for path, name in LICENCES.items():
        texts[f"licences/{path}"] = Path(__file__).with_name("licences").joinpath(name).read_bytes()
    for path, content in read_zip(runtime.files[runtime.numpy]).items():
        _, found, name = path.partition(".dist-info/licenses/")
        if found:
            texts[f"licences/numpy/{name}" + ("" if name.endswith((".txt", ".md")) else ".txt")] = content
    return texts
