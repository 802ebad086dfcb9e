"""Choose and make the files from which a browser starts fast: a memory snapshot, and WebAssembly cut in two.

Steps: leave out of the script what nobody uses, minify it, cut each module into functions that a scan runs and the
rest, start Python from these very files in Node, write its memory. Equal files give equal bytes. The cache keeps the
results.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

from scanner.files import sweep, temporary_folder
from scanner.offline.site import wasm
from scanner.offline.site.archive import Files, json_bytes, read_zip, zip_bytes
from scanner.offline.site.faults import SiteError
from scanner.offline.site.kept import kept_or_made
from scanner.offline.site.runtime import DownloadError, node_program
from scanner.offline.site.snapshot.glue import (
    GlueError,
    asked_of_script,
    needed_exports,
    refuse_scripts_in_libraries,
    stripped,
    words_shared,
)
from scanner.offline.site.snapshot.hot import ProfileError, hot_functions
from scanner.offline.site.snapshot.memory import SnapshotError, Taken, memory_file
from scanner.offline.site.snapshot.minify import minified
from scanner.offline.site.tools import run_tool
from scanner.offline.site.wasm import Kind, Module, WasmError

__all__ = ["SNAPSHOT", "fast_files"]

SNAPSHOT = "snapshot"
"""Role of the memory file. A page starts fast where assets.json names a file of this role."""

PLAIN = ("pyodide", "stdlib", "lock", "numpy", "core")
"""Roles of the files that the maker of the snapshot reads as they are."""

MAKER = Path(__file__).with_name("maker.mjs")
SCRIPTS = ("python/linking.js", "python/site-packages.js")
"""Modules of the page that the maker runs too: both sides link alike."""
USERS = "python/*.js"
"""Modules of the page that may look something up in Emscripten's script."""


def fast_files(
    plain: Mapping[str, tuple[str, bytes]], libraries: Mapping[str, str], web: Mapping[str, bytes], cache: Path
) -> dict[str, tuple[str, bytes]]:
    """Returns name and content of each file of the fast start, by role.

    The roles are "hot-" and "cold-" before "wasm" and each library's role, "hot-asm", and `SNAPSHOT`.

    Args:
        plain: name and content of the files of the plain start, by role.
        libraries: role of each shared object, by its path among Python's packages.
        web: the page's files, by path.
        cache: folder that keeps what was made.

    Raises:
        SiteError: Pyodide's files are not as expected.
        DownloadError: Terser or Node is missing, or fails.
    """
    folder = cache / "snapshot"
    sweep(folder)
    own = {path.name: path.read_bytes() for path in sorted(Path(__file__).parent.iterdir()) if path.is_file()}
    own["wasm.py"] = Path(wasm.__file__).read_bytes()
    users = [content.decode() for path, content in web.items() if fnmatch(path, USERS)]
    looked_up = words_shared(users, plain["asm"][1].decode())
    sources = {
        "looked-up.json": json_bytes(looked_up),
        **{f"plain/{role}/{name}": content for role, (name, content) in plain.items()},
        **{f"web/{name}": web[name] for name in SCRIPTS},
        **{f"own/{name}": content for name, content in own.items()},
        "libraries.json": json_bytes(dict(libraries)),
    }
    digest = hashlib.sha256(zip_bytes(sources)).hexdigest()[:32]
    try:
        made = kept_or_made(folder / f"{digest}.zip", partial(_made, plain, libraries, web, looked_up, cache))
    except (GlueError, ProfileError, SnapshotError, WasmError) as error:
        raise SiteError(str(error)) from error
    files = {}
    for path, content in read_zip(made).items():
        role, _, name = path.partition("/")
        files[role] = (name, content)
    return files


def _made(
    plain: Mapping[str, tuple[str, bytes]],
    libraries: Mapping[str, str],
    web: Mapping[str, bytes],
    looked_up: Sequence[str],
    cache: Path,
) -> bytes:
    modules = {role: Module(plain[role][1]) for role in ("wasm", *libraries.values())}
    main = modules["wasm"]
    glue = plain["asm"][1].decode()
    scripts = [plain["pyodide"][1].decode(), MAKER.read_text(), " ".join(looked_up)]
    imported = frozenset(each.name for role in libraries.values() for each in modules[role].imports)
    for role in libraries.values():
        refuse_scripts_in_libraries(each.name for each in modules[role].exports)
    needed = needed_exports(glue, scripts, frozenset(each.name for each in main.exports), imported)
    asked = asked_of_script(modules.values())
    modules["wasm"] = Module(main.with_exports(needed))
    hot = hot_functions({plain[role][0]: plain[role][1] for role in modules})
    files = {"hot-asm": (plain["asm"][0], minified(stripped(glue, needed, asked, scripts).encode(), cache))}
    for role, module in modules.items():
        name = plain[role][0]
        first, second = module.split(hot[name])
        stem = name.removesuffix(".wasm")
        files[f"hot-{role}"] = (f"{stem}.hot.wasm", first)
        files[f"cold-{role}"] = (f"{stem}.cold.wasm", second)
    slots = _slots(modules["wasm"])
    memory = memory_file(
        _taken({**{role: plain[role] for role in PLAIN}, **files}, libraries, slots, web, cache), slots
    )
    files[SNAPSHOT] = ("python-memory.wasm", memory)
    return zip_bytes({f"{role}/{name}": content for role, (name, content) in files.items()})


def _slots(module: Module) -> dict[str, int]:
    """Returns the place in the function table of each exported function that has one; the last where it has several."""
    places: dict[int, int] = {}
    for segment in module.element_segments:
        if segment.table == 0 and segment.offset is not None:
            places |= {function: segment.offset + number for number, function in enumerate(segment.functions)}
    functions = [each for each in module.exports if each.kind == Kind.FUNCTION]
    return {each.name: places[each.index] for each in functions if each.index in places}


def _taken(
    files: Mapping[str, tuple[str, bytes]],
    libraries: Mapping[str, str],
    slots: Mapping[str, int],
    web: Mapping[str, bytes],
    cache: Path,
) -> Taken:
    """Returns the memory of a Python that Node has started from `files`."""
    node = node_program()
    parts = {"files": {role: name for role, (name, _) in files.items()}, "libraries": libraries, "slots": slots}
    written: Files = dict(files.values()) | {Path(path).name: web[path] for path in SCRIPTS}
    written["pyodide.asm.wasm"] = files["hot-wasm"][1]  # Pyodide reads a file of this name, whoever compiles it
    try:
        with temporary_folder(cache) as place:
            folder = Path(place)
            for name, content in written.items():
                (folder / name).write_bytes(content)
            (folder / "package.json").write_bytes(b'{"type": "module"}\n')
            (folder / "parts.json").write_bytes(json.dumps(parts).encode())
            run_tool([node, MAKER], folder, seconds=600)
            return Taken(
                (folder / "head.bin").read_bytes(),
                (folder / "memory.bin").read_bytes(),
                (folder / "base.bin").read_bytes(),
                json.loads((folder / "facts.json").read_bytes()),
            )
    except OSError as error:
        cure = "install Node.js 20 or newer, make room, or use --runtime stock"
        raise DownloadError(f"expected Python's memory from Node.js, found otherwise ({error}): {cure}") from error
