"""Write a file whole or not at all.

A reader, a crash or a power cut finds the old content or the new one, never a part of either.
"""

import os
from contextlib import suppress

__all__ = ["write_atomically"]

READABLE = 0o644


def write_atomically(path: str | os.PathLike[str], content: bytes, *, mode: int | None = None) -> None:
    """Writes `content` to a temporary file beside `path`, then renames the temporary file to `path`.

    Folders are made as needed. Where `path` is a link, the file that the link leads to is replaced. A replaced file
    keeps its permissions. Everybody can read a new file, as a web server must.

    Args:
        path: the file to write.
        content: the whole content of the file.
        mode: permissions of the file, whatever they were before: 0o600 for a key. Only the owner can read the
            temporary file. None keeps the permissions of a replaced file.

    Raises:
        FileExistsError: `path` is a folder or a device.
        OSError: the file cannot be written.
    """
    import tempfile  # imported here, so that the browser's start does not pay for it

    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        raise FileExistsError(f"{os.fspath(path)}: expected a file to write, found a folder or device: name a file")
    folder, name = os.path.split(target)
    os.makedirs(folder, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _permissions(target) if mode is None else mode)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
    _keep_the_name(folder)


def _permissions(target: str) -> int:
    return os.stat(target).st_mode & 0o777 if os.path.exists(target) else READABLE


def _keep_the_name(folder: str) -> None:
    """Asks the disk to keep the new name too. Windows cannot sync a folder, and goes without."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
