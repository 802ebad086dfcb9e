"""Frees what a restored Python need not hold. Runs inside Pyodide, before its memory is written down."""

import gc
import linecache
import re
import sys
import zipimport


def clean() -> None:
    """Empties caches and the buffer of standard input, and collects garbage."""
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
    for _ in range(2):  # the second finds what the finalizers of the first have freed
        gc.collect()


clean()
del clean
