"""Real pictures to measure with, from Debian packages: wallpapers, photographs, game art, clip art.

    python benchmarks/pictures.py FOLDER

fetches the packages with `apt-get download` (about 1 GB), unpacks them with `dpkg-deb`, drops pictures that
are too small, too plain or nearly equal to another, and writes the rest, at most 640 px long, to

    FOLDER/tune/0000-name.jpg ...      to tune on
    FOLDER/report/0000-name.jpg ...    to report on

    FOLDER/cut-outs/0000-name.jpg ...  things alone on white paper, a kind of its own

The kinds of pictures take turns in the numbers, so that the first N of a half are always a fair mix. Equal packages
give equal files in equal order. No picture is part of the project.
"""

import argparse
import hashlib
import itertools
import subprocess
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

# The packages of each kind of picture. The kinds take turns until their pictures run out.
PACKAGES = {
    "wallpaper": [
        "gnome-backgrounds",
        "mate-backgrounds",
        "plasma-workspace-wallpapers",
        "lomiri-wallpapers-16.04",
        "lomiri-wallpapers-20.04",
        "ukui-wallpapers",
        "sway-backgrounds",
        "desktop-base",
        "debian-edu-artwork-homeworld",
        "debian-edu-artwork-softwaves",
        "debian-edu-artwork-spacefun",
        "palapeli-data",
        "jigzo-data",
    ],
    "photograph": ["endless-sky-data"],
    "game-art": [
        "fillets-ng-data",
        "freeorion-data",
        "wesnoth-1.16-data",
        "wesnoth-1.16-httt",
        "pingus-data",
        "renpy-demo",
    ],
    "stamp": ["tuxpaint-stamps-default"],
    "clip-art": ["openclipart-png"],
}
ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
LONG_SIDE = 640
SMALLEST_SIDE = 180
LARGEST_RATIO = 2.2
LARGEST = 60_000_000  # pixels: larger pictures take seconds to decode and tell nothing more
THUMBNAIL = 24
PLAINEST = 14.0  # grey levels: least standard deviation of a thumbnail
ALIKE = 0.75  # correlation of thumbnails, best over small shifts, above which two pictures count as one
MOST_BLANK = 0.4  # share of white pixels beyond which a picture is a thing alone on white paper
ENOUGH = 2600  # pictures in both halves together


def main() -> int:
    Image.MAX_IMAGE_PIXELS = LARGEST  # Pillow warns of larger pictures, and refuses pictures twice as large
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path, help="where to keep packages and pictures (outside the project)")
    folder = parser.parse_args().folder
    unpacked = [(kind, fetch(package, folder)) for kind, names in PACKAGES.items() for package in names]
    folders = [folder / name for name in ("tune", "report", "cut-outs")]
    for each in folders:
        each.mkdir(exist_ok=True)
        for old in each.glob("*.jpg"):
            old.unlink()
    counts = [0, 0, 0]
    for key, name, image in choose(unpacked):
        # The file's own key decides, so that a change of other pictures moves no picture to the other half.
        which = 2 if is_cut_out(image) else int(key, 16) % 2
        image.save(folders[which] / f"{counts[which]:04d}-{name}.jpg", quality=95)
        counts[which] += 1
    for each, count in zip(folders, counts, strict=True):
        print(f"{count} pictures in {each}")
    return 0


def fetch(package: str, folder: Path) -> Path:
    """Returns the folder where the package's files are, fetching and unpacking it if need be."""
    unpacked = folder / "unpacked" / package
    if unpacked.is_dir():
        return unpacked
    downloads = folder / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    print(f"fetching {package}", file=sys.stderr)
    subprocess.run(["apt-get", "download", "-q", package], cwd=downloads, check=True, capture_output=True)
    [archive] = sorted(downloads.glob(f"{package}_*.deb"))[-1:]
    partial = unpacked.with_name(unpacked.name + ".partial")
    partial.parent.mkdir(exist_ok=True)
    subprocess.run(["dpkg-deb", "-x", archive, partial], check=True)
    partial.rename(unpacked)
    archive.unlink()
    return unpacked


def choose(unpacked: list[tuple[str, Path]]) -> Iterator[tuple[str, str, Image.Image]]:
    """Yields at most `ENOUGH` (key, name, picture): the kinds take turns, and no picture is like an earlier one."""
    by_kind = defaultdict(list)
    for kind, folder in unpacked:
        for path in sorted(folder.rglob("*")):
            fit = path.suffix.lower() in ENDINGS and path.is_file() and not path.is_symlink()
            if fit and "flag" not in path.as_posix().lower():  # many flags are equal in grey
                by_kind[kind].append((order(path.relative_to(folder)), path))
    queues = {kind: iter(sorted(paths)) for kind, paths in sorted(by_kind.items())}
    thumbnails, kept = np.zeros((ENOUGH, THUMBNAIL * THUMBNAIL), np.float32), 0
    while queues:
        for kind in list(queues):
            for key, path in queues[kind]:
                image = upright(path)
                thumbnail = None if image is None else thumbnail_of(image)
                if image is None or thumbnail is None or likeness(thumbnail, thumbnails[:kept]) > ALIKE:
                    continue
                thumbnails[kept], kept = thumbnail.ravel(), kept + 1
                yield key, f"{kind}-{path.stem}", image
                if kept == ENOUGH:
                    return
                break
            else:
                del queues[kind]


def order(path: Path) -> str:
    """Returns a key that shuffles files the same way everywhere."""
    return hashlib.sha256(path.as_posix().encode()).hexdigest()


def upright(path: Path) -> Image.Image | None:
    """Returns the picture as a print of it would look: RGB, on white, at most `LONG_SIDE` long; None if unfit."""
    try:
        with Image.open(path) as file:
            wide, high = file.size
            unfit = min(wide, high) < SMALLEST_SIDE or max(wide, high) > LARGEST_RATIO * min(wide, high)
            if unfit or wide * high > LARGEST:
                return None
            file.draft("RGB", (LONG_SIDE, LONG_SIDE))
            image = ImageOps.exif_transpose(file)
            image.thumbnail((LONG_SIDE, LONG_SIDE))
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def thumbnail_of(image: Image.Image) -> np.ndarray | None:
    """Returns the picture small and grey, mean 0 and norm 1; None if it is too plain to be recognised."""
    small = image.convert("L").resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
    thumbnail = np.asarray(small, np.float32)
    if thumbnail.std() < PLAINEST:
        return None
    thumbnail = thumbnail - thumbnail.mean()
    return thumbnail / np.linalg.norm(thumbnail)


def is_cut_out(image: Image.Image) -> bool:
    """Says whether much of the picture is blank: a thing alone on paper is harder to tell apart than a cover."""
    return float((np.asarray(image.convert("L")) >= 250).mean()) > MOST_BLANK


def likeness(thumbnail: np.ndarray, others: np.ndarray) -> float:
    """Returns the largest correlation with any of `others`, over quarter turns, three zooms and small shifts."""
    if not len(others):
        return 0.0
    moved, image = [], Image.fromarray(thumbnail)
    for rim in (-1.5, 0, 1.5):
        box = (rim, rim, THUMBNAIL - rim, THUMBNAIL - rim)
        zoomed = image.transform(image.size, Image.Transform.EXTENT, box, Image.Resampling.BILINEAR)
        for turns, *shift in itertools.product(range(4), (-2, -1, 0, 1, 2), (-2, -1, 0, 1, 2)):
            rolled = np.roll(np.rot90(np.asarray(zoomed), turns), shift, (0, 1)).ravel()
            rolled = rolled - rolled.mean()
            moved.append(rolled / max(1e-6, float(np.linalg.norm(rolled))))
    return float((others @ np.stack(moved).T).max())


if __name__ == "__main__":
    sys.exit(main())
