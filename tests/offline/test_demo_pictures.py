"""The program draws the ten demo pictures of the project, and no two of them can be taken for each other."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scanner.crops import VARIANTS, query_thumbnails
from scanner.matcher import Matcher
from scanner.offline import build_bundle
from scanner.offline.enrol.build import build
from scanner.offline.enrol.images import read_grey
from scanner.phash import hash_thumbnails, pack
from support.places import PICTURES
from tools import draw_demo_pictures


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the program has just drawn its pictures into."""
    folder = tmp_path_factory.mktemp("drawn")
    draw_demo_pictures.main([str(folder)])
    return folder


def test_the_pictures_in_the_project_are_those_the_program_draws(drawn: Path) -> None:
    """The program draws the project's files, pixel by pixel but for rounding at edges."""
    assert {path.name for path in drawn.iterdir()} == {path.name for path in PICTURES.iterdir()}
    for path in drawn.glob("*.png"):
        now = np.asarray(Image.open(path)).astype(int)
        kept = np.asarray(Image.open(PICTURES / path.name)).astype(int)
        assert now.shape == kept.shape, path.name
        assert np.abs(now - kept).mean() < 1, path.name  # another FreeType may draw letters a little differently
    assert (drawn / "references.json").read_bytes() == (PICTURES / "references.json").read_bytes()


def test_they_are_drawn_the_same_every_time(drawn: Path, tmp_path: Path) -> None:
    """Drawing twice gives the same bytes: nothing depends on chance or time."""
    draw_demo_pictures.main([str(tmp_path)])
    for path in drawn.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_asking_what_the_program_does_draws_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--help` is no folder's name, and a second folder is wrong usage."""
    monkeypatch.chdir(tmp_path)
    for arguments, code in ((["--help"], 0), (["one", "two"], 2)):
        with pytest.raises(SystemExit) as caught:
            draw_demo_pictures.main(arguments)
        assert caught.value.code == code
    assert not list(tmp_path.iterdir())


def test_there_are_ten_small_files_with_ids_of_every_sort() -> None:
    """Numbers, words, blanks and other scripts occur as ids; no file is heavy."""
    pictures = list(PICTURES.glob("*.png"))
    names = {path.stem for path in pictures}
    assert len(pictures) == 10
    assert {"1", "lighthouse", "queen of hearts", "café", "さくら"} <= names
    assert max(path.stat().st_size for path in pictures) < 150_000
    for path in pictures:
        assert 850 <= max(Image.open(path).size) <= 1000


def test_each_has_a_title_and_an_address() -> None:
    """Each picture has a title and an address, which the demo page shows."""
    fields = json.loads((PICTURES / "references.json").read_text(encoding="utf-8"))
    assert set(fields) == {path.stem for path in PICTURES.glob("*.png")}
    for own in fields.values():
        assert own["title"]
        assert own["url"].startswith("https://example.org/")


def test_no_two_can_be_taken_for_each_other() -> None:
    """Held up straight, each picture is at least 12 bits more than the threshold away from every other one."""
    bundle = build_bundle(PICTURES)
    matcher = Matcher(bundle.hashes)
    for index, name in enumerate(bundle.ids):
        grey = read_grey(PICTURES / f"{name}.png")
        height, width = grey.shape
        distances = matcher.distances(pack(hash_thumbnails(query_thumbnails(grey, (0, 0, width, height)))))
        assert distances.shape == (len(VARIANTS), 10)
        nearest = distances.min(axis=0)
        assert nearest[index] <= 10, name
        assert np.delete(nearest, index).min() >= bundle.threshold + 12, name


def test_they_are_rich_in_coarse_shapes() -> None:
    """Each picture has several times the contrast that the hash demands."""
    assert min(build(PICTURES).details.values()) > 20
