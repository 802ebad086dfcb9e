"""Picture files of every kind become the same grey pixels, or a fault that names the file."""

import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageOps

from scanner import ImageError
from scanner.grey import to_grey
from scanner.offline.enrol.images import colour_of, grey_of, read_colour, read_grey
from scanner.offline.enrol.kinds import content_kind
from scanner.offline.enrol.shown import printable, shown_path
from support.picture_files import png_chunk

Colours = npt.NDArray[np.uint8]


@pytest.fixture
def colours() -> Colours:
    """Returns soft colour ramps, (48, 64, 3) uint8, unlike their mirror images."""
    down, right = np.mgrid[0:48, 0:64]
    return np.stack([right * 4, down * 5, (right * 3 + down * 2) % 256], axis=-1).astype(np.uint8)


def saved(path: Path, image: Image.Image, **options: object) -> Path:
    image.save(path, **options)  # type: ignore[arg-type]
    return path


def png(width: int, height: int, depth: int, colour_type: int, rows: bytes, *extra: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    body = png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + b"".join(extra) + body


@pytest.mark.parametrize("ending", ["png", "bmp", "tiff", "tif", "dib"])
def test_lossless_formats_give_the_pixels_that_were_saved(tmp_path: Path, colours: Colours, ending: str) -> None:
    """PNG, BMP and TIFF give exactly the grey of the pixels that were saved."""
    path = saved(tmp_path / f"picture.{ending}", Image.fromarray(colours))
    assert np.array_equal(read_grey(path), to_grey(colours))


@pytest.mark.parametrize(
    ("ending", "options", "most"),
    [
        ("jpg", {"quality": 95}, 6),
        ("webp", {"quality": 95}, 8),
        ("webp", {"lossless": True}, 0),
        ("gif", {}, 40),
        ("tiff", {"compression": "tiff_lzw"}, 0),
        ("png", {"interlace": True}, 0),
    ],
)
def test_lossy_formats_give_nearly_the_pixels_that_were_saved(
    tmp_path: Path, colours: Colours, ending: str, options: dict[str, object], most: int
) -> None:
    """JPEG, WebP and GIF give the picture to within their own loss."""
    path = saved(tmp_path / f"picture.{ending}", Image.fromarray(colours), **options)
    difference = np.abs(read_grey(path).astype(int) - to_grey(colours))
    assert np.percentile(difference, 99) <= most


def test_a_jpeg_named_png_is_read_for_what_it_is(tmp_path: Path, colours: Colours) -> None:
    """The content of a file decides how it is read, not the name."""
    path = tmp_path / "picture.png"
    Image.fromarray(colours).save(path, "JPEG", quality=95)
    assert np.abs(read_grey(path).astype(int) - to_grey(colours)).mean() < 3


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tiff"])
def test_a_picture_is_turned_upright_as_its_camera_says(
    tmp_path: Path, colours: Colours, orientation: int, ending: str
) -> None:
    """All eight EXIF orientations come out upright, as an independent reader shows them."""
    image = Image.fromarray(colours)
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if ending == "webp" else {"quality": 95} if ending == "jpg" else {}
    path = saved(tmp_path / f"turned.{ending}", image, exif=exif, **options)
    grey = read_grey(path)
    image.getexif()[0x0112] = orientation
    expected = np.asarray(ImageOps.exif_transpose(image).convert("L"))
    assert grey.shape == expected.shape
    assert np.abs(grey.astype(int) - expected).mean() < 3


def test_damaged_exif_data_does_not_spoil_a_picture(tmp_path: Path, colours: Colours) -> None:
    """A picture whose EXIF data is nonsense is taken as it is."""
    path = saved(tmp_path / "picture.jpg", Image.fromarray(colours), exif=b"Exif\0\0II*\0\xff\xff\xff\xff", quality=95)
    assert read_grey(path).shape == (48, 64)


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    """Alpha is laid over white: clear pixels are white whatever colour they hold, half-clear pixels half-way."""
    pixels = np.zeros((1, 3, 4), np.uint8)
    pixels[0, :, 3] = (0, 128, 255)
    path = saved(tmp_path / "clear.png", Image.fromarray(pixels))
    assert read_grey(path).tolist() == [[255, 127, 0]]


def _palette_with_transparency() -> Image.Image:
    image = Image.new("P", (2, 1))
    image.putpalette([0, 0, 0, 90, 90, 90])
    image.putdata([0, 1])
    image.info["transparency"] = 0
    return image


@pytest.mark.parametrize(
    ("image", "levels"),
    [
        (Image.new("L", (2, 1), 90), [90, 90]),
        (Image.new("1", (2, 1), 1), [255, 255]),
        (Image.new("LA", (2, 1), (0, 0)), [255, 255]),
        (Image.new("La", (2, 1), (0, 0)), [255, 255]),
        (Image.new("RGBa", (2, 1), (0, 0, 0, 0)), [255, 255]),
        (Image.new("CMYK", (2, 1), (0, 0, 0, 0)), [255, 255]),
        (Image.new("CMYK", (2, 1), (0, 0, 0, 255)), [0, 0]),
        (Image.new("YCbCr", (2, 1), (90, 128, 128)), [90, 90]),
        (Image.new("HSV", (2, 1), (0, 0, 90)), [90, 90]),
        (Image.new("LAB", (2, 1), (90, 128, 128)), [90, 90]),
        (_palette_with_transparency(), [255, 90]),
    ],
    ids=lambda value: value.mode if isinstance(value, Image.Image) else None,
)
def test_every_colour_mode_comes_out_as_grey_levels(image: Image.Image, levels: list[int]) -> None:
    """Grey, two-level, premultiplied, printing and palette colours all become grey on white."""
    assert grey_of(image).tolist() == [levels]


@pytest.mark.parametrize(("ending", "mode"), [("gif", "P"), ("png", "P"), ("tiff", "CMYK"), ("jpg", "CMYK")])
def test_palette_and_printing_colours_are_read_from_files(tmp_path: Path, ending: str, mode: str) -> None:
    """Palette and CMYK files come out as light and dark as they look."""
    image = Image.new("RGB", (64, 64), (204, 204, 204))
    image.paste((51, 51, 51), (0, 0, 32, 64))
    grey = read_grey(saved(tmp_path / f"picture.{ending}", image.convert(mode)))
    assert abs(int(grey[20, 10]) - 51) <= 2
    assert abs(int(grey[20, 50]) - 204) <= 2


def test_16_bit_grey_is_scaled_and_not_clipped(tmp_path: Path) -> None:
    """65535 becomes 255, and half of 65535 becomes 128; Pillow's own conversion would make nearly everything white."""
    levels = np.array([[0, 257, 32896, 65535]], np.uint16)
    for ending in ("png", "tiff"):
        assert read_grey(saved(tmp_path / f"deep.{ending}", Image.fromarray(levels))).tolist() == [[0, 1, 128, 255]]


def test_16_bit_grey_takes_little_more_memory_than_its_pixels() -> None:
    """A 16-bit picture of 100 million pixels fits into an ordinary computer, as it is converted in bands."""
    image = Image.fromarray(np.arange(2000 * 1500, dtype=np.uint32).astype(np.uint16).reshape(2000, 1500))
    tracemalloc.start()
    grey = grey_of(image)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 7 * grey.size


@pytest.mark.parametrize("pixel", [(0, 0x8080, 0xFFFF, 0x80FF)])
def test_16_bit_colour_is_scaled_and_not_clipped(tmp_path: Path, pixel: tuple[int, ...]) -> None:
    """Each of the three colours of a 16-bit PNG keeps its high byte."""
    path = tmp_path / "deep.png"
    rows = b"".join(b"\0" + struct.pack(">6H", level, level, level, 0xFFFF, 0xFFFF, 0xFFFF) for level in pixel)
    path.write_bytes(png(2, len(pixel), 16, 2, rows))
    assert read_grey(path).tolist() == [[level >> 8, 255] for level in pixel]


def test_a_see_through_level_of_16_bit_grey_is_white(tmp_path: Path) -> None:
    """A 16-bit grey PNG may name one level that is transparent; it comes out white."""
    path = tmp_path / "deep.png"
    path.write_bytes(png(2, 1, 16, 0, b"\0" + struct.pack(">2H", 1000, 2570), png_chunk(b"tRNS", b"\x03\xe8")))
    assert read_grey(path).tolist() == [[255, 10]]


def test_32_bit_levels_are_refused_because_nobody_knows_which_is_white(tmp_path: Path) -> None:
    """Floating-point pictures are refused with a cure instead of coming out black."""
    path = saved(tmp_path / "float.tiff", Image.fromarray(np.ones((4, 4), np.float32)))
    with pytest.raises(ImageError, match=r"float\.tiff: .*8 bits per colour"):
        read_grey(path)


def test_the_first_frame_of_an_animation_counts(tmp_path: Path) -> None:
    """The first frame of a GIF, WebP or TIFF is read."""
    frames = [Image.new("L", (8, 8), level) for level in (40, 200)]
    for ending in ("gif", "webp", "tiff"):
        path = saved(tmp_path / f"moving.{ending}", frames[0], save_all=True, append_images=frames[1:])
        assert abs(int(read_grey(path)[0, 0]) - 40) <= 2


def test_a_phone_picture_with_a_second_view_is_read_as_its_first(tmp_path: Path) -> None:
    """Some phones append a second view to a JPEG (MPO); the first one counts."""
    views = [Image.new("RGB", (16, 16), colour) for colour in ("black", "white")]
    path = tmp_path / "phone.jpg"
    views[0].save(path, "MPO", save_all=True, append_images=views[1:])
    assert read_grey(path).max() < 10


def bomb(tmp_path: Path) -> Path:
    path = tmp_path / "bomb.png"
    path.write_bytes(png(10_001, 10_000, 8, 0, b""))
    return path


def larger_bomb(tmp_path: Path) -> Path:
    path = tmp_path / "larger_bomb.png"
    path.write_bytes(png(60_000, 60_000, 8, 0, b""))
    return path


def cut_off(ending: str) -> Callable[[Path], Path]:
    def make(tmp_path: Path) -> Path:
        noise = np.random.default_rng(1).integers(0, 256, (200, 200, 3), np.uint8)
        whole = io.BytesIO()
        Image.fromarray(noise).save(whole, ending.upper())
        path = tmp_path / f"cut.{ending}"
        path.write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
        return path

    make.__name__ = f"cut_off_{ending}"
    return make


def cut_off_in_the_header(tmp_path: Path) -> Path:
    path = tmp_path / "stub.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    return path


def bad_checksum(tmp_path: Path) -> Path:
    path = tmp_path / "flipped.png"
    data = bytearray(png(1, 1, 8, 0, b"\0\0"))
    data[-20] ^= 255
    path.write_bytes(bytes(data))
    return path


def empty(tmp_path: Path) -> Path:
    path = tmp_path / "empty.jpg"
    path.touch()
    return path


def words(tmp_path: Path) -> Path:
    path = tmp_path / "words.png"
    path.write_text("not a picture at all")
    return path


def heic(tmp_path: Path) -> Path:
    path = tmp_path / "phone.jpg"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    return path


def folder(tmp_path: Path) -> Path:
    path = tmp_path / "folder.png"
    path.mkdir()
    return path


def missing(tmp_path: Path) -> Path:
    return tmp_path / "missing.png"


def dead_link(tmp_path: Path) -> Path:
    path = tmp_path / "link.png"
    path.symlink_to("nowhere.png")
    return path


def circular_link(tmp_path: Path) -> Path:
    path = tmp_path / "circle.png"
    path.symlink_to("circle.png")
    return path


def no_pixels(tmp_path: Path) -> Path:
    path = tmp_path / "nothing.bmp"
    whole = io.BytesIO()
    Image.new("L", (1, 1)).save(whole, "BMP")
    data = bytearray(whole.getvalue())
    data[18:22] = bytes(4)  # the width
    path.write_bytes(bytes(data))
    return path


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (bomb, "at most 100 million pixels, found 10001 x 10000"),
        (larger_bomb, "at most 100 million pixels"),
        *((cut_off(ending), "damage") for ending in ("png", "jpeg", "webp", "gif", "bmp", "tiff")),
        (cut_off_in_the_header, "damage"),
        (bad_checksum, "damage"),
        (empty, "an empty file"),
        (words, "begins with b'not a pictur'"),
        (heic, "found HEIC: save it again as PNG or JPEG"),
        (folder, "found a folder"),
        (missing, "no such file"),
        (dead_link, "a link to nothing"),
        (circular_link, "circle.png"),
        (no_pixels, "nothing.bmp"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_fault_with_its_name(
    tmp_path: Path, make: Callable[[Path], Path], fault: str
) -> None:
    """Every unusable file is one ImageError that names the file, what was found, and what to do."""
    path = make(tmp_path)
    with pytest.raises(ImageError) as caught:
        read_grey(path)
    message = str(caught.value)
    assert message.startswith(path.as_posix())
    assert fault in message
    assert "expected" in message
    assert ": " in message.removeprefix(path.as_posix())[2:]


@pytest.mark.parametrize(
    ("beginning", "kind"),
    [
        (b"<?xml version='1.0'?>\n<svg xmlns=''>", "SVG"),
        (b"\xef\xbb\xbf<svg>", "SVG"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"%PDF-1.7", "PDF"),
        (b"\0\0\0\x1cftypavif", "AVIF"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
        (b"hello", None),
        (b"", None),
    ],
)
def test_a_file_is_known_by_its_first_bytes(beginning: bytes, kind: str | None) -> None:
    """The content tells the kind of a file, so that a fault can name it."""
    assert content_kind(beginning) == kind


def test_arrays_are_flattened_like_files() -> None:
    """An RGBA array is laid over white as an RGBA file is; a grey one is taken as it is."""
    rgba = np.zeros((1, 2, 4), np.uint8)
    rgba[0, 1, 3] = 255
    assert grey_of(rgba).tolist() == [[255, 0]]
    assert grey_of(np.array([[7]], np.uint8)).tolist() == [[7]]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "I;16"])
def test_people_see_the_picture_that_is_hashed(tmp_path: Path, colours: Colours, mode: str) -> None:
    """A picture in colour has the lightness and the orientation of its grey levels, whatever its mode."""
    if mode == "I;16":
        image = Image.fromarray(to_grey(colours).astype(np.uint16) * 257)
    else:
        image = Image.fromarray(colours).convert(mode)
    image.getexif()[0x0112] = 6
    seen = colour_of(image)
    assert (seen.mode, seen.size) == ("RGB", (48, 64))
    assert np.abs(to_grey(np.asarray(seen)).astype(int) - grey_of(image)).max() <= 1
    path = saved(tmp_path / "picture.png", Image.fromarray(colours))
    assert np.array_equal(np.asarray(read_colour(path)), colours)


@pytest.mark.filterwarnings("error")
def test_odd_exif_data_spoils_no_picture_and_says_nothing(tmp_path: Path, colours: Colours) -> None:
    """A picture with damaged EXIF data is read in colour as it is, without a warning."""
    path = saved(tmp_path / "picture.jpg", Image.fromarray(colours), exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert read_colour(path).size == (64, 48)


def test_a_name_is_shown_on_one_line_and_otherwise_as_it_is() -> None:
    """Controls, line ends and bytes that are no text become escapes; blanks and all alphabets stay."""
    assert printable("さくら café 🐋 \u200d") == "さくら café 🐋 \u200d"
    assert shown_path("a\nb\x1b[0m\u2028\udce9.png") == r"a\nb\x1b[0m\u2028\udce9.png"


def test_other_things_than_pictures_are_refused_by_type() -> None:
    """A path in the place of a picture is refused, with its type."""
    with pytest.raises(ImageError, match="found str"):
        grey_of("picture.png")  # type: ignore[arg-type]
