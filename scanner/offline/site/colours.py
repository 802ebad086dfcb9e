"""Choose the colours of a page so that its words can be read: by the contrasts that WCAG 2 asks for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import ImageColor

__all__ = ["DEFAULT", "Palette", "Theme", "colour", "contrast", "palette"]

READABLE = 4.5
"""Least contrast of text and its ground (WCAG 2, level AA)."""

VISIBLE = 3.0
"""Least contrast of a button and its ground."""

WHITE, BLACK = "#ffffff", "#000000"


@dataclass(frozen=True)
class Theme:
    """The colours of a page in the light or in the dark, as "#rrggbb".

    Attributes:
        background: the ground of everything.
        text: words.
        faint: words that matter less.
        accent: the main button.
        on_accent: words on the main button.
        good: the word "Found".
    """

    background: str
    text: str
    faint: str
    accent: str
    on_accent: str
    good: str


@dataclass(frozen=True)
class Palette:
    """The colours of a page; `dark` is None for a page that is light in the dark too."""

    light: Theme
    dark: Theme | None


LIGHT = {"background": "#fffaf1", "text": "#17302d", "accent": "#c9431c"}
DARK = {"background": "#10201e", "text": "#f3ede1", "accent": "#ff8a63"}
NEUTRAL_DARK = {"background": "#15181b", "text": "#f1f1ee"}
"""Ground and text in the dark where the site chose its own ground in the light."""


def colour(text: str) -> str:
    """Returns a colour of CSS as "#rrggbb". Raises ValueError for another text, and for a transparent colour.

    >>> colour("#c41"), colour("navy")
    ('#cc4411', '#000080')
    """
    if re.fullmatch(r"#([0-9a-f]{4}|[0-9a-f]{8})", text.strip(), re.IGNORECASE):
        raise ValueError("transparent")
    red, green, blue, *_ = ImageColor.getrgb(text.strip())
    if max(red, green, blue) > 255:
        raise ValueError("brighter than white")
    return f"#{red:02x}{green:02x}{blue:02x}"


def contrast(one: str, other: str) -> float:
    """Returns the contrast of two colours, 1 to 21, as WCAG 2 defines it.

    >>> contrast("#ffffff", "#000000")
    21.0
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def palette(light: Mapping[str, str], dark: Mapping[str, str] | None) -> tuple[Palette, list[str]]:
    """Returns the colours of a page, and a text for each colour that was corrected.

    Args:
        light: any of "background", "text" and "accent", as "#rrggbb"; the others are chosen to fit.
        dark: the same colours for the dark; None for a page that is always light.

    Raises:
        ValueError: words could not be read: background and text, both given, are too much alike.
    """
    told: list[str] = []
    day = _theme(light, LIGHT, "", told)
    if dark is None:
        return Palette(day, None), told
    ground = NEUTRAL_DARK if "background" in light else DARK
    accent = DARK["accent"] if "accent" not in light else _moved(day.accent, ground["background"], VISIBLE)
    night = _theme(dark, {**DARK, **ground, "accent": accent}, "dark.", told)
    return Palette(day, night), told


def _theme(given: Mapping[str, str], usual: Mapping[str, str], prefix: str, told: list[str]) -> Theme:
    background = given.get("background", usual["background"])
    text = given.get("text", usual["text"])
    if (found := contrast(text, background)) < READABLE:
        if "text" in given:
            pair = f"{prefix}text {text} on {prefix}background {background}"
            raise ValueError(f"expected a contrast of at least {READABLE}, found {found:.1f} for {pair}: change one")
        text = max(WHITE, BLACK, key=lambda ink: contrast(ink, background))
    accent = given.get("accent", usual["accent"])
    seen = _moved(accent, background, VISIBLE)
    if "accent" in given and seen != accent:
        low = f"{prefix}accent {accent} on {background} has a contrast of {contrast(accent, background):.1f}"
        told.append(f"{low}, and a button needs {VISIBLE:g}: the page uses {seen}")
    on_accent = WHITE if contrast(WHITE, seen) >= READABLE else max(WHITE, BLACK, key=lambda ink: contrast(ink, seen))
    faint = _moved(_mixed(text, background, 0.7), background, READABLE)
    return Theme(background, text, faint, seen, on_accent, _moved("#1d7d54", background, READABLE))


def _moved(ink: str, ground: str, least: float) -> str:
    """Returns a colour, moved towards black or white as little as its contrast with the ground needs."""
    end = max(WHITE, BLACK, key=lambda end: contrast(end, ground))
    return next(
        moved for step in range(101) if contrast(moved := _mixed(end, ink, step / 100), ground) >= least or step == 100
    )


def _mixed(one: str, other: str, part: float) -> str:
    """Returns a colour that is `part` of one and the rest of another."""
    pairs = zip(ImageColor.getrgb(one), ImageColor.getrgb(other), strict=True)
    return "#" + "".join(f"{round(part * first + (1 - part) * second):02x}" for first, second in pairs)


def _luminance(text: str) -> float:
    parts = [part / 255 for part in ImageColor.getrgb(text)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


DEFAULT = palette({}, {})[0]
