"""Photos as people have them: every kind of file that an <img> shows."""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image

from support.places import PICTURES


def on_a_desk(name: str = "whale") -> Image.Image:
    """A photo of a reference on a plain ground."""
    photo = Image.new("RGB", (800, 600), (120, 115, 105))
    photo.paste(Image.open(PICTURES / f"{name}.png").convert("RGB").resize((640, 480)), (80, 60))
    return photo


def encoded(photo: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    photo.save(buffer, kind, **options)
    return buffer.getvalue()


def lying() -> bytes:
    """A JPEG that lies on its side and has the EXIF orientation that sets it upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(on_a_desk().rotate(90, expand=True), "JPEG", exif=exif)


def svg(size: str = "") -> bytes:
    picture = base64.b64encode(encoded(on_a_desk(), "PNG")).decode()
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 600" {size}>'
    return f'{head}<image href="data:image/png;base64,{picture}" width="800" height="600"/></svg>'.encode()


def transparent() -> bytes:
    """A reference cut out: the ground around it is clear, not black."""
    photo = Image.new("RGBA", (800, 600), (0, 0, 0, 0))
    photo.paste(Image.open(PICTURES / "whale.png").convert("RGB").resize((640, 480)), (80, 60))
    return encoded(photo, "PNG")


def animated(kind: str) -> bytes:
    """An animation whose first frame alone shows the reference."""
    blank = Image.new("RGB", (800, 600), (9, 9, 9))
    return encoded(on_a_desk(), kind, save_all=True, append_images=[blank, blank], duration=40, loop=0)


SHOWN = {
    "a JPEG without its last two bytes": (encoded(on_a_desk(), "JPEG", quality=90)[:-2], "image/jpeg"),
    "a JPEG of which a tenth is missing": (encoded(on_a_desk(), "JPEG", quality=90)[:-9000], "image/jpeg"),
    "a JPEG that lies on its side": (lying(), "image/jpeg"),
    "a progressive JPEG": (encoded(on_a_desk(), "JPEG", progressive=True), "image/jpeg"),
    "a grey PNG": (encoded(on_a_desk().convert("L"), "PNG"), "image/png"),
    "a transparent PNG": (transparent(), "image/png"),
    "an SVG with a size": (svg('width="80" height="60"'), "image/svg+xml"),
    "an SVG without a size": (svg(), "image/svg+xml"),
    "an animated GIF": (animated("GIF"), "image/gif"),
    "an animated WebP": (animated("WEBP"), "image/webp"),
    "an AVIF": (encoded(on_a_desk(), "AVIF"), "image/avif"),
    "a BMP": (encoded(on_a_desk(), "BMP"), "image/bmp"),
    "a PNG that calls itself a JPEG": (encoded(on_a_desk(), "PNG"), "image/jpeg"),
    "a PNG of no declared type": (encoded(on_a_desk(), "PNG"), ""),
}
