"""Choose the files of Python's runtime that a site ships, in groups whose files must lie in one folder."""

import hashlib
import json
from collections.abc import Collection, Iterable
from pathlib import Path

from scanner.offline.site.archive import Files, json_bytes, read_zip, zip_bytes
from scanner.offline.site.parts import NOT_OF_THE_CORE
from scanner.offline.site.runtime import Runtime, cache_folder
from scanner.offline.site.snapshot.fast_files import SNAPSHOT, fast_files
from scanner.offline.site.trim import compiled, trimmed_numpy, trimmed_stdlib

__all__ = ["ROLES", "RUNTIMES", "core_files", "fallback_roles", "quick_roles", "runtime_groups"]

RUNTIMES = ("trimmed", "stock", "cdn")

# Names by which page and worker ask assets.json for a file of the runtime.
ROLES = {
    "pyodide": "pyodide.mjs",
    "asm": "pyodide.asm.mjs",
    "wasm": "pyodide.asm.wasm",
    "stdlib": "python_stdlib.zip",
    "lock": "pyodide-lock.json",
}


# Files that must lie in one folder to find each other: name and content by role.
Group = dict[str, tuple[str, bytes]]


def runtime_groups(runtime: str, original: Runtime, core: Files, web: Files) -> tuple[list[Group], dict[str, str]]:
    """Returns the files that ship of a runtime, by role, and the role of each shared object by its path.

    `web` are the page's files; the memory snapshot of a trimmed runtime is made with some of them.
    """
    if runtime == "trimmed":
        groups, libraries = trimmed_groups(original, core)
        plain = {role: file for group in groups for role, file in group.items()}
        fast = fast_files(plain, libraries, web, cache_folder())
        return [*groups, *({role: file} for role, file in fast.items())], libraries
    if runtime == "stock":
        return stock_groups(original, core), {}
    return [{"core": ("scanner.zip", zip_bytes(core))}], {}


def fallback_roles(roles: Collection[str], libraries: Iterable[str]) -> set[str]:
    """Returns those of a site's roles that a page asks for only where it cannot start from a snapshot."""
    return {"asm", "wasm", *libraries} if SNAPSHOT in roles else set()


def quick_roles(libraries: Iterable[str]) -> list[str]:
    """Returns the roles of the files that #startFromImage of web/python/python-start.js fetches."""
    return ["pyodide", "hot-asm", "hot-wasm", *(f"hot-{role}" for role in libraries), "lock", SNAPSHOT]


def core_files(package: Path) -> Files:
    """Returns the modules of the core package: all of `package` but the folders in `NOT_OF_THE_CORE`."""
    return {
        f"{package.name}/{path.relative_to(package).as_posix()}": path.read_bytes()
        for path in sorted(package.rglob("*.py"))
        if path.relative_to(package).parts[0] not in NOT_OF_THE_CORE
    }


def stock_groups(runtime: Runtime, core: Files) -> list[Group]:
    """Returns the files as published, by role; the files of a group must lie in one folder."""
    wheel = runtime.files[runtime.numpy]
    return [
        _engine(runtime),
        {"stdlib": (ROLES["stdlib"], runtime.files[ROLES["stdlib"]])},
        {"lock": (ROLES["lock"], pruned_lock(runtime, wheel)), "numpy": (runtime.numpy, wheel)},
        {"core": ("scanner.zip", zip_bytes(core))},
    ]


def trimmed_groups(runtime: Runtime, core: Files) -> tuple[list[Group], dict[str, str]]:
    """Returns the trimmed files, by role, and the role of each shared object by its path among the packages.

    A shared object is a WebAssembly file, and is served with the ending .wasm. Hosts then send the type that lets a
    browser compile the file while it loads. Most hosts compress files of this type.
    """
    cache = cache_folder()
    stdlib = compiled(trimmed_stdlib(read_zip(runtime.files[ROLES["stdlib"]])), runtime, cache)
    numpy = compiled(trimmed_numpy(read_zip(runtime.files[runtime.numpy])), runtime, cache)
    groups: list[Group] = [
        _engine(runtime),
        {"stdlib": (ROLES["stdlib"], zip_bytes(stdlib))},
        {"lock": (ROLES["lock"], pruned_lock(runtime, None))},
        {"core": ("scanner.zip", zip_bytes(compiled(core, runtime, cache)))},
    ]
    libraries = {}
    for path in [path for path in numpy if path.endswith(".so")]:
        role = path.rpartition("/")[2].partition(".")[0]
        groups.append({role: (f"{role}.wasm", numpy.pop(path))})
        libraries[path] = role
    groups.append({"numpy": ("numpy.zip", zip_bytes(numpy))})
    return groups, libraries


def _engine(runtime: Runtime) -> Group:
    return {role: (ROLES[role], runtime.files[ROLES[role]]) for role in ("pyodide", "asm", "wasm")}


def pruned_lock(runtime: Runtime, wheel: bytes | None) -> bytes:
    """Returns the lock file with numpy, served as `wheel`, as its only package, or without any if `wheel` is None."""
    lock = json.loads(runtime.files[ROLES["lock"]])
    packages = {}
    if wheel is not None:
        packages["numpy"] = lock["packages"]["numpy"] | {"sha256": hashlib.sha256(wheel).hexdigest()}
    return json_bytes({"info": lock["info"], "packages": packages})
