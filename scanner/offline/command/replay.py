"""The subcommand replay: a recording judged again, and whether the verdicts are equal."""

import argparse
import codecs
import hashlib
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from scanner.bundle import HashBundle
from scanner.errors import BundleError
from scanner.files import write_atomically
from scanner.offline.command.exit_codes import AT_FAULT, DONE, WRONG_USAGE
from scanner.offline.command.invocation import Invocation
from scanner.offline.command.options import BUNDLE
from scanner.offline.command.printing import print_json, print_list, refuse
from scanner.offline.enrol.shown import printable
from scanner.offline.replay.judging import Judged, judged_again
from scanner.offline.replay.page import ReplayPage
from scanner.offline.replay.recording import Recording, RecordingError
from scanner.verdict import Verdict

__all__ = ["run"]

EXIT_CODES = """\
exit codes: 0 every verdict is equal; 1 a verdict is different; 2 wrong usage, no usable recording, no frame with a
verdict, another bundle, or no place to write
"""


def run(arguments: Sequence[str], invocation: Invocation) -> int:
    """Runs the subcommand. Exit 0 every verdict is equal, 1 one is different, 2 nothing could be compared."""
    options = _options(arguments, invocation)
    try:
        bundle = HashBundle.load(options.bundle)
        text = Path(options.bundle).read_bytes().removeprefix(codecs.BOM_UTF8)  # browsers drop the mark, too
        checksum = hashlib.sha256(text).hexdigest()
    except BundleError as error:
        return _stop(options, str(error))
    except OSError as error:
        return refuse(
            options, options.bundle, "a bundle that can be read", error, "name the site's bundle with --bundle"
        )
    try:
        with Recording(options.recording) as recording:
            if recording.sha256 is not None and recording.sha256 != checksum:
                return _stop(
                    options,
                    f"{options.bundle}: expected the bundle with the SHA-256 {printable(recording.sha256)}, which the "
                    f"browser had, found {checksum}: name the bundle that the site had when the recording was made",
                )
            return _replay(options, recording, bundle)
    except RecordingError as error:
        return _stop(options, str(error))
    except OSError as error:
        return refuse(options, options.recording, "a recording that can be read", error, "check the name")


def _options(arguments: Sequence[str], invocation: Invocation) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=invocation.prog("replay"),
        description="Judge the frames of a recording again, and say whether the verdicts are those of the browser.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("recording", metavar="FILE.zip", help='as `scanner.record()` or "Report a problem" in the page made it')
    add("--bundle", metavar="FILE", default=BUNDLE, help="bundle that the site had [%(default)s]")
    add("--html", metavar="FILE.html", help="also write a page with frames, outlines and both verdicts")
    add("--json", action="store_true", help="report as JSON")
    add("--quiet", action="store_true", help="no report; faults are still named")
    options = parser.parse_args(arguments)
    options.prog = parser.prog
    if options.html is not None:
        if Path(options.html).suffix.lower() not in {".html", ".htm"}:
            parser.error(f"expected --html FILE.html, found {options.html!r}: end the name with .html")
        if os.path.isdir(options.html):
            parser.error(f"expected a file to write, found a folder: {options.html}: add a file name")
    return options


def _replay(options: argparse.Namespace, recording: Recording, bundle: HashBundle) -> int:
    page = ReplayPage(recording.facts, Path(options.recording).name) if options.html else None
    counts: Counter[str] = Counter()
    told: list[dict[str, object]] = []
    for judged in judged_again(recording, bundle):
        counts[judged.likeness or "not judged again"] += 1
        told.append(_told(judged))
        if page is not None:
            page.add(judged)
    lead = _lead(counts)
    if page is not None:
        try:
            write_atomically(options.html, page.text(dict(counts), lead).encode("utf-8", "backslashreplace"))
        except OSError as error:
            cure = "make room, or name another place"
            return refuse(options, options.html, "a file that can be written", error, cure)
    if not options.quiet:
        _print(options, recording, counts, told, lead)
    if not _compared(counts):
        return _stop(
            options,
            f"{printable(options.recording)}: expected a frame with a verdict of the browser, found none: "
            "record while the scanner scans, or read the errors in the page that --html writes",
        )
    return AT_FAULT if counts["different"] else DONE


def _told(judged: Judged) -> dict[str, object]:
    frame = judged.frame
    return {
        "file": frame.file,
        "likeness": judged.likeness,
        "browser": frame.error if frame.verdict is None else _words(frame.verdict),
        "here": None if judged.verdict is None else _words(judged.verdict),
    }


def _words(verdict: Verdict) -> str:
    name = f" {verdict.id}" if verdict.id is not None else ""
    return f"{verdict.outcome}{name}" + ("" if verdict.distance is None else f" ({verdict.distance} bits)")


def _compared(counts: Counter[str]) -> int:
    """Returns the number of frames with two verdicts."""
    return counts["equal"] + counts["rounded"] + counts["different"]


def _lead(counts: Counter[str]) -> str:
    judged = _compared(counts)
    if not judged:
        return "no frame to judge again"
    rounded = f", {counts['rounded']} of them but for rounding" if counts["rounded"] else ""
    equal = counts["equal"] + counts["rounded"]
    return f"{equal} of {judged} verdicts are equal{rounded}; {counts['different']} different"


def _print(
    options: argparse.Namespace,
    recording: Recording,
    counts: Counter[str],
    told: list[dict[str, object]],
    lead: str,
) -> None:
    facts = {name: recording.facts.get(name) for name in ("saved", "package", "build", "versions", "device")}
    different = [each for each in told if each["likeness"] == "different"]
    unanswered = [each for each in told if each["likeness"] is None and each["browser"] is not None]
    if options.json:
        equal = not different if _compared(counts) else None
        print_json({"equal": equal, "counts": dict(counts), "frames": told, **facts})
        return
    print(f"{printable(options.recording)}: {lead}")
    print(f"recorded {printable(str(facts['saved']))} by phash-scanner {printable(str(facts['package']))}")
    if different:
        print_list(
            "different", [f"{each['file']}  browser: {each['browser']}  here: {each['here']}" for each in different]
        )
    if unanswered:
        print_list("without an answer in the browser", [f"{each['file']}  {each['browser']}" for each in unanswered])


def _stop(options: argparse.Namespace, fault: str) -> int:
    print(f"{options.prog}: error: {fault}", file=sys.stderr)
    return WRONG_USAGE
