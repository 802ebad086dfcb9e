"""The build keeps keypoints by default, and leaves them out where it is told to."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scanner import HashBundle
from scanner.offline import build_bundle
from scanner.offline.command.main import main
from scanner.offline.enrol import build as building


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    random = np.random.default_rng(5)
    for number in range(40):
        coarse = random.integers(0, 256, (9, 12), np.uint8)
        Image.fromarray(np.kron(coarse, np.ones((9, 9), np.uint8))).save(pictures / f"{number}.png")
    return pictures


def test_a_build_keeps_keypoints_with_equal_bytes_by_any_number_of_processes(folder: Path) -> None:
    """A build keeps keypoints of each picture; one process and two write equal bytes, and a check agrees."""
    outputs = [folder.parent / f"{jobs}.json" for jobs in (1, 2)]
    for jobs, output in zip((1, 2), outputs, strict=True):
        assert main(["build", str(folder), "-o", str(output), "--quiet", "--jobs", str(jobs)]) == 0
    assert outputs[0].read_bytes() == outputs[1].read_bytes()
    assert all(len(each.keypoints or ()) > 10 for each in HashBundle.load(outputs[0]).references)
    assert main(["build", str(folder), "-o", str(outputs[0]), "--quiet", "--check"]) == 0


def test_no_keypoints_leaves_them_out_and_check_names_the_difference(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bundle without keypoints is up to date with --no-keypoints only, and the check says so."""
    output = folder.parent / "references.json"
    assert main(["build", str(folder), "-o", str(output), "--quiet", "--no-keypoints"]) == 0
    assert all("keypoints" not in each for each in json.loads(output.read_text())["references"])
    assert main(["check", str(folder), "-o", str(output), "--no-keypoints"]) == 0
    capsys.readouterr()
    assert main(["check", str(folder), "-o", str(output)]) == 1
    assert "keypoints" in capsys.readouterr().out


def test_a_large_folder_gets_no_keypoints_unless_asked_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of more pictures than the default allows has keypoints only where the caller asks for them."""
    monkeypatch.setattr(building, "MOST_WITH_KEYPOINTS", 39)
    assert all(each.keypoints is None for each in build_bundle(folder).references)
    assert all(each.keypoints is not None for each in build_bundle(folder, keypoints=True).references)
