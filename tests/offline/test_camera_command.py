"""`phash-scanner camera` makes the video of a fake camera, with which a developer tests a page."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scanner import FrameScanner, HashBundle
from scanner.offline import build_bundle
from scanner.offline.command.camera import LARGEST_BYTES
from scanner.offline.command.main import main
from support.places import PICTURES


@pytest.fixture(scope="module")
def bundle() -> HashBundle:
    return build_bundle(PICTURES)


def first_lumas(video: Path, count: int) -> list[np.ndarray]:
    """Returns the grey levels of the first frames of a .y4m, (height, width) uint8 each, in full range."""
    head, _, content = video.read_bytes().partition(b"\n")
    fields = {field[:1]: field[1:] for field in head.decode().split()[1:]}
    width, height = int(fields["W"]), int(fields["H"])
    frames = content.split(b"FRAME\n")[1:] if count else []
    assert {len(frame) for frame in frames} == {width * height * 3 // 2}
    limited = [np.frombuffer(frame, np.uint8, width * height).reshape(height, width) for frame in frames[:count]]
    return [np.clip((levels.astype(float) - 16) * 255 / 219, 0, 255).astype(np.uint8) for levels in limited]


def named(bundle: HashBundle, frames: list[np.ndarray]) -> list[str]:
    """Returns the ids that a scanner names in the guide, a square in the middle, in order, each once in a row."""
    scanner = FrameScanner(bundle, search_seconds=0)
    ids: list[str] = []
    for frame in frames:
        height, width = frame.shape
        side = min(width, height) // 2
        found = scanner.scan(frame, region=((width - side) // 2, (height - side) // 2, side, side)).id
        if found is not None and ids[-1:] != [found]:
            ids.append(found)
    return ids


@pytest.mark.parametrize("reference", ["1", "lighthouse", "さくら", "queen of hearts"])
@pytest.mark.parametrize("size", ["640x480", "480x640"])
def test_the_picture_of_the_video_is_recognised(
    reference: str, size: str, bundle: HashBundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The scanner names the picture within the video's first loop, whatever the camera's size, and no other picture."""
    video = tmp_path / "camera.y4m"
    picture = str(PICTURES / f"{reference}.png")
    assert main(["camera", picture, "-o", str(video), "--size", size, "--seconds", "1", "--fps", "10"]) == 0
    assert named(bundle, first_lumas(video, 10)) == [reference]
    told = capsys.readouterr().out
    assert f"10 frames of {size}, 1.0 s in a loop, {video.stat().st_size / 1e6:.1f} MB" in told
    assert f"--use-file-for-fake-video-capture={video.resolve()}" in told


def test_pictures_are_held_up_in_turn_and_then_taken_away(bundle: HashBundle, tmp_path: Path) -> None:
    """With two pictures and --nothing, the video shows each for the seconds given, and then an empty desk."""
    video = tmp_path / "camera.y4m"
    pictures = [str(PICTURES / name) for name in ("lighthouse.png", "1.png")]
    assert main(["camera", *pictures, "--nothing", "-o", str(video), "--seconds", "0.5", "--fps", "10"]) == 0
    frames = first_lumas(video, 99)
    assert len(frames) == 15
    assert [named(bundle, frames[first : first + 5]) for first in (0, 5, 10)] == [["lighthouse"], ["1"], []]


def test_an_mjpeg_is_a_row_of_jpeg_pictures_and_far_smaller(bundle: HashBundle, tmp_path: Path) -> None:
    """A name that ends in .mjpeg gives JPEG pictures one after the other, in less than a fifth of the bytes."""
    raw, small = tmp_path / "camera.y4m", tmp_path / "camera.mjpeg"
    picture = str(PICTURES / "lighthouse.png")
    assert main(["camera", picture, "-o", str(raw), "--seconds", "0.2", "--fps", "30"]) == 0
    assert main(["camera", picture, "-o", str(small), "--seconds", "0.2"]) == 0
    assert small.stat().st_size < raw.stat().st_size / 5
    pictures = small.read_bytes().split(b"\xff\xd8\xff\xe0")[1:]
    assert len(pictures) == 6
    frames = [np.asarray(Image.open(io.BytesIO(b"\xff\xd8\xff\xe0" + each)).convert("L")) for each in pictures]
    assert {frame.shape for frame in frames} == {(480, 640)}
    assert named(bundle, frames) == ["lighthouse"]


def test_equal_seeds_give_equal_files(tmp_path: Path) -> None:
    """A video can be made again on another machine instead of being kept with the tests; another seed differs."""
    written = []
    for number, seed in enumerate(("5", "5", "6")):
        video = tmp_path / f"{number}.y4m"
        made = [
            "camera",
            "--nothing",
            "-o",
            str(video),
            "--size",
            "64x64",
            "--seconds",
            "0.1",
            "--seed",
            seed,
            "--quiet",
        ]
        assert main(made) == 0
        written.append(video.read_bytes())
    assert written[0] == written[1] != written[2]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "expected a picture or --nothing, found neither"),
        (["--nothing", "-o", "camera.mp4"], "expected a name that ends in .y4m or .mjpeg, found camera.mp4"),
        (["--nothing", "-o", "folder.y4m"], "found a folder: folder.y4m"),
        (["--nothing", "--size", "641x480"], "expected two even numbers from 64 to 4096"),
        (["--nothing", "--size", "big"], "expected two even numbers from 64 to 4096"),
        (["--nothing", "--size", "32x9999"], "expected two even numbers from 64 to 4096"),
        (["--nothing", "--seconds", "nan"], "expected a number above 0 and up to 600"),
        (["--nothing", "--seconds", "-1"], "expected a number above 0 and up to 600"),
        (["--nothing", "--fps", "0"], "expected a whole number from 1 to 60"),
        (["--nothing", "--seed", "x"], "expected a whole number of at most 18 digits"),
        (["--nothing", "--fps", "20", "-o", "a.mjpeg"], "expected 30 frames a second in an .mjpeg, found 20"),
        (["--nothing", "--seconds", "600"], f"at most {LARGEST_BYTES / 1e6:.0f} MB as .y4m, found 5,530 MB"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_says_what_to_do_and_writes_nothing(
    arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong option, or a video too large for a memory, ends with exit 2 before anything is drawn."""
    (tmp_path / "folder.y4m").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["camera", *arguments])
    assert ended.value.code == 2
    assert told in " ".join(capsys.readouterr().err.split())
    assert [path.name for path in tmp_path.iterdir()] == ["folder.y4m"]


def test_every_faulty_picture_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A picture that is missing or damaged ends the command with exit 1, by name, and an older video stays."""
    video, broken = tmp_path / "camera.y4m", tmp_path / "broken.png"
    video.write_bytes(b"older")
    broken.write_bytes((PICTURES / "1.png").read_bytes()[:900])
    assert main(["camera", str(broken), str(tmp_path / "none.png"), "-o", str(video)]) == 1
    told = capsys.readouterr().err
    assert "broken.png" in told
    assert "none.png" in told
    assert video.read_bytes() == b"older"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A video below a file instead of a folder ends with exit 2 and the name of the place."""
    (tmp_path / "file").write_bytes(b"")
    video = tmp_path / "file" / "camera.y4m"
    assert main(["camera", "--nothing", "--size", "64x64", "--seconds", "0.1", "-o", str(video)]) == 2
    assert "camera.y4m: expected a file that can be written" in capsys.readouterr().err
