"""Assemble the static site: page, worker, core package, Pyodide runtime and bundle in one folder.

Equal input gives equal bytes on every machine, except the icons of a reader page, which Pillow draws. All addresses in
the site are relative, so the folder may lie below any path of any static host. Everything below `runtime/` has the
checksum of its content in its address and may be cached for ever; everything else must be revalidated.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from scanner.bundle import HashBundle
from scanner.errors import BundleError
from scanner.offline.site.archive import Files, compressed_siblings, json_bytes
from scanner.offline.site.build_list import WORKER, with_build
from scanner.offline.site.faults import SiteError
from scanner.offline.site.folder import recover_folder, write_folder
from scanner.offline.site.groups import ROLES, RUNTIMES, core_files, fallback_roles, quick_roles, runtime_groups
from scanner.offline.site.hosts import host_files
from scanner.offline.site.links import foot_links_nowhere, links_nowhere
from scanner.offline.site.logo import INSTALLED
from scanner.offline.site.made import LIST, list_of, refuse_to_delete
from scanner.offline.site.modules import with_early_files, with_early_modules
from scanner.offline.site.notice import licences
from scanner.offline.site.origins import PAGE, checked_origins, page_with_origins
from scanner.offline.site.own import is_kept_offline, own_files, placed
from scanner.offline.site.parts import PARTS, Parts
from scanner.offline.site.reader import demo_page, no_page, of_the_page, reader_page
from scanner.offline.site.runtime import CDN_URL, cache_folder, obtain_runtime
from scanner.offline.site.scripts import refuse_missing
from scanner.offline.site.settings import Settings
from scanner.offline.site.thumbnails import thumbnail_files
from scanner.quoting import excerpt

__all__ = ["RUNTIMES", "SiteError", "assemble_site", "web_files"]

# Endings of the files of web/ that ship, and of files that only developers' tools read.
SHIPPED_SUFFIXES = {".html", ".css", ".js", ".mjs", ".svg", ".png", ".ico", ".webp", ".webmanifest", ".txt"}
UNSHIPPED_ENDINGS = (".d.ts", ".test.js")


def assemble_site(
    output: Path,
    bundle: Path | None = None,
    runtime: str = "trimmed",
    parts: Parts = PARTS,
    thumbnails_from: Sequence[str] = (),
    *,
    demo: bool = False,
    reader: Settings | None = None,
    own: Path | None = None,
    page: bool = True,
    warn: Callable[[str], None] = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
) -> Mapping[str, int]:
    """Builds the site in a temporary folder, then puts it in the place of `output`.

    Args:
        output: the site's folder, replaced whole. It may hold only files that this function has made.
        bundle: the bundle that the page opens; None is `parts.bundle`.
        runtime: one of `RUNTIMES`.
        parts: the folders of page, core and demo pictures.
        thumbnails_from: other origins, such as "https://img.example", that the page may ask for thumbnails.
        demo: `bundle` is the demo's, whose thumbnails are the demo's pictures. A checkout's own bundle always is.
        reader: settings of the reader page; None makes the demo page.
        own: a folder of pages and files to add; its index.html takes the place of the page's.
        page: False makes a folder for an app that has a page of its own: no page, icons or service worker.
        warn: called with a text for each thumbnail, and each hidden file of `own`, that is not published, for each link
            that leads nowhere, and for settings of a page that `own` replaces.
        tell: called with a text that names the files of the page that `own` replaces.

    Returns:
        The size in bytes of every file, by its path in the site.

    Raises:
        SiteError: a part is missing, `output` holds files that this function did not make, a file of `own` has the
            place of the scanner's, or an origin is none.
        DownloadError: the runtime cannot be obtained.
        OSError: `output` cannot be written.
    """
    recover_folder(output)
    refuse_to_delete(output)
    added, hidden = own_files(own, output) if own else ({}, [])
    for path in hidden:
        warn(f"own file {excerpt(path)}: expected a file to publish, found a hidden one, which is left out")
    files = site_files(
        bundle or parts.bundle,
        runtime,
        parts,
        thumbnails_from,
        demo=demo,
        reader=reader,
        own=added,
        page=page,
        warn=warn,
        tell=tell,
    )
    refuse_to_delete(output)  # seconds have passed
    write_folder(output, {**files, LIST: list_of(files)})
    return {path: len(content) for path, content in sorted(files.items())}


def site_files(
    bundle: Path,
    runtime: str,
    parts: Parts,
    thumbnails_from: Sequence[str] = (),
    *,
    demo: bool = False,
    reader: Settings | None = None,
    own: Mapping[str, bytes] | None = None,
    page: bool = True,
    warn: Callable[[str], None] = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
) -> Files:
    """Returns every file of the site, by its path in the site; see `assemble_site`."""
    content, references = _checked_parts(bundle, runtime, parts)
    if reader is not None:
        refuse_missing(reader.scripts, own or {})
    web = web_files(parts.web)
    if page:
        files = demo_page(web) if reader is None else reader_page(web, reader)
        try:
            files[PAGE] = page_with_origins(files[PAGE], runtime, checked_origins(thumbnails_from))
        except ValueError as error:
            raise SiteError(str(error)) from error
    else:
        files = no_page(web)
    files = with_early_modules(files)
    first = [*sorted(files.keys() - (INSTALLED if reader else set())), "hashes/references.json"]
    is_own = parts.checkout is not None and bundle.resolve() == parts.bundle.resolve()
    thumbnails, left_out = thumbnail_files(references, bundle, parts.demo, is_demo=is_own or demo)
    for warning in left_out:
        warn(warning)
    files = thumbnails | files
    files["hashes/references.json"] = content
    original = obtain_runtime()
    groups, libraries = runtime_groups(runtime, original, core_files(parts.package), web)
    addresses: dict[str, str] = {}
    for group in groups:
        folder = f"runtime/{_short_checksum({name: content for name, content in group.values()})}"
        for role, (name, content) in group.items():
            files[f"{folder}/{name}"] = content
            addresses[role] = f"{folder}/{name}"
    if libraries:
        files = with_early_files(files, [addresses[role] for role in quick_roles(libraries.values())])
    hosts = host_files()
    files |= licences(original) | hosts
    files, replaced = placed(files, own or {})
    if replaced:
        tell(f"own files in the place of the page's: {', '.join(replaced)}")
    if reader is not None and PAGE in replaced and (unused := of_the_page(reader)):
        effect = f"replaces the page: {', '.join(unused)} of the settings are not used"
        warn(f"own file {PAGE} {effect}. Write them into it, or delete it")
    if reader is not None and PAGE not in replaced:
        for warning in foot_links_nowhere(reader.links, files.keys()):
            warn(warning)
    for warning in links_nowhere(references, files.keys()):
        warn(warning)
    first += [path for path, content in (own or {}).items() if path not in first and is_kept_offline(path, content)]
    siblings = compressed_siblings({path: files[path] for path in files.keys() - {WORKER}}, cache_folder())
    described = {role: _described(address, files[address], files | siblings) for role, address in addresses.items()}
    if runtime == "cdn":
        for role, name in {**ROLES, "numpy": original.numpy}.items():
            described[role] = _described(CDN_URL + name, original.files[name], {})

    assets: dict[str, object] = {
        "version": _short_checksum(files),
        "runtime": runtime,
        "files": described,
        "page": first,
    }
    if libraries:
        assets["libraries"] = libraries
    files["assets.json"] = json_bytes(assets)
    if not page:
        return files | siblings | compressed_siblings({"assets.json": files["assets.json"]}, cache_folder())
    # Some hosts send no hidden file, and no file for themselves.
    plain = {
        path: content
        for path, content in files.items()
        if path != WORKER and path not in hosts and not path.startswith(".")
    }
    needed = addresses.keys() - fallback_roles(addresses.keys(), libraries.values())
    kept = {*first, *(addresses[role] for role in needed), "assets.json"}
    files = with_build(files, str(assets["version"]), plain, kept)
    last = {path: files[path] for path in ("assets.json", WORKER)}
    return files | siblings | compressed_siblings(last, cache_folder())


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


def _short_checksum(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for path, content in sorted(files.items()):
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]
