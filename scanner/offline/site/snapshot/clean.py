"""Frees what a restored Python need not hold. Runs inside Pyodide, before its memory is written down."""

import gc
import importlib
import linecache
import re
import sys
import types
import weakref
import zipimport

LATER = (
    *("asyncio.locks", "asyncio.mixins", "asyncio.queues", "asyncio.timeouts"),
    *("dis", "heapq", "locale", "opcode", "pickle", "platform", "selectors", "socket", "subprocess"),
    *("numpy.lib.introspect", "numpy.lib.mixins"),
)
"""Modules that other modules import, and no scan uses. They come back when somebody uses them.

Not "tokenize": Pyodide runs lines of Python at every start, and reads them with it."""


class Later(types.ModuleType):
    """Stands for a module, and imports it when somebody asks for something in it."""

    def __getattr__(self, name: str) -> object:
        """Returns what the module has. Raises AttributeError for names of Python's own, such as __path__."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


def import_later(names: tuple[str, ...]) -> None:
    """Puts a `Later` in the place of each module. Raises RuntimeError where something else still holds a module."""
    gone = {}
    for name in names:
        module = sys.modules.pop(name)
        for holder in gc.get_referrers(module):
            if isinstance(holder, dict):
                for key in [key for key, value in holder.items() if value is module and key != "module"]:
                    holder[key] = Later(name)
        gone[name] = weakref.ref(module)
    del module, holder
    gc.collect()
    if held := [name for name, module in gone.items() if module() is not None]:
        raise RuntimeError(f"expected nobody to hold {', '.join(held)}, found references: leave them out of LATER")


def clean() -> None:
    """Empties caches and the buffer of standard input, lets go of modules, and collects garbage."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "scanner":
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
    re.purge()
    linecache.clearcache()
    vars(zipimport)["_zip_directory_cache"].clear()  # read again with the library, when the page brings it
    # The buffer of standard input lies where the library's file was read, and holds a piece of that.
    standard_input = open(0, encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115 - Python keeps it open
    vars(sys).update(stdin=standard_input, __stdin__=standard_input)
    import_later(LATER)
    importlib.invalidate_caches()  # the files of modules come later, and nobody says when
    for _ in range(2):  # the second finds what the finalizers of the first have freed
        gc.collect()


clean()
