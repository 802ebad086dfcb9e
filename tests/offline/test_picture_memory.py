"""A picture that would take too much memory is refused before it is decoded, and is not called damaged."""

import io
import random
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scanner import ImageError
from scanner.offline.enrol.images import MOST_PIXELS, grey_of, read_grey
from scanner.offline.enrol.memory import MOST_BYTES, needed_bytes
from support.picture_files import encoded, png_chunk
from support.reading import outcomes


def png(width: int, height: int, colour: int = 0) -> bytes:
    """Returns a PNG that says it has so many pixels, and holds those of the first rows."""
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    rows = png_chunk(b"IDAT", zlib.compress(bytes(100_000)))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + rows + png_chunk(b"IEND", b"")


def gif(width: int, height: int) -> bytes:
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + frame + b"\x3b"


def bmp(width: int, height: int) -> bytes:
    whole = encoded(Image.new("RGB", (4, 4)), "BMP")
    return whole[:18] + struct.pack("<ii", width, height) + whole[26:]


def jpeg(width: int, height: int, **options: Any) -> bytes:
    whole = bytearray(encoded(Image.new("RGB", (64, 64)), "JPEG", **options))
    frame = max(whole.find(b"\xff\xc0"), whole.find(b"\xff\xc2"))
    whole[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(whole)


def webp(width: int, height: int) -> bytes:
    """Returns a lossless WebP of a few bytes that says it has so many pixels."""
    whole = bytearray(encoded(Image.new("RGB", (16, 16)), "WEBP", lossless=True))
    assert whole[12:16] == b"VP8L"
    flags = struct.unpack_from("<I", whole, 21)[0] >> 28 << 28
    struct.pack_into("<I", whole, 21, flags | (height - 1) << 14 | (width - 1))
    return bytes(whole)


def tiff(width: int, height: int) -> bytes:
    """Returns a packed TIFF that says it has so many pixels in a single strip, which libtiff unpacks as a whole."""
    whole = io.BytesIO()
    Image.new("RGBA", (8, 8)).save(whole, "TIFF", compression="tiff_lzw")
    data = bytearray(whole.getvalue())
    entries = struct.unpack_from("<I", data, 4)[0]
    for number in range(struct.unpack_from("<H", data, entries)[0]):
        place = entries + 2 + 12 * number
        tag = struct.unpack_from("<H", data, place)[0]
        if tag in (256, 257, 278):
            struct.pack_into("<HII", data, place + 2, 4, 1, width if tag == 256 else height)
    return bytes(data)


def avif(width: int, height: int) -> bytes:
    """Returns an AVIF of 16 x 16 pixels that says it has so many."""
    whole = encoded(Image.new("RGB", (16, 16)), "AVIF")
    size = b"ispe" + bytes(4)
    assert size + struct.pack(">II", 16, 16) in whole
    return whole.replace(size + struct.pack(">II", 16, 16), size + struct.pack(">II", width, height))


BOMBS = {
    "pixels.png": (png(60_000, 60_000), "at most 100 million pixels, found 3600 million"),
    "just-too-many.png": (png(10_001, 10_000), "at most 100 million pixels, found 10001 x 10000"),
    "row.png": (png(99_999_999, 1), "at most 1,000 MB of memory to read it, found 99999999 x 1 pixels in PNG"),
    "column.png": (png(1, 99_999_999), "at most 1,000 MB of memory to read it, found 1 x 99999999 pixels in PNG"),
    "wide.png": (png(2_000_000, 40), "at most 1,000 MB of memory"),
    "canvas.gif": (gif(65_535, 65_535), "at most 100 million pixels"),
    "canvas.bmp": (bmp(100_000, 100_000), "at most 100 million pixels"),
    "size.jpg": (jpeg(65_000, 65_000), "at most 100 million pixels"),
    "progressive.jpg": (
        jpeg(9_900, 9_900, progressive=True, subsampling=0),
        "at most 1,000 MB of memory to read it, found 9900 x 9900 pixels in JPEG, which take 1,",
    ),
    "size.webp": (
        webp(16_383, 6_000),
        "at most 1,000 MB of memory to read it, found 16383 x 6000 pixels in WEBP, which take 1,783 MB: "
        "make the picture smaller, or save it as PNG",
    ),
    "side.avif": (avif(40_000, 16), "an AVIF of at most 32,768 pixels a side, found 40000 x 16"),
    "strip.tif": (tiff(12_000, 8_000), "at most 1,000 MB of memory to read it, found 12000 x 8000 pixels in TIFF"),
}


def test_bombs_are_refused_in_little_memory(tmp_path: Path) -> None:
    """Files of some kilobytes that ask for gigabytes are refused in under 100 MB, and none is called damaged."""
    for name, (data, _) in BOMBS.items():
        (tmp_path / name).write_bytes(data)
    reports = outcomes(tmp_path)
    assert {told["name"] for told in reports} == set(BOMBS)
    for told in reports:
        assert BOMBS[told["name"]][1] in told["fault"]
        assert "damage" not in told["fault"]
        assert told["fault"].partition(", found ")[2].count(": make the picture smaller") == 1
        assert told["peak_mb"] is None or told["peak_mb"] - told["started_mb"] < 100


def measured() -> dict[str, bytes]:
    """Returns files of five million pixels, in formats whose decoders take memory of their own."""
    rows, columns = np.mgrid[:2000, :2500]
    colours = np.stack([columns * 3 % 256, rows * 4 % 256, (columns // 7 + rows // 3) % 256], -1).astype(np.uint8)
    picture = Image.fromarray(colours)
    clear = picture.copy()
    clear.putalpha(200)
    return {
        "a.png": encoded(clear, "PNG", compress_level=1),
        "b.jpg": encoded(picture, "JPEG", progressive=True, subsampling=0),
        "a.webp": encoded(clear, "WEBP", method=0),
        "b.webp": encoded(picture, "WEBP", lossless=True, method=0, quality=0),
        "a.tif": encoded(picture, "TIFF", compression="tiff_adobe_deflate", strip_size=2000 * 2500 * 3),
        "a.avif": encoded(clear, "AVIF", speed=10, subsampling="4:4:4"),
        "a.heic": encoded(picture.resize((1200, 1000)), "HEIF"),
    }


def test_reading_takes_no_more_memory_than_was_estimated(tmp_path: Path) -> None:
    """For every format, the estimate by which pictures are refused covers the memory that reading takes."""
    for name, data in measured().items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_bytes(data)
        (told,) = outcomes(folder)
        assert "fault" not in told, told
        if told["peak_mb"] is None:
            pytest.skip("this system does not tell how much memory a process holds")
        with Image.open(io.BytesIO(data)) as image:
            estimate = needed_bytes(image, len(data), 6 if name == "b.jpg" else None) / 1e6
        # Hashing loads some more of numpy, and the decoders' libraries come from disk.
        assert told["peak_mb"] - told["started_mb"] < estimate + 25, (told, estimate)


def test_the_largest_pictures_are_not_refused() -> None:
    """Pictures of a hundred million pixels stay within the limit as PNG, and those of a 48-megapixel phone in all."""
    for mode in ("L", "RGB", "RGBA", "CMYK"):
        image = Image.frombytes(mode, (1, 1), bytes(len(mode)))
        assert needed_bytes(_of_size(image, 10_000, 10_000)) < MOST_BYTES
    for form in ("WEBP", "AVIF", "HEIF"):
        image = Image.new("RGB", (1, 1))
        image.format = form
        assert needed_bytes(_of_size(image, 8064, 6048), 20_000_000) < MOST_BYTES


def _of_size(image: Image.Image, width: int, height: int) -> Image.Image:
    image._size = (width, height)
    return image


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_large_image_in_memory_is_refused() -> None:
    """A Pillow image that is opened and not decoded yet is refused as its file would be."""
    with Image.open(io.BytesIO(webp(16_383, 6_000))) as image, pytest.raises(ImageError, match="of memory to read it"):
        grey_of(image)
    with Image.open(io.BytesIO(png(MOST_PIXELS // 5_000, 5_001))) as image, pytest.raises(ImageError, match="pixels"):
        grey_of(image)


@pytest.mark.parametrize("shape", [(1, 60_000), (60_000, 1), (2, 30_000)])
def test_a_strip_is_read(tmp_path: Path, shape: tuple[int, int]) -> None:
    """A long strip is an odd picture, and no fault."""
    levels = np.frombuffer(random.Random(1).randbytes(shape[0] * shape[1]), np.uint8).reshape(shape)
    Image.fromarray(levels).save(tmp_path / "strip.png")
    assert np.array_equal(read_grey(tmp_path / "strip.png"), levels)
