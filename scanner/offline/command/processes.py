"""Processes that share the work, and end with the command."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from scanner.offline.command.exit_codes import ENDED

__all__ = ["cores", "processes"]


def cores() -> int:
    """Returns the number of cores this process may use: in a container, often fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def processes(jobs: int) -> Iterator[ProcessPoolExecutor | None]:
    """Gives an executor of so many processes, None for one or fewer: the work is then done here."""
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
