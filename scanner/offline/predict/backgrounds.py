"""Draw backgrounds to hold a picture in front of: desks, wood, paper, cloth and walls."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from scanner.offline.predict.photograph import Pixels
from scanner.offline.predict.shots import Span

__all__ = ["BACKGROUNDS", "draw_background"]

BACKGROUNDS = ("desk", "wood", "paper", "cloth", "wall")


def draw_background(rng: np.random.Generator, size: tuple[int, int], kind: str | None = None) -> Pixels:
    """Returns a background, (height, width, 3) uint8, to hold a picture in front of.

    `size` is (height, width). `kind` is one of `BACKGROUNDS`; None draws one of them.
    """
    if kind is None:
        kind = str(rng.choice(BACKGROUNDS))
    height, width = size
    if kind == "wood":
        return _wood(rng, size)
    if kind == "cloth":
        return _cloth(rng, size)
    if kind == "paper":
        return _paper(rng, size)
    base = _colour(rng, (0.35, 0.95), 0.25)
    plane = np.ones((height, width, 1)) * base
    plane *= 1 + 0.10 * _cloud(rng, size, 2)[..., None] + 0.02 * _cloud(rng, size, 60)[..., None]
    picture = _as_pixels(plane)
    if kind == "desk":
        image = Image.fromarray(picture)
        draw = ImageDraw.Draw(image)
        for _ in range(int(rng.integers(2, 9))):
            _draw_thing(draw, rng, size)
        return np.asarray(image.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 2.0))))
    return picture


def _as_pixels(plane: NDArray[np.float64]) -> Pixels:
    return (np.clip(plane, 0, 1) * 255 + 0.5).astype(np.uint8)


def _colour(rng: np.random.Generator, brightness: Span, saturation: float) -> NDArray[np.float64]:
    return rng.uniform(*brightness) * (1 - rng.uniform(0, saturation, 3))


def _cloud(rng: np.random.Generator, size: tuple[int, int], cells: float, stretch: float = 1.0) -> NDArray[np.float64]:
    """Returns smooth noise of about `cells` hills along the frame, stretched along x; sd about 0.6."""
    height, width = size
    coarse = (max(2, round(cells) + 1), max(2, round(cells / stretch) + 1))
    hills = rng.standard_normal(coarse).astype(np.float32)
    image = Image.fromarray(hills).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(image, dtype=np.float64)


def _wood(rng: np.random.Generator, size: tuple[int, int]) -> Pixels:
    across = np.linspace(0, rng.uniform(4, 14), size[0])[:, None]
    grain = np.sin(2 * math.pi * (across + 0.8 * _cloud(rng, size, 4, 3) + 0.1 * _cloud(rng, size, 24, 8)))
    fibre = _cloud(rng, size, size[0] / 3, 30)
    tone = rng.uniform(0.35, 0.85) * np.array([1.0, rng.uniform(0.70, 0.82), rng.uniform(0.42, 0.62)])
    lit = 1 + 0.10 * rng.uniform(0.3, 1) * grain + 0.06 * fibre + 0.08 * _cloud(rng, size, 3)
    board = _as_pixels(lit[..., None] * tone)
    return np.ascontiguousarray(np.rot90(board)) if size[0] == size[1] and rng.random() < 0.5 else board


def _cloth(rng: np.random.Generator, size: tuple[int, int]) -> Pixels:
    height, width = size
    thread = rng.uniform(3, 7)
    weave = np.sin(np.arange(height) * 2 * math.pi / thread)[:, None] * np.sin(np.arange(width) * 2 * math.pi / thread)
    folds = _cloud(rng, size, 3, rng.uniform(0.5, 2.0))
    lit = 1 + 0.08 * weave + 0.20 * folds + 0.04 * rng.standard_normal(size)
    base = np.ones((height, width, 1)) * _colour(rng, (0.2, 0.9), 0.7)
    if rng.random() < 0.4:  # a woven stripe or check
        other, period = _colour(rng, (0.2, 0.9), 0.7), rng.uniform(0.08, 0.3) * width
        stripe = (np.arange(width) % period < period / 2)[None, :, None]
        if rng.random() < 0.5:
            stripe = stripe ^ (np.arange(height) % period < period / 2)[:, None, None]
        base = np.where(stripe, other, base)
    return _as_pixels(lit[..., None] * base)


def _paper(rng: np.random.Generator, size: tuple[int, int]) -> Pixels:
    """Returns a sheet, white or tinted, blank or with lines of print on it."""
    sheet = (1 + 0.03 * _cloud(rng, size, 3) + 0.015 * rng.standard_normal(size))[..., None]
    image = Image.fromarray(_as_pixels(sheet * _colour(rng, (0.8, 1.0), 0.08)))
    if rng.random() < 0.6:
        _print_lines(ImageDraw.Draw(image), rng, size)
    return np.asarray(image.rotate(rng.uniform(-15, 15), Image.Resampling.BILINEAR, expand=False)
                      if rng.random() < 0.3 else image)  # fmt: skip


def _print_lines(draw: ImageDraw.ImageDraw, rng: np.random.Generator, size: tuple[int, int]) -> None:
    height, width = size
    line = rng.uniform(0.02, 0.05) * height
    ink = int(rng.integers(10, 90))
    y = rng.uniform(0.02, 0.1) * height
    while y < height:
        x = 0.06 * width
        end = width * (0.94 if rng.random() < 0.8 else rng.uniform(0.3, 0.9))
        while x < end:
            word = rng.uniform(0.6, 4.0) * line
            draw.rectangle([x, y, min(x + word, end), y + line * 0.45], fill=(ink, ink, ink + 8))
            x += word + 0.5 * line
        y += line * (1.0 if rng.random() < 0.85 else 2.0)


def _draw_thing(draw: ImageDraw.ImageDraw, rng: np.random.Generator, size: tuple[int, int]) -> None:
    """Draws a thing that lies on a desk: a sheet, a book, a pen or a cup."""
    height, width = size
    x, y = rng.uniform(0, width), rng.uniform(0, height)
    colour = tuple(int(255 * part) for part in _colour(rng, (0.1, 1.0), 0.6))
    what = rng.integers(3)
    if what == 0:
        radius = rng.uniform(0.05, 0.18) * width
        draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colour)
        inner = radius * rng.uniform(0.5, 0.9)
        shade = tuple(int(part * 0.6) for part in colour)
        draw.ellipse([x - inner, y - inner, x + inner, y + inner], fill=shade)
        return
    long, short = (0.25, 0.02) if what == 1 else (0.25, 0.18)
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * rng.uniform(0.5, 1.5, 2) * (long, short) * width
    turn = rng.uniform(0, 2 * math.pi)
    spun = half @ np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]) + (x, y)
    draw.polygon([tuple(point) for point in spun.tolist()], fill=colour)
