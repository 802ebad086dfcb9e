"""Pillow's own test pictures, from its source distribution, kept in the user's cache.

`python -m support.pillow_pictures` in the folder tests/, or `make pillow-pictures`, downloads the distribution: 47 MB,
most of a minute, as pip prepares a build. Tests do not download it.
"""

import subprocess
import sys
import tarfile
from pathlib import Path

import PIL
import platformdirs

KEPT = platformdirs.user_cache_path("image-scanner", appauthor=False) / "tests"
MISSING = "Pillow's own test pictures are not here: `make pillow-pictures` downloads them once"


def pillow_pictures(most_bytes: int = 60_000) -> dict[str, bytes]:
    """Returns {name: file} of the pictures up to a size; {} where the source distribution is not in the cache."""
    found = sorted(KEPT.glob("[Pp]illow-*.tar.gz"))
    if not found:
        return {}
    pictures = {}
    with tarfile.open(found[-1]) as archive:
        for member in archive:
            path = Path(member.name)
            inside = path.parts[1:3] == ("Tests", "images") and member.isfile() and member.size <= most_bytes
            if inside and path.suffix.lower() in {".png", ".apng", ".jpg", ".webp", ".gif", ".bmp", ".tif", ".avif"}:
                content = archive.extractfile(member)
                pictures["-".join(path.parts[3:])] = content.read() if content else b""
    return {name: data for name, data in pictures.items() if data}


def main() -> None:
    """Downloads the source distribution of the Pillow that is installed."""
    KEPT.mkdir(parents=True, exist_ok=True)
    download = ["download", "--no-deps", "--no-binary", "pillow", f"pillow=={PIL.__version__}", "--dest", str(KEPT)]
    sys.exit(subprocess.run([sys.executable, "-m", "pip", *download], check=False).returncode)


if __name__ == "__main__":
    main()
