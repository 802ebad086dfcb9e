"""The subcommand site: assemble the static site."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from scanner.bundle import HashBundle
from scanner.offline.command.exit_codes import AT_FAULT, DONE
from scanner.offline.command.interruption import noting_what_was_written
from scanner.offline.command.invocation import Invocation
from scanner.offline.enrol.shown import printable
from scanner.offline.site.assemble import RUNTIMES, SiteError, assemble_site
from scanner.offline.site.origins import checked_origins, thumbnails_elsewhere
from scanner.offline.site.runtime import DownloadError
from scanner.quoting import excerpt

__all__ = ["assembled", "run"]

WARNINGS_SHOWN = 10


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
    options = parser.parse_args(arguments)
    sizes = assembled(options.output, options.bundle, options.runtime, options.thumbnails_from)
    if sizes is None:
        return AT_FAULT
    serve = [*invocation.serve, *([] if options.output.resolve() == dist.resolve() else [str(options.output)])]
    total = sum(sizes.values())
    print(f"{options.output}: {len(sizes)} files, {total / 1e6:.1f} MB. Next: {shlex.join(serve)}")
    return DONE


def assembled(
    output: Path,
    bundle: Path,
    runtime: str = "trimmed",
    thumbnails_from: Sequence[str] = (),
    *,
    demo: bool = False,
) -> dict[str, int] | None:
    """Assembles the site and names thumbnails that are not published, or that the page cannot show.

    Returns the size of each file in bytes, by its path in the site, or None after printing the fault.
    """
    left_out: list[str] = []
    try:
        with noting_what_was_written(output):
            sizes = assemble_site(
                output, bundle, runtime, thumbnails_from=thumbnails_from, demo=demo, warn=left_out.append
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
        print(f"warning: {len(left_out) - WARNINGS_SHOWN} more thumbnails are not published", file=sys.stderr)
    references = HashBundle.load(bundle)
    for origin, count in thumbnails_elsewhere(references, checked_origins(thumbnails_from)).items():
        told = f"thumbnails at {excerpt(origin)}: {count}. The page asks no other origin and shows none of them"
        print(f"warning: {told}; allow it with --thumbnails-from {excerpt(origin)}", file=sys.stderr)
    return dict(sizes)
