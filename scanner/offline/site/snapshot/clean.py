"""Frees what a restored Python need not hold. Runs inside Pyodide, before its memory is written down."""

import gc
import linecache
import re
import sys


def clean() -> None:
    """Empties the caches of the core, of `re` and of tracebacks, and collects garbage."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "scanner":
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
    re.purge()
    linecache.clearcache()
    for _ in range(2):  # the second finds what the finalizers of the first have freed
        gc.collect()


clean()
del clean
