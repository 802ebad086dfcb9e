"""Put a whole folder in the place of another."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from scanner.files import sync_folder, temporary_folder

__all__ = ["recover_folder", "write_folder"]


def write_folder(output: Path, files: Mapping[str, bytes]) -> None:
    """Writes `files` to a new folder, then gives the new folder the name `output`.

    Where `output` is a link, the folder that the link leads to is replaced. A failure, a signal or a power cut leaves
    the old folder or the new one in its place, whole.
    """
    output = output.resolve()
    output.parent.mkdir(parents=True, exist_ok=True)
    recover_folder(output)
    with temporary_folder(output.parent) as made:
        fresh = Path(made)
        fresh.chmod(0o755)
        for path, content in files.items():
            target = fresh / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(target, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for place, _, _ in os.walk(fresh):
            sync_folder(place)
        _put_in_place(fresh, output)
        sync_folder(output.parent)


def recover_folder(output: Path) -> None:
    """Gives the folder `output` its name again where a power cut has struck between two renames."""
    output = output.resolve()
    old = _set_aside(output)
    if not old.exists():
        return
    if output.exists():
        shutil.rmtree(old, ignore_errors=True)
    else:
        old.rename(output)


def _put_in_place(fresh: Path, output: Path) -> None:
    """Gives the folder `fresh` the name `output`, and the old folder, if there is one, the name `fresh`."""
    if not output.exists():
        fresh.rename(output)
    elif not _exchange(fresh, output):
        old = _set_aside(output)
        output.rename(old)
        try:
            fresh.rename(output)
        except BaseException:
            if not output.exists():
                old.rename(output)
            raise
        old.rename(fresh)


def _set_aside(output: Path) -> Path:
    return output.with_name(f".{output.name}.phash-scanner-old")


def _exchange(one: Path, other: Path) -> bool:
    """Exchanges the names of two folders in one step, so that neither name is ever without a folder.

    Returns False where the system, or its disk, cannot: Windows, and some network folders.
    """
    import ctypes

    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE of <linux/fs.h>, RENAME_SWAP of macOS's <sys/stdio.h>
    names = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "linux":
            return bool(ctypes.CDLL(None).renameat2(here, names[0], here, names[1], exchange) == 0)
        if sys.platform == "darwin":
            return bool(ctypes.CDLL(None).renamex_np(*names, exchange) == 0)
    except AttributeError:  # an older C library
        pass
    return False
