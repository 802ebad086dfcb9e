"""`--thumbnails` makes small pictures beside the bundle, and touches no file of anybody else."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scanner import HashBundle
from scanner.files import write_atomically
from scanner.offline.command.interruption import EndedError
from scanner.offline.command.main import build_hashes, main
from scanner.offline.enrol import thumbnails
from scanner.offline.enrol.images import read_small
from scanner.offline.site.thumbnails import thumbnail_files
from support.pictures import cover

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three pictures below the current folder; the first has no field `thumbnail`, the others have one."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "images"
    folder.mkdir()
    for seed, name in enumerate(("für die Seite", "has its own", "wants none")):
        Image.fromarray(cover(seed)).save(folder / f"{name}.png")
    own = {"has its own": {"thumbnail": "https://example.org/1.jpg"}, "wants none": {"thumbnail": None}}
    (folder / "references.json").write_text(json.dumps(own), encoding="utf-8")
    return folder


def built(*arguments: str) -> dict[str, object]:
    """Builds hashes/b.json with thumbnails, and returns the field `thumbnail` of each picture."""
    assert build_hashes(["images", "-o", "hashes/b.json", "--quiet", *arguments]) == 0
    references = HashBundle.load("hashes/b.json").references
    return {reference.id: reference.fields.get("thumbnail", "no field") for reference in references}


def made() -> list[Path]:
    return sorted(Path("hashes/thumbs").glob("*"))


def test_a_picture_without_a_thumbnail_gets_one(images: Path) -> None:
    """The bundle names a file beside it for each picture without the field; one's own thumbnail, or null, stays."""
    fields = built("--thumbnails")
    (file,) = made()
    assert fields == {
        "für die Seite": f"thumbs/{file.name}",
        "has its own": "https://example.org/1.jpg",
        "wants none": None,
    }
    with Image.open(file) as small:
        assert (small.format, small.size) == ("WEBP", (180, 240))
        difference = np.abs(np.asarray(small.convert("RGB"), int) - cover(0))
    assert difference.mean() < 8
    assert file.name.isascii()


def test_the_site_publishes_made_thumbnails(images: Path) -> None:
    """Each made thumbnail is a file of the site, at the address that the bundle has for it."""
    built("--thumbnails")
    bundle = Path("hashes/b.json")
    files, left_out = thumbnail_files(HashBundle.load(bundle), bundle, Path("no demo"), is_demo=False)
    assert (files, left_out) == ({f"hashes/thumbs/{made()[0].name}": made()[0].read_bytes()}, [])


def test_builds_with_thumbnails_give_equal_bytes(images: Path) -> None:
    """Two builds, and one or two processes, give equal bundles and equal thumbnails; files that are there stay."""
    for number in range(40):
        Image.fromarray(cover(number, (50, 60))).save(images / f"{number}.png")
    built("--thumbnails", "--jobs", "1")
    files = [Path("hashes/b.json"), *made()]
    before = [(file, file.read_bytes()) for file in files]
    times = [file.stat().st_mtime_ns for file in files[1:]]
    built("--thumbnails", "--jobs", "2")
    assert [(file, file.read_bytes()) for file in files] == before
    assert [Path("hashes/b.json"), *made()] == files
    assert [file.stat().st_mtime_ns for file in made()] == times


@pytest.mark.parametrize("kind", ["noise", "large", "wide"])
def test_no_thumbnail_is_larger_than_20_kb(kind: str, tmp_path: Path) -> None:
    """Even noise, and a picture of many pixels or of an odd shape, has a thumbnail of at most 20 kB and 480 pixels."""
    noise = np.random.default_rng(1).integers(0, 256, (600, 600, 3), np.uint8)
    shapes = {"noise": noise, "large": np.kron(noise, np.ones((4, 4, 1), np.uint8)), "wide": noise[:7]}
    Image.fromarray(shapes[kind]).save(tmp_path / "a.png")
    (content,) = thumbnails.made_thumbnails({"thumbs/a.webp": tmp_path / "a.png"}, None).values()
    assert len(content) <= 20_000
    with Image.open(io.BytesIO(content)) as small:
        assert 200 <= max(small.size) <= 480
        assert min(small.size) >= 1


def halves(mode: str) -> Image.Image:
    """A picture 60 wide and 40 high, red on the left, clear or white on the right."""
    image = Image.new("RGBA", (60, 40), (200, 0, 0, 255))
    image.paste((0, 80, 0, 0), (30, 0, 60, 40))
    return (
        image.convert(mode)
        if mode in {"RGBA", "P"}
        else Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert(mode)
    )


@pytest.mark.parametrize(
    ("mode", "ending"),
    [("RGB", "png"), ("RGBA", "png"), ("RGBA", "webp"), ("P", "png"), ("RGB", "jpg"), ("CMYK", "jpg"), ("RGBA", "tif")],
)
def test_a_thumbnail_looks_as_the_picture_does(mode: str, ending: str, tmp_path: Path) -> None:
    """A thumbnail is upright, in colour and on white, whatever the orientation and the transparency of the file."""
    for orientation, place in ((1, "left"), (6, "top"), (3, "right"), (8, "bottom")):
        exif = Image.Exif()
        exif[0x0112] = orientation
        halves(mode).save(tmp_path / f"a.{ending}", exif=exif, quality=95)
        pixels = np.asarray(read_small(tmp_path / f"a.{ending}", 30), int)
        assert pixels.shape == ((20, 30, 3) if place in {"left", "right"} else (30, 20, 3))
        cut: dict[str, Any] = {"left": np.s_[:, :10], "right": np.s_[:, -10:], "top": np.s_[:10], "bottom": np.s_[-10:]}
        opposite = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}[place]
        assert np.abs(pixels[cut[place]] - (200, 0, 0)).max() < 40, place
        assert np.abs(pixels[cut[opposite]] - 255).max() < 20, place


def test_a_picture_of_16_bits_has_a_thumbnail(tmp_path: Path) -> None:
    """A grey picture of 16 bits is scaled to 8 bits, not clipped."""
    Image.fromarray(np.full((40, 40), 32768, np.uint16)).save(tmp_path / "a.png")
    assert np.asarray(read_small(tmp_path / "a.png", 20)).mean() == pytest.approx(128, abs=2)


def test_thumbnails_of_pictures_that_have_gone_are_removed(images: Path) -> None:
    """A build removes the thumbnails that only the last bundle named, and no other file."""
    built("--thumbnails")
    (old,) = made()
    foreign = Path("hashes/thumbs/made-0123456789abcdef.webp")
    foreign.write_bytes(b"of somebody else")
    Image.fromarray(cover(7)).save(images / "für die Seite.png")
    built("--thumbnails")
    assert not old.exists()
    assert len(made()) == 2
    assert foreign.read_bytes() == b"of somebody else"
    built()
    assert made() == [foreign]
    foreign.unlink()
    built("--thumbnails")
    built()
    assert not Path("hashes/thumbs").exists()


def test_a_thumbnail_that_another_bundle_names_stays(images: Path) -> None:
    """Two bundles in one folder share the thumbnail of one picture; a build of one leaves it to the other."""
    built("--thumbnails")
    assert build_hashes(["images", "-o", "hashes/other.json", "--quiet", "--thumbnails"]) == 0
    built()
    assert len(made()) == 1
    assert build_hashes(["images", "-o", "hashes/other.json", "--quiet"]) == 0
    assert not Path("hashes/thumbs").exists()


def test_check_compares_thumbnails_without_being_told(images: Path, capsys: Capsys) -> None:
    """Check takes a bundle with made thumbnails for what it is, and names one that is missing, and the command."""
    built("--thumbnails")
    assert main(["check", "images", "-o", "hashes/b.json"]) == 0
    made()[0].unlink()
    capsys.readouterr()
    assert main(["check", "images", "-o", "hashes/b.json"]) == 1
    told = capsys.readouterr().out
    assert "missing thumbnails:\n  thumbs/made-" in told
    assert "phash-scanner build images -o hashes/b.json --thumbnails --threshold 25" in told
    assert made() == []


def test_check_names_the_pictures_that_have_no_thumbnail_yet(images: Path, capsys: Capsys) -> None:
    """--check with --thumbnails finds a bundle without thumbnails out of date, and writes nothing."""
    built()
    capsys.readouterr()
    assert build_hashes(["images", "-o", "hashes/b.json", "--check", "--thumbnails"]) == 1
    assert "other fields:\n  für die Seite\n" in capsys.readouterr().out
    assert not Path("hashes/thumbs").exists()


def test_the_bytes_of_thumbnails_are_told(images: Path, capsys: Capsys) -> None:
    """The line of the bundle has the size of its thumbnails, and --json their number."""
    assert build_hashes(["images", "-o", "hashes/b.json", "--thumbnails"]) == 0
    size = made()[0].stat().st_size
    assert capsys.readouterr().out.endswith(f", threshold 25; thumbnails: {size:,} bytes in thumbs/\n")
    assert build_hashes(["images", "-o", "hashes/b.json", "--thumbnails", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["thumbnails"] == 1


@pytest.mark.parametrize("bundle", ["images/b.json", "images/below/b.json", "link/b.json"])
def test_thumbnails_among_the_pictures_are_refused(images: Path, bundle: str, capsys: Capsys) -> None:
    """Exit 2 where thumbnails would lie in the picture folder: the next build would take them for pictures."""
    Path("link").symlink_to("images")
    with pytest.raises(SystemExit) as ended:
        build_hashes(["images", "-o", bundle, "--thumbnails"])
    assert ended.value.code == 2
    assert "expected thumbnails outside the folder of pictures" in capsys.readouterr().err


def test_a_place_that_takes_no_thumbnails_keeps_the_old_bundle(images: Path, capsys: Capsys) -> None:
    """Exit 2 where a file has the name of the folder of thumbnails: it is named, and the bundle is not written."""
    Path("hashes").mkdir()
    Path("hashes/thumbs").write_text("a file")
    assert build_hashes(["images", "-o", "hashes/b.json", "--thumbnails"]) == 2
    assert "hashes/thumbs" in capsys.readouterr().err
    assert not Path("hashes/b.json").exists()


def test_an_interruption_among_thumbnails_says_how_many_are_written(
    images: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    """A signal between two thumbnails ends the command in a true sentence, and the bundle is not written."""
    Image.fromarray(cover(9)).save(images / "another.png")
    written: list[Path] = []

    def write(path: Path, content: bytes) -> None:
        if written:
            raise EndedError(143)
        written.append(path)
        write_atomically(path, content)

    monkeypatch.setattr(thumbnails, "write_atomically", write)
    assert build_hashes(["images", "-o", "hashes/b.json", "--thumbnails"]) == 143
    assert "ended by a signal: thumbnails written into hashes/thumbs: 1\n" in capsys.readouterr().err
    assert not Path("hashes/b.json").exists()
