"""Write a file whole or not at all, and clear away what a killed program has left.

A reader, a crash or a power cut finds the old content or the new one, never a part of either. Temporary files and
folders have names of their own kind and are locked while they are in use, so that the next run can tell a leftover from
the work of a running command.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

__all__ = ["sweep", "sync_folder", "temporary_folder", "write_atomically"]

READABLE = 0o644

PREFIX, SUFFIX = "phash-scanner-", ".tmp"
"""Beginning and end of the name of everything temporary, with or without a dot before."""

ABANDONED_SECONDS = 24 * 60 * 60
"""Age of a leftover on a system without locks, where a younger file may be in use."""


def write_atomically(path: str | os.PathLike[str], content: bytes, *, mode: int | None = None) -> None:
    """Writes `content` to a temporary file beside `path`, then renames the temporary file to `path`.

    Folders are made as needed. Where `path` is a link, the file that the link leads to is replaced. A replaced file
    keeps its permissions. Everybody can read a new file, as a web server must. Content and name are on the disk when
    the function returns.

    Args:
        path: the file to write.
        content: the whole content of the file.
        mode: permissions of the file, whatever they were before: 0o600 for a key. Only the owner can read the
            temporary file. None keeps the permissions of a replaced file.

    Raises:
        FileExistsError: `path` is a folder or a device.
        OSError: the file cannot be written; `filename` is `path`.
    """
    import tempfile  # imported here, so that the browser's start does not pay for it

    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        raise FileExistsError(f"{os.fspath(path)}: expected a file to write, found a folder or device: name a file")
    folder = os.path.dirname(target)

    def make() -> str:
        handle, temporary = tempfile.mkstemp(dir=folder, prefix="." + PREFIX, suffix=SUFFIX)
        os.close(handle)
        return temporary

    try:
        grown = _make_folders(folder)
        sweep(folder)
        with _claimed(make) as temporary:
            try:
                with open(temporary, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.chmod(temporary, _permissions(target) if mode is None else mode)
                    os.fsync(file.fileno())
                os.replace(temporary, target)
            except BaseException:
                with suppress(FileNotFoundError):  # renamed already
                    os.unlink(temporary)
                raise
        for each in (folder, *grown):
            sync_folder(each)
    except OSError as error:
        error.filename, error.filename2 = os.fspath(path), None  # a full disk says no name, a rename two
        raise


@contextmanager
def temporary_folder(parent: str | os.PathLike[str], *, hidden: bool = True) -> Iterator[str]:
    """Gives a new folder in `parent`, which is made as needed, and removes the folder at the end.

    The next temporary folder in `parent` removes a folder that a killed command has left.
    """
    import shutil
    import tempfile

    os.makedirs(parent, exist_ok=True)
    sweep(parent)
    prefix = "." * hidden + PREFIX
    with _claimed(lambda: tempfile.mkdtemp(dir=parent, prefix=prefix, suffix=SUFFIX)) as folder:
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep(folder: str | os.PathLike[str]) -> None:
    """Removes the temporary files and folders that killed commands have left in a folder.

    Those of a running command stay, and so does everything that another program has made. A folder that cannot be read
    is left as it is.
    """
    import shutil

    try:
        names = [name for name in os.listdir(folder) if _is_temporary(name)]
    except OSError:
        return
    for name in names:
        path = os.path.join(folder, name)
        with suppress(OSError), _locked(path) as held:
            if not held and not _is_old(path):
                continue
            if os.path.isdir(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                os.unlink(path)


def sync_folder(folder: str | os.PathLike[str]) -> None:
    """Asks the disk to keep the names in a folder too. Windows cannot sync a folder, and goes without."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _permissions(target: str) -> int:
    return os.stat(target).st_mode & 0o777 if os.path.exists(target) else READABLE


def _make_folders(folder: str) -> list[str]:
    """Makes a folder and all folders above it that are missing; returns the folders that got a new name in them."""
    grown = []
    above = folder
    while not os.path.isdir(above):
        above = os.path.dirname(above)
        grown.append(above)
        if above == os.path.dirname(above):
            break
    os.makedirs(folder, exist_ok=True)
    return grown


def _is_temporary(name: str) -> bool:
    name = name.removeprefix(".")
    return name.startswith(PREFIX) and name.endswith(SUFFIX) and len(name) == len(PREFIX + SUFFIX) + 8


def _is_old(path: str) -> bool:
    import time

    return time.time() - os.lstat(path).st_mtime > ABANDONED_SECONDS


@contextmanager
def _claimed(make: Callable[[], str]) -> Iterator[str]:
    """Gives the path of something temporary that `make` makes, locked until the block of code ends."""
    with ExitStack() as stack:
        while True:
            path = make()
            with suppress(BlockingIOError, FileNotFoundError):  # another command has just taken it for a leftover
                stack.enter_context(_locked(path))
                if os.path.lexists(path):
                    break
        yield path


@contextmanager
def _locked(path: str) -> Iterator[bool]:
    """Holds the lock of a file or folder, and gives True; gives False on a system without locks.

    The system itself lets go of the lock when the program ends, however it ends.

    Raises:
        BlockingIOError: another program holds the lock.
        OSError: the file is not there, is a link, or may not be read.
    """
    if sys.platform == "win32":
        yield False
        return
    import fcntl

    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = True
        except BlockingIOError:
            raise
        except OSError:  # some network folders know no locks
            held = False
        yield held
    finally:
        os.close(handle)
