"""A damaged picture file is named as damaged, and nothing else is called damage."""

import random
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scanner import ImageError
from scanner.offline.enrol.images import read_grey, read_upright
from support.picture_files import encoded, every_format, png_chunk
from support.pictures import cover
from support.reading import outcomes

PICTURE = Image.fromarray(cover(3))
PNG = encoded(PICTURE, "PNG")
END_OF_HEADER = 33
"""Bytes of a PNG's signature and first chunk."""


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def with_chunk(kind: bytes, data: bytes) -> bytes:
    return PNG[:END_OF_HEADER] + png_chunk(kind, data) + PNG[END_OF_HEADER:]


def packed_text(megabytes: int) -> bytes:
    return zlib.compress(b'{"nodes": []} ' * (megabytes * 75_000))


def test_a_png_with_one_flipped_bit_is_named_as_damaged(tmp_path: Path) -> None:
    """A PNG with any one bit flipped is a fault: Pillow alone decodes most of them, to other pixels."""
    rng, read, faults = random.Random(1), [], []
    for number in range(150):
        changed = bytearray(PNG)
        place = rng.randrange(8, len(PNG))
        changed[place] ^= 1 << rng.randrange(8)
        try:
            read_grey(written(tmp_path, f"{number}.png", bytes(changed)))
        except ImageError as error:
            faults.append(str(error))
        else:
            read.append(place)
    assert all(place >= len(PNG) - 12 for place in read)  # the end chunk holds nothing
    assert all("damage" in fault for fault in faults)


def test_damage_behind_the_first_frame_of_a_png_is_named(tmp_path: Path) -> None:
    """An animated PNG is verified to its end, though its first frame is enrolled."""
    moving = bytearray(encoded(PICTURE, "PNG", save_all=True, append_images=[PICTURE.rotate(9)]))
    assert read_grey(written(tmp_path, "whole.png", bytes(moving))).shape == (240, 180)
    moving[-60] ^= 1
    with pytest.raises(ImageError, match=r"found damage \(the checksum of a PNG's chunk fdAT is another\)"):
        read_grey(written(tmp_path, "flipped.png", bytes(moving)))


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (b"zTXt", b"workflow\0\0" + packed_text(2)),
        (b"iTXt", b"workflow\0\1\0\0\0" + packed_text(2)),
        (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + packed_text(2)),
        (b"zTXt", b"Raw profile type exif\0\0" + packed_text(2)),
        (b"zTXt", b"bomb\0\0" + packed_text(200)),
        (b"tEXt", b"long\0" + b"x" * 70_000_000),
        (b"iCCP", b"profile\0\0" + packed_text(2)),
        (b"iCCP", b"profile\0\7nonsense"),
        (b"zTXt", b"workflow\0\7nonsense"),
    ],
    ids=["zTXt", "iTXt", "xmp", "exif", "bomb", "tEXt", "iCCP", "nonsense profile", "nonsense text"],
)
def test_a_large_text_or_profile_in_a_png_is_no_fault(tmp_path: Path, kind: bytes, data: bytes) -> None:
    """A PNG is read for its pixels, whatever texts and colour profiles an editor has put into it."""
    path = written(tmp_path, "edited.png", with_chunk(kind, data))
    assert np.array_equal(read_grey(path), read_grey(written(tmp_path, "plain.png", PNG)))


@pytest.mark.parametrize("kind", ["eXIf", "zTXt", "xmp"])
def test_which_way_is_up_is_still_read_from_a_png(tmp_path: Path, kind: str) -> None:
    """The orientation counts wherever programs keep it: in an EXIF chunk, an EXIF text or an XMP text."""
    exif = Image.Exif()
    exif[0x112] = 6
    plain = exif.tobytes().removeprefix(b"Exif\0\0")
    listed = f"\nexif\n{len(plain):8}\n{(b'Exif' + bytes(2) + plain).hex()}\n".encode()
    data = {
        "eXIf": with_chunk(b"eXIf", plain),
        "zTXt": with_chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(listed)),
        "xmp": with_chunk(b"iTXt", b'XML:com.adobe.xmp\0\0\0\0\0<x tiff:Orientation="6"/>'),
    }[kind]
    assert read_grey(written(tmp_path, "lying.png", data)).shape == (180, 240)


JPEGS: dict[str, dict[str, Any]] = {
    "plain": {"quality": 85},
    "progressive": {"progressive": True},
    "optimised": {"optimize": True, "quality": 40},
    "restarts": {"restart_marker_rows": 1},
}


@pytest.mark.parametrize("way", JPEGS)
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_without_its_last_bytes_is_read_with_a_warning(tmp_path: Path, way: str, mode: str) -> None:
    """A JPEG that lacks only the mark of its end has all its pixels: it is used, and a warning says so."""
    data = encoded(PICTURE.convert(mode), "JPEG", **JPEGS[way])
    whole = read_upright(written(tmp_path, "whole.jpg", data))
    assert whole.warnings == ()
    for lost in (1, 2):
        grey, told = read_upright(written(tmp_path, "cut.jpg", data[:-lost]))
        assert np.array_equal(grey, whole.grey)
        assert [text.partition(":")[0] for text in told] == [
            "expected a JPEG with an end, found it cut off behind its last pixels, which are whole"
        ]


@pytest.mark.parametrize("way", JPEGS)
def test_a_jpeg_that_lacks_pixels_is_damaged(tmp_path: Path, way: str) -> None:
    """A JPEG that lacks a byte of its pixels, or goes on with zeros, is never filled up with grey."""
    data = encoded(PICTURE, "JPEG", **JPEGS[way])
    cut = [data[:-lost] for lost in (4, 5, 9, 40, len(data) // 3)]
    half = len(data) // 2
    for shortened in [*cut, data[:half] + bytes(len(data) - half)]:
        with pytest.raises(ImageError, match="found damage"):
            read_grey(written(tmp_path, "cut.jpg", shortened))


def test_a_progressive_jpeg_that_lacks_a_scan_is_damaged(tmp_path: Path) -> None:
    """A progressive JPEG cut off between two scans is a blurred picture, and a fault."""
    data = encoded(PICTURE, "JPEG", progressive=True)
    with pytest.raises(ImageError, match="found damage"):
        read_grey(written(tmp_path, "blurred.jpg", data[: data.rindex(b"\xff\xda")]))


@pytest.mark.parametrize("lost", [1, 4, 12])
def test_a_png_without_its_end_is_read_with_a_warning(tmp_path: Path, lost: int) -> None:
    """A PNG that lacks only its end chunk has all its pixels: it is used, and a warning says so."""
    grey, told = read_upright(written(tmp_path, "cut.png", PNG[:-lost]))
    assert np.array_equal(grey, read_grey(written(tmp_path, "whole.png", PNG)))
    assert ["expected a PNG with an end" in text for text in told] == [True]
    with pytest.raises(ImageError, match="found damage"):
        read_grey(written(tmp_path, "cut.png", PNG[:-13]))


@pytest.mark.parametrize("name", sorted(every_format()))
def test_bytes_behind_a_picture_do_no_harm(tmp_path: Path, name: str) -> None:
    """A whole picture with other data behind it, as some phones append films, is read without a warning."""
    data = every_format()[name]
    plain = read_upright(written(tmp_path, name, data))
    longer = read_upright(written(tmp_path, f"longer-{name}", data + b"\0film" * 500))
    assert np.array_equal(longer.grey, plain.grey)
    assert longer.warnings == plain.warnings == ()


@pytest.mark.parametrize("name", sorted(every_format()))
def test_a_picture_that_breaks_off_is_damaged(tmp_path: Path, name: str) -> None:
    """A file of any format that ends in the middle of its first frame is named as damaged."""
    data = every_format()[name]
    part = 3 if "moving" in name or "two-views" in name or "pages" in name else 2
    with pytest.raises(ImageError, match=r"damage|that libheif can decode") as caught:
        read_grey(written(tmp_path, name, data[: len(data) // (2 * part)]))
    assert str(caught.value).startswith((tmp_path / name).as_posix())


def test_a_damaged_tiff_is_named_and_libtiff_is_quiet(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A damaged fax, of which libtiff tells stderr only, is a fault with its words, and stderr stays empty."""
    data = bytearray(encoded(PICTURE.convert("1"), "TIFF", compression="group4"))
    data[len(data) // 3] ^= 0x55
    with pytest.raises(ImageError, match=r"fax\.tif: expected a whole picture, found damage \(Fax4Decode: "):
        read_grey(written(tmp_path, "fax.tif", bytes(data)))
    assert capfd.readouterr() == ("", "")


def test_a_jpeg_of_twelve_bits_is_not_called_damaged(tmp_path: Path) -> None:
    """A JPEG of a kind that is not read is named as what it is."""
    data = encoded(PICTURE, "JPEG")
    frame = data.index(b"\xff\xc0")
    deep = data[: frame + 4] + b"\x0c" + data[frame + 5 :]
    with pytest.raises(ImageError, match="expected a JPEG of 8 bits per colour, found 12: save it again"):
        read_grey(written(tmp_path, "deep.jpg", deep))


def test_a_jpeg_of_filling_is_refused_at_once(tmp_path: Path) -> None:
    """Megabytes of filling in a JPEG cost no seconds: Pillow alone steps over them byte by byte."""
    with pytest.raises(ImageError, match="damage"):
        read_grey(written(tmp_path, "filling.jpg", b"\xff\xd8" + b"\xff" * 10_000_000))
    scans = encoded(PICTURE, "JPEG", progressive=True)
    start = scans.rindex(b"\xff\xda")
    with pytest.raises(ImageError, match="at most 200 scans, found "):
        read_grey(written(tmp_path, "scans.jpg", scans[:-2] + scans[start:-2] * 300 + scans[-2:]))


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif"])
def test_nonsense_in_exif_data_is_no_fault(tmp_path: Path, ending: str) -> None:
    """A picture with EXIF data of random bytes is read as it is, and nobody is warned of it."""
    rng = random.Random(5)
    coding = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "tif": "TIFF"}[ending]
    for number in range(20):
        exif = b"Exif\0\0" + rng.choice([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b""]) + rng.randbytes(60)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's writer of TIFF looks into the data
            try:
                data = encoded(PICTURE, coding, exif=exif)
            except Exception:
                assert ending == "tif"
                continue
        grey, told = read_upright(written(tmp_path, f"{number}.{ending}", data))
        assert sorted(grey.shape) == [180, 240]
        assert told == ()


def test_a_tiff_of_too_many_samples_is_named_and_the_log_is_quiet(tmp_path: Path) -> None:
    """Pillow logs an error about a TIFF of 65,535 colours: the file is a fault, and no line of the log is printed."""
    data = bytearray(encoded(PICTURE, "TIFF"))
    entry = data.index(struct.pack("<HHI", 277, 3, 1))
    struct.pack_into("<H", data, entry + 8, 65_535)
    folder = tmp_path / "pictures"
    folder.mkdir()
    (report,) = outcomes(written(folder, "samples.tif", bytes(data)).parent)
    assert "samples.tif: expected a whole picture, found damage" in report["fault"]
