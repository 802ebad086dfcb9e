"""A quarter of one core for all of a browser, on Linux, for users who may make groups of processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Folders of Linux for groups of processes: version 2, then version 1. Short periods keep every pause short.
GROUPS = (
    (Path("/sys/fs/cgroup/image-scanner-benchmark"), {"cpu.max": "5000 20000"}),
    (
        Path("/sys/fs/cgroup/cpu/image-scanner-benchmark"),
        {"cpu.cfs_period_us": "20000", "cpu.cfs_quota_us": "5000"},
    ),
)


@contextmanager
def quarter_of_a_core() -> Iterator[Path | None]:
    """Yields the file of a group of processes that share a quarter of one core; None if this user may make no group.

    A process whose number is written to the file joins the group, and so do the processes that it starts.
    """
    for folder, limits in GROUPS:
        try:
            folder.mkdir(exist_ok=True)
            for name, value in limits.items():
                with (folder / name).open("r+") as limit:  # fails unless the kernel has made the file
                    limit.write(value)
        except OSError:
            with suppress(OSError):
                folder.rmdir()
            continue
        try:
            yield folder / "cgroup.procs"
        finally:
            with suppress(OSError):
                folder.rmdir()
        return
    yield None


def slowed(chromium: str, group: Path, folder: Path) -> str:
    """Returns a program that starts Chromium within a group."""
    program = folder / "chromium-slowed"
    program.write_text(f'#!/bin/sh\necho $$ > "{group}"\nexec "{chromium}" "$@"\n')
    program.chmod(0o755)
    return str(program)
