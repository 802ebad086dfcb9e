"""The builder warns of a picture that it uses as it is, and says how to go on without the bad ones."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from scanner.offline import BuildError
from scanner.offline.enrol.build import build
from support.picture_files import encoded
from support.pictures import cover
from support.places import PROJECT

LOST = "expected shapes that show on white paper, which transparent parts count as"
NO_END = "expected a JPEG with an end, found it cut off behind its last pixels, which are whole"


def logo(colour: tuple[int, int, int], ground: tuple[int, int, int, int] = (0, 0, 0, 0)) -> Image.Image:
    """Returns a ring and a bar of one colour on a transparent ground."""
    image = Image.new("RGBA", (240, 180), ground)
    draw = ImageDraw.Draw(image)
    draw.ellipse((30, 20, 150, 140), outline=(*colour, 255), width=24)
    draw.rectangle((130, 110, 215, 150), fill=(*colour, 255))
    return image


def light_logo(colour: tuple[int, int, int] = (250, 250, 230)) -> Image.Image:
    """Returns a light logo with a grey spot, which shows on white."""
    image = logo(colour)
    ImageDraw.Draw(image).rectangle((150, 118, 200, 142), fill=(120, 120, 120, 255))
    return image


@pytest.mark.parametrize("colour", [(255, 255, 200), (240, 240, 240), (235, 250, 235)])
def test_light_shapes_on_a_transparent_ground_are_warned_of(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    """A light logo on a transparent ground hardly shows on white: the warning gives both contrasts and the cure."""
    shapes = light_logo(colour)
    shapes.save(tmp_path / "logo.png")
    shapes.save(tmp_path / "logo2.webp", lossless=True)
    Image.fromarray(cover(1)).save(tmp_path / "other.png")
    for made in (build(tmp_path), build({"logo": shapes, "logo2": np.asarray(shapes), "other": cover(1)})):
        assert [LOST in warning and "logo" in warning for warning in made.warnings] == [True, True]
        assert made.warnings[0].endswith(": give it the ground that it is printed on")


def test_a_white_logo_on_a_transparent_ground_is_a_fault_that_says_why(tmp_path: Path) -> None:
    """White shapes on a transparent ground are nothing on white: the fault tells of the ground."""
    logo((255, 255, 255)).save(tmp_path / "logo.png")
    for source in (tmp_path, {"logo": logo((255, 255, 255))}):
        with pytest.raises(BuildError) as caught:
            build(source)
        (fault,) = caught.value.faults
        assert "found one that is nearly flat" in fault
        assert fault.endswith("or give it the ground that it is printed on: its transparent parts count as white")


@pytest.mark.parametrize(
    "image",
    [
        logo((0, 0, 0)),
        logo((200, 30, 30)),
        logo((150, 150, 150)),
        logo((255, 255, 255), (20, 60, 20, 255)),
        Image.merge("RGBA", (*Image.fromarray(cover(2)).split(), Image.new("L", (180, 240), 230))),
        Image.new("RGBA", (60, 60)),
    ],
    ids=["black", "red", "grey", "opaque", "veiled", "empty"],
)
def test_a_transparent_picture_that_shows_on_white_is_not_warned_of(image: Image.Image) -> None:
    """Dark and coloured shapes on a transparent ground are printed as they are, and give no warning."""
    made = build({"one": image, "other": cover(1)}, skip_bad=True)
    assert made.warnings == ()


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A folder of forty pictures: a light logo, a JPEG and a PNG without their ends, a small one, the rest good."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(36):
        Image.fromarray(cover(number, (60, 50))).save(folder / f"{number:02}.png")
    light_logo().save(folder / "logo.png")
    (folder / "cut.jpg").write_bytes(encoded(Image.fromarray(cover(50)), "JPEG")[:-2])
    (folder / "cut2.png").write_bytes(encoded(Image.fromarray(cover(51)), "PNG")[:-12])
    Image.fromarray(cover(52, (30, 30))).save(folder / "small.png")
    return folder


def run(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, PROJECT / "build_hashes.py", folder, "-o", folder.parent / "bundle.json", *arguments]
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120, check=False)


def test_warnings_are_equal_with_any_number_of_jobs_and_as_json(odd: Path) -> None:
    """Each warning is a line of stderr and an entry of --json, in one order, however many processes read."""
    made = build(odd)
    assert [Path(warning.partition(": ")[0]).name for warning in made.warnings] == [
        "cut.jpg",
        "cut2.png",
        "logo.png",
        "small.png",
    ]
    assert NO_END in made.warnings[0]
    with ThreadPoolExecutor(3) as threads:
        assert build(odd, executor=threads).warnings == made.warnings
    written = []
    for jobs in (1, 2):
        done = run(odd, "--jobs", jobs, "--json")
        assert done.returncode == 0
        assert json.loads(done.stdout)["warnings"] == list(made.warnings)
        assert done.stderr.splitlines() == [f"warning: {warning}" for warning in made.warnings]
        written.append((odd.parent / "bundle.json").read_bytes())
    assert written[0] == written[1]


def test_one_flat_picture_among_many_names_the_way_on(odd: Path) -> None:
    """A flat picture stops the build; a line of its own gives the number of good pictures, and names --skip-bad."""
    Image.new("L", (60, 60), 128).save(odd / "flat.png")
    done = run(odd)
    line, *warnings, last = done.stderr.splitlines()
    assert done.returncode == 1
    assert "flat.png" in line
    assert warnings
    assert all(warning.startswith("warning: ") for warning in warnings)
    assert last == "the other 40 pictures are good: add --skip-bad to leave out the pictures at fault"
    assert json.loads(run(odd, "--json").stdout)["good"] == 40
    assert run(odd, "--skip-bad").returncode == 0
    with pytest.raises(BuildError) as caught:
        build(odd)
    assert caught.value.good == 40


def test_leaving_out_is_not_advised_where_it_does_not_help(odd: Path) -> None:
    """--skip-bad is not named where it helps nothing: a broken references.json, an id that is misspelt, no picture."""
    (odd / "references.json").write_text("{")
    assert "--skip-bad" not in run(odd).stderr
    (odd / "references.json").write_text('{"no such picture": {}}')
    done = run(odd)
    assert done.returncode == 1
    assert "'no such picture', which is none" in done.stderr
    assert "--skip-bad" not in done.stderr
    for path in odd.iterdir():
        path.unlink()
    Image.new("L", (60, 60), 128).save(odd / "flat.png")
    assert "--skip-bad" not in run(odd).stderr
