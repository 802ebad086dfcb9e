"""Make the smallest runtime that still runs the core: byte code only, without modules that are never used.

Whole modules are left out, by name. A keep-list traced from one run would be shorter still, but the next import outside
such a list would fail before a visitor. tests/offline/test_trim.py imports every module of the core, and every kept
module, in the trimmed runtime.
"""

import ast
import hashlib
from collections.abc import Mapping
from pathlib import Path

from scanner.files import sweep, temporary_folder
from scanner.offline.site.archive import Files, read_zip, zip_bytes
from scanner.offline.site.kept import kept_or_made
from scanner.offline.site.runtime import CORE_FILES, DownloadError, Runtime, node_program
from scanner.offline.site.tools import run_tool


def _names(*groups: str) -> frozenset[str]:
    return frozenset(" ".join(groups).split())


# Modules, or folders of them.
STDLIB_LEFT_OUT = _names(
    # for developers
    """
    __hello__ __phello__ _pyrepl antigravity asyncio/__main__ asyncio/tools bdb cProfile cmd code
    compileall doctest idlelib json/__main__ json/tool modulefinder pdb pickletools profile pstats
    py_compile pyclbr pydoc pydoc_data rlcompleter sre_compile sre_constants sre_parse symtable tabnanny
    this timeit trace tracemalloc turtle turtledemo unittest zipapp
    """,
    # network and mail, which are the page's work
    """
    _ssl email ftplib html http imaplib mailbox mimetypes netrc nturl2path poplib smtplib socketserver ssl
    urllib webbrowser wsgiref xml xmlrpc
    """,
    # processes, and systems other than the browser
    """
    _aix_support asyncio/proactor_events asyncio/windows_events asyncio/windows_utils
    concurrent/futures/process concurrent/futures/interpreter concurrent/interpreters multiprocessing pty
    runpy sched sysconfig/__main__ tty
    """,
    # files and formats
    """
    bz2 compression/bz2 compression/gzip compression/lzma compression/zlib compression/zstd configparser
    csv dbm filecmp fileinput getpass gzip logging/config logging/handlers lzma plistlib quopri shelve
    sqlite3 tarfile tomllib wave zoneinfo
    """,
    # text and numbers; C modules replace _pydatetime and _pyio
    """
    _markupbase _pydatetime _pydecimal _pyio _strptime argparse calendar colorsys difflib fractions getopt
    gettext graphlib ipaddress optparse secrets shlex statistics stringprep uuid
    """,
    # frozen into Python itself
    """
    importlib/_bootstrap importlib/_bootstrap_external zipimport
    """,
    # the worker itself puts packages in their place
    """
    _sysconfigdata__emscripten_wasm32-emscripten ctypes ensurepip importlib/metadata/_adapters
    importlib/metadata/_collections importlib/metadata/_functools importlib/metadata/_itertools
    importlib/metadata/_meta importlib/metadata/_text importlib/metadata/diagnose importlib/readers
    importlib/resources importlib/simple pyodide/console pyodide/http site-packages venv
    """,
)

ENCODINGS_KEPT = _names(
    """
    __init__ aliases ascii cp437 latin_1 raw_unicode_escape unicode_escape utf_16 utf_16_be utf_16_le
    utf_32 utf_32_be utf_32_le utf_8 utf_8_sig
    """,
)

NUMPY_LEFT_OUT = _names(
    """
    numpy/_configtool numpy/_core/cversions numpy/_core/defchararray numpy/_core/include
    numpy/_core/lib numpy/_core/strings numpy/_core/tests numpy/_pyinstaller
    numpy/_typing/_add_docstring numpy/_typing/_array_like numpy/_typing/_char_codes
    numpy/_typing/_dtype_like numpy/_typing/_extended_precision numpy/_typing/_nbit
    numpy/_typing/_nbit_base numpy/_typing/_nested_sequence numpy/_typing/_scalars
    numpy/_typing/_shape numpy/_typing/_ufunc numpy/char numpy/conftest numpy/core numpy/ctypeslib
    numpy/doc numpy/f2py numpy/fft numpy/lib/recfunctions numpy/linalg/lapack_lite
    numpy/ma/testutils numpy/matlib numpy/polynomial numpy/random numpy/rec numpy/strings
    numpy/testing numpy/tests numpy/typing/mypy_plugin
    """,
)

# numpy attaches its documentation to its functions at every start; no page reads it.
NUMPY_EMPTIED = ("numpy/_core/_add_newdocs.py", "numpy/_core/_add_newdocs_scalars.py")

# Path -> replacement of modules that a page loads at every start and hardly uses.
STDLIB_REPLACED = {
    # The module installs packages, and for this imports zipfile, shutil, tempfile and pathlib. The worker installs
    # packages itself. Pyodide's start asks for the names below; its snapshots expect Python to hold `loadedPackages`.
    "pyodide/_package_loader.py": b"""
from site import getsitepackages

from pyodide_js import loadedPackages


class _Folder:
    def __init__(self, path):
        self._path = path

    def __str__(self):
        return self._path


SITE_PACKAGES = _Folder(getsitepackages()[0])
DSO_DIR = _Folder("/usr/lib")


def init_loaded_packages():
    pass
""",
    # Where Python looks for modules anew, it has this class forget what it knows of installed packages.
    "importlib/metadata/__init__.py": b"""
class MetadataPathFinder:
    @classmethod
    def invalidate_caches(cls):
        pass
""",
    # Pyodide's event loop needs events, futures and tasks. The other modules are imported when somebody asks for them.
    "asyncio/__init__.py": b"""
import importlib

from . import coroutines, events, exceptions, futures, runners, tasks
from .coroutines import *
from .events import *
from .exceptions import *
from .futures import *
from .runners import *
from .tasks import *

_LATER = (
    'base_events', 'graph', 'locks', 'protocols', 'queues', 'streams', 'subprocess', 'taskgroups', 'threads',
    'timeouts', 'transports', 'unix_events',
)


def __getattr__(name):
    if name == 'AbstractEventLoopPolicy':
        return events._AbstractEventLoopPolicy
    if name == 'DefaultEventLoopPolicy':  # of Unix: its loop waits for sockets, which a browser has not
        return events._BaseDefaultEventLoopPolicy
    if name in _LATER:
        return importlib.import_module('asyncio.' + name)
    for module in () if name.startswith('__') else _LATER:
        module = importlib.import_module('asyncio.' + module)
        if name in module.__all__:
            return getattr(module, name)
    raise AttributeError(f'module asyncio has no attribute {name!r}')
""",
}
NUMPY_REPLACED = {
    "numpy/lib/npyio.py": b"""
def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    from numpy.lib import _npyio_impl
    return getattr(_npyio_impl, name)
""",
    # Only readers and checkers of sources use types.
    "numpy/_typing/__init__.py": b"""
class _Anything:
    def __class_getitem__(cls, item):
        return cls


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _Anything
""",
}

# Modules of functions that numpy imports at every start, and no scan calls: they are imported at the first call.
NUMPY_LATER = (
    "numpy/_core/einsumfunc.py",
    "numpy/lib/_histograms_impl.py",
    "numpy/lib/_nanfunctions_impl.py",
    "numpy/lib/_npyio_impl.py",
)
LATER_ENDING = "_whole"
LATER_MODULE = """
import importlib

from numpy._core import multiarray

__all__ = {names}


def _whole():
    return importlib.import_module({module!r})


def _later(name):
    def call(*args, **kwargs):
        return getattr(_whole(), name)(*args, **kwargs)

    call.__name__ = name
    return call


for name in __all__:
    globals()[name] = getattr(multiarray, name, None) or _later(name)


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(_whole(), name)
"""

COMPILER = Path(__file__).with_name("pyc_compiler.mjs")


def trimmed_stdlib(archive: Mapping[str, bytes]) -> Files:
    """Returns the sources of the standard library that are kept, by their path in the archive."""
    kept = {}
    for path, content in archive.items():
        folder, _, module = path.removesuffix(".py").rpartition("/")
        if not path.endswith(".py") or _is_below(path, STDLIB_LEFT_OUT):
            continue
        if folder == "encodings" and module not in ENCODINGS_KEPT:
            continue
        kept[path] = STDLIB_REPLACED.get(path, content)
    return kept


def trimmed_numpy(archive: Mapping[str, bytes]) -> Files:
    """Returns the kept files of the numpy wheel: sources and shared objects.

    The wheel's own description is left out: it would tell Pyodide's package manager of a package that it did not
    install. The site ships the wheel's licence texts itself.
    """
    kept = {
        path: b"" if path in NUMPY_EMPTIED else NUMPY_REPLACED.get(path, content)
        for path, content in archive.items()
        if path.endswith((".py", ".so")) and not _is_below(path, NUMPY_LEFT_OUT)
    }
    for path in NUMPY_LATER:
        whole = path.replace(".py", f"{LATER_ENDING}.py")
        module = whole.removesuffix(".py").replace("/", ".")
        kept[path] = LATER_MODULE.format(names=_public_names(kept[path]), module=module).encode()
        kept[whole] = archive[path]
    return kept


def _public_names(source: bytes) -> list[str]:
    """Returns the value of `__all__` in a module's source."""
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") == "__all__":
            names: list[str] = ast.literal_eval(statement.value)
            return names
    raise DownloadError("expected numpy's modules to list their public names, found none: use --runtime stock")


def compiled(sources: Mapping[str, bytes], runtime: Runtime, cache: Path) -> Files:
    """Returns `sources` with every .py file compiled to .pyc by `runtime`'s own Python, under Node.

    Results are kept in `cache`. Raises DownloadError where Node is missing or cannot compile.
    """
    folder = cache / "compiled"
    sweep(folder)
    packed = zip_bytes(sources)
    compiler = COMPILER.read_bytes() + COMPILER.with_suffix(".py").read_bytes()
    digest = hashlib.sha256(packed + compiler + runtime.files["pyodide.asm.wasm"]).hexdigest()[:32]
    return read_zip(kept_or_made(folder / f"{digest}.zip", lambda: _compile(packed, runtime, cache)))


def _compile(packed: bytes, runtime: Runtime, cache: Path) -> bytes:
    node = node_program()
    try:
        with temporary_folder(cache) as folder:
            pyodide, work = Path(folder) / "pyodide", Path(folder) / "work"
            pyodide.mkdir()
            work.mkdir()
            for name in CORE_FILES:
                (pyodide / name).write_bytes(runtime.files[name])
            (work / "sources.zip").write_bytes(packed)
            run_tool([node, COMPILER, pyodide, work], Path(folder), seconds=600)
            return (work / "compiled.zip").read_bytes()
    except OSError as error:
        cure = "install Node.js 20 or newer, make room, or use --runtime stock"
        raise DownloadError(f"expected byte code from Node.js, found otherwise ({error}): {cure}") from error


def _is_below(path: str, names: frozenset[str]) -> bool:
    """Returns whether a module, or a folder that holds the module, is one of `names`."""
    parts = path.partition(".")[0].split("/")
    return any("/".join(parts[:count]) in names for count in range(1, len(parts) + 1))
