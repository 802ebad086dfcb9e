"""Read the logo of a page, and draw the page's icons from it."""

import io
import unicodedata
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from scanner.offline.enrol.shown import shown_path
from scanner.offline.site.archive import Files
from scanner.offline.site.colours import Theme
from scanner.quoting import excerpt

__all__ = ["ICONS", "INSTALLED", "Logo", "icons", "read_logo"]

MOST_BYTES = 1_000_000
"""Largest logo: each visitor downloads it."""

MOST_PIXELS = 25_000_000

ENDINGS = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "GIF": ".gif"}
"""Formats of logos that every browser shows, and their endings in the site."""

ICONS = {"icon-180.png": 180, "icon-192.png": 192, "icon-512.png": 512, "icon-maskable-512.png": 512}
"""Name -> size. An iPhone's home screen takes 180 pixels; a web app manifest must have 192 and 512."""

INSTALLED = {f"icons/{name}" for name, side in ICONS.items() if side == 512}
"""Paths of the icons that a browser asks for when somebody installs the page. A photograph as the logo makes them
larger than all scripts of the page together."""

SAFE = 0.8
"""Part of a maskable icon that no system cuts off: a circle of this diameter (W3C, Web Application Manifest)."""


@dataclass(frozen=True)
class Logo:
    """A picture of the page's owner.

    Attributes:
        content: the file.
        ending: ending of its name in the site.
        size: width and height in pixels; None of an SVG.
    """

    content: bytes
    ending: str
    size: tuple[int, int] | None

    def opened(self) -> Image.Image | None:
        """Returns the pixels with transparency, or None of an SVG, which Pillow cannot draw."""
        return None if self.size is None else Image.open(io.BytesIO(self.content)).convert("RGBA")


def read_logo(path: Path) -> Logo:
    """Returns the logo in a file. Raises ValueError for anything else: expected, found and cure."""
    shown = excerpt(shown_path(path))
    expected = "expected a picture as PNG, JPEG, WebP, GIF or SVG"
    try:
        if not path.is_file():
            raise ValueError(f"{expected}, found none at {shown}: correct the path")
        if (size := path.stat().st_size) > MOST_BYTES:
            raise ValueError(f"expected at most {MOST_BYTES // 1000} kB, found {size // 1000} kB in {shown}: shrink it")
        content = path.read_bytes()
    except OSError as error:  # also a name that is too long
        raise ValueError(f"{expected}, found {shown}, which cannot be read ({error.strerror}): correct it") from None
    if path.suffix.lower() == ".svg" and b"<svg" in content[:4000]:
        return Logo(content, ".svg", None)
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(content), formats=list(ENDINGS)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError(f"expected a logo, found {shown} of {image.width} x {image.height} pixels: shrink it")
            image.load()
            return Logo(content, ENDINGS[str(image.format)], image.size)
    except ValueError:
        raise
    except Exception:  # Pillow raises anything for what is no picture
        raise ValueError(f"{expected}, found something else in {shown}: save it as one") from None


def icons(logo: Logo | None, title: str, theme: Theme) -> Files:
    """Returns the icons of a page, by their name: the logo, or the title's initial, or a mark."""
    drawn = {}
    for name, side in ICONS.items():
        # Icons that a home screen cuts round keep their drawing inside; the others may use more of the square.
        inside = round(side * (SAFE * 0.72 if "maskable" in name else 0.78))
        picture = logo.opened() if logo else None
        if picture is not None:
            icon = Image.new("RGB", (side, side), theme.background)
            picture.thumbnail((inside, inside), Image.Resampling.LANCZOS)
            if max(picture.size) < inside:  # `thumbnail` enlarges nothing
                scale = inside / max(picture.size)
                size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
                picture = picture.resize(size, Image.Resampling.LANCZOS)
            icon.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2), picture)
        else:
            icon = Image.new("RGB", (side, side), theme.accent)
            if not _draw_initial(icon, title, theme.on_accent, inside):
                _draw_mark(icon, theme.on_accent, inside)
        drawn[name] = _png(icon)
    return drawn


def _draw_initial(icon: Image.Image, title: str, ink: str, inside: int) -> bool:
    """Draws the title's first letter. Returns False where Pillow's own font has no such letter."""
    first = next((letter.upper() for letter in title if letter.isalnum()), "")
    font = ImageFont.load_default(inside * 0.9)
    if not first or not isinstance(font, ImageFont.FreeTypeFont):
        return False
    missing = bytes(font.getmask("\uffff"))  # the box that stands for a missing letter
    forms = (first[0], unicodedata.normalize("NFD", first)[0])  # the font has few letters with accents
    initial = next((form for form in forms if bytes(font.getmask(form)) != missing), None)
    if initial is None:
        return False
    centre = icon.width / 2
    left, top, right, bottom = font.getbbox(initial, anchor="ls")
    place = (centre - (left + right) / 2, centre - (top + bottom) / 2)
    ImageDraw.Draw(icon).text(
        place, initial, fill=ink, font=font, anchor="ls", stroke_width=inside * 0.02, stroke_fill=ink
    )
    return True


def _draw_mark(icon: Image.Image, ink: str, inside: int) -> None:
    """Draws a picture between the corners of a frame."""
    draw = ImageDraw.Draw(icon)
    start, end = (icon.width - inside * 0.8) / 2, (icon.width + inside * 0.8) / 2
    line, arm = round(inside * 0.07), inside * 0.2
    for x, inward_x in ((start, 1), (end, -1)):
        for y, inward_y in ((start, 1), (end, -1)):
            corner = [(x + inward_x * arm, y), (x, y), (x, y + inward_y * arm)]
            draw.line(corner, fill=ink, width=line, joint="curve")
    margin = inside * 0.2
    draw.rounded_rectangle((start + margin, start + margin, end - margin, end - margin), inside * 0.04, fill=ink)


def _png(icon: Image.Image) -> bytes:
    buffer = io.BytesIO()
    icon.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
