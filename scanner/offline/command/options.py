"""Options of build, check and report, and the places they may read from and write to."""

import argparse
import os
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from scanner.limits import DEFAULT_THRESHOLD
from scanner.offline.command.invocation import Invocation
from scanner.offline.command.processes import cores
from scanner.offline.enrol.kinds import PICTURE_SUFFIXES
from scanner.offline.enrol.pictures import FIELDS_FILE
from scanner.offline.enrol.thumbnails import FOLDER as THUMBNAILS
from scanner.phash import HASH_BITS

__all__ = ["BUNDLE", "DEMO", "build_command", "build_options", "check_options", "report_options"]

DEMO = "reference_images"
"""The picture folder where the user names none."""
BUNDLE = "hashes/references.json"
"""The bundle file where the user names none."""

EXAMPLES = """\
examples:
  {build}                         reference_images/ -> hashes/references.json
  {build} covers -o covers.json   own pictures; the file name without ending is the id
  {build} covers --thumbnails     also small pictures for the page, beside the bundle
  {build} covers --skip-bad       leave faulty pictures out instead of stopping
  {build} --check                 is the bundle up to date with the folder?
  {build} --report report.html    how reliably will each picture be recognised? (takes minutes)

Subfolders are read too. An optional references.json in the folder, {{"<id>": {{"title": "...", "url": "..."}}}},
is handed to the page with each match. A value in it that looks like a mistake gives a warning, and is used as it is.

"""
EXIT_CODES = """\
exit codes: 0 done (or up to date); 1 the pictures are at fault, or the bundle is out of date, or this Python lacks
numpy or Pillow; 2 wrong usage or no place to write
"""
PICTURES = "(PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF, and with phash-scanner[heic] HEIC)"


def build_options(arguments: Sequence[str], invocation: Invocation) -> argparse.Namespace:
    """Returns the options of build."""
    examples = EXAMPLES.format(build=" ".join(invocation.build))
    what = f"Make the bundle that the scanner looks pictures up in, from a folder of pictures\n{PICTURES}."
    parser = _parser(invocation, "build", what, examples + EXIT_CODES)
    add = parser.add_argument
    add("-o", "--output", metavar="FILE", help=f"bundle to write [{BUNDLE}]")
    _add_common(parser)
    small = "also make a thumbnail (WebP, at most 20 kB) of each picture without one, in thumbs/ beside the bundle"
    add("--thumbnails", action="store_true", help=small)
    add("--check", action="store_true", help="write nothing; say whether the bundle is up to date with the folder")
    add(
        "--report",
        metavar="FILE.html",
        help="also write a page: how well each picture will do in an unsteady hand (takes minutes, fewer with --jobs)",
    )
    add("--json", action="store_true", help="report as JSON")
    options = _parsed(parser, arguments, invocation)
    options.output_named = options.output is not None
    options.output = options.output if options.output_named else BUNDLE
    options.writes = [] if options.check else [options.output, *([options.report] if options.report else [])]
    return _with_good_places(parser, options)


def check_options(arguments: Sequence[str], invocation: Invocation) -> argparse.Namespace:
    """Returns the options of check."""
    what = "Say whether a bundle is up to date with its folder of pictures. Nothing is written."
    parser = _parser(invocation, "check", what, EXIT_CODES)
    parser.set_defaults(check=True, report=None, thumbnails=False, writes=[])
    parser.add_argument("-o", "--output", metavar="FILE", default=BUNDLE, help="bundle to check [%(default)s]")
    _add_common(parser)
    parser.add_argument("--json", action="store_true", help="report as JSON")
    return _with_good_places(parser, _parsed(parser, arguments, invocation))


def report_options(arguments: Sequence[str], invocation: Invocation) -> argparse.Namespace:
    """Returns the options of report; `output` is the bundle in the command that the page recommends."""
    what = (
        "Write a page: how reliably each picture of a folder will be recognised in a steady, an ordinary and a hasty\n"
        "hand. It takes minutes, fewer with --jobs. No bundle is written."
    )
    parser = _parser(invocation, "report", what, EXIT_CODES)
    parser.set_defaults(check=False, json=False, thumbnails=False)
    add = parser.add_argument
    add("report", metavar="FILE.html", nargs="?", default="report.html", help="page to write [%(default)s]")
    bundle = "bundle in the command that the page recommends [%(default)s]"
    add("-o", "--bundle", dest="output", metavar="FILE", default=BUNDLE, help=bundle)
    _add_common(parser)
    options = _parsed(parser, arguments, invocation)
    options.writes = [options.report]
    return _with_good_places(parser, options)


def build_command(options: argparse.Namespace) -> str:
    """Returns the command that makes this bundle, with all its options but the threshold."""
    words = [*options.build, options.images, "-o", options.output]
    if options.skip_bad:
        words += ["--skip-bad"]
    if options.keypoints is not None:
        words += ["--keypoints" if options.keypoints else "--no-keypoints"]
    if options.thumbnails:
        words += ["--thumbnails"]
    return shlex.join(words)


def _parser(invocation: Invocation, subcommand: str, what: str, epilog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=invocation.prog(subcommand),
        description=what,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("images", metavar="IMAGES", nargs="?", help=f"picture folder [{DEMO}]")
    return parser


def _add_common(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    strictness = (
        f"bits, 1 to {HASH_BITS}; lower is stricter: crops alone name nothing at this distance or above [%(default)s]"
    )
    add("--threshold", metavar="N", type=_whole(1, HASH_BITS), default=DEFAULT_THRESHOLD, help=strictness)
    add("--jobs", metavar="N", type=_whole(1, 1024), default=cores(), help="processes [one per core: %(default)s]")
    add("--skip-bad", action="store_true", help="leave out pictures that are at fault, and name them")
    borderless = "keep keypoints, by which pictures without a border are found [kept of up to 1000 pictures]"
    add("--keypoints", action=argparse.BooleanOptionalAction, help=borderless)
    add("--quiet", action="store_true", help="no report, no warnings, no progress; faults are still named")


def _parsed(parser: argparse.ArgumentParser, arguments: Sequence[str], invocation: Invocation) -> argparse.Namespace:
    options = parser.parse_args(arguments)
    options.prog, options.build, options.site = parser.prog, invocation.build, invocation.site
    options.folder_named = options.images is not None
    options.images = options.images if options.folder_named else DEMO
    return options


def _with_good_places(parser: argparse.ArgumentParser, options: argparse.Namespace) -> argparse.Namespace:
    """Returns the options, or exits at once where the pictures cannot be read or another file would be overwritten."""
    if not os.path.isdir(options.images):
        found = "a file" if os.path.exists(options.images) else "nothing of that name"
        parser.error(f"expected a folder of pictures, found {found}: {options.images}: check the name")
    places = [options.output]
    if options.report is not None:
        if options.check:
            parser.error("expected --report or --check, found both: leave one out")
        if Path(options.report).suffix.lower() not in {".html", ".htm"}:
            parser.error(f"expected --report FILE.html, found {options.report!r}: end the name with .html")
        places.append(options.report)
    for place in places:
        if os.path.isdir(place) or place.endswith(("/", os.sep)):
            parser.error(f"expected a file to write, found a folder: {place}: add a file name")
        if place in options.writes:
            _refuse_unwritable(parser, place)
    if Path(options.output).suffix.lower() in PICTURE_SUFFIXES:
        parser.error(f"expected a file to write the bundle to, found a picture's name: {options.output}: name a .json")
    if os.path.realpath(options.output) == os.path.realpath(os.path.join(options.images, FIELDS_FILE)):
        parser.error(f"{options.output} holds the site's own fields of each picture: write the bundle elsewhere")
    folder = Path(os.path.realpath(os.path.join(os.path.dirname(options.output), THUMBNAILS)))
    if options.thumbnails and folder.is_relative_to(os.path.realpath(options.images)):
        found = f"expected thumbnails outside the folder of pictures, which is read whole, found {folder}"
        parser.error(f"{found}: write the bundle elsewhere")
    if len({os.path.realpath(place) for place in places}) < len(places):
        parser.error(f"expected two files for bundle and report, found {options.output} for both: name another")
    return options


def _refuse_unwritable(parser: argparse.ArgumentParser, place: str) -> None:
    if os.path.exists(place) and not os.path.isfile(place):
        parser.error(f"expected an ordinary file to write, found a device: {place}: name another (--check writes none)")
    path = Path(os.path.realpath(place))
    there = next((each for each in (path, *path.parents) if os.path.exists(each)), path)
    if (there != path and not os.path.isdir(there)) or not os.access(there, os.W_OK):
        parser.error(f"expected a place that can be written to, found otherwise: {there}: check its permissions")


def _whole(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"expected a whole number from {least} to {most}, found {text!r}")
        return value

    return number
