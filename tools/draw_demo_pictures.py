"""Draw the ten demo pictures: posters, covers and cards of our own making.

Usage: python -m tools.draw_demo_pictures [FOLDER=reference_images]. The program draws everything from the numbers below
at three times the size, then reduces it. Letters come from the font that Pillow brings along, so no file of the machine
takes part. This program drew the pictures in the project's ``reference_images/``.

Each picture is rich in large shapes, lopsided, and unlike the nine others, because a short hash keeps only the coarse
structure of a picture.
"""

import argparse
import io
import json
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw, ImageFont

from scanner.files import write_atomically

SUPERSAMPLING = 3  # times larger than the finished picture: Pillow draws no smooth edges, reducing makes them

Point = tuple[float, float]


class Sheet:
    """One picture being drawn. All lengths are in pixels of the finished picture, y pointing down."""

    def __init__(self, width: int, height: int, paper: str) -> None:
        self.width, self.height = width, height
        self._image = Image.new("RGB", (width * SUPERSAMPLING, height * SUPERSAMPLING), paper)
        self._draw = ImageDraw.Draw(self._image)

    def finished(self) -> Image.Image:
        """Return the picture at its final size."""
        return self._image.resize((self.width, self.height), Image.Resampling.BOX)

    def polygon(self, points: Iterable[Point], fill: str) -> None:
        """Fill the polygon through ``points``."""
        self._draw.polygon([(x * SUPERSAMPLING, y * SUPERSAMPLING) for x, y in points], fill=fill)

    def blob(self, points: Sequence[Point], fill: str) -> None:
        """Fill the closed smooth curve through ``points``."""
        self.polygon(smooth(points, closed=True), fill)

    def box(self, left: float, top: float, right: float, bottom: float, fill: str) -> None:
        """Fill an upright rectangle."""
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], fill)

    def rounded_box(self, left: float, top: float, right: float, bottom: float, radius: float, fill: str) -> None:
        """Fill an upright rectangle with round corners."""
        edges = [edge * SUPERSAMPLING for edge in (left, top, right, bottom)]
        self._draw.rounded_rectangle(edges, radius * SUPERSAMPLING, fill=fill)

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        """Fill a circle."""
        self.ellipse(x, y, radius, radius, fill)

    def ellipse(self, x: float, y: float, radius_x: float, radius_y: float, fill: str, degrees: float = 0) -> None:
        """Fill an ellipse, turned clockwise by ``degrees``."""
        self.polygon(turned(arc_points(0, 0, radius_x, radius_y, 0, 360), degrees, (x, y)), fill)

    def sector(self, x: float, y: float, inner: float, outer: float, start: float, end: float, fill: str) -> None:
        """Fill a part of a ring between two radii and two angles (degrees clockwise from the right)."""
        outside = arc_points(x, y, outer, outer, start, end)
        self.polygon(outside + arc_points(x, y, inner, inner, end, start), fill)

    def stroke(self, points: Sequence[Point], width: float, fill: str) -> None:
        """Draw a line of even width with round ends."""
        self.taper(points, width, width, fill)

    def taper(self, points: Sequence[Point], first: float, last: float, fill: str) -> None:
        """Draw a line whose width goes from ``first`` to ``last``, with round ends."""
        count = max(len(points) - 1, 1)
        half_widths = [(first + (last - first) * i / count) / 2 for i in range(len(points))]
        for i, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
            length = math.hypot(x1 - x0, y1 - y0) or 1
            nx, ny = (y0 - y1) / length, (x1 - x0) / length
            a, b = half_widths[i], half_widths[i + 1]
            corners = [(x0 + nx * a, y0 + ny * a), (x1 + nx * b, y1 + ny * b)]
            corners += [(x1 - nx * b, y1 - ny * b), (x0 - nx * a, y0 - ny * a)]
            self.polygon(corners, fill)
        for (x, y), half in zip(points, half_widths, strict=True):
            self.disc(x, y, half, fill)

    def half_turn(self) -> None:
        """Turn the drawing upside down."""
        self._image = self._image.transpose(Image.Transpose.ROTATE_180)
        self._draw = ImageDraw.Draw(self._image)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        fill: str,
        *,
        align: str = "left",
        spacing: float = 0,
        weight: float = 0,
    ) -> None:
        """Write ``words`` with their baseline at ``y``; spacing and weight in hundredths of the size.

        The bundled font has one weight and no accents: ``weight`` thickens it, accents are drawn by hand.
        """
        font = ImageFont.load_default(size * SUPERSAMPLING)
        gap = spacing / 100 * size * SUPERSAMPLING
        stroke = weight / 100 * size * SUPERSAMPLING
        widths = [font.getlength(letter) + gap + stroke for letter in words]
        total = sum(widths) - gap
        pen = x * SUPERSAMPLING - {"left": 0.0, "center": total / 2, "right": total}[align]
        for letter, width in zip(words, widths, strict=True):
            place = (round(pen), round(y * SUPERSAMPLING))
            self._draw.text(place, letter, fill, font, anchor="ls", stroke_width=round(stroke))
            pen += width

    def within(self, outline: Sequence[Point], paint: Callable[["Sheet"], None]) -> None:
        """Let ``paint`` draw on this sheet, keeping only the paint inside ``outline``."""
        before = self._image.copy()
        paint(self)
        mask = Image.new("L", self._image.size, 255)
        points = [(x * SUPERSAMPLING, y * SUPERSAMPLING) for x, y in outline]
        ImageDraw.Draw(mask).polygon(points, fill=0)
        self._image.paste(before, (0, 0), mask)


def arc_points(x: float, y: float, radius_x: float, radius_y: float, start: float, end: float) -> list[Point]:
    """Return points along an arc, from ``start`` to ``end`` degrees (clockwise from the right)."""
    steps = 120
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(x + radius_x * math.cos(a), y + radius_y * math.sin(a)) for a in angles]


def smooth(points: Sequence[Point], closed: bool = False) -> list[Point]:
    """Return points along the Catmull-Rom curve through ``points``."""
    count = len(points)
    curve: list[Point] = []
    for i in range(count if closed else count - 1):
        if closed:
            a, b, c, d = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        else:
            a, b, c, d = (points[min(max(i + k, 0), count - 1)] for k in (-1, 0, 1, 2))
        for step in range(16):
            t = step / 16
            weights = (
                (-t + 2 * t**2 - t**3) / 2,
                (2 - 5 * t**2 + 3 * t**3) / 2,
                (t + 4 * t**2 - 3 * t**3) / 2,
                (t**3 - t**2) / 2,
            )
            x = sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True))
            y = sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True))
            curve.append((x, y))
    return curve if closed else [*curve, points[-1]]


def turned(points: Iterable[Point], degrees: float, to: Point) -> list[Point]:
    """Return ``points`` turned clockwise about the origin and then moved to ``to``."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [(to[0] + x * c - y * s, to[1] + x * s + y * c) for x, y in points]


def shades(first: str, last: str, count: int) -> list[str]:
    """Return ``count`` colours in even steps from ``first`` to ``last``."""
    a, b = ImageColor.getrgb(first), ImageColor.getrgb(last)
    mixes = [[round(p + (q - p) * i / (count - 1)) for p, q in zip(a, b, strict=True)] for i in range(count)]
    return ["#{:02x}{:02x}{:02x}".format(*mix) for mix in mixes]


def mountain_railway() -> Image.Image:
    """Draw a travel poster: a red train on a viaduct below snow peaks."""
    s = Sheet(600, 900, "#f4e9d2")
    frame = [(30.0, 30.0), (570.0, 30.0), (570.0, 745.0), (30.0, 745.0)]

    def scene(s: Sheet) -> None:
        for i, colour in enumerate(shades("#1f6f8b", "#f7c59f", 9)):
            s.box(30, 30 + 48 * i, 570, 90 + 48 * i, colour)
        s.box(30, 460, 570, 745, "#f7c59f")
        s.disc(455, 190, 92, "#f9dc8f")
        s.disc(455, 190, 70, "#fff3c9")
        s.polygon([(250, 520), (395, 300), (450, 360), (500, 320), (640, 520)], "#7d8fb3")  # far range
        s.polygon([(395, 300), (450, 360), (500, 320), (640, 520), (470, 520)], "#5f7199")
        s.polygon([(395, 300), (350, 368), (385, 352), (402, 384), (428, 352), (450, 360)], "#e8eef7")
        s.polygon([(-60, 600), (190, 118), (430, 600)], "#3d5a80")  # the great peak: sunny side, dark side
        s.polygon([(190, 118), (430, 600), (150, 600), (215, 420), (170, 300), (205, 210)], "#f2b880")
        s.polygon([(190, 118), (100, 292), (140, 268), (158, 330), (180, 282), (205, 210)], "#dbe6f4")
        s.polygon([(190, 118), (205, 210), (180, 282), (222, 330), (240, 280), (276, 318), (282, 302)], "#fffaf0")
        s.blob([(-40, 560), (90, 505), (230, 555), (330, 610), (330, 760), (-40, 760)], "#2a6f62")
        s.blob([(250, 640), (360, 545), (480, 500), (640, 470), (660, 760), (240, 760)], "#3f8f6b")
        s.blob([(-40, 650), (120, 640), (300, 690), (460, 660), (640, 640), (640, 800), (-40, 800)], "#1b4d4a")
        for x, y, h in [(62, 650, 92), (98, 668, 116), (140, 660, 84), (520, 668, 120), (556, 660, 90)]:
            for k in range(3):
                half, top = h * (0.17 + 0.07 * k), y - h + k * h * 0.24
                s.polygon([(x, top), (x + half, top + h * 0.46), (x - half, top + h * 0.46)], "#0e3136")
        viaduct = [(190.0, 596.0), (600.0, 522.0), (600.0, 760.0), (190.0, 760.0)]

        def stonework(s: Sheet) -> None:
            s.polygon(viaduct, "#e9d3b0")
            for i in range(6):
                x, y = 232 + i * 66, 596 - (42 + i * 66) * 74 / 410 + 58
                s.disc(x, y, 24, "#1b4d4a")
                s.box(x - 24, y, x + 24, 800, "#1b4d4a")
                s.sector(x + 4, y, 22, 26, -90, 90, "#c9a97d")

        s.within(viaduct, stonework)
        slope = -74 / 410
        for i in range(3):
            left = 262 + i * 96
            base = 596 + (left - 190) * slope - 3
            car = [(left, base), (left + 90, base + 90 * slope)]
            roof = [(left + 88, base + 90 * slope - 40), (left + 4, base - 40)]
            s.polygon(car + roof, "#d1352b")
            s.polygon([*roof, (left + 8, base - 46), (left + 84, base + 86 * slope - 46)], "#f4e9d2")
            for k in range(4):
                wx = left + 10 + k * 20
                wy = base + (wx - left) * slope
                window = [(wx, wy - 30), (wx + 13, wy - 30 + 13 * slope)]
                s.polygon([*window, (wx + 13, wy - 15 + 13 * slope), (wx, wy - 15)], "#fff3c9")

    s.within(frame, scene)
    s.text(30, 832, "VALDORA", 88, "#c23b2a", spacing=4.2, weight=3)
    s.text(32, 872, "BY MOUNTAIN RAILWAY", 20, "#1b4d4a", spacing=16, weight=2)
    s.text(570, 872, "1 JULY - 30 SEPT", 20, "#1b4d4a", align="right", spacing=6, weight=2)
    return s.finished()


def concert() -> Image.Image:
    """Draw a Swiss concert poster: arcs about one centre, each wider than the one before."""
    s = Sheet(636, 900, "#efece3")
    x, y = 236.0, 616.0
    inner, width = 40.0, 15.0
    arcs = [(60, 330), (-45, 90), (135, 292), (-112, 68), (158, 250), (-62, 34), (-48, 8), (-58, -12)]
    for i, (start, end) in enumerate(arcs):
        s.sector(x, y, inner, inner + width, start, end, "#d8261c" if i in {3} else "#16161a")
        inner += width * 1.32
        width *= 1.34
    s.disc(x, y, 22, "#16161a")
    s.text(36, 104, "nocturne", 82, "#16161a", weight=2.6)
    s.text(39, 146, "six evenings of chamber music", 23, "#16161a", weight=1)
    for i, line in enumerate(("string quartet", "wind octet", "solo piano")):
        s.text(39, 206 + i * 27, line, 21, "#16161a", weight=1)
    for i, line in enumerate(("4 october", "11 october", "18 october")):
        s.text(196, 206 + i * 27, line, 21, "#d8261c", weight=1)
    s.text(39, 868, "great hall, 20 h", 23, "#16161a", weight=1)
    return s.finished()


def lighthouse() -> Image.Image:
    """Draw the cover of a novel: a lighthouse at night, its beam across the sky."""
    s = Sheet(600, 900, "#10233f")
    for i, colour in enumerate(shades("#0b1830", "#34597a", 12)):
        s.box(0, 58 * i, 600, 58 * i + 60, colour)
    for i in range(60):  # steps of the golden ratio and of root two: scattered, never random
        x, y = 600 * (i * 0.6180339 % 1), 172 + 400 * (i * 0.4142136 % 1)
        s.disc(x, y, 1.4 + (i % 4) * 0.5, "#c9d6e2")
    s.polygon([(432, 352), (-60, 130), (-60, 470)], "#5d7f8f")
    s.polygon([(432, 352), (-60, 190), (-60, 430)], "#a9b896")
    s.polygon([(432, 352), (-60, 245), (-60, 385)], "#f3e6a8")
    s.polygon([(432, 352), (700, 300), (700, 372)], "#5d7f8f")
    s.disc(432, 352, 62, "#a9b896")
    s.disc(432, 352, 44, "#f3e6a8")
    s.blob(
        [(250, 800), (300, 735), (370, 700), (470, 690), (560, 672), (660, 690), (680, 960), (230, 960)],
        "#071020",
    )
    edges = ((402.0, 462.0), (384.0, 490.0))  # the tower's sides, at the top and at the foot

    def side(t: float) -> tuple[float, float]:
        left, right = (
            edges[0][0] + t * (edges[1][0] - edges[0][0]),
            edges[0][1] + t * (edges[1][1] - edges[0][1]),
        )
        return left, right

    for i in range(7):
        (l0, r0), (l1, r1) = side(i / 7), side((i + 1) / 7)
        t0, t1 = 392 + i * 46, 392 + (i + 1) * 46
        s.polygon([(l0, t0), (r0, t0), (r1, t1), (l1, t1)], "#c8402f" if i % 2 else "#f2ead8")
        middle0, middle1 = l0 + (r0 - l0) * 0.58, l1 + (r1 - l1) * 0.58
        s.polygon([(middle0, t0), (r0, t0), (r1, t1), (middle1, t1)], "#8e2a24" if i % 2 else "#b9b3a8")
    s.box(392, 380, 472, 394, "#071020")
    s.box(408, 326, 456, 382, "#fff7cf")
    for x in (408, 430, 452):
        s.box(x, 322, x + 4, 382, "#071020")
    s.polygon([(398, 328), (432, 284), (466, 328)], "#c8402f")
    s.rounded_box(428, 452, 444, 480, 8, "#10233f")
    s.rounded_box(428, 560, 446, 590, 8, "#10233f")
    for i, (top, colour) in enumerate(((752, "#2c5f77"), (792, "#1d4660"), (834, "#12304a"))):
        wave = [(x, top + 11 * math.sin(x / 42 + i * 2.1) - x * 0.03) for x in range(-20, 341 + 60 * i, 4)]
        s.polygon([*wave, (wave[-1][0] + 30, 900), (-20, 900)], colour)
        s.stroke(wave, 3, "#7fa3ab")
    s.text(40, 86, "THE KEEPER'S", 60, "#f3e6a8", spacing=5, weight=1.6)
    s.text(40, 152, "HOUR", 60, "#f3e6a8", spacing=5, weight=1.6)
    s.text(560, 866, "INES HARROW", 30, "#f2ead8", align="right", spacing=22, weight=1.5)
    return s.finished()


def cherry_blossom() -> Image.Image:
    """Draw a print of a cherry branch before a red sun."""
    s = Sheet(675, 900, "#f3e3cf")
    for i, colour in enumerate(shades("#e9b7a6", "#f3e3cf", 8)):
        s.box(0, 42 * i, 675, 42 * i + 44, colour)
    s.disc(238, 420, 172, "#cf3a2e")
    s.polygon([(190, 760), (420, 520), (445, 534), (470, 512), (500, 536), (760, 760)], "#5b7a94")
    s.polygon(
        [
            (420, 520),
            (445, 534),
            (470, 512),
            (500, 536),
            (540, 572),
            (515, 566),
            (490, 596),
            (462, 566),
            (436, 590),
            (412, 562),
            (376, 566),
        ],
        "#f8f1e6",
    )
    for i, colour in enumerate(("#f3e3cf", "#ecd3bf")):  # mist
        top = 610 + i * 34
        mist = [
            (-40, top),
            (120, top - 16),
            (300, top + 22),
            (470, top + 4),
            (720, top + 26),
            (720, 760),
            (-40, 760),
        ]
        s.blob([(float(x), float(y)) for x, y in mist], colour)
    s.box(0, 716, 675, 900, "#27496b")
    for row in range(6):
        for k in range(-1, 9):
            x, y = k * 92 + (row % 2) * 46, 742 + row * 34
            for radius, colour in (
                (52, "#f3e3cf"),
                (47, "#27496b"),
                (36, "#8fb1bf"),
                (29, "#27496b"),
                (16, "#f3e3cf"),
            ):
                s.disc(x, y, radius, colour)
    bark = "#3b2a2a"
    s.taper(
        smooth([(700, 60), (590, 130), (500, 160), (430, 236), (330, 262), (220, 330), (120, 342)]),
        40,
        5,
        bark,
    )
    s.taper(smooth([(515, 152), (470, 110), (380, 100), (300, 60)]), 16, 4, bark)
    s.taper(smooth([(430, 236), (440, 320), (500, 390), (510, 450)]), 15, 4, bark)
    s.taper(smooth([(600, 128), (628, 210), (612, 300)]), 13, 4, bark)
    blossoms = [
        (120, 340, 30, 0), (196, 318, 38, 20), (262, 298, 28, 50), (330, 240, 44, 10), (300, 62, 32, 30),
        (372, 112, 40, 64), (446, 92, 30, 15), (508, 446, 36, 40), (476, 370, 30, 5), (438, 292, 34, 25),
        (612, 306, 40, 33), (640, 226, 30, 12), (540, 190, 46, 55), (596, 92, 38, 20), (402, 206, 26, 44),
    ]  # fmt: skip
    for x, y, size, turn in blossoms:
        for k in range(5):
            a = math.radians(turn + 72 * k)
            px, py = x + math.cos(a) * size * 0.6, y + math.sin(a) * size * 0.6
            s.ellipse(px, py, size * 0.52, size * 0.42, "#e58fa0", turn + 72 * k)
            s.ellipse(px, py, size * 0.45, size * 0.35, "#fbe4e6", turn + 72 * k)
        s.disc(x, y, size * 0.2, "#c9405a")
    for x, y, a in (
        (70, 470, 20),
        (150, 560, 70),
        (420, 640, 40),
        (560, 540, 10),
        (330, 520, 120),
        (60, 620, 80),
    ):
        s.ellipse(x, y, 13, 8, "#fbe4e6", a)
    s.rounded_box(588, 640, 636, 872, 4, "#cf3a2e")
    for i, letter in enumerate("SAKURA"):
        s.text(612, 680 + i * 35, letter, 32, "#f8f1e6", align="center", weight=2)
    return s.finished()


def queen_of_hearts() -> Image.Image:
    """Draw a playing card whose queen looks to one side."""
    s = Sheet(643, 900, "#fbf7ee")
    red, dark, gold, blue, skin = "#c8202f", "#1d1d2b", "#e8b23a", "#27557f", "#f3c9a5"

    def heart(x: float, y: float, size: float, fill: str, degrees: float = 0) -> None:
        outline = [(0, -0.3), (0.25, -0.62), (0.62, -0.6), (0.78, -0.22), (0.5, 0.24), (0, 0.78)]
        outline += [(-px, py) for px, py in outline[-2:0:-1]]
        s.polygon(turned([(px * size, py * size) for px, py in outline_curve(outline)], degrees, (x, y)), fill)

    def outline_curve(outline: Sequence[Point]) -> list[Point]:
        right = smooth(outline[:6])
        return right + [(-px, py) for px, py in reversed(right)]

    s.rounded_box(112, 62, 531, 838, 18, gold)
    panel = [(120.0, 70.0), (523.0, 70.0), (523.0, 830.0), (120.0, 830.0)]

    def queen(s: Sheet) -> None:
        s.polygon(panel, "#f6dfb0")
        for k in range(12):  # rays of a half sun behind her
            a, b = math.radians(180 + k * 30), math.radians(194 + k * 30)
            ray = [(390 + 900 * math.cos(t), 330 + 900 * math.sin(t)) for t in (a, b)]
            s.polygon([(390, 330), *ray], "#efc877")
        s.blob(
            [(250, 225), (390, 215), (468, 280), (490, 420), (520, 560), (420, 640), (300, 560), (240, 420)],
            dark,
        )
        s.blob([(120, 840), (128, 640), (220, 560), (330, 540), (440, 580), (560, 660), (570, 840)], red)
        s.polygon([(330, 540), (470, 600), (540, 860), (300, 860)], blue)
        for i in range(5):
            s.polygon(turned([(-22, 0), (0, -22), (22, 0), (0, 22)], 0, (392 + i * 14, 620 + i * 54)), gold)
        s.blob([(262, 470), (340, 470), (352, 560), (322, 620), (268, 600)], "#dfa984")
        s.blob(
            [(232, 250), (330, 226), (378, 300), (368, 420), (318, 500), (262, 490), (226, 420), (214, 340)],
            skin,
        )
        s.blob([(318, 240), (372, 260), (384, 350), (362, 440), (318, 500), (340, 400), (330, 320)], "#e5ae87")
        s.blob(
            [(232, 262), (300, 226), (372, 250), (400, 330), (420, 440), (398, 470), (366, 330), (300, 282)],
            dark,
        )
        s.polygon([(238, 330), (204, 402), (240, 408)], skin)  # nose, in profile to the left
        s.stroke(smooth([(228, 334), (246, 322), (272, 326)]), 6, dark)
        s.stroke(smooth([(292, 326), (316, 318), (338, 326)]), 6, dark)
        s.ellipse(252, 348, 13, 7, "#ffffff")
        s.disc(248, 348, 6.5, dark)
        s.ellipse(312, 348, 15, 7, "#ffffff")
        s.disc(308, 348, 6.5, dark)
        s.ellipse(256, 442, 20, 8, red)
        s.disc(330, 408, 17, "#e89a86")
        crown = [(226, 256), (192, 132), (246, 186), (280, 98), (322, 172), (370, 92), (396, 184)]
        crown += [(446, 138), (402, 258)]
        s.polygon([(float(x), float(y)) for x, y in crown], gold)
        s.polygon([(220, 228), (406, 228), (402, 262), (228, 262)], red)
        for x, y in ((192, 132), (280, 98), (370, 92), (446, 138)):
            s.disc(x, y, 12, red)
        for x in (254, 296, 338, 380):
            s.disc(x, 245, 8, "#fbf7ee")
        s.taper(smooth([(176, 800), (182, 680), (168, 560), (178, 500)]), 12, 8, "#2f7d55")
        s.ellipse(150, 610, 30, 12, "#2f7d55", 30)
        s.ellipse(206, 650, 30, 12, "#2f7d55", -30)
        s.disc(178, 470, 54, red)
        for radius, shift, colour in ((42, 6, "#e4566a"), (28, -4, red), (15, 4, "#f2a3ad")):
            s.disc(178 + shift, 470 - shift, radius, colour)
        s.blob([(150, 716), (196, 690), (232, 712), (226, 752), (168, 764)], skin)
        s.polygon([(226, 692), (330, 650), (360, 780), (240, 780)], blue)
        s.polygon([(222, 690), (246, 682), (262, 784), (236, 784)], "#fbf7ee")

    s.within(panel, queen)
    for _ in range(2):
        s.text(62, 112, "Q", 84, red, align="center", weight=3)
        heart(60, 166, 36, red)
        s.half_turn()
    heart(488, 108, 28, red)
    return s.finished()


def album() -> Image.Image:
    """Draw a record sleeve: stripes that come in, bend round a sun and leave downwards."""
    s = Sheet(900, 900, "#f2dfb8")
    stripes = ("#3c2a21", "#a33b20", "#d9682b", "#eda63a", "#f6d27a")
    x, y, width = 452.0, 470.0, 66.0
    for i, colour in enumerate(stripes):
        radius = 388 - i * width
        s.sector(x, y, radius - width, radius, -90, 0, colour)
        s.box(-10, y - radius, x + 1, y - radius + width, colour)
        s.box(x + radius - width, y - 1, x + radius, 910, colour)
    s.disc(214, 470, 150, "#a33b20")
    for i in range(6):  # the sun sinks into the sea
        s.box(0, 500 + i * 22, 400, 504 + i * 22 + i * 2.4, "#f2dfb8")
    s.text(60, 748, "GOLDEN", 70, "#3c2a21", spacing=3, weight=3.4)
    s.text(60, 822, "HOUR", 70, "#3c2a21", spacing=3, weight=3.4)
    s.text(62, 862, "THE SLOW PARADE", 24, "#a33b20", spacing=15, weight=2)
    s.text(862, 58, "STEREO", 24, "#3c2a21", align="right", spacing=12, weight=2)
    return s.finished()


def film() -> Image.Image:
    """Draw a film poster in cut paper: a leaning tower block, one lit window, a man and his shadow."""
    s = Sheet(600, 900, "#e8552d")
    ink, paper, gold = "#151515", "#f6ecd6", "#f4c13d"
    s.polygon([(0, 0), (600, 0), (600, 250), (0, 440)], gold)
    s.polygon([(330, -20), (640, 60), (640, 700), (250, 612)], ink)
    s.polygon([(330, -20), (250, 612), (196, 628), (292, -20)], "#5a2a1e")
    for row in range(8):
        for column in range(4):
            top = 40 + row * 71 + column * 18
            left = 352 + column * 62 - row * 9.5
            lit = (row, column) == (4, 1)
            window = [(left, top), (left + 38, top + 9), (left + 33, top + 50), (left - 5, top + 41)]
            s.polygon(window, gold if lit else "#3a3a3d")
            if lit:
                s.disc(left + 17, top + 22, 6, ink)
                s.polygon(
                    [
                        (left + 8, top + 46),
                        (left + 12, top + 30),
                        (left + 23, top + 31),
                        (left + 27, top + 48),
                    ],
                    ink,
                )
    s.polygon([(0, 690), (250, 612), (640, 700), (640, 910), (0, 910)], "#b93a1c")
    s.polygon([(196, 770), (214, 772), (640, 900), (640, 920), (420, 920)], ink)  # his shadow
    man = [(178, 610), (168, 640), (150, 662), (146, 716), (164, 720), (168, 786), (160, 842), (186, 844)]
    man += [(198, 780), (216, 842), (242, 838), (226, 778), (228, 712), (244, 706), (236, 654), (208, 638)]
    man += [(206, 610)]
    s.polygon([(float(x), float(y)) for x, y in man], ink)
    s.polygon([(152, 612), (170, 606), (176, 576), (212, 578), (214, 606), (234, 614)], ink)
    s.polygon([(244, 704), (272, 712), (272, 756), (228, 748)], "#5a2a1e")
    s.text(36, 132, "THE", 44, ink, spacing=4, weight=4)
    s.text(35, 190, "FIFTH", 60, ink, spacing=1, weight=4.5)
    s.text(35, 250, "FLOOR", 60, "#b93a1c", spacing=1, weight=4.5)
    s.polygon([(36, 276), (226, 268), (224, 277), (38, 284)], ink)
    s.text(36, 314, "a film by Odile Marsh", 18, ink, weight=1.5)
    s.text(36, 878, "HELD OVER - 2ND WEEK", 19, paper, spacing=8, weight=2)
    return s.finished()


def cafe() -> Image.Image:
    """Draw a mid-century café poster in landscape format."""
    s = Sheet(900, 600, "#f3e8cf")
    s.box(0, 0, 330, 600, "#2f7f86")
    s.box(330, 0, 610, 600, "#f3e8cf")
    s.box(610, 0, 900, 430, "#e3a33b")
    s.polygon([(0, 452), (900, 400), (900, 600), (0, 600)], "#7a3b2e")
    s.polygon([(0, 470), (900, 418), (900, 428), (0, 482)], "#9a5240")
    s.stroke([(470, -10), (470, 66)], 5, "#2b2320")
    s.polygon([(400, 130), (440, 66), (500, 66), (540, 130)], "#d1462f")
    s.sector(470, 130, 0, 30, 0, 180, "#fff5cf")
    s.polygon([(400, 131), (540, 131), (606, 300), (334, 300)], "#fbf3c6")
    s.sector(470, 130, 0, 30, 0, 180, "#ffffff")
    s.ellipse(262, 506, 214, 34, "#4e241d")  # the cup and its saucer
    s.ellipse(258, 492, 206, 32, "#fbf6ea")
    s.ellipse(258, 486, 120, 16, "#d8cdb8")
    s.sector(418, 356, 34, 62, -110, 120, "#fbf6ea")
    bowl = [(92.0, 270.0), (424.0, 270.0), *arc_points(258, 300, 166, 190, 0, 180)]
    s.polygon(bowl, "#fbf6ea")

    def shadow(s: Sheet) -> None:
        s.ellipse(180, 330, 190, 190, "#fbf6ea")
        s.polygon([(330, 250), (440, 250), (440, 500), (240, 500)], "#d8cdb8")
        s.box(80, 330, 440, 366, "#d1462f")
        for k in range(6):
            x = 120 + k * 58
            s.polygon([(x, 330), (x + 22, 330), (x + 44, 366), (x + 22, 366)], "#e3a33b")

    s.within(bowl, shadow)
    s.ellipse(258, 272, 166, 34, "#fbf6ea")
    s.ellipse(258, 274, 148, 27, "#4a2416")
    s.ellipse(232, 270, 82, 12, "#8a4c26")
    for x, lift, colour in ((190, 0, "#f3e8cf"), (262, -40, "#f3e8cf"), (322, 10, "#9cc3bd")):
        steam = [
            (x, 236 + lift * 0.2),
            (x + 26, 190 + lift),
            (x - 22, 136 + lift),
            (x + 18, 80 + lift),
            (x - 4, 42 + lift),
        ]
        s.taper(smooth(steam), 20, 4, colour)
    pot = "#3a4a50"  # a moka pot
    s.polygon([(640, 470), (662, 330), (790, 330), (812, 462)], pot)
    s.polygon([(720, 330), (790, 330), (812, 462), (740, 466)], "#25323a")
    s.box(656, 314, 796, 334, "#aab7b4")
    s.polygon([(662, 314), (640, 170), (616, 150), (800, 150), (790, 314)], pot)
    s.polygon([(730, 150), (800, 150), (790, 314), (736, 314)], "#25323a")
    s.polygon([(646, 150), (716, 108), (796, 150)], "#aab7b4")
    s.disc(716, 100, 14, "#d1462f")
    s.taper(smooth([(794, 176), (856, 170), (862, 240), (850, 300)]), 22, 18, "#2b2320")
    s.text(866, 548, "CAFE", 82, "#f3e8cf", align="right", spacing=2, weight=3.4)
    s.stroke([(838, 480), (850, 468)], 8, "#f3e8cf")  # the accent, missing from the bundled font
    s.text(866, 582, "from seven till the last cup", 20, "#e3a33b", align="right", spacing=4, weight=1)
    return s.finished()


def monstera() -> Image.Image:
    """Draw a botanical plate: two leaves and a fruit of Monstera deliciosa."""
    paper, ink, rib = "#f1e7d0", "#2a3b2e", "#cfd9a4"
    s = Sheet(720, 900, paper)

    def leaf(x: float, y: float, length: float, degrees: float, dark: str, light: str, slits: int) -> None:
        """Draw a leaf whose stalk joins at (x, y) and whose tip points up, turned by ``degrees``."""

        def placed(points: Iterable[Point]) -> list[Point]:
            return turned([(px * length, -py * length) for px, py in points], degrees, (x, y))

        half = smooth(
            [
                (0, 0.05),
                (0.17, -0.09),
                (0.38, -0.02),
                (0.48, 0.2),
                (0.46, 0.44),
                (0.36, 0.68),
                (0.19, 0.9),
                (0, 1.06),
            ]
        )
        for sign, colour in ((1, dark), (-1, light)):
            s.polygon(placed((sign * px, py) for px, py in half), colour)
            for k in range(slits):  # they run from near the midrib outwards and towards the tip
                t = 0.06 + 0.6 * k / (slits - 1)
                end = turned(arc_points(0, 0, 0.02, 0.02, 90, 270), 22, (0.16 + 0.03 * (k % 2), t + 0.02))
                slit = [*end, (0.7, t + 0.2), (0.7, t + 0.29)]
                s.polygon(placed((sign * px, py) for px, py in slit), paper)
                vein = [(0.0, max(0.0, t - 0.09)), (sign * (0.36 - 0.24 * max(0, t - 0.3)), t + 0.03)]
                s.taper(placed(vein), length * 0.011, 1.5, rib)
        s.taper(placed([(0, 0), (0, 0.98)]), length * 0.024, 3, rib)

    stalk = "#6d8b4a"
    s.taper(smooth([(430, 745), (436, 660), (420, 590), (396, 528)]), 17, 11, stalk)
    s.taper(smooth([(428, 720), (360, 700), (280, 704), (220, 666)]), 13, 8, stalk)
    s.taper(smooth([(434, 690), (480, 650), (540, 640), (584, 624)]), 13, 9, stalk)
    leaf(226, 668, 222, -56, "#5c8a45", "#86a95a", 4)
    leaf(396, 530, 450, 13, "#1f4f3a", "#377450", 5)
    s.ellipse(604, 528, 40, 106, "#c9b458", 12)  # the fruit
    for row in range(9):
        for k in range(4):
            px, py = -27 + k * 18 + (row % 2) * 8, -84 + row * 21
            if (px / 34) ** 2 + (py / 96) ** 2 < 1:
                scale = [(px - 8, py), (px, py - 10), (px + 8, py), (px, py + 10)]
                s.polygon(turned(scale, 12, (604, 528)), "#8f9a3e")
    s.blob([(646, 430), (676, 520), (660, 610), (596, 664), (556, 630), (610, 634), (646, 560)], "#ddd3a0")
    s.box(60, 768, 660, 771, ink)
    s.text(60, 820, "Monstera deliciosa", 42, ink, spacing=1, weight=1)
    s.text(62, 854, "SPLIT-LEAF PHILODENDRON", 17, "#5d6b55", spacing=16, weight=1)
    s.text(660, 820, "XII", 42, "#b0713a", align="right", spacing=8, weight=1)
    return s.finished()


def whale() -> Image.Image:
    """Draw the cover of a children's book: a small boat above a large whale."""
    s = Sheet(900, 675, "#fbe3a1")
    s.disc(770, 120, 74, "#f28f3b")
    for x, y, size in ((90, 250, 40), (146, 232, 54), (210, 254, 38)):
        s.disc(x, y, size, "#fff6df")
    s.box(40, 250, 260, 296, "#fbe3a1")
    surface = [(float(x), 270 + 13 * math.sin(x / 58)) for x in range(-20, 921, 4)]
    s.polygon([*surface, (920, 700), (-20, 700)], "#67b7b0")
    for i, colour in enumerate(("#43979c", "#2c7488", "#1f5670")):
        top = 360 + i * 105
        layer = [(float(x), top + 16 * math.sin(x / (80 - 9 * i) + 1.7 * i)) for x in range(-20, 921, 4)]
        s.polygon([*layer, (920, 700), (-20, 700)], colour)
    body = [(60, 470), (86, 392), (190, 342), (340, 330), (500, 366), (630, 430), (730, 430), (776, 366)]
    body += [(860, 330), (846, 400), (790, 450), (858, 500), (880, 566), (790, 540), (735, 490), (640, 520)]
    body += [(500, 590), (330, 612), (170, 586), (84, 540)]
    outline = smooth([(float(x), float(y)) for x, y in body], closed=True)
    s.polygon(outline, "#22314f")

    def belly(s: Sheet) -> None:
        s.blob([(20, 500), (160, 490), (300, 500), (430, 545), (520, 580), (400, 660), (20, 660)], "#e9e4d4")
        for i in range(6):
            groove = smooth([(66, 530 + i * 16), (180, 520 + i * 17), (320, 534 + i * 17), (470, 576 + i * 14)])
            s.stroke(groove, 4, "#a9b3b3")
        s.blob([(150, 350), (340, 336), (500, 372), (600, 420), (480, 400), (330, 372)], "#3a4f78")

    s.within(outline, belly)
    s.disc(168, 458, 17, "#fbf6ea")
    s.disc(165, 460, 9, "#101a2c")
    s.stroke(smooth([(64, 498), (120, 506), (190, 490), (230, 496)]), 6, "#101a2c")
    s.blob([(330, 540), (400, 548), (470, 610), (490, 664), (420, 640), (350, 590)], "#18233c")
    for dx, top in ((-34, 296), (0, 282), (34, 298)):  # its breath
        s.taper(smooth([(300, 330), (300 + dx * 0.5, 308), (300 + dx, top)]), 9, 5, "#fff6df")
    s.polygon([(470, 240), (700, 228), (664, 286), (512, 290)], "#c8372d")
    s.polygon([(470, 240), (700, 228), (694, 240), (476, 252)], "#fff6df")
    s.stroke([(580, 240), (572, 52)], 8, "#5a3825")
    s.polygon([(562, 60), (566, 212), (456, 220)], "#fff6df")
    s.polygon([(584, 76), (592, 212), (688, 206)], "#f28f3b")
    s.polygon([(572, 52), (620, 36), (573, 30)], "#c8372d")
    s.text(36, 96, "Little Boat,", 68, "#22314f", weight=3)
    s.text(36, 166, "Big Sea", 68, "#c8372d", weight=3)
    s.text(866, 650, "Noor Vandal", 26, "#fbe3a1", align="right", spacing=3, weight=1)
    return s.finished()


PICTURES: dict[str, tuple[Callable[[], Image.Image], str]] = {
    "1": (mountain_railway, "Valdora by mountain railway (travel poster)"),
    "2": (concert, "Nocturne (concert poster)"),
    "album": (album, "Golden Hour (record sleeve)"),
    "café": (cafe, "Café (poster)"),
    "film": (film, "The Fifth Floor (film poster)"),
    "lighthouse": (lighthouse, "The Keeper's Hour (novel)"),
    "monstera": (monstera, "Monstera deliciosa (botanical plate)"),
    "queen of hearts": (queen_of_hearts, "Queen of hearts (playing card)"),
    "whale": (whale, "Little Boat, Big Sea (children's book)"),
    "さくら": (cherry_blossom, "さくら, cherry blossom (print)"),
}
"""Reference id -> (the function that draws it, its title)."""


def main(arguments: Sequence[str]) -> None:
    """Draw all pictures into the folder given, with the titles in ``references.json`` beside them."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.draw_demo_pictures",
        description="Draw the ten demo pictures, with their references.json; files of the same names are replaced.",
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, nargs="?", default=Path("reference_images"))
    folder: Path = parser.parse_args(arguments).folder
    for name, (draw, _) in PICTURES.items():
        drawn = io.BytesIO()
        draw().save(drawn, "PNG", optimize=True)
        write_atomically(folder / f"{name}.png", drawn.getvalue())
    fields = {
        name: {
            "title": title,
            "url": f"https://example.org/pictures/{number}",
            "thumbnail": f"../pictures/{name}.png",  # address in the assembled site, relative to its bundle
        }
        for number, (name, (_, title)) in enumerate(PICTURES.items(), 1)
    }
    text = json.dumps(fields, ensure_ascii=False, indent=2) + "\n"
    write_atomically(folder / "references.json", text.encode())


if __name__ == "__main__":
    main(sys.argv[1:])
