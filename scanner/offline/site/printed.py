"""Make what a book or a poster prints: the page's address as a QR code, and a sheet with a sentence beside the code.

These files are for the printer, so they lie in a folder of their own, apart from the site.
"""

import base64
import io
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path

from scanner.files import write_atomically
from scanner.offline.enrol.shown import listed
from scanner.offline.site.archive import Files
from scanner.offline.site.content_types import TYPES
from scanner.offline.site.faults import SHOWN, SiteError
from scanner.offline.site.logo import Logo
from scanner.offline.site.made import LIST, edited, list_of
from scanner.offline.site.page_words import WORDS
from scanner.offline.site.settings import Settings

__all__ = ["print_folder", "printed_files", "write_printed"]

QUIET_ZONE = 4
"""Empty modules around the code, as ISO/IEC 18004 asks for."""

MODULE_MILLIMETRES = 0.8
"""Side of one module. Phones read 0.4 mm at reading distance; twice that bears rough paper and poor light."""

CORRECTION = "Q"
"""Error correction: a quarter of the code may be damaged, by a fold or a stain."""

POINTS_PER_MILLIMETRE = 72 / 25.4

SHEET = """<!doctype html>
<html lang="{lang}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>{title}</title>
    <style>
      @page {{ size: A5; margin: 15mm; }}
      body {{ margin: 0; color: #000; background: #fff; font-size: 13pt; line-height: 1.45; }}
      body {{ font-family: Georgia, "Times New Roman", "Hiragino Mincho ProN", "Noto Serif CJK JP", serif; }}
      main {{ max-width: 118mm; margin: 0 auto; padding: 18mm 0; text-align: center; }}
      h1 {{ font-size: 20pt; line-height: 1.2; font-weight: 600; margin: 0 0 10mm; }}
      h1, p {{ overflow-wrap: anywhere; text-wrap: balance; }}
      img {{ display: block; margin: 0 auto 8mm; max-width: 60mm; max-height: 26mm; }}
      svg {{ display: block; margin: 0 auto; width: 62mm; height: auto; }}
      p {{ margin: 8mm auto 0; max-width: 92mm; }}
      p + p {{ margin-top: 3mm; }}
      p.address {{ margin-top: 6mm; font: 9pt/1.4 system-ui, sans-serif; }}
    </style>
  </head>
  <body>
    <main>
      {logo}<h1>{title}</h1>
      {code}
      {sentences}
      <p class="address">{address}</p>
    </main>
  </body>
</html>
"""


def print_folder(output: Path) -> Path:
    """Returns the folder of the printed files of a site: `dist-print` beside `dist`."""
    place = output if output.name not in {"", ".."} else output.resolve()
    return place.with_name(f"{place.name}-print")


def printed_files(settings: Settings) -> Files:
    """Returns the QR code as SVG and PDF, and the sheet, by their names. The settings have a public address."""
    import segno

    assert settings.public_url is not None
    code = segno.make(settings.public_url, micro=False, error=CORRECTION)
    drawn, printed = io.BytesIO(), io.BytesIO()
    code.save(drawn, kind="svg", scale=MODULE_MILLIMETRES, unit="mm", border=QUIET_ZONE, light="#fff")
    code.save(printed, kind="pdf", scale=MODULE_MILLIMETRES * POINTS_PER_MILLIMETRE, border=QUIET_ZONE, compresslevel=9)
    words = WORDS.get(settings.language, WORDS["en"])
    sheet = SHEET.format(
        lang=settings.language if settings.language in WORDS else "en",
        title=escape(settings.title or words["title"]),
        logo=f'<img src="{_data_address(settings.logo)}" alt="" />' if settings.logo else "",
        code=drawn.getvalue().decode().partition("?>")[2].strip(),
        sentences="".join(f"<p>{escape(sentence)}</p>" for sentence in _sentences(settings, words)),
        address=escape(settings.public_url),
    )
    # segno dates its PDF; equal addresses give equal bytes.
    undated = re.sub(rb"\(D:\d{14}", b"(D:19800101000000", printed.getvalue())
    return {"qr.svg": drawn.getvalue(), "qr.pdf": undated, "sheet.html": sheet.encode()}


def _sentences(settings: Settings, words: Mapping[str, str]) -> list[str]:
    """Returns the lines beside the code: the owner's sentence, or how to open the page and what to do on it."""
    return [settings.sheet] if settings.sheet else [words["code"], settings.heading or words["sheet"]]


def _data_address(logo: Logo) -> str:
    """Returns an address that holds the logo itself, so that the sheet is one file."""
    return f"data:{TYPES[logo.ending]};base64,{base64.b64encode(logo.content).decode()}"


def write_printed(folder: Path, files: Files) -> None:
    """Writes the printed files into their folder. Other files in the folder stay.

    Raises:
        SiteError: a file of the name is there that was not made here, or was changed since.
        OSError: the folder cannot be written.
    """
    if changed := edited(folder, files):
        cure = "rename yours, or delete it"
        raise SiteError(f"{folder}: expected files that phash-scanner made, found {listed(changed, SHOWN)}: {cure}")
    for name, content in {**files, LIST: list_of(files)}.items():
        write_atomically(folder / name, content)
