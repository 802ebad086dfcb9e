"""Picture files that tests encode: one small picture in every format and mode that the builder reads."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image, ImageCms

from support.pictures import cover

SIZE = (40, 56)
"""(height, width) of the picture: small, as a thousand copies are decoded."""

ENDINGS = {"PNG": "png", "JPEG": "jpg", "MPO": "jpg", "WEBP": "webp", "GIF": "gif", "BMP": "bmp", "TIFF": "tif"} | {
    "AVIF": "avif", "HEIF": "heic",
}  # fmt: skip

TIFF_CODINGS = (None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd", "lzma")


def encoded(image: Image.Image, coding: str, **options: Any) -> bytes:
    """Returns the file of an image in one of Pillow's formats, HEIF among them."""
    pillow_heif.register_heif_opener()
    if "append_images" in options:
        options["append_images"] = [each.copy() for each in options["append_images"]]
    file = io.BytesIO()
    # Copies, as Pillow leaves the options of an encoder in the image.
    image.copy().save(file, coding, **options)
    return file.getvalue()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """Returns a chunk of a PNG, with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def every_format() -> dict[str, bytes]:
    """Returns {name: file}: every format, mode and coding; the name has the ending of the format."""
    colours = Image.fromarray(cover(7, SIZE))
    grey = colours.convert("L")
    clear = colours.copy()
    clear.putalpha(Image.fromarray(np.tile(np.linspace(60, 255, SIZE[1]).astype(np.uint8), (SIZE[0], 1))))
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    turned = [colours.rotate(9), colours.rotate(90)]
    moving: dict[str, Any] = {"save_all": True, "append_images": turned}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lying = Image.Exif()
    lying[0x112] = 6
    files: dict[str, bytes] = {}

    def add(name: str, image: Image.Image, coding: str, **options: Any) -> None:
        files[f"{name}.{ENDINGS[coding]}"] = encoded(image, coding, **options)

    for mode in ("1", "L", "P", "RGB"):
        add(f"mode-{mode}", colours.convert(mode), "PNG")
        add(f"mode-{mode}", colours.convert(mode), "BMP")
    add("clear", clear, "PNG")
    add("clear-grey", clear.convert("LA"), "PNG")
    add("clear-palette", colours.convert("P"), "PNG", transparency=bytes(range(256)))
    add("deep", deep, "PNG")
    add("profile", colours, "PNG", icc_profile=profile)
    add("moving", colours, "PNG", **moving)
    for mode in ("L", "RGB", "CMYK"):
        add(f"mode-{mode}", colours.convert(mode), "JPEG", quality=85)
    add("progressive", colours, "JPEG", progressive=True)
    add("restarts", colours, "JPEG", restart_marker_rows=1)
    add("two-views", colours, "MPO", save_all=True, append_images=turned[:1])
    for coding in ("JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"):
        add("lying", colours, coding, exif=lying.tobytes())
    for coding in ("WEBP", "AVIF", "HEIF"):
        add("plain", colours, coding)
        add("clear", clear, coding)
    add("lossless", colours, "WEBP", lossless=True)
    add("moving", colours, "WEBP", **moving)
    add("plain", colours.convert("P"), "GIF")
    add("clear", colours.convert("P"), "GIF", transparency=5)
    add("moving", colours.convert("P"), "GIF", save_all=True, append_images=[each.convert("P") for each in turned])
    for packed in TIFF_CODINGS:
        add(f"coding-{packed}", colours, "TIFF", compression=packed)
    add("fax", colours.convert("1"), "TIFF", compression="group4")
    for name, image in (("deep", deep), ("cmyk", colours.convert("CMYK")), ("lab", colours.convert("LAB"))):
        add(name, image, "TIFF")
    add("pages", colours, "TIFF", **moving)
    return files
