"""Put a whole folder in the place of another."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

__all__ = ["write_folder"]


def write_folder(output: Path, files: Mapping[str, bytes]) -> None:
    """Writes `files` to a new folder, then renames the new folder to `output`.

    Where `output` is a link, the folder that the link leads to is replaced. A failure leaves the old folder in its
    place.
    """
    output = output.resolve()
    output.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=output.parent, prefix=f".{output.name}."))
    try:
        fresh.chmod(0o755)
        for path, content in files.items():
            target = fresh / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        old = fresh.with_name(f"{fresh.name}.old")
        if output.exists():
            output.rename(old)
        try:
            fresh.rename(output)
        except OSError:
            if old.exists():
                old.rename(output)
            raise
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
