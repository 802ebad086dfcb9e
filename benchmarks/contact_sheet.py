"""A contact sheet of photographs that were missed: one column, readable at the width of a phone."""

import textwrap
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDTH = 720  # twice a phone's 360 px, for its finer pixels
PHOTO = 440
REFERENCE = 120
FONT = 22


@dataclass(frozen=True)
class Miss:
    """A photograph that was named wrongly or not in full.

    Attributes:
        photo: (height, width, 3) uint8.
        source: its row of the report.
        name: of its file.
        expected: ids that were not given, or all that are in sight if only a wrong id was given.
        got: ids that were given.
        references: the pictures of the first ids expected, then of those given wrongly.
    """

    photo: np.ndarray
    source: str
    name: str
    expected: list[str]
    got: list[str]
    references: list[np.ndarray]


def draw_sheet(path: Path, misses: list[Miss]) -> None:
    """Writes the sheet as a PNG file; a sheet of no misses says so."""
    cards = [card(miss) for miss in misses] or [words(["Nothing was missed."])]
    sheet = Image.new("RGB", (WIDTH, sum(each.height + 16 for each in cards)), "white")
    top = 0
    for each in cards:
        sheet.paste(each, (0, top))
        top += each.height + 16
    sheet.save(path)


def card(miss: Miss) -> Image.Image:
    """Returns one photograph, the references beside it, and what was expected and got below."""
    text = words(
        [
            f"{miss.source}: {miss.name}",
            f"missed: {', '.join(miss.expected)}",
            f"got: {', '.join(miss.got) or 'nothing'}",
        ]
    )
    photo = fitted(miss.photo, PHOTO)
    shown = [fitted(reference, REFERENCE) for reference in miss.references]
    rows = (len(shown) + 1) // 2
    drawn = Image.new("RGB", (WIDTH, max(photo.height, rows * (REFERENCE + 8)) + text.height), "white")
    drawn.paste(photo, (0, 0))
    for number, reference in enumerate(shown):
        drawn.paste(reference, (PHOTO + 12 + number % 2 * (REFERENCE + 8), number // 2 * (REFERENCE + 8)))
    drawn.paste(text, (0, drawn.height - text.height))
    return drawn


def fitted(picture: np.ndarray, side: int) -> Image.Image:
    image = Image.fromarray(picture)
    scale = side / max(image.size)
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def words(lines: list[str]) -> Image.Image:
    """Returns lines of text, wrapped at the sheet's width."""
    wrapped = [part for text in lines for part in textwrap.wrap(text, 62)]
    image = Image.new("RGB", (WIDTH, len(wrapped) * (FONT + 6) + 8), "white")
    draw = ImageDraw.Draw(image)
    for number, text in enumerate(wrapped):
        draw.text((4, 4 + number * (FONT + 6)), text, fill="black", font=ImageFont.load_default(FONT))
    return image
