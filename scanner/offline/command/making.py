"""Hash the pictures for build, check and report, and answer every fault with a sentence and an exit code."""

import argparse
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from scanner.errors import ImageError
from scanner.offline.command.printing import refuse, stop
from scanner.offline.command.processes import processes
from scanner.offline.command.progress import Progress, progress_bar
from scanner.offline.enrol.build import Build, BuildError, build
from scanner.offline.enrol.links import missing_beside
from scanner.offline.enrol.thumbnails import named_in, with_thumbnails

__all__ = ["Making", "made"]

WORTH_A_PROCESS = 16
"""Pictures that justify one more process: starting a process takes as long as hashing several pictures."""

KEPT_BLOCKS = 4
"""Memory blocks that Pillow keeps from one decoded picture for the next: fresh memory costs a tenth of the time."""


@dataclass(frozen=True)
class Making:
    """A build, with the executor and the progress bar for further work on it.

    Attributes:
        build: bundle, faults and warnings.
        thumbnails: address of each thumbnail to make, relative to the bundle -> its picture.
        executor: processes that share the work; None: this process does all of it.
        progress: draws the bar.
    """

    build: Build
    thumbnails: Mapping[str, Path]
    executor: ProcessPoolExecutor | None
    progress: Progress


def made(options: argparse.Namespace, use: Callable[[argparse.Namespace, Making], int]) -> int:
    """Hashes the pictures, hands them to `use`, and returns the exit code."""
    files = sum(len(names) for _, _, names in os.walk(options.images))
    # A report takes seconds for each picture, so that every picture justifies a process.
    jobs = min(options.jobs, files if options.report else files // WORTH_A_PROCESS)
    if "PILLOW_BLOCKS_MAX" not in os.environ:
        Image.core.set_blocks_max(KEPT_BLOCKS)  # type: ignore[attr-defined]
    try:
        with progress_bar(options.quiet) as progress, processes(jobs) as executor:
            built = build(
                options.images,
                threshold=options.threshold,
                executor=executor,
                skip_bad=options.skip_bad,
                progress=progress,
                keypoints=options.keypoints,
            )
            built = _with_links_checked(built, options)
            sources: Mapping[str, Path] = {}
            # A bundle that was made with thumbnails is compared with one that has thumbnails.
            options.thumbnails = options.thumbnails or (options.check and bool(named_in(options.output)))
            if options.thumbnails:
                small = with_thumbnails(built)
                built, sources = small.build, small.sources
            return use(options, Making(built, sources, executor, progress))
    except BuildError as error:
        return stop(options, error.faults, error.left and _with_links_checked(error.left, options))
    except ImageError as error:  # a picture changed while it was reported on
        return stop(options, [str(error)])
    except BrokenProcessPool:
        return stop(options, ["a process was ended from outside, most often for want of memory: try --jobs 1"])
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is None:
            what, expected, cure = "this machine", "processes and disk enough", "make room, or try --jobs 1"
        else:
            what, expected, cure = str(error.filename), "a file or folder that can be read", "check its permissions"
        return refuse(options, what, expected, error, cure)


def _with_links_checked(built: Build, options: argparse.Namespace) -> Build:
    """Returns a build with a warning for each field whose addresses lead to no file beside the bundle."""
    nowhere = missing_beside(built.bundle, options.output, options.images)
    return replace(built, warnings=(*built.warnings, *nowhere))
