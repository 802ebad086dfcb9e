"""The subcommand site: assemble the static site."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from scanner.bundle import HashBundle
from scanner.errors import BundleError
from scanner.offline.command.exit_codes import AT_FAULT, DONE
from scanner.offline.command.interruption import noting_what_was_written
from scanner.offline.command.invocation import Invocation
from scanner.offline.enrol.shown import printable
from scanner.offline.site.assemble import RUNTIMES, SiteError, assemble_site
from scanner.offline.site.origins import checked_origins, thumbnails_elsewhere
from scanner.offline.site.parts import PARTS
from scanner.offline.site.printed import print_folder, printed_files, write_printed
from scanner.offline.site.runtime import DownloadError
from scanner.offline.site.settings import FILE, OPTIONS, Settings, SettingsError, read_settings
from scanner.quoting import excerpt

__all__ = ["assembled", "run"]

WARNINGS_SHOWN = 10

MOST_DEMO_BYTES = 1_000_000
"""A larger bundle is not the demo's, and need not be read to know this. The demo's has 46 kB."""


def run(arguments: Sequence[str], invocation: Invocation) -> int:
    """Runs the subcommand. Exit 0 done, 1 the site could not be made, 2 wrong usage."""
    place = "" if invocation.home == Path() else " beside the program"
    parser = argparse.ArgumentParser(
        prog=invocation.prog("site"), description="Assemble the static site in one folder."
    )
    dist = invocation.home / "dist"
    add = parser.add_argument
    add("-o", "--output", type=Path, metavar="DIR", default=dist, help=f"folder to make (dist{place})")
    bundle = invocation.home / "hashes" / "references.json"
    opened = f"bundle the page opens (hashes/references.json{place})"
    add("--bundle", type=Path, metavar="FILE", default=bundle, help=opened)
    runtime = "trimmed: least bytes (the default); stock: Pyodide as published; cdn: from its official CDN"
    add("--runtime", choices=RUNTIMES, default="trimmed", help=runtime)
    origins = "other origins that the page may ask for thumbnails, such as https://img.example (none)"
    add("--thumbnails-from", nargs="+", action="extend", default=[], metavar="ORIGIN", help=origins)
    add("--own", type=Path, metavar="DIR", help="folder of own pages and files to add to the site (none)")
    _add_reader_options(parser)
    options = parser.parse_args(arguments)
    try:
        reader = _reader(parser, options)
    except SettingsError as error:
        for fault in error.faults:
            print(f"error: {printable(fault)}", file=sys.stderr)
        return AT_FAULT
    sizes = assembled(
        options.output,
        options.bundle,
        options.runtime,
        options.thumbnails_from,
        reader=reader,
        own=options.own,
        page=options.page != "none",
    )
    if sizes is None:
        return AT_FAULT
    for warning in reader.warnings if reader else ():
        print(f"warning: {printable(warning)}", file=sys.stderr)
    if reader and reader.public_url and not _printed(print_folder(options.output), reader):
        return AT_FAULT
    if _is_of_the_demo(options.bundle):
        print(f"{options.bundle}: the demo's {len(PARTS.demo_ids)} pictures: name yours with --bundle")
    serve = [*invocation.serve, *([] if options.output.resolve() == dist.resolve() else [str(options.output)])]
    if options.page == "none":
        following = "give <image-scanner> the folder's address as its attribute assets"
    else:
        following = shlex.join(serve)
    total = sum(sizes.values())
    print(f"{options.output}: {len(sizes)} files, {total / 1e6:.1f} MB. Next: {following}")
    return DONE


def _printed(folder: Path, reader: Settings) -> bool:
    """Writes the files for the printer and names them. Returns False after printing the fault."""
    try:
        files = printed_files(reader)
        write_printed(folder, files)
    except SiteError as error:
        print(f"error: {error}", file=sys.stderr)
        return False
    except OSError as error:
        expected = "expected a folder that can be written to"
        print(f"error: {folder}: {expected}, found otherwise ({error.strerror or error}): make room", file=sys.stderr)
        return False
    print(f"{folder}: {', '.join(files)} for the printer; none of them is in the site")
    return True


def _add_reader_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of the reader page; each replaces a key of site.json."""
    group = parser.add_argument_group("the page", "docs/reader-page.md has the table of all settings")
    add = group.add_argument
    kinds = (
        "reader: a quiet page with your name; demo: snippets for developers; none: the files for an app with a page of "
        "its own (reader, for the demo's pictures demo)"
    )
    add("--page", choices=("reader", "demo", "none"), help=kinds)
    add("--config", type=Path, metavar="FILE", help=f"settings of the reader page ({FILE} beside the bundle)")
    add("--title", metavar="TEXT", help="name of the page")
    add("--lead", metavar="TEXT", help="sentence that says what the page is for")
    add("--logo", metavar="FILE", help="picture beside the name; the page's icons are made of it")
    add("--colour", "--color", dest="colours", metavar="COLOUR", help="colour of the main button, such as #8a1538")
    add(
        "--lang",
        dest="language",
        metavar="TAG",
        help="language of the page, such as de; auto: each visitor's own (auto)",
    )

    address = "the page's address on the web: writes a QR code and a sheet for the printer beside the site's folder"
    add("--public-url", dest="public-url", metavar="URL", help=address)


def _reader(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Settings | None:
    """Returns the settings of the reader page, or None for the demo page and for no page.

    Raises:
        SettingsError: site.json or an option cannot be used.
    """
    given = {key: getattr(options, key) for key in ("title", "lead", "logo", "colours", "language", "public-url")}
    given = {key: value for key, value in given.items() if value is not None}
    if options.page == "demo":
        if given or options.config:
            key = "config" if options.config else next(iter(given))
            used = f"--{OPTIONS.get(key, key)}"
            parser.error(f"{used}: expected with the reader page, found with --page demo: leave one of them out")
        return None
    if options.page == "none":
        idle = {**given, "config": options.config, "own": options.own, "thumbnails-from": options.thumbnails_from}
        if found := [key for key, value in idle.items() if value]:
            used = f"--{OPTIONS.get(found[0], found[0])}"
            cure = "give <image-scanner> the attribute" if found[0] == "thumbnails-from" else "leave one of them out"
            parser.error(f"{used}: expected with a page, found with --page none: {cure}")
        return None
    beside = options.bundle.parent / FILE
    file = options.config or (beside if beside.is_file() else None)
    if options.page is None and file is None and not given and _is_of_the_demo(options.bundle):
        return None
    return read_settings(file, given)


def _is_of_the_demo(bundle: Path) -> bool:
    """Returns whether a bundle is of the demo's pictures. Assembling names the fault of a broken bundle."""
    try:
        if bundle.stat().st_size > MOST_DEMO_BYTES:
            return False
        return set(HashBundle.load(bundle).ids) == PARTS.demo_ids
    except (OSError, BundleError):
        return False


def assembled(
    output: Path,
    bundle: Path,
    runtime: str = "trimmed",
    thumbnails_from: Sequence[str] = (),
    *,
    demo: bool = False,
    reader: Settings | None = None,
    own: Path | None = None,
    page: bool = True,
) -> dict[str, int] | None:
    """Assembles the site and names thumbnails that are not published, or that the page cannot show.

    Returns the size of each file in bytes, by its path in the site, or None after printing the fault.
    """
    left_out: list[str] = []
    try:
        with noting_what_was_written(output):
            sizes = assemble_site(
                output,
                bundle,
                runtime,
                thumbnails_from=thumbnails_from,
                demo=demo,
                reader=reader,
                own=own,
                page=page,
                warn=left_out.append,
                tell=print,
            )
    except (SiteError, DownloadError) as error:
        print(f"error: {error}", file=sys.stderr)
        return None
    except OSError as error:
        found = error.strerror or error
        expected = "expected a folder that can be written to"
        print(f"error: {output}: {expected}, found otherwise ({found}): make room, or name another", file=sys.stderr)
        return None
    for warning in left_out[:WARNINGS_SHOWN]:
        print(f"warning: {printable(warning)}", file=sys.stderr)
    if len(left_out) > WARNINGS_SHOWN:
        print(f"warning: {len(left_out) - WARNINGS_SHOWN} more of this kind", file=sys.stderr)
    references = HashBundle.load(bundle)
    for origin, count in thumbnails_elsewhere(references, checked_origins(thumbnails_from)).items():
        told = f"thumbnails at {excerpt(origin)}: {count}. The page asks no other origin and shows none of them"
        print(f"warning: {told}; allow it with --thumbnails-from {excerpt(origin)}", file=sys.stderr)
    return dict(sizes)
