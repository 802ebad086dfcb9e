#!/usr/bin/env python3
"""Make the bundle that the scanner looks pictures up in, from a folder of pictures."""

import argparse
import json
import multiprocessing
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scanner import HashBundle
    from scanner.bundle import Reference
    from scanner.offline.build import AlikePair, Build

DONE, PICTURES_AT_FAULT, WRONG_USAGE = 0, 1, 2
NOT_SET_UP = 1
INTERRUPTED, READER_LEFT, ENDED = (128 + number for number in (2, 13, 15))
"""As shells number the signals that end a command: Ctrl-C, a pipe that nobody reads any more, and `kill`."""

DEMO = "reference_images"
"""The folder that is read where none is named."""

SHOWN = 10
"""Entries of a list in the report for people; --json has them all."""

EXAMPLES = """\
examples:
  python build_hashes.py                         reference_images/ -> hashes/references.json
  python build_hashes.py covers -o covers.json   own pictures; the file name without ending is the id
  python build_hashes.py covers --skip-bad       leave faulty pictures out instead of stopping
  python build_hashes.py --check                 is the bundle up to date with the folder?
  python build_hashes.py --report report.html    how reliably will each picture be recognised? (takes minutes)

Subfolders are read too. An optional references.json in the folder, {"<id>": {"title": "...", "url": "..."}},
is handed to the page with each match. What looks like a mistake in it is a warning, and is used as it is.

exit codes: 0 done (or up to date); 1 the pictures are at fault, or the bundle is out of date, or this Python lacks
numpy or Pillow; 2 wrong usage or no place to write
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):  # ids are any Unicode text, consoles are not
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    # One process for each core is enough; numpy's own threads would fight over the same cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Let Pillow keep the memory of one picture for the next: fresh memory costs a tenth of the time.
    os.environ.setdefault("PILLOW_BLOCKS_MAX", "4")
    try:
        code = _run(_parsed(arguments))
        sys.stdout.flush()
        return code
    except ModuleNotFoundError as error:
        if error.name not in {"numpy", "PIL"}:
            raise
        found = f"{sys.executable}, which lacks {error.name}: run `make bundle` once, then `. .venv/bin/activate`"
        print(f"build_hashes.py: error: expected a Python that has numpy and Pillow, found {found}", file=sys.stderr)
        return NOT_SET_UP
    except KeyboardInterrupt:
        print("interrupted: nothing was written", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # `| head` has seen enough; what is still to be printed goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_LEFT
    except OSError as error:
        if error.filename is None:
            return _refuse("this machine", "processes and disk enough", error, "make room, or try --jobs 1")
        return _refuse(str(error.filename), "a file or folder that can be read", error, "check its permissions")


def _run(options: argparse.Namespace) -> int:
    from scanner import ImageError
    from scanner.offline.build import BuildError

    try:
        with _progress(options.quiet) as progress, _executor(options) as executor:
            made = _build(options, executor, progress)
            if options.check:
                return _check(options, made)
            if not options.folder_named and (others := _ids_in(options.output) - set(made.bundle.ids)):
                return _refuse_to_lose(options, min(others))
            return _save(options, made, executor, progress)
    except BuildError as error:
        return _stop(options, error.faults)
    except ImageError as error:  # a picture changed while it was reported on
        return _stop(options, [str(error)])
    except BrokenProcessPool:
        return _stop(options, ["a process was ended from outside, most often for want of memory: try --jobs 1"])


def _ids_in(place: str) -> set[str]:
    """Returns the ids in a bundle, a stale one too; none where there is no such thing."""
    try:
        with open(place, "rb") as file:
            return {str(reference["id"]) for reference in json.load(file)["references"]}
    except (FileNotFoundError, ValueError, LookupError, TypeError):
        return set()


def _refuse_to_lose(options: argparse.Namespace, lost: str) -> int:
    """Says why a bundle of other pictures is kept: whoever names no folder may have forgotten to."""
    expected = f"expected a bundle of the pictures in {DEMO}, as no folder was named, found {lost!r} in it"
    cure = f"name the folder of its pictures, or {DEMO} to replace it"
    print(f"build_hashes.py: error: {options.output}: {expected}: {cure}", file=sys.stderr)
    return WRONG_USAGE


def _refuse(what: str, expected: str, error: OSError, cure: str) -> int:
    found = error.strerror or error
    print(f"build_hashes.py: error: {what}: expected {expected}, found otherwise ({found}): {cure}", file=sys.stderr)
    return WRONG_USAGE


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    from scanner.bundle import DEFAULT_THRESHOLD
    from scanner.phash import HASH_BITS

    parser = argparse.ArgumentParser(
        prog="build_hashes.py",
        description="Make the bundle that the scanner looks pictures up in, from a folder of pictures\n"
        "(PNG, JPEG, WebP, GIF, BMP, TIFF).",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("images", metavar="IMAGES", nargs="?", help=f"picture folder [{DEMO}]")
    add("-o", "--output", metavar="FILE", default="hashes/references.json", help="bundle to write [%(default)s]")
    strictness = f"bits, 1 to {HASH_BITS}: lower is stricter; crops alone name nothing from here on [%(default)s]"
    add("--threshold", metavar="N", type=_whole(1, HASH_BITS), default=DEFAULT_THRESHOLD, help=strictness)
    add("--jobs", metavar="N", type=_whole(1, 1024), default=_cores(), help="processes [one per core: %(default)s]")
    add("--skip-bad", action="store_true", help="leave out pictures that are at fault, and name them")
    add("--check", action="store_true", help="write nothing; say whether the bundle is up to date with the folder")
    add(
        "--report",
        metavar="FILE.html",
        help="also write a page: how well each picture will do in an unsteady hand (takes minutes, fewer with --jobs)",
    )
    add("--json", action="store_true", help="report as JSON")
    add("--quiet", action="store_true", help="no report, no warnings, no progress; faults are still named")
    options = parser.parse_args(arguments)
    options.folder_named = options.images is not None
    options.images = options.images if options.folder_named else DEMO
    _refuse_wrong_places(parser, options)
    return options


def _refuse_wrong_places(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Stops at once where the pictures cannot be read from, or something else would be written over."""
    from scanner.offline.images import PICTURE_SUFFIXES

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
        if not options.check:
            _refuse_unwritable(parser, place)
    if Path(options.output).suffix.lower() in PICTURE_SUFFIXES:
        parser.error(f"expected a file to write the bundle to, found a picture's name: {options.output}: name a .json")
    if os.path.realpath(options.output) == os.path.realpath(os.path.join(options.images, "references.json")):
        parser.error(f"{options.output} holds the site's own fields of each picture: write the bundle elsewhere")
    if len({os.path.realpath(place) for place in places}) < len(places):
        parser.error(f"expected two files for bundle and report, found {options.output} for both: name another")


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


def _cores() -> int:
    """Return the cores this process may use: in a container, often fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _build(
    options: argparse.Namespace, executor: ProcessPoolExecutor | None, progress: Callable[[int, int], None]
) -> "Build":
    from scanner.offline.build import build

    return build(
        options.images,
        threshold=options.threshold,
        executor=executor,
        skip_bad=options.skip_bad,
        progress=progress,
    )


WORTH_A_PROCESS = 16
"""Pictures: starting a process takes as long as hashing some of them."""


@contextmanager
def _executor(options: argparse.Namespace) -> Iterator[ProcessPoolExecutor | None]:
    files = sum(len(names) for _, _, names in os.walk(options.images))
    # A report takes seconds for each picture.
    jobs = min(options.jobs, files if options.report else files // WORTH_A_PROCESS)
    if sys.platform == "win32":
        jobs = min(jobs, 61)  # Windows cannot wait for more processes
    if jobs <= 1:
        yield None
        return
    executor = ProcessPoolExecutor(jobs, initializer=_leave_interrupts_to_the_parent)
    # Forked at the first job, processes inherit this: an interrupt before their initializer ran would break the pool.
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    executor.submit(abs, 0).result()
    signal.signal(signal.SIGINT, handler)
    # Killed without a word, the command would leave its processes behind, waiting for ever.
    handler = signal.signal(signal.SIGTERM, lambda *_: sys.exit(ENDED))
    try:
        yield executor
    except BaseException:  # nobody waits for what is under way and of no use any more
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)
        signal.signal(signal.SIGTERM, handler)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Give a function that draws a bar on a terminal and does nothing elsewhere."""
    started, drawn = time.monotonic(), 0.0

    def draw(done: int, total: int) -> None:
        nonlocal drawn
        now = time.monotonic()
        if now - drawn < 0.1 and done < total:
            return
        drawn = now
        bar = "#" * (30 * done // total)
        rate = done / max(now - started, 1e-9)
        left = f"{(total - done) / rate:.0f} s left"
        sys.stderr.write(f"\r[{bar:.<30}] {done} of {total} pictures, {rate:.0f}/s, {left} \x1b[K")
        sys.stderr.flush()

    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    try:
        yield draw
    finally:
        if drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _stop(options: argparse.Namespace, faults: Sequence[str]) -> int:
    """Name the faults; nothing is written."""
    _name_faults(faults)
    if options.json and not options.quiet:
        _print_json({"up_to_date" if options.check else "written": False, "faults": list(faults)})
    return PICTURES_AT_FAULT


def _name_faults(faults: Sequence[str]) -> None:
    for fault in faults:
        print(fault, file=sys.stderr)


def _name_warnings(options: argparse.Namespace, made: "Build") -> None:
    from scanner.offline.images import printable

    if not options.quiet:
        for warning in made.warnings:
            print(f"warning: {printable(warning)}", file=sys.stderr)


def _save(
    options: argparse.Namespace,
    made: "Build",
    executor: ProcessPoolExecutor | None,
    progress: Callable[[int, int], None],
) -> int:
    from scanner.offline.build import alike_pairs

    _name_faults(made.faults)
    _name_warnings(options, made)
    # All that takes long comes before anything is written: whoever interrupts it is told that nothing was.
    alike = [] if options.quiet else alike_pairs(made.bundle)
    writes: list[tuple[str, Callable[[str], None]]] = [(options.output, made.bundle.save)]
    if options.report:
        from scanner.offline.report import predict, report_page
        from scanner.offline.runtime import write_atomically

        _announce_report(options, len(made.bundle), executor)
        prediction = predict(made.bundle, made.pictures, progress, executor)
        page = report_page(made.bundle, made.pictures, prediction, _command(options)).encode()
        writes.append((options.report, lambda place: write_atomically(Path(os.path.realpath(place)), page)))
    for place, write in writes:
        try:
            write(place)
        except OSError as error:
            return _refuse(place, "a file that can be written", error, "make room, or name another place")
    if not options.quiet:
        _report(options, made, alike)
    return DONE


def _announce_report(options: argparse.Namespace, references: int, executor: ProcessPoolExecutor | None) -> None:
    """Says what is about to take so long, and how long: where there is no terminal, there is no bar either."""
    from scanner.offline.report import expected_seconds

    if options.quiet:
        return
    jobs = min(options.jobs, references) if executor else 1
    hold_ups, seconds = expected_seconds(references, jobs)
    time = f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{max(10, round(seconds, -1)):.0f} seconds"
    told = (
        f"{options.report}: a simulated hand holds up {references} picture{'s' * (references > 1)} {hold_ups:,} times"
    )
    print(f"{told}, about {time} with {jobs} process{'es' if jobs > 1 else ''}", file=sys.stderr, flush=True)


def _report(options: argparse.Namespace, made: "Build", alike: Sequence["AlikePair"]) -> None:
    from scanner.verdict import MINIMUM_DETAIL

    size = os.path.getsize(options.output)
    flattest = sorted((round(contrast, 1), name) for name, contrast in made.details.items())
    if options.json:
        _print_json(
            {
                "written": True,
                "bundle": Path(options.output).as_posix(),
                "bytes": size,
                "references": len(made.bundle),
                "threshold": made.bundle.threshold,
                "flattest": [{"id": name, "contrast": contrast} for contrast, name in flattest[:SHOWN]],
                "alike": [{"ids": pair.ids, "distance": pair.distance, "turned": pair.turned} for pair in alike],
                "skipped": made.skipped,
                "faults": made.faults,
                "warnings": made.warnings,
            }
        )
        return
    print(f"{options.output}: {len(made.bundle)} references, {size:,} bytes, threshold {made.bundle.threshold}")
    _print_list(
        f"flattest pictures (contrast in grey levels; below {MINIMUM_DETAIL:g} is refused)",
        [f"{contrast:5.1f}  {name}" for contrast, name in flattest[:5]],
    )
    _print_list(
        "too alike to tell apart (distance in bits; of such a pair neither is named, or seldom)",
        [f"{pair.distance:5d}  {pair.ids[0]}  and  {pair.ids[1]}{_turned(pair.turned)}" for pair in alike],
    )
    _print_list("skipped", made.skipped)
    if made.faults:
        print(f"left out: {len(made.faults)} (named above)")


def _turned(degrees: int) -> str:
    return f" (turned by {degrees} degrees)" if degrees else ""


def _print_list(title: str, entries: Sequence[str]) -> None:
    from scanner.offline.images import printable

    print(f"{title}: {'none' if not entries else len(entries) if len(entries) > SHOWN else ''}".rstrip())
    for entry in entries[:SHOWN]:
        print(f"  {printable(entry)}")
    if len(entries) > SHOWN:
        print(f"  ... and {len(entries) - SHOWN} more (--json names them all)")


def _check(options: argparse.Namespace, made: "Build") -> int:
    from scanner import BundleError, HashBundle

    _name_faults(made.faults)
    _name_warnings(options, made)
    differences: dict[str, Any] = {}
    try:
        differences = _differences(HashBundle.load(options.output), made.bundle)
    except FileNotFoundError:
        differences = {"unusable": f"{options.output}: no such file"}
    except BundleError as error:
        differences = {"unusable": str(error)}
    if options.quiet:
        pass
    elif options.json:
        told = {"bundle": Path(options.output).as_posix(), "up_to_date": not differences, **differences}
        _print_json({**told, "faults": made.faults, "warnings": made.warnings})
    elif not differences:
        print(f"{options.output} is up to date with {options.images}")
    else:
        print(f"{options.output} is out of date with {options.images}")
        for what, found in differences.items():
            if what == "unusable":
                print(found)
            elif isinstance(found, list):
                _print_list(what, found)
            else:
                print(f"{what}: {found}")
        print(f"to bring it up to date: {_command(options)} --threshold {options.threshold}")
    return PICTURES_AT_FAULT if differences else DONE


def _differences(old: "HashBundle", new: "HashBundle") -> dict[str, Any]:
    """Return what an existing bundle says otherwise than the pictures do; empty where they agree."""
    before = {reference.id: reference for reference in old.references}
    after = {reference.id: reference for reference in new.references}
    both = sorted(before.keys() & after.keys())
    changed = [
        name
        for name in both
        if (before[name].hashes != after[name].hashes).any() or (before[name].windows != after[name].windows).any()
    ]
    found = {
        "added": sorted(after.keys() - before.keys()),
        "removed": sorted(before.keys() - after.keys()),
        "changed": changed,
        "other fields": [name for name in both if _as_written(before[name]) != _as_written(after[name])],
        "threshold": f"{old.threshold} in the bundle, {new.threshold} asked for"
        if old.threshold != new.threshold
        else "",
    }
    return {what: value for what, value in found.items() if value}


def _as_written(reference: "Reference") -> str:
    """Return a reference's own fields as text, which tells 1 from true."""
    return json.dumps(dict(reference.fields), sort_keys=True)


def _command(options: argparse.Namespace) -> str:
    """Returns what makes this bundle, with everything but its threshold."""
    words = ["python", "build_hashes.py", options.images, "-o", options.output]
    if options.skip_bad:
        words += ["--skip-bad"]
    return shlex.join(words)


def _print_json(report: dict[str, Any]) -> None:
    # Where the console's letters are few, JSON has escapes of its own for the others.
    plain = (sys.stdout.encoding or "").lower() not in {"utf-8", "utf8"}
    print(json.dumps(report, ensure_ascii=plain, indent=2))


if __name__ == "__main__":
    sys.exit(main())
