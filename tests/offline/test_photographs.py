"""The benchmark of photographs tells right, nothing and wrong apart, and shows what was missed."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks import photographs
from benchmarks.photo_sets import TRUTH
from support.pictures import cover


def on_a_desk(pictures: list[np.ndarray]) -> np.ndarray:
    """Returns a photograph, (480, 640, 3), of pictures that lie side by side on a grey desk."""
    desk = np.full((480, 640, 3), 120, np.uint8)
    for number, picture in enumerate(pictures):
        left = 60 + number * 290
        desk[110 : 110 + picture.shape[0], left : left + picture.shape[1]] = picture
    return desk


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder of three cases, and a folder of one camera with two photographs."""
    cases, cameras = tmp_path_factory.mktemp("cases"), tmp_path_factory.mktemp("cameras")
    for folder in (cases / "photos", cases / "references", cameras / "references", cameras / "phone"):
        folder.mkdir(parents=True)
    pictures = {f"p{seed}": cover(seed) for seed in range(4)}
    for name in ("p0", "p1"):
        Image.fromarray(pictures[name]).save(cases / "references" / f"wall__{name}.jpg", quality=95)
    for name in ("p2", "p3"):
        Image.fromarray(pictures[name]).save(cameras / "references" / f"{name}.jpg", quality=95)
        Image.fromarray(on_a_desk([pictures[name]])).save(cameras / "phone" / f"{name}.jpg", quality=95)
    shown = {"one": ["p0"], "both": ["p0", "p1"], "none": []}
    for name, names in shown.items():
        Image.fromarray(on_a_desk([pictures[each] for each in names])).save(cases / "photos" / f"desk__{name}.jpg")
    told = [
        {
            "photo": f"photos/desk__{name}.jpg",
            "references": [f"references/wall__{n}.jpg" for n in names],
            "catalogue": "wall",
        }
        for name, names in {**shown, "one": ["p1"]}.items()  # the list of what is shown is wrong about one photograph
    ]
    (cases / "cases.json").write_text(json.dumps(told))
    return cases, cameras


def test_the_benchmark_counts_what_the_scanner_says_of_each_photograph(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A photograph counts as right if a picture in it is named, as wrong if another is named, by source and half."""
    answers, sheet = tmp_path / "answers.json", tmp_path / "sheet.png"
    asked = [*map(str, folders), "--no-peers", "--answers", str(answers), "--sheet", str(sheet)]
    monkeypatch.setattr("sys.argv", ["photographs", *asked])
    assert photographs.main() == 0
    printed = capsys.readouterr().out
    told = {each["photo"]: each["ids"]["one"] for each in json.loads(answers.read_text())}
    assert told["desk__one.jpg"] == ["p0"]
    assert told["desk__none.jpg"] == []
    assert told["p2.jpg"] == ["p2"]
    rows = [line.split("|")[1:-1] for line in printed.splitlines() if line.startswith(("| desk", "| phone"))]
    surest = [row[2].split("/") for row in rows if "/" in row[2]]
    assert [sum(int(row[column]) for row in surest) for column in range(3)] == [3, 0, 1]
    assert "scan, desk__one.jpg: p0" in printed
    with Image.open(sheet) as drawn:
        assert drawn.width == 720


def test_no_photograph_is_named_whose_references_are_left_out(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A photograph of a reference that is not enrolled counts as one that shows none, and gets no name."""
    answers = tmp_path / "answers.json"
    asked = [*map(str, folders), "--one", "phone", "--left-out", "--answers", str(answers)]
    monkeypatch.setattr("sys.argv", ["photographs", *asked])
    assert photographs.main() == 0
    told = {each["photo"]: each["ids"] for each in json.loads(answers.read_text())}
    assert told == {"p2.jpg": {"one": [], "all": []}, "p3.jpg": {"one": [], "all": []}}
    assert "with none | 0 / 0 / 0 |" in capsys.readouterr().out


def test_a_source_that_is_not_there_is_answered_with_the_sources(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever mistypes a source is told which sources there are."""
    monkeypatch.setattr("sys.argv", ["photographs", *map(str, folders), "--one", "walls", "--no-peers"])
    with pytest.raises(SystemExit, match="desk, phone"):
        photographs.main()


def test_a_picture_is_in_sight_or_may_be_named_but_not_both() -> None:
    """The truth that was written down by sight contradicts itself for no photograph."""
    truth = json.loads(TRUTH.read_text(encoding="utf-8"))
    assert truth
    for name, seen in truth.items():
        assert set(seen) <= {"in_sight", "may_be_named"}, name
        assert not set(seen.get("in_sight", ())) & set(seen.get("may_be_named", ())), name
