"""Processes that share the work, and end with the command."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from scanner.offline.command.exit_codes import ENDED

__all__ = ["cores", "processes"]

_PUT_OFF = {signal.SIGINT, signal.SIGTERM}


def cores() -> int:
    """Returns the number of cores this process may use: in a container, often fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def processes(jobs: int) -> Iterator[ProcessPoolExecutor | None]:
    """Gives an executor of `jobs` processes; None for one or fewer: the caller then does the work itself."""
    if sys.platform == "win32":
        jobs = min(jobs, 61)  # Windows cannot wait for more processes
    if jobs <= 1:
        yield None
        return
    executor = ProcessPoolExecutor(jobs, initializer=_leave_interrupts_to_the_parent)
    others = set(threading.enumerate())
    # If SIGTERM ended the command on the spot, its processes would stay behind and wait for ever.
    handler = signal.signal(signal.SIGTERM, lambda *_: sys.exit(ENDED))
    try:
        with _signals_put_off():
            executor.submit(abs, 0).result()  # the first job starts the processes
        yield executor
    except BaseException:  # nobody waits for the jobs under way
        _kill_processes(executor)
        for thread in set(threading.enumerate()) - others:
            thread.join()
        raise
    finally:
        executor.shutdown(cancel_futures=True)
        signal.signal(signal.SIGTERM, handler)


@contextmanager
def _signals_put_off() -> Iterator[None]:
    """Blocks SIGINT and SIGTERM until the block of code ends; a process started meanwhile blocks them too."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _PUT_OFF)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _kill_processes(executor: ProcessPoolExecutor) -> None:
    """Ends the processes of an executor in the midst of their jobs.

    The executor is shut down first, as `terminate_workers` of Python 3.14 does it. An executor that loses its processes
    before shutting down marks every job as broken. Its thread then fails at a cancelled job, and the thread that feeds
    the processes never ends.
    """
    with _signals_put_off():
        children = multiprocessing.active_children()
        executor.shutdown(wait=False, cancel_futures=True)
        for process in children:
            process.kill()  # not `terminate`: a process that is still starting blocks SIGTERM


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _PUT_OFF)
