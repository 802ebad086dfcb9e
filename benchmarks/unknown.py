"""Rows of frames that show no reference: pictures that are not enrolled, and scenes without a picture."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.enrolled import Pictures, seeded
from benchmarks.hold_ups import BOX, Scanners, judge_alone, trembling, watch
from benchmarks.report import Row
from scanner.offline.predict.simulated_hand import (
    BACKGROUNDS,
    LEVELS,
    TYPICAL,
    draw_background,
    draw_shot,
    photograph,
)

LEFT_OUT = "reference left out, TYPICAL"
STRAIGHT_SHOT: dict[str, Any] = {"shift_x": 0.0, "shift_y": 0.0, "zoom": 1.0, "tilt": 0.0, "yaw": 0.0, "pitch": 0.0}


def measure_strangers(scanners: Scanners, pictures: Pictures, frames: int) -> Row:
    """Measures pictures that are not in the catalogue: nine frames judged by themselves, then a hold-up, in turn."""
    names = list(pictures)
    row = Row("strangers", scanners.references, enrolled=False)
    for number in range(frames):
        name, level = names[number % len(names)], LEVELS[number % 3]
        source = seeded("strangers", name, number)
        held = draw_shot(level, source)
        if number % 10 == 0:
            frames_held = trembling(pictures[name], level, source, held, BOX, True)
            watch(scanners, frames_held, None, row, name, pictures[name])
        else:
            frame, _ = photograph(pictures[name], held, BOX, draw_background(source, BOX))
            judge_alone(scanners, frame, None, row, f"{name} ({level.name})", pictures[name])
    return row


def measure_left_out(scanners: Scanners, pictures: Pictures) -> Row:
    """Measures every picture of the catalogue with its own reference left out: a TYPICAL hold-up of each."""
    row = Row(LEFT_OUT, scanners.references - 1, enrolled=False)
    for name, picture in pictures.items():
        source = seeded("left out", name)
        held = draw_shot(TYPICAL, source)
        watch(scanners.without(name), trembling(picture, TYPICAL, source, held, BOX, True), None, row, name, picture)
    return row


def empty_scenes() -> dict[str, Callable[[np.random.Generator], np.ndarray]]:
    """Returns the scenes in front of a camera without a picture, by kind: functions that draw one."""

    def background(kind: str) -> Callable[[np.random.Generator], np.ndarray]:
        return lambda source: draw_background(source, BOX, kind)

    def plain(source: np.random.Generator) -> np.ndarray:
        return np.ones((*BOX, 3), np.uint8) * source.integers(0, 256, 3).astype(np.uint8)

    def noise(source: np.random.Generator) -> np.ndarray:
        cells = 2 ** int(source.integers(2, 9))
        coarse = source.integers(0, 256, (cells, cells, 3)).astype(np.uint8)
        return np.asarray(Image.fromarray(coarse).resize(BOX[::-1], Image.Resampling.BILINEAR))

    def slope(source: np.random.Generator) -> np.ndarray:
        ends = source.integers(0, 256, (2, 2, 3)).astype(np.uint8)
        return np.asarray(Image.fromarray(ends).resize(BOX[::-1], Image.Resampling.BICUBIC))

    def screen(source: np.random.Generator) -> np.ndarray:
        """Draws windows on a desktop, with lines of text."""
        scene = draw_background(source, BOX, "wall").copy()
        for _ in range(int(source.integers(1, 4))):
            high, wide = source.integers(100, 300, 2)
            top, left = source.integers(0, 400 - high), source.integers(0, 400 - wide)
            scene[top : top + high, left : left + wide] = draw_background(source, (int(high), int(wide)), "paper")
            scene[top : top + 14, left : left + wide] = source.integers(0, 256, 3)
        return scene

    def text(source: np.random.Generator) -> np.ndarray:
        """Draws a page of a book, with headings and a margin."""
        page = Image.new("L", BOX[::-1], int(source.integers(200, 256)))
        draw, ink = ImageDraw.Draw(page), int(source.integers(0, 80))
        size, margin = int(source.integers(9, 26)), int(source.integers(0, 50))
        top = margin
        while top < BOX[0]:
            heading = source.random() < 0.06
            points = size * 2 if heading else size
            font = ImageFont.load_default(points)
            words = [letters(source) for _ in range(3 if heading else 40)]
            draw.text((margin, top), " ".join(words), fill=ink, font=font)
            top += round(points * source.choice([1.3, 2.2], p=[0.85, 0.15]))
        draw.rectangle([BOX[1] - margin, 0, *BOX[::-1]], fill=page.getpixel((0, 0)))
        return np.asarray(page.convert("RGB"))

    scenes = {kind: background(kind) for kind in BACKGROUNDS}
    return {"blank": plain, "slope of light": slope, "noise": noise, "screen": screen, "text": text, **scenes}


def letters(source: np.random.Generator) -> str:
    """Returns a word that nobody knows, of letters as frequent as in English."""
    return "".join(source.choice(list("eeeettaaooiinnsshhrrddlucmfwygpbvk"), int(source.integers(2, 10))))


def measure_empty(kind: str, scanners: Scanners, frames: int) -> Row:
    row = Row(f"nothing held up: {kind}", scanners.references, enrolled=False)
    for number in range(frames):
        judge_alone(scanners, empty_frame(kind, number), None, row, kind)
    return row


def empty_frame(kind: str, number: int) -> np.ndarray:
    """Returns a frame of an empty scene, as one of the levels' cameras sees it."""
    source = seeded("empty", kind, number)
    level = LEVELS[number % 3]
    scene = empty_scenes()[kind](source)
    frame, _ = photograph(scene, replace(draw_shot(level, source), thumb=0.0, **STRAIGHT_SHOT), BOX)
    return frame
