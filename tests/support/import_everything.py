"""Imports every module of the trimmed runtime, and reports the failures as JSON. Runs in Pyodide."""

import importlib
import importlib.util
import json
import sys
import zipfile
from pathlib import Path

SITE_PACKAGES = next(Path(folder) for folder in sys.path if folder.endswith("site-packages"))
STDLIB = next(folder for folder in sys.path if folder.endswith(".zip"))


def files() -> list[tuple[str, bytes]]:
    """Returns the path, in its archive or folder, and the content of every Python file."""
    with zipfile.ZipFile(STDLIB) as archive:
        found = [(name, archive.read(name)) for name in archive.namelist()]
    for path in sorted(SITE_PACKAGES.rglob("*.py*")):
        found.append((path.relative_to(SITE_PACKAGES).as_posix(), path.read_bytes()))
    return found


def module_name(path: str) -> str:
    """Returns the name under which the file at `path` is imported."""
    return path.partition(".")[0].removesuffix("/__init__").replace("/", ".")


failures, imported = {}, []
for path, content in files():
    if not path.endswith(".pyc"):
        failures[path] = "not byte code"
    elif content[:4] != importlib.util.MAGIC_NUMBER:
        failures[path] = f"byte code of another Python: {content[:4].hex()}"
    else:
        try:
            importlib.import_module(module_name(path))
            imported.append(module_name(path))
        except BaseException as error:
            failures[path] = repr(error)
json.dumps({"imported": imported, "failures": failures})
