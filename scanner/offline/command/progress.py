"""The bar that counts pictures on a terminal."""

import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Progress", "progress_bar"]

Progress = Callable[[int, int], None]
"""Called with (pictures done, pictures in all)."""

FORMAT = "[{bar:30}] {n_fmt} of {total_fmt} pictures, {rate_noinv_fmt}, {remaining} left"


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Progress]:
    """Gives a function that draws a bar on a terminal, and does nothing elsewhere or when `quiet`."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # no thread of tqdm's own: processes are forked while the bar is there
    tqdm.set_lock(threading.RLock())  # one process draws the bar
    columns, lines = shutil.get_terminal_size()  # tqdm itself draws nothing on a terminal that does not know its size
    with tqdm(bar_format=FORMAT, ascii=".#", unit="", leave=False, ncols=columns, nrows=lines) as bar:

        def draw(done: int, total: int) -> None:
            if total != bar.total or done < bar.n:  # a new count begins
                bar.reset(total)
            bar.update(done - bar.n)
            if done == total:
                bar.refresh()

        yield draw
