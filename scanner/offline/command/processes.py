"""Processes that share the work, and end with the command."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from scanner.offline.command.interruption import SIGNALS

__all__ = ["cores", "processes"]


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
    executor = ProcessPoolExecutor(jobs, initializer=_belong_to_the_command)
    others = set(threading.enumerate())
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


@contextmanager
def _signals_put_off() -> Iterator[None]:
    """Blocks the signals that end a command until the block of code ends; processes started meanwhile do so too."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
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


def _belong_to_the_command() -> None:
    """Prepares a new process: the command ends it at an interruption, and it ends by itself if the command is gone."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    threading.Thread(target=_end_with_the_command, daemon=True).start()


def _end_with_the_command() -> None:
    """Ends this process when the command has ended, killed perhaps, without a word to its processes."""
    command = multiprocessing.parent_process()
    assert command is not None
    command.join()
    os._exit(1)
