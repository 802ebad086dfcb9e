"""Assemble the static site: page, worker, core package, Pyodide runtime and bundle in one folder.

Equal input gives equal bytes on every machine. All addresses in the site are relative, so the folder may lie
below any path of any static host. Everything below `runtime/` has the checksum of its content in its address and may be
cached for ever; everything else must be revalidated.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from scanner.bundle import HashBundle
from scanner.errors import BundleError
from scanner.offline.site.archive import Files, compressed_siblings, read_zip, zip_bytes
from scanner.offline.site.build_list import WORKER, worker_with_build
from scanner.offline.site.folder import recover_folder, write_folder
from scanner.offline.site.notice import licences
from scanner.offline.site.origins import PAGE, checked_origins, page_with_origins
from scanner.offline.site.parts import NOT_OF_THE_CORE, PARTS, Parts
from scanner.offline.site.runtime import CDN_URL, Runtime, cache_folder, obtain_runtime
from scanner.offline.site.thumbnails import thumbnail_files
from scanner.offline.site.trim import compiled, trimmed_numpy, trimmed_stdlib

__all__ = ["RUNTIMES", "SiteError", "assemble_site", "web_files"]

RUNTIMES = ("trimmed", "stock", "cdn")

# Endings of the files of web/ that ship, and of files that only developers' tools read.
SHIPPED_SUFFIXES = {".html", ".css", ".js", ".mjs", ".svg", ".png", ".ico", ".webp", ".webmanifest", ".txt"}
UNSHIPPED_ENDINGS = (".d.ts", ".test.js")

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


class SiteError(ValueError):
    """A part of the site is missing or unusable; the message names the file and the cure."""


def assemble_site(
    output: Path,
    bundle: Path | None = None,
    runtime: str = "trimmed",
    parts: Parts = PARTS,
    thumbnails_from: Sequence[str] = (),
    *,
    demo: bool = False,
    warn: Callable[[str], None] = lambda _: None,
) -> Mapping[str, int]:
    """Builds the site in a temporary folder, then puts it in the place of `output`.

    Args:
        output: the site's folder, replaced whole.
        bundle: the bundle that the page opens; None is `parts.bundle`.
        runtime: one of `RUNTIMES`.
        parts: the folders of page, core and demo pictures.
        thumbnails_from: other origins, such as "https://img.example", that the page may ask for thumbnails.
        demo: `bundle` is the demo's, whose thumbnails are the demo's pictures. A checkout's own bundle always is.
        warn: called with a text for each thumbnail that is not published.

    Returns:
        The size in bytes of every file, by its path in the site.

    Raises:
        SiteError: a part is missing, `output` is a folder that this function did not make, or an origin is none.
        DownloadError: the runtime cannot be obtained.
        OSError: `output` cannot be written.
    """
    recover_folder(output)
    _refuse_foreign_folder(output)
    files = site_files(bundle or parts.bundle, runtime, parts, thumbnails_from, demo=demo, warn=warn)
    write_folder(output, files)
    return {path: len(content) for path, content in sorted(files.items())}


def site_files(
    bundle: Path,
    runtime: str,
    parts: Parts,
    thumbnails_from: Sequence[str] = (),
    *,
    demo: bool = False,
    warn: Callable[[str], None] = lambda _: None,
) -> Files:
    """Returns every file of the site, by its path in the site; see `assemble_site`."""
    content, references = _checked_parts(bundle, runtime, parts)
    files = web_files(parts.web)
    try:
        files[PAGE] = page_with_origins(files[PAGE], runtime, checked_origins(thumbnails_from))
    except ValueError as error:
        raise SiteError(str(error)) from error
    page = [*sorted(files), "hashes/references.json"]
    is_own = parts.checkout is not None and bundle.resolve() == parts.bundle.resolve()
    thumbnails, left_out = thumbnail_files(references, bundle, parts.demo, is_demo=is_own or demo)
    for warning in left_out:
        warn(warning)
    files = thumbnails | files
    files["hashes/references.json"] = content
    original = obtain_runtime()
    groups, libraries = _runtime_groups(runtime, original, core_files(parts.package))
    addresses: dict[str, str] = {}
    for group in groups:
        folder = f"runtime/{_short_checksum({name: content for name, content in group.values()})}"
        for role, (name, content) in group.items():
            files[f"{folder}/{name}"] = content
            addresses[role] = f"{folder}/{name}"
    files |= licences(original)
    siblings = compressed_siblings({path: files[path] for path in files.keys() - {WORKER}}, cache_folder())
    listed = {role: _described(address, files[address], files | siblings) for role, address in addresses.items()}
    if runtime == "cdn":
        for role, name in {**ROLES, "numpy": original.numpy}.items():
            listed[role] = _described(CDN_URL + name, original.files[name], {})

    assets: dict[str, object] = {"version": _short_checksum(files), "runtime": runtime, "files": listed, "page": page}
    if libraries:
        assets["libraries"] = libraries
    files["assets.json"] = _json_bytes(assets)
    plain = {path: content for path, content in files.items() if path != WORKER}
    kept = {*page, *addresses.values(), "assets.json"}
    try:
        files[WORKER] = worker_with_build(files[WORKER], str(assets["version"]), plain, kept)
    except ValueError as error:
        raise SiteError(str(error)) from error
    own = {path: files[path] for path in ("assets.json", WORKER)}
    return files | siblings | compressed_siblings(own, cache_folder())


def _checked_parts(bundle: Path, runtime: str, parts: Parts) -> tuple[bytes, HashBundle]:
    """Returns the bundle's file and the bundle in it. Raises SiteError for a part that is missing or broken."""
    for required in parts.required:
        if not required.is_file():
            cure = "restore it from the repository" if parts.checkout else "install phash-scanner again"
            raise SiteError(f"{required} is missing: {cure}")
    if bundle.is_dir():
        raise SiteError(f"{bundle} is a folder: name the bundle in it with --bundle")
    if not bundle.is_file():
        maker = "`phash-scanner build`" + (" or `python build_hashes.py`" if parts.checkout else "")
        raise SiteError(f"{bundle} is missing: make it with {maker}, or name another with --bundle")
    if runtime not in RUNTIMES:
        raise SiteError(f"unknown runtime {runtime!r}: expected one of {', '.join(RUNTIMES)}")
    try:
        content = bundle.read_bytes()
        references = HashBundle.from_json(content)  # a page that can only report its broken bundle helps nobody
    except BundleError as error:
        raise SiteError(f"{bundle}: {error}") from error
    except OSError as error:
        found = error.strerror or error
        raise SiteError(f"{bundle}: expected a bundle that can be read, found otherwise ({found})") from error
    return content, references


def _runtime_groups(runtime: str, original: Runtime, core: Files) -> tuple[list[Group], dict[str, str]]:
    """Returns the files that ship of a runtime, by role, and the role of each shared object by its path."""
    if runtime == "trimmed":
        return trimmed_groups(original, core)
    if runtime == "stock":
        return stock_groups(original, core), {}
    return [{"core": ("scanner.zip", zip_bytes(core))}], {}


def _described(address: str, content: bytes, files: Files) -> dict[str, object]:
    """Returns what assets.json says of a file: its address, its checksum, and its bytes, plain and compressed.

    The page shows how many bytes are still to be loaded.
    """
    packed = {"br": f"{address}.br", "gz": f"{address}.gz"}
    sizes = {form: len(files[path]) for form, path in packed.items() if path in files}
    return {"url": address, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), **sizes}


def web_files(folder: Path) -> Files:
    """Returns the files of web/ that ship, by their path below it."""
    files = {}
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "node_modules" and not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if path.suffix in SHIPPED_SUFFIXES and not name.startswith(".") and not name.endswith(UNSHIPPED_ENDINGS):
                files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files


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
    return _json_bytes({"info": lock["info"], "packages": packages})


def _refuse_foreign_folder(output: Path) -> None:
    if output.is_dir() and any(output.iterdir()) and not (output / "assets.json").is_file():
        raise SiteError(f"{output} holds files but no assets.json, so it is not a site: name another folder")
    if output.exists() and not output.is_dir():
        raise SiteError(f"{output} is a file: name a folder")


def _short_checksum(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for path, content in sorted(files.items()):
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def _json_bytes(value: object) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
