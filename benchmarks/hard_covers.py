"""Draw covers that are hard to recognise, as small publishers have them.

Every cover depends on its name only. Covers of one series differ in their type alone.
"""

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

__all__ = ["KINDS", "SERIES", "VOLUMES", "hard_covers"]

SIZE = (420, 600)
SERIES = "series"
VOLUMES = 6
"""Covers of one series."""
_WORDS = (
    "Ein Fall", "Harbour Light", "The Long Field", "Nachtzug", "Salt", "A Winter Book", "Die Insel",
    "Cartography", "Letters Home", "Stille", "Small Rivers", "Das dritte Haus", "Orchard", "North", "Moor und Moos",
    "Grammar of Rain", "The Ferryman", "Glas", "Second Spring", "Am Rand der Stadt",
)  # fmt: skip
_AUTHORS = ("M. Albrecht", "Jane Tully", "P. Okafor", "Lena Voss", "R. S. Hale", "Ida Brandt", "Tom Weiss", "K. Sato")

Colour = tuple[int, int, int]


def hard_covers(each: int, photographs: Sequence[Path]) -> dict[str, Image.Image]:
    """Returns name -> cover: `each` covers of every kind, and as many series of `VOLUMES` covers.

    Args:
        each: number of covers of a kind.
        photographs: what dark, foggy and half-empty covers show; at least `each`.
    """
    covers = {}
    for kind, draw in KINDS.items():
        for number in range(each):
            name = f"{kind} {number:02d}"
            covers[name] = draw(_random(name), photographs[number % len(photographs)])
    for number in range(each):
        for volume in range(VOLUMES):
            covers[f"{SERIES} {number:02d} volume {volume}"] = _volume(_random(f"{SERIES} {number:02d}"), volume)
    return covers


def _random(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))


def _tint(rng: np.random.Generator, least: int = 0, most: int = 256) -> Colour:
    red, green, blue = (int(level) for level in rng.integers(least, most, 3))
    return red, green, blue


def _ground_and_ink(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """Returns a light ground with dark ink or the reverse."""
    light, dark = _tint(rng, 180), _tint(rng, 0, 90)
    return (light, dark) if rng.random() < 0.6 else (dark, light)


def _written(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: float, ink: Colour) -> None:
    """Writes a text around a point, smaller where it is wider than the cover."""
    font = ImageFont.load_default(size)
    if (width := draw.textlength(text, font)) > 0.88 * SIZE[0]:
        font = ImageFont.load_default(size * 0.88 * SIZE[0] / width)
    draw.text(at, text, fill=ink, font=font, anchor="mm")


def _title(draw: ImageDraw.ImageDraw, rng: np.random.Generator, ink: Colour, size: float) -> None:
    middle = SIZE[0] / 2
    _written(draw, (middle, SIZE[1] * rng.uniform(0.2, 0.5)), str(rng.choice(_WORDS)), size, ink)
    _written(draw, (middle, SIZE[1] * rng.uniform(0.75, 0.92)), str(rng.choice(_AUTHORS)), size * 0.5, ink)


def _type(rng: np.random.Generator, _: Path) -> Image.Image:
    ground, ink = _ground_and_ink(rng)
    image = Image.new("RGB", SIZE, ground)
    _title(ImageDraw.Draw(image), rng, ink, rng.uniform(40, 90))
    return image


def _one_word(rng: np.random.Generator, _: Path) -> Image.Image:
    ground, ink = _ground_and_ink(rng)
    image = Image.new("RGB", SIZE, ground)
    at = SIZE[0] / 2, SIZE[1] * rng.uniform(0.1, 0.9)
    _written(ImageDraw.Draw(image), at, str(rng.choice(_WORDS)), rng.uniform(16, 60), ink)
    return image


def _emblem(rng: np.random.Generator, _: Path) -> Image.Image:
    ground, ink = _ground_and_ink(rng)
    image = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(image)
    x, y, radius = rng.uniform(120, 300), rng.uniform(150, 450), rng.uniform(12, 50)
    draw.regular_polygon((x, y, radius), int(rng.integers(3, 9)), int(rng.integers(90)), ink)
    if rng.random() < 0.3:
        _written(draw, (SIZE[0] / 2, 560), str(rng.choice(_AUTHORS)), 18, ink)
    return image


def _large_type(rng: np.random.Generator, _: Path) -> Image.Image:
    ground, ink = _ground_and_ink(rng)
    image = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(image)
    for line, word in enumerate(rng.choice(_WORDS, 4, replace=False)):
        _written(draw, (SIZE[0] / 2, 90 + 140 * line), str(word), rng.uniform(90, 150), ink)
    return image


def _faint_type(rng: np.random.Generator, _: Path) -> Image.Image:
    ground = _tint(rng, 120, 230)
    step = int(rng.integers(12, 40))
    image = Image.new("RGB", SIZE, ground)
    red, green, blue = ground
    _title(ImageDraw.Draw(image), rng, (red - step, green - step, blue - step), rng.uniform(50, 90))
    return image


def _small_print(rng: np.random.Generator, _: Path) -> Image.Image:
    ground, ink = _ground_and_ink(rng)
    image = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(image)
    lines, top, size = int(rng.integers(2, 24)), rng.uniform(60, 200), rng.uniform(10, 16)
    for line in range(lines):
        text = " ".join(str(word) for word in rng.choice(_WORDS, 4))
        _written(draw, (SIZE[0] / 2, top + 1.5 * size * line), text, size, ink)
    return image


def _disc(rng: np.random.Generator, _: Path) -> Image.Image:
    ground, ink = _ground_and_ink(rng)
    image = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(image)
    x, y, radius = rng.uniform(120, 300), rng.uniform(150, 450), rng.uniform(50, 180)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_tint(rng) if rng.random() < 0.5 else ink)
    if rng.random() < 0.5:
        _written(draw, (SIZE[0] / 2, 60), str(rng.choice(_WORDS)), 34, ink)
    return image


def _gradient(rng: np.random.Generator, _: Path) -> Image.Image:
    y, x = np.mgrid[: SIZE[1], : SIZE[0]] / SIZE[1]
    angle = rng.uniform(0, 2 * np.pi)
    place = x * np.cos(angle) + y * np.sin(angle) if rng.random() < 0.6 else np.hypot(x - 0.35, y - rng.uniform(0, 1))
    place = ((place - place.min()) / np.ptp(place))[..., None]
    image = Image.fromarray((place * _tint(rng) + (1 - place) * np.array(_tint(rng))).astype(np.uint8))
    if rng.random() < 0.5:
        _title(ImageDraw.Draw(image), rng, (255, 255, 255) if rng.random() < 0.5 else (20, 20, 20), 46)
    return image


def _line_art(rng: np.random.Generator, _: Path) -> Image.Image:
    ground, ink = _ground_and_ink(rng)
    image = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(image)
    for _line in range(int(rng.integers(2, 7))):
        steps = rng.normal(0, 60, (10, 2)).cumsum(axis=0) + rng.uniform((100, 150), (320, 450))
        draw.line([(float(x), float(y)) for x, y in steps], fill=ink, width=int(rng.integers(1, 4)), joint="curve")
    if rng.random() < 0.5:
        _written(draw, (SIZE[0] / 2, 50), str(rng.choice(_WORDS)), 30, ink)
    return image


def _frame(rng: np.random.Generator, _: Path) -> Image.Image:
    ground, ink = _ground_and_ink(rng)
    image = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(image)
    rim = int(rng.integers(12, 60))
    draw.rectangle((rim, rim, SIZE[0] - rim, SIZE[1] - rim), outline=ink, width=int(rng.integers(1, 10)))
    _title(draw, rng, ink, rng.uniform(28, 50))
    return image


def _bands(rng: np.random.Generator, _: Path) -> Image.Image:
    image = Image.new("RGB", SIZE, _tint(rng))
    draw = ImageDraw.Draw(image)
    top = 0.0
    while top < SIZE[1]:
        high = rng.uniform(60, 250)
        draw.rectangle((0, top, SIZE[0], top + high), fill=_tint(rng))
        top += high
    _written(draw, (SIZE[0] / 2, rng.uniform(80, 500)), str(rng.choice(_WORDS)), 40, _tint(rng))
    return image


def _pattern(rng: np.random.Generator, _: Path) -> Image.Image:
    ground, ink = _ground_and_ink(rng)
    image = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(image)
    step = int(rng.integers(20, 90))
    radius = step * rng.uniform(0.15, 0.4)
    for y in range(0, SIZE[1] + step, step):
        for x in range(0, SIZE[0] + step, step):
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)
    return image


def _stripes(rng: np.random.Generator, _: Path) -> Image.Image:
    ground, ink = _ground_and_ink(rng)
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    angle, step = rng.choice([0, np.pi / 4, np.pi / 2, rng.uniform(0, np.pi)]), rng.uniform(16, 120)
    inked = ((x * np.cos(angle) + y * np.sin(angle)) / step) % 1 < rng.uniform(0.3, 0.7)
    image = Image.fromarray(np.where(inked[..., None], ink, ground).astype(np.uint8))
    if rng.random() < 0.4:
        draw = ImageDraw.Draw(image)
        draw.rectangle((60, 220, SIZE[0] - 60, 330), fill=ground)
        _written(draw, (SIZE[0] / 2, 275), str(rng.choice(_WORDS)), 40, ink)
    return image


def _photograph(path: Path, size: tuple[int, int] = SIZE) -> np.ndarray:
    with Image.open(path) as file:
        return np.asarray(file.convert("RGB").resize(size), np.float64)


def _dark(rng: np.random.Generator, path: Path) -> Image.Image:
    levels = _photograph(path) * rng.uniform(0.06, 0.25) + rng.uniform(0, 15)
    return Image.fromarray(levels.astype(np.uint8))


def _fog(rng: np.random.Generator, path: Path) -> Image.Image:
    levels = _photograph(path) * rng.uniform(0.06, 0.25) + rng.uniform(120, 185)
    return Image.fromarray(levels.astype(np.uint8)).filter(ImageFilter.GaussianBlur(float(rng.uniform(2, 16))))


def _half_empty(rng: np.random.Generator, path: Path) -> Image.Image:
    ground, ink = _ground_and_ink(rng)
    image = Image.new("RGB", SIZE, ground)
    width = int(rng.integers(110, 300))
    inset = Image.fromarray(_photograph(path, (width, width)).astype(np.uint8))
    image.paste(inset, (int((SIZE[0] - width) / 2), int(rng.integers(120, 280))))
    _written(ImageDraw.Draw(image), (SIZE[0] / 2, 60), str(rng.choice(_WORDS)), 40, ink)
    return image


def _volume(rng: np.random.Generator, volume: int) -> Image.Image:
    """Draws one cover of a series: a band, discs and a ground that all share, and a title or a number of its own."""
    ground, ink = _ground_and_ink(rng)
    image = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SIZE[0], rng.uniform(60, 220)), fill=_tint(rng))
    for _shape in range(int(rng.integers(0, 7))):
        x, y, radius = rng.uniform(60, 360), rng.uniform(380, 560), rng.uniform(15, 80)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_tint(rng))
    size, first = rng.uniform(16, 80), int(rng.integers(len(_WORDS)))
    only_number = rng.random() < 0.4
    _written(draw, (SIZE[0] / 2, 290), _WORDS[(first + (0 if only_number else volume)) % len(_WORDS)], size, ink)
    _written(draw, (SIZE[0] / 2, 350), f"Band {volume + 1}", size * 0.6, ink)
    return image


KINDS: dict[str, Callable[[np.random.Generator, Path], Image.Image]] = {
    "type": _type,
    "one word": _one_word,
    "emblem": _emblem,
    "large type": _large_type,
    "faint type": _faint_type,
    "small print": _small_print,
    "disc": _disc,
    "gradient": _gradient,
    "line art": _line_art,
    "frame": _frame,
    "bands": _bands,
    "pattern": _pattern,
    "stripes": _stripes,
    "dark photograph": _dark,
    "foggy photograph": _fog,
    "half empty": _half_empty,
}
"""Kind -> draws a cover of it."""
