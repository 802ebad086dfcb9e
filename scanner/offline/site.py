"""Assemble the static site: page, worker, core package, Pyodide runtime and bundle in one folder.

Usage: python -m scanner.offline.site [-o dist] [--bundle FILE] [--runtime trimmed|stock|cdn]

The same input gives the same bytes on every machine. All addresses in the site are relative, so the
folder may lie below any path of any static host. Everything below `runtime/` has the checksum of its
content in its address and may be cached for ever; everything else must be revalidated.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import posixpath
import shlex
import shutil
import sys
import tempfile
from collections.abc import Container, Mapping, Sequence
from pathlib import Path

from scanner.bundle import HashBundle
from scanner.errors import BundleError
from scanner.offline.archive import Files, compressed_siblings, read_zip, zip_bytes
from scanner.offline.fields import BUNDLE_FOLDER, path_in_site
from scanner.offline.images import printable, shown_path
from scanner.offline.runtime import CDN_URL, DownloadError, Runtime, cache_folder, obtain_runtime
from scanner.offline.trim import compiled, trimmed_numpy, trimmed_stdlib

PROJECT = Path(__file__).resolve().parents[2]
RUNTIMES = ("trimmed", "stock", "cdn")
WARNINGS_SHOWN = 10

# Every file of web/ ships except what only the developer's tools read.
SHIPPED_SUFFIXES = {".html", ".css", ".js", ".mjs", ".svg", ".png", ".ico", ".webp", ".webmanifest", ".txt"}
UNSHIPPED_ENDINGS = (".d.ts", ".test.js")
REQUIRED_FILES = ("web/index.html", "web/image-scanner.js", "web/worker.js", "scanner/browser.py")

# Names by which page and worker ask assets.json for a file of the runtime.
ROLES = {
    "pyodide": "pyodide.mjs",
    "asm": "pyodide.asm.mjs",
    "wasm": "pyodide.asm.wasm",
    "stdlib": "python_stdlib.zip",
    "lock": "pyodide-lock.json",
}


NOTICE = """This site carries, unmodified or with unused parts left out or replaced by smaller ones:

Pyodide (https://github.com/pyodide/pyodide), Mozilla Public License 2.0: pyodide/MPL-2.0.txt
CPython (https://github.com/python/cpython), Python Software Foundation License: cpython/LICENSE.txt
NumPy (https://github.com/numpy/numpy), BSD 3-clause, and what it includes: numpy/

Compiled into Pyodide's WebAssembly are also the system libraries of Emscripten
(https://github.com/emscripten-core/emscripten, MIT; musl, MIT), libffi (MIT) and zlib (zlib License).
"""

# Pyodide's npm package and its library archive come without their licences; these are the texts they name.
LICENCES = {"pyodide/MPL-2.0.txt": "MPL-2.0.txt", "cpython/LICENSE.txt": "CPython.txt"}

# Files that must lie in one folder to find each other: name and content by role.
Group = dict[str, tuple[str, bytes]]


class SiteError(ValueError):
    """The site cannot be assembled from what is there; the message names the file and the cure."""


def assemble_site(
    output: Path,
    bundle: Path | None = None,
    runtime: str = "trimmed",
    project: Path = PROJECT,
) -> Mapping[str, int]:
    """Builds the site in a temporary folder, then puts it in the place of `output`.

    Returns the size in bytes of every file, by its path in the site. Raises SiteError when a part of
    the project is missing or `output` is a folder that this function did not make, DownloadError when
    the runtime cannot be obtained.
    """
    _refuse_foreign_folder(output)
    files = site_files(bundle or project / "hashes" / "references.json", runtime, project)
    write_folder(output, files)
    return {path: len(content) for path, content in sorted(files.items())}


def site_files(bundle: Path, runtime: str, project: Path) -> Files:
    """Returns every file of the site, by its path in the site."""
    for required in REQUIRED_FILES:
        if not (project / required).is_file():
            raise SiteError(f"{project / required} is missing: restore it from the repository")
    if bundle.is_dir():
        raise SiteError(f"{bundle} is a folder: name the bundle in it with --bundle")
    if not bundle.is_file():
        raise SiteError(f"{bundle} is missing: make it with `python build_hashes.py`, or name one with --bundle")
    try:
        references = HashBundle.load(bundle)  # a site whose page can only say that its bundle is broken helps nobody
    except BundleError as error:
        raise SiteError(str(error)) from error
    if runtime not in RUNTIMES:
        raise SiteError(f"unknown runtime {runtime!r}: expected one of {', '.join(RUNTIMES)}")
    files = web_files(project / "web")
    page = [*sorted(files), "hashes/references.json"]
    files = thumbnail_files(references, bundle, project) | files
    files["hashes/references.json"] = bundle.read_bytes()
    original = obtain_runtime()
    core = core_files(project / "scanner")
    if runtime == "trimmed":
        groups, libraries = trimmed_groups(original, core)
    elif runtime == "stock":
        groups, libraries = stock_groups(original, core), {}
    else:
        groups, libraries = [{"core": ("scanner.zip", zip_bytes(core))}], {}

    addresses: dict[str, str] = {}
    for group in groups:
        folder = f"runtime/{_short_checksum({name: content for name, content in group.values()})}"
        for role, (name, content) in group.items():
            files[f"{folder}/{name}"] = content
            addresses[role] = f"{folder}/{name}"
    files |= licences(original)
    siblings = compressed_siblings(files, cache_folder())
    listed = {role: {"url": address, **_sizes(address, files | siblings)} for role, address in addresses.items()}
    if runtime == "cdn":
        for role, name in {**ROLES, "numpy": original.numpy}.items():
            listed[role] = {"url": CDN_URL + name, "bytes": len(original.files[name])}

    assets: dict[str, object] = {"version": _short_checksum(files), "runtime": runtime, "files": listed, "page": page}
    if libraries:
        assets["libraries"] = libraries
    own = {"assets.json": _json_bytes(assets)}
    return files | siblings | own | compressed_siblings(own, cache_folder())


def _sizes(address: str, files: Files) -> dict[str, int]:
    """Returns what a file costs as it is and compressed: the page says how much is still to come."""
    forms = {"bytes": address, "br": f"{address}.br", "gz": f"{address}.gz"}
    return {form: len(files[path]) for form, path in forms.items() if path in files}


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


def thumbnail_files(references: HashBundle, bundle: Path, project: Path) -> Files:
    """Returns the thumbnails that references name, by their path in the site, as far as there are such files.

    They are looked for where their addresses lead from the bundle; the demo's are its pictures themselves.
    """
    files = {}
    for place in _thumbnails(references).values():
        sources = [_beside(bundle, place)]
        if bundle == project / "hashes" / "references.json" and posixpath.dirname(place) == "pictures":
            sources.append(project / "reference_images" / posixpath.basename(place))
        found = [source for source in sources if source.is_file()]
        if found and not place.startswith("../"):
            files[place] = found[0].read_bytes()
    return files


def missing_thumbnails(references: HashBundle, bundle: Path, paths: Container[str]) -> list[str]:
    """Returns a warning for each reference whose thumbnail is to be one of the site's files, at `paths`, and is not."""
    warnings = []
    for name, place in _thumbnails(references).items():
        if place in paths:
            continue
        told = f"picture {name!r}, field 'thumbnail': expected a file of the site, found"
        if place.startswith("../"):
            warnings.append(
                f"{told} an address outside it: lead it into the site, or write one that begins with https://"
            )
        else:
            source = shown_path(_beside(bundle, place))
            warnings.append(f"{told} none: put it at {source} and make the site again, or leave the field out")
    return warnings


def _beside(bundle: Path, place: str) -> Path:
    """Returns where a file of the site lies as seen from the bundle it is made from."""
    return Path(os.path.normpath(bundle.parent / posixpath.relpath(place, BUNDLE_FOLDER)))


def _thumbnails(references: HashBundle) -> dict[str, str]:
    """Returns the path in the site of each reference's thumbnail, of those whose address is relative."""
    addresses = {reference.id: reference.fields.get("thumbnail") for reference in references.references}
    places = {name: path_in_site(address) for name, address in addresses.items() if isinstance(address, str)}
    return {name: place for name, place in places.items() if place is not None}


def core_files(package: Path) -> Files:
    """Returns the modules of the core package, which is all of `package` but what is only for offline use."""
    return {
        f"{package.name}/{path.relative_to(package).as_posix()}": path.read_bytes()
        for path in sorted(package.rglob("*.py"))
        if path.relative_to(package).parts[0] != "offline"
    }


def stock_groups(runtime: Runtime, core: Files) -> list[Group]:
    """Returns the files as published, by role, grouped by what must lie in one folder."""
    wheel = runtime.files[runtime.numpy]
    return [
        _engine(runtime),
        {"stdlib": (ROLES["stdlib"], runtime.files[ROLES["stdlib"]])},
        {"lock": (ROLES["lock"], pruned_lock(runtime, wheel)), "numpy": (runtime.numpy, wheel)},
        {"core": ("scanner.zip", zip_bytes(core))},
    ]


def trimmed_groups(runtime: Runtime, core: Files) -> tuple[list[Group], dict[str, str]]:
    """Returns the trimmed files, by role, and the role of each shared object by its path among the packages.

    A shared object is served as a .wasm file, which it is: hosts send it with the type that lets a
    browser compile it while it comes in, and most compress that type.
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
    """Returns the lock file with no package but numpy, served as `wheel`, or none at all."""
    lock = json.loads(runtime.files[ROLES["lock"]])
    packages = {}
    if wheel is not None:
        packages["numpy"] = lock["packages"]["numpy"] | {"sha256": hashlib.sha256(wheel).hexdigest()}
    return _json_bytes({"info": lock["info"], "packages": packages})


def licences(runtime: Runtime) -> Files:
    """Returns the licence texts of what the site carries, below licences/."""
    texts = {"licences/NOTICE.txt": NOTICE.encode()}
    for path, name in LICENCES.items():
        texts[f"licences/{path}"] = Path(__file__).with_name("licences").joinpath(name).read_bytes()
    for path, content in read_zip(runtime.files[runtime.numpy]).items():
        _, found, name = path.partition(".dist-info/licenses/")
        if found:
            texts[f"licences/numpy/{name}" + ("" if name.endswith((".txt", ".md")) else ".txt")] = content
    return texts


def write_folder(output: Path, files: Mapping[str, bytes]) -> None:
    """Writes `files` to a new folder and puts it in the place of `output`, or of what that links to."""
    output = output.resolve()
    output.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=output.parent, prefix=f".{output.name}."))
    try:
        fresh.chmod(0o755)
        for path, content in files.items():
            target = fresh / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        old = fresh.with_name(f"{fresh.name}.old")
        if output.exists():
            output.rename(old)
        try:
            fresh.rename(output)
        except OSError:
            if old.exists():
                old.rename(output)
            raise
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command. Exit 0 done, 1 the site could not be made, 2 wrong usage."""
    parser = argparse.ArgumentParser(
        prog="python -m scanner.offline.site", description="Assemble the static site in one folder."
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=PROJECT / "dist", help="folder to make (dist beside the program)"
    )
    parser.add_argument("--bundle", type=Path, help="bundle the page opens (hashes/references.json)")
    parser.add_argument(
        "--runtime",
        choices=RUNTIMES,
        default="trimmed",
        help="trimmed: least bytes (the default); stock: Pyodide as published; cdn: from its official CDN",
    )
    options = parser.parse_args(arguments)
    try:
        sizes = assemble_site(options.output, options.bundle, options.runtime)
    except (SiteError, DownloadError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: {options.output} could not be written ({error}): name another folder with -o", file=sys.stderr)
        return 1
    bundle = options.bundle or PROJECT / "hashes" / "references.json"
    missing = missing_thumbnails(HashBundle.load(bundle), bundle, sizes)
    for warning in missing[:WARNINGS_SHOWN]:
        print(f"warning: {printable(warning)}", file=sys.stderr)
    if len(missing) > WARNINGS_SHOWN:
        print(f"warning: {len(missing) - WARNINGS_SHOWN} more thumbnails are missing", file=sys.stderr)
    serve = ["python", "-m", "scanner.offline.serve"]
    if options.output.resolve() != PROJECT / "dist":
        serve.append(str(options.output))
    total = sum(sizes.values())
    print(f"{options.output}: {len(sizes)} files, {total / 1e6:.1f} MB. Next: {shlex.join(serve)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
