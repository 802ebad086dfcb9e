"""Read the settings of a reader page: site.json, and what the command's options say instead.

Every fault is named at once, with the nearest key where a key is unknown. docs/reader-page.md has the table of keys.
"""

import difflib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.json_text import read_at_most, strict_json
from scanner.offline.enrol.json_slips import json_slip
from scanner.offline.site import colours
from scanner.offline.site.faults import SiteError
from scanner.offline.site.logo import Logo, read_logo
from scanner.offline.site.page_links import page_links
from scanner.offline.site.page_words import AUTO, LANGUAGES
from scanner.offline.site.public_url import public_url, unreachable
from scanner.offline.site.scripts import scripts
from scanner.quoting import printable, quoted

__all__ = ["FILE", "KEYS", "OPTIONS", "Settings", "SettingsError", "read_settings"]

FILE = "site.json"

MOST_BYTES = 1_000_000


class SettingsError(SiteError):
    """Settings cannot be used.

    Attributes:
        faults: one sentence for each fault.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Settings:
    """The settings of a reader page; None is the page's own word in the page's language.

    Attributes:
        title: name of the page.
        heading: the scanner's first line, which says what to do.
        lead: the sentence that says what the page is for.
        privacy: the sentence below the buttons; "" for none.
        sheet: the sentence beside the printed QR code.
        language: one of `LANGUAGES`, or "auto".
        logo: picture beside the title.
        icon: picture of the page's icons; None is the logo.
        palette: the colours.
        links: words and address of each link at the foot.
        scripts: paths of own scripts, which the page runs.
        gallery: the page shows the thumbnails of the pictures.
        details: found cards show id and distance.
        multiple: the scanner finds every picture in sight, and lists the finds.
        public_url: address at which readers find the page.
    """

    title: str | None = None
    heading: str | None = None
    lead: str | None = None
    privacy: str | None = None
    sheet: str | None = None
    language: str = AUTO
    logo: Logo | None = None
    icon: Logo | None = None
    palette: colours.Palette = colours.DEFAULT
    links: tuple[tuple[str, str], ...] = ()
    scripts: tuple[str, ...] = ()
    gallery: bool = True
    details: bool = False
    multiple: bool = False
    public_url: str | None = None
    warnings: tuple[str, ...] = field(default=(), compare=False)
    """A text for each colour that was corrected, and for a public address that readers cannot open."""


def read_settings(file: Path | None, given: Mapping[str, Any] = {}) -> Settings:
    """Returns the settings of a page.

    Args:
        file: a site.json; None where there is none.
        given: values that replace those of the file, by key. Their paths start from the current folder. A colour alone
            replaces the main button's.

    Raises:
        SettingsError: the file cannot be read, or a value is not what the key needs.
    """
    faults: list[str] = []
    values: dict[str, Any] = {}
    warnings: list[str] = []
    sources = [] if file is None else [(str(file), _content(file), file.parent)]
    seen: set[str] = set()
    for name, content, folder in [*sources, ("options", _merged(given, sources[0][1] if sources else {}), Path())]:
        for key, value in content.items():
            known = ALIASES.get(key, key)
            place = f"--{OPTIONS.get(key, key)}" if name == "options" else f"{name}: {quoted(key)}"
            if known not in KEYS:
                faults.append(f"{place}: {_unknown(key)}")
            elif name != "options" and known in given:
                continue
            elif known in seen:
                faults.append(f"{place}: expected one of 'colours' and 'colors', found both: keep one")
            else:
                seen.add(known)
                try:
                    values[known] = KEYS[known](value, folder)
                    if known == "colours":
                        values["palette"], told = values.pop(known)
                        warnings += [f"{place}: {each}" for each in told]
                    elif known == "public-url" and (warning := unreachable(values[known])):
                        warnings.append(f"{place}: {warning}")
                except ValueError as error:
                    faults.append(f"{place}: {error}")
    if faults:
        raise SettingsError(faults)
    if "public-url" in values:
        values["public_url"] = values.pop("public-url")
    return Settings(**values, warnings=tuple(warnings))


def _merged(given: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the values of the options, with the file's other colours beside the colour of the main button."""
    colours_of_file = content.get("colours", content.get("colors"))
    if isinstance(given.get("colours"), str) and isinstance(colours_of_file, dict):
        return {**given, "colours": {**colours_of_file, "accent": given["colours"]}}
    return dict(given)


def _content(file: Path) -> dict[str, Any]:
    """Returns the object in a file. Raises SettingsError where there is none."""
    expected = f'{file}: expected a JSON object such as {{"title": "My Books"}}, found'
    text = b""
    try:
        text = read_at_most(file, MOST_BYTES)
        content = strict_json(text)
    except ValueError as error:
        found = f"otherwise ({error}): correct it"
        if not text.strip() and isinstance(error, json.JSONDecodeError):
            found = "an empty file: write one into it, or remove the file"
        elif isinstance(error, UnicodeDecodeError | json.JSONDecodeError) and (slip := json_slip(text)):
            found = f"in line {slip.line} {slip.found}"
        raise SettingsError([f"{expected} {found}"]) from error
    except OSError as error:
        cure = "correct its name, or its permissions"
        raise SettingsError(
            [f"{file}: expected a file to read, found none ({error.strerror or error}): {cure}"]
        ) from error
    if not isinstance(content, dict):
        raise SettingsError([f"{expected} {quoted(content)}: write {{ and }} around it"])
    return content


def _unknown(key: str) -> str:
    near = difflib.get_close_matches(key.strip().lower().replace("_", "-"), [*KEYS, *ALIASES, *MEANT], 1, 0.6)
    meant = MEANT.get(near[0], near[0]) if near else None
    cure = f"is {meant!r} meant?" if meant else f"use one of {', '.join(KEYS)}"
    return f"expected a key that the page knows, found another: {cure}"


def _text(most: int) -> Callable[[Any, Path], str]:
    def read(value: Any, _: Path) -> str:
        if not isinstance(value, str):
            raise ValueError(f"expected a text, found {quoted(value)}: write it in quotes")
        text = " ".join(value.split())
        if len(text) > most:
            raise ValueError(f"expected at most {most} characters, found {len(text)}: shorten it")
        if printable(text) != text:
            raise ValueError(f"expected a text that can be shown, found {quoted(text)}: remove the control characters")
        return text

    return read


def _filled(most: int) -> Callable[[Any, Path], str]:
    read = _text(most)

    def read_filled(value: Any, folder: Path) -> str:
        if not (text := read(value, folder)):
            raise ValueError("expected a text, found an empty one: write one, or leave the key out")
        return text

    return read_filled


def _language(value: Any, _: Path) -> str:
    expected = f"expected one of {', '.join((AUTO, *LANGUAGES))}, found {quoted(value)}"
    if not isinstance(value, str):
        raise ValueError(f"{expected}: write it in quotes")
    tags = {tag.lower(): tag for tag in (AUTO, *LANGUAGES)} | CHINESE
    parts = value.strip().lower().replace("_", "-").split("-")
    for count in range(len(parts), 0, -1):
        if tag := tags.get("-".join(parts[:count])):
            return tag
    if meant := LANGUAGE_NAMES.get(value.strip().lower()):
        raise ValueError(f"{expected}: is {meant!r} meant?")
    raise ValueError(f"{expected}: choose one; a page in another language is added with --own FOLDER")


def _colours(value: Any, folder: Path) -> tuple[colours.Palette, list[str]]:
    if isinstance(value, str):
        value = {"accent": value}
    example = '"#8a1538" or {"accent": "#8a1538", "background": "#ffffff", "text": "#222222", "dark": {...}}'
    if not isinstance(value, dict):
        raise ValueError(f"expected a colour or an object of colours, found {quoted(value)}: write {example}")
    dark = value.get("dark", {})
    if dark is not False and not isinstance(dark, dict):
        raise ValueError(f"expected an object of colours as 'dark', or false, found {quoted(dark)}: correct it")
    day = _theme({key: each for key, each in value.items() if key != "dark"}, "")
    return colours.palette(day, None if dark is False else _theme(dark, "dark."))


def _theme(value: Mapping[str, Any], prefix: str) -> dict[str, str]:
    theme = {}
    faults = []
    for key, each in value.items():
        if key not in COLOURS:
            near = difflib.get_close_matches(key.lower(), COLOURS, 1, 0.5)
            cure = f"is {near[0]!r} meant?" if near else "correct it"
            faults.append(f"expected {', '.join(COLOURS)} or dark, found {quoted(prefix + key)}: {cure}")
            continue
        try:
            theme[key] = colours.colour(each)
        except (ValueError, AttributeError):
            expected = "expected an opaque colour of CSS, such as #8a1538 or navy"
            faults.append(f"{expected}, found {quoted(each)} as {quoted(prefix + key)}: correct it")
    if faults:
        raise ValueError("; ".join(faults))
    return theme


def _picture(value: Any, folder: Path) -> Logo:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"expected the path of a picture, found {quoted(value)}: write it in quotes")
    return read_logo(folder / value.strip())


def _links(value: Any, _: Path) -> tuple[tuple[str, str], ...]:
    return page_links(value)


def _scripts(value: Any, _: Path) -> tuple[str, ...]:
    return scripts(value)


def _yes_or_no(value: Any, _: Path) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, found {quoted(value)}: write one, without quotes")
    return value


def _address(value: Any, _: Path) -> str:
    return public_url(value)


COLOURS = ("accent", "background", "text")

KEYS: dict[str, Callable[[Any, Path], Any]] = {
    "title": _filled(80),
    "lead": _filled(300),
    "heading": _filled(80),
    "privacy": _text(300),
    "language": _language,
    "logo": _picture,
    "icon": _picture,
    "colours": _colours,
    "links": _links,
    "scripts": _scripts,
    "gallery": _yes_or_no,
    "details": _yes_or_no,
    "multiple": _yes_or_no,
    "sheet": _filled(300),
    "public-url": _address,
}
"""Key -> the function that reads its value, given the folder that its paths start from. It raises ValueError."""

OPTIONS = {"colours": "colour", "language": "lang"}
"""Key -> the command's option for it, where their names differ."""

ALIASES = {"colors": "colours"}

MEANT = {"name": "title", "description": "lead", "intro": "lead", "subtitle": "lead", "lang": "language"} | {
    "colour": "colours", "color": "colours", "url": "public-url", "address": "public-url", "image": "logo",
    "footer": "links", "locale": "language", "headline": "heading", "script": "scripts", "several": "multiple",
}  # fmt: skip
"""Words that people write, and the key that they mean."""

CHINESE = {"zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans"} | dict.fromkeys(
    ("zh-tw", "zh-hk", "zh-mo"), "zh-Hant"
)

LANGUAGE_NAMES = {
    "english": "en", "deutsch": "de", "german": "de", "french": "fr", "français": "fr", "spanish": "es",
    "español": "es", "portuguese": "pt", "português": "pt", "italian": "it", "italiano": "it", "japanese": "ja",
    "jp": "ja", "korean": "ko", "kr": "ko", "chinese": "zh-Hans", "cn": "zh-Hans", "tw": "zh-Hant", "日本語": "ja",
    "中文": "zh-Hans", "한국어": "ko",
}  # fmt: skip
