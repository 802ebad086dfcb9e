"""Photographs by other people, with the references of each: read for `benchmarks.photographs`.

Two kinds of folders are read. A folder of cases has `cases.json`, a list of objects with these fields:

    photo       path of a photograph in the folder
    references  paths of the references that the photograph shows; each is named `catalogue__id.jpg`
    catalogue   name of the catalogue that the photograph is compared with

A folder of cameras has `references/` and one folder for each camera; a photograph has the file name of its reference.

`benchmarks/photographs_truth.json` adds to both, by the photograph's name: `in_sight`, every reference in sight, as
somebody saw who looked; and `may_be_named`, references of which so little is in sight that a name is neither asked for
nor wrong.
"""

import json
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from benchmarks.enrolled import Pictures

TRUTH = Path(__file__).with_name("photographs_truth.json")
HALVES = ("tune", "report")
FILLED_TO = 100
"""Least references of a catalogue."""
FRAME_SIDE = 640
"""Pixels along the longer side of a camera's frame, as `web/page/frames.js` sends it."""


@dataclass(frozen=True)
class Photograph:
    """One photograph and the references that it shows.

    Attributes:
        path: the file.
        source: name of a group of photographs, a row of the report.
        catalogue: name of the catalogue that it is compared with.
        in_sight: ids of the references that it shows.
        may_be_named: ids of references that it shows a little of.
    """

    path: Path
    source: str
    catalogue: str
    in_sight: frozenset[str]
    may_be_named: frozenset[str]

    @property
    def half(self) -> str:
        """Which half it belongs to, by a checksum of its file name: "tune" or "report"."""
        return HALVES[zlib.crc32(self.path.name.encode()) % 2]


def photographs(cases: Path, cameras: Path) -> list[Photograph]:
    """Returns the photographs of a folder of cases and of a folder of cameras."""
    truth = json.loads(TRUTH.read_text(encoding="utf-8"))
    found = []

    def add(path: Path, source: str, catalogue: str, listed: set[str]) -> None:
        seen = truth.get(f"{source} {path.stem}" if path.stem.isdigit() else path.stem, {})
        in_sight = frozenset(seen.get("in_sight", listed))
        found.append(Photograph(path, source, catalogue, in_sight, frozenset(seen.get("may_be_named", ()))))

    for case in json.loads((cases / "cases.json").read_text(encoding="utf-8")):
        path = cases / case["photo"]
        listed = {Path(reference).stem.split("__", 1)[1] for reference in case["references"]}
        add(path, path.stem.split("__")[0].split("_")[0], case["catalogue"], listed)
    for camera in sorted(path for path in cameras.iterdir() if path.is_dir() and path.name != "references"):
        for path in sorted(camera.glob("*.jpg")):
            add(path, camera.name, "covers of films", {path.stem})
    return found


def catalogue(name: str, cases: Path, cameras: Path) -> Pictures:
    """Returns the references of one catalogue by id, filled up to `FILLED_TO` with the references of the cameras."""
    own = {path.stem.split("__", 1)[1]: path for path in sorted((cases / "references").glob(f"{name}__*"))}
    fill = {path.stem: path for path in sorted((cameras / "references").iterdir())}
    paths = own | {key: fill[key] for key in list(fill)[: max(0, FILLED_TO - len(own))]}
    return {key: pixels(path) for key, path in paths.items()}


def pixels(path: Path, longest: int | None = None) -> np.ndarray:
    """Returns a photograph as the page sends it: upright, RGB, made smaller if a side is above `longest`."""
    with Image.open(path) as file:
        image = ImageOps.exif_transpose(file).convert("RGB")
    scale = longest / max(image.size) if longest else 1.0
    if scale < 1:
        width, height = (round(side * scale) for side in image.size)
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image)
