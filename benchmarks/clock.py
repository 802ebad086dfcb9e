"""The clock of a stream's budget, in benchmarks: CPU time, so that other work on the machine takes none of a frame."""

import time

from scanner import pieces


def count_cpu_time() -> None:
    """Makes every budget of this process count the CPU time that the process has taken, not the time that passed."""
    vars(pieces)["perf_counter"] = time.process_time
