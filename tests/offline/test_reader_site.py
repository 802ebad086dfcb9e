"""The reader page carries its owner's name, words and colours; every fault of site.json is named at once."""

from __future__ import annotations

import doctest
import html
import importlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from scanner import HashBundle
from scanner.offline.command.main import site as main
from scanner.offline.site.colours import contrast, palette
from scanner.offline.site.logo import icons
from scanner.offline.site.page_words import LANGUAGES, WORDS
from scanner.offline.site.printed import printed_files
from scanner.offline.site.settings import KEYS, SettingsError, read_settings
from support.places import PROJECT, WEB

OURS: dict[str, Any] = {
    "title": "Verlag <am> Leuchtturm & Söhne",
    "lead": 'Richten Sie Ihr Telefon auf einen "Umschlag".',
    "heading": "Halten Sie einen </script>-Umschlag davor",
    "privacy": "Kein Bild verlässt Ihr Telefon.",
    "language": "de-AT",
    "logo": "logo.png",
    "colours": {"accent": "#8a1538", "background": "white", "text": "#222"},
    "links": {"Impressum": "impressum.html", "Laden": "https://books.example/"},
    "sheet": "Halten Sie das Telefon über den Umschlag.",
    "multiple": True,
}


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the bundle of two pictures of one's own, a logo and a site.json."""
    folder = tmp_path_factory.mktemp("mine")
    HashBundle(HashBundle.load(PROJECT / "hashes" / "references.json").references[:2]).save(folder / "b.json")
    Image.new("RGBA", (300, 150), "#8a1538").save(folder / "logo.png")
    (folder / "site.json").write_text(json.dumps(OURS), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def made(mine: Path) -> Path:
    """The site of that folder, with its printed files beside it."""
    site = mine / "out" / "dist"
    arguments = ["-o", str(site), "--bundle", str(mine / "b.json"), "--runtime", "cdn"]
    assert (
        main([*arguments, "--public-url", "https://bücher.example/scan", "--thumbnails-from", "https://img.example"])
        == 0
    )
    return site


def test_the_page_carries_the_owners_words(made: Path) -> None:
    """Title, lead, privacy, language, logo, links and `multiple` of site.json are in the page, and no snippet."""
    page = (made / "index.html").read_text(encoding="utf-8")
    assert '<html lang="de">' in page
    for key in ("title", "lead", "privacy"):
        assert html.escape(OURS[key]) in page
    words = re.search(r'<script type="application/json" slot="words">(.*?)</script>', page)[1]
    assert json.loads(words) == {"title": OURS["heading"], "intro": OURS["lead"]}
    assert f"<title>{html.escape(OURS['title'])}</title>" in page
    assert '<a href="impressum.html">Impressum</a>' in page
    assert '<img src="icons/logo.png" alt="" width="300" height="150" />' in page
    assert WORDS["de"]["reload"] in page
    assert re.search(r"<image-scanner [^>]*>", page)[0].endswith(" multiple>")
    assert "snippet" not in page
    assert "$" not in page
    assert not (made / "page" / "demo-page.js").exists()
    assert not (made / "reader.html").exists()


def test_other_sites_and_search_engines_learn_of_the_page(made: Path) -> None:
    """The page has its description, one canonical address, and an Open Graph picture at an address that is whole."""
    page = (made / "index.html").read_text(encoding="utf-8")
    assert f'<meta name="description" content="{html.escape(OURS["lead"])}" />' in page
    address = "https://xn--bcher-kva.example/scan/"
    assert f'<link rel="canonical" href="{address}" />' in page
    assert f'<meta property="og:url" content="{address}" />' in page
    assert f'<meta property="og:image" content="{address}icons/icon-512.png" />' in page
    assert '<meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)" />' in page


def test_the_page_installs_with_icons_made_of_the_logo(made: Path) -> None:
    """The manifest has the owner's name and icons of their true sizes, with the logo's colour in the middle."""
    manifest = json.loads((made / "manifest.webmanifest").read_text(encoding="utf-8"))
    assert manifest["name"] == OURS["title"]
    assert manifest["lang"] == "de"
    kinds = set()
    for icon in manifest["icons"]:
        with Image.open(made / icon["src"]) as picture:
            assert icon["sizes"] == "{}x{}".format(*picture.size)
            middle = picture.convert("RGB").getpixel((picture.width // 2, picture.height // 2))
            corner = picture.convert("RGB").getpixel((1, 1))
        assert (middle, corner) == ((0x8A, 0x15, 0x38), (255, 255, 255))
        kinds.add((icon["sizes"], icon.get("purpose", "any")))
    assert {("180x180", "any"), ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} == kinds


def test_a_visit_does_not_load_the_icons_of_home_screens(made: Path) -> None:
    """A first visit keeps the logo and the icon of the browser's tab; the large icons wait for an installation."""
    script = (made / "service-worker.js").read_text(encoding="utf-8")
    build = json.loads(re.search(r"^const BUILD = (.*);$", script, re.MULTILINE)[1])
    assert {"icons/logo.png", "icons/icon-192.png"} <= build["kept"].keys()
    assert {"icons/icon-512.png", "icons/icon-maskable-512.png"} <= build["later"].keys()


def test_without_a_logo_the_icons_show_the_titles_initial() -> None:
    """The icon has the title's first letter, without an accent that the font lacks, and a mark for other scripts."""
    drawn = {title: icons(None, title, palette({}, {})[0].light) for title in ("Quill", "»Äpfel«", "Apples", "本", "!")}
    assert drawn["»Äpfel«"] == drawn["Apples"] != drawn["Quill"]
    assert drawn["本"] == drawn["!"] != drawn["Quill"]


def test_a_reader_page_may_show_thumbnails_from_elsewhere(made: Path) -> None:
    """Policy and scanner of the reader page name the origins of --thumbnails-from, and Python's own host with cdn."""
    page = (made / "index.html").read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert "img-src 'self' blob: data: https://img.example" in policy
    assert "script-src 'self' 'wasm-unsafe-eval' https://cdn.jsdelivr.net" in policy
    assert '<image-scanner thumbnails-from="https://img.example" bundle=' in page


def test_what_the_printer_gets_lies_beside_the_site(made: Path) -> None:
    """The QR code as SVG and PDF and the sheet with the owner's sentence lie in dist-print/, and not in the site."""
    printed = made.with_name("dist-print")
    names = {path.name for path in printed.iterdir() if not path.name.startswith(".")}
    assert names == {"qr.svg", "qr.pdf", "sheet.html"}
    assert (printed / "qr.pdf").read_bytes().startswith(b"%PDF-")
    assert 'width="' in (printed / "qr.svg").read_text(encoding="utf-8")
    sheet = (printed / "sheet.html").read_text(encoding="utf-8")
    assert OURS["sheet"] in sheet
    assert '<html lang="de">' in sheet
    assert not [path for path in made.rglob("*") if path.name in names]


def test_a_sheet_that_was_edited_is_not_written_over(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed sheet stops the command and stays; other files beside the sheet are no hindrance."""
    arguments = ["-o", str(tmp_path / "dist"), "--bundle", str(mine / "b.json"), "--runtime", "cdn"]
    assert main([*arguments, "--public-url", "https://bücher.example/scan"]) == 0
    sheet = tmp_path / "dist-print" / "sheet.html"
    before = sheet.read_bytes()
    (sheet.parent / "proof.txt").write_text("from the printer")
    sheet.write_text("our own words")
    assert main([*arguments, "--public-url", "https://books.example/"]) == 1
    assert "found sheet.html (changed since): rename yours, or delete it" in capsys.readouterr().err
    assert sheet.read_text() == "our own words"
    sheet.write_bytes(before)
    assert main([*arguments, "--public-url", "https://books.example/"]) == 0
    assert (sheet.parent / "proof.txt").is_file()


def test_the_demos_pictures_get_the_demo_page_and_other_pictures_the_reader_page(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --page the demo's bundle has the demo page, unless an option names something of the reader page."""
    demo = ["--bundle", str(PROJECT / "hashes" / "references.json"), "--runtime", "cdn"]
    expected = {
        "one": (demo, "demo-page.js"),
        "two": ([*demo, "--title", "My Demo"], "reader-page.js"),
        "three": ([*demo, "--page", "reader"], "reader-page.js"),
        "four": (["--bundle", str(mine / "b.json"), "--runtime", "cdn", "--page", "demo"], "demo-page.js"),
    }
    for name, (arguments, script) in expected.items():
        assert main(["-o", str(tmp_path / name), *arguments]) == 0
        assert f'src="page/{script}"' in (tmp_path / name / "index.html").read_text(encoding="utf-8")
    with pytest.raises(SystemExit) as caught:
        main([*demo, "--page", "demo", "--lead", "Look"])
    assert caught.value.code == 2
    assert "--lead: expected with the reader page, found with --page demo" in capsys.readouterr().err


def test_a_folder_for_an_app_has_the_scanner_and_no_page(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--page none leaves page, icons and service worker out, whatever site.json says; options of a page are refused."""
    bundle = ["--bundle", str(mine / "b.json"), "--runtime", "cdn", "--page", "none"]
    folder = tmp_path / "public" / "scanner"
    assert main([*bundle, "-o", str(folder)]) == 0
    assert "Next: give <image-scanner> the folder's address" in capsys.readouterr().out
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"image-scanner-element.js", "image-scanner.module.js", "worker.js", "assets.json", "strings.js"} <= names
    assert {"hashes/references.json", "licences/NOTICE.txt", "element/words/de.js"} <= names
    page = re.compile(
        r".*\.(html|css|webmanifest|png|ico)(\.\w+)?|service-worker.*|page/(demo|reader|keep|gallery|first).*"
    )
    assert [name for name in names if page.fullmatch(name)] == []
    for option, value in {"--title": "Books", "--own": str(mine), "--thumbnails-from": "https://img.example"}.items():
        with pytest.raises(SystemExit) as caught:
            main([*bundle, "-o", str(folder), option, value])
        assert caught.value.code == 2
        assert f"{option}: expected with a page, found with --page none" in capsys.readouterr().err


def test_the_demos_pictures_are_named_where_they_ship(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A site of the demo's bundle says so; a site of one's own pictures does not."""
    mark = "the demo's 10 pictures: name yours with --bundle"
    for bundle, told in ((PROJECT / "hashes" / "references.json", True), (mine / "b.json", False)):
        assert main(["-o", str(tmp_path / "site"), "--bundle", str(bundle), "--runtime", "cdn", "--page", "none"]) == 0
        assert (mark in capsys.readouterr().out) == told


def test_options_replace_settings_of_the_file(mine: Path) -> None:
    """--title and the other options win over site.json; all else of the file stays."""
    settings = read_settings(mine / "site.json", {"title": "Other", "language": "fr"})
    assert (settings.title, settings.language, settings.privacy) == ("Other", "fr", OURS["privacy"])
    light = read_settings(mine / "site.json", {"colours": "navy"}).palette.light
    assert (light.accent, light.text) == ("#000080", "#222222")
    with pytest.raises(SettingsError, match="--colour: expected an opaque colour"):
        read_settings(mine / "site.json", {"colours": "beige-ish"})


FAULTS = {
    '{"titel": "A"}': "'titel': expected a key that the page knows, found another: is 'title' meant?",
    '{"lang": "de"}': "is 'language' meant?",
    '{"zzzz": 1}': "use one of title, lead,",
    '{"multiple": "yes"}': "'multiple': expected true or false, found 'yes': write one, without quotes",
    '{"title": 5}': "'title': expected a text, found 5: write it in quotes",
    '{"title": " "}': "'title': expected a text, found an empty one",
    '{"lead": "a\\u0000b"}': "remove the control characters",
    '{"title": "%s"}' % ("a" * 81): "expected at most 80 characters, found 81",
    '{"language": "German"}': "found 'German': is 'de' meant?",
    '{"language": "nl"}': "expected one of auto, en, ja,",
    '{"language": true}': "found True: write it in quotes",
    '{"logo": "nowhere.png"}': "found none at ",
    '{"logo": "notes.png"}': "found something else in ",
    '{"logo": ["a"]}': "expected the path of a picture",
    '{"logo": "%s.png"}' % ("a" * 300): "which cannot be read (File name too long)",
    '{"colours": "#12345"}': "found '#12345' as 'accent'",
    '{"colours": "#8a153880"}': "expected an opaque colour",
    '{"colours": "rgb(999, 0, 0)"}': "expected an opaque colour",
    '{"colours": {"accnt": "red"}}': "found 'accnt': is 'accent' meant?",
    '{"colours": {"text": "#888", "background": "#999"}}': "expected a contrast of at least 4.5, found 1.2",
    '{"colours": {"dark": "#000"}}': "expected an object of colours as 'dark', or false",
    '{"colours": {"dark": {"text": "#111", "background": "#222"}}}': "for dark.text #111111 on dark.background #222222",
    '{"colours": "red", "colors": "blue"}': "found both: keep one",
    '{"links": ["imprint.html"]}': "expected an object of words and addresses",
    '{"links": {"Imprint": "javascript:alert(1)"}}': "which no page opens",
    '{"links": {"Imprint": "java\\tscript:alert(1)"}}': "found 'java\\tscript:alert(1)' for 'Imprint': correct it",
    '{"links": {"Im\\nprint": "imprint.html"}}': "for 'Im\\nprint': correct it",
    '{"scripts": "count.js"}': "expected a list of scripts among your own files, such as",
    '{"scripts": [5]}': "found 5: write the name of a file",
    '{"scripts": ["https://count.example/a.js"]}': "the page runs no script of another host",
    '{"scripts": ["count.txt"]}': "write a name that ends with .js or .mjs",
    '{"gallery": "no"}': "expected true or false, found 'no'",
    '{"public-url": "books.example"}': "write one that begins with https://",
    '{"public-url": "http://books.example/"}': "browsers give no camera to a page of http://",
    '{"public-url": "https://books.example/?a=1"}': "leave out names before @, and all from ? or # on",
    '{"public-url": "https://[/"}': "correct it",
    '{"public-url": "https://our books.example/"}': "found 'https://our books.example/': correct it",
    '{"public-url": "https://books.example/%s"}' % ("a" * 2000): "expected an address of at most 300 characters",
    "[]": "found []: write { and } around it",
    '{"title": "A",\n "lead" "B"}': "found in line 2 '\"' behind a name: write a colon",
    '{"title": "A",\n}': "found in line 1 a comma that nothing follows: remove the comma",
    " ": "found an empty file: write one into it, or remove the file",
    '{"title": "A", "title": "B"}': "stands twice",
    '{"title": "A"': "found in line 1 the end of the file too early: add the closing }",
}
"""Text of a site.json -> words of the sentence that names its fault."""


@pytest.mark.parametrize("text", FAULTS)
def test_each_fault_of_the_settings_is_named(tmp_path: Path, text: str) -> None:
    """A site.json that cannot be used is named with the expected, the found and the cure."""
    (tmp_path / "notes.png").write_text("no picture")
    (tmp_path / "site.json").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_settings(tmp_path / "site.json")
    assert len(caught.value.faults) == 1
    assert FAULTS[text] in caught.value.faults[0]
    assert caught.value.faults[0].startswith(str(tmp_path / "site.json"))


@pytest.mark.parametrize("name", ["page_links", "public_url", "reader", "scripts"])
def test_the_examples_of_the_settings_are_true(name: str) -> None:
    """The functions that read settings give the results that their docstrings show."""
    outcome = doctest.testmod(importlib.import_module(f"scanner.offline.site.{name}"))
    assert outcome.attempted > 0
    assert outcome.failed == 0


def test_a_file_with_another_encoding_is_told_how_to_be_saved(tmp_path: Path) -> None:
    """A site.json that an editor saved as Windows-1252 is named with the line and the encoding to choose."""
    (tmp_path / "site.json").write_bytes('{"language": "de",\n "title": "Bücher"}'.encode("cp1252"))
    with pytest.raises(SettingsError, match="found in line 2 letters that are not UTF-8: save the file again with"):
        read_settings(tmp_path / "site.json")


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("http://localhost:8000/", "this computer"),
        ("http://127.0.0.1/", "this computer"),
        ("https://192.168.1.20/scan/", "your own network"),
        ("https://10.0.0.5/", "your own network"),
        ("https://macbook.local/", "your own network"),
        ("https://nas/", "your own network"),
        ("https://books.example/", None),
        ("https://8.8.8.8/", None),
    ],
)
def test_a_public_address_that_readers_cannot_open_is_warned_of(address: str, who: str | None) -> None:
    """A QR code for this computer or a private network would be printed in vain, so a warning says not to."""
    told = read_settings(None, {"public-url": address}).warnings
    assert len(told) == (who is not None)
    assert who is None or f"which only {who} can open: do not print its QR code" in told[0]


def test_the_sheet_says_what_to_do_in_the_owners_words() -> None:
    """Without a sentence for the sheet, the page's heading stands below the sentence that opens the page."""
    settings = read_settings(None, {"public-url": "https://books.example/", "language": "fr"})
    plain = printed_files(settings)["sheet.html"].decode()
    assert html.escape(WORDS["fr"]["code"]) + "</p><p>" + html.escape(WORDS["fr"]["sheet"]) in plain
    ours = printed_files(replace(settings, heading="Visez une couverture"))["sheet.html"].decode()
    assert html.escape(WORDS["fr"]["code"]) + "</p><p>Visez une couverture</p>" in ours


def test_all_faults_are_named_at_once(mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A site.json with three faults and an option with a fourth give four lines, exit code 1 and no site."""
    config = tmp_path / "site.json"
    config.write_text('{"titel": "A", "language": "xx", "logo": "none.png", "lead": "Good"}', encoding="utf-8")
    arguments = ["--bundle", str(mine / "b.json"), "--config", str(config), "--colour", "beige-ish"]
    assert main(["-o", str(tmp_path / "dist"), *arguments]) == 1
    told = capsys.readouterr().err.splitlines()
    assert [line.startswith("error: ") for line in told] == [True] * 4
    assert not (tmp_path / "dist").exists()


@pytest.mark.parametrize("accent", ["#ffee00", "#8a1538", "#777777", "#000000", "#ffffff", "#c9431c"])
def test_every_accent_gives_a_page_that_can_be_read(accent: str) -> None:
    """Whatever the colour, words have a contrast of 4.5 and the button has one of 3, in the light and in the dark."""
    colours, told = palette({"accent": accent}, {})
    for theme in (colours.light, colours.dark):
        for ink, ground in (
            ("text", "background"),
            ("faint", "background"),
            ("good", "background"),
            ("on_accent", "accent"),
        ):
            assert contrast(getattr(theme, ink), getattr(theme, ground)) >= 4.5, (ink, theme)
        assert contrast(theme.accent, theme.background) >= 3
    assert (len(told) == 1) == (contrast(accent, colours.light.background) < 3)


def test_a_corrected_colour_is_said(mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A button that nobody could see is made darker, and the command says which colour the page uses."""
    arguments = ["--bundle", str(mine / "b.json"), "--runtime", "cdn", "--colour", "yellow"]
    assert main(["-o", str(tmp_path / "dist"), *arguments]) == 0
    told = capsys.readouterr().err
    assert "accent #ffff00 on #ffffff has a contrast of 1.1, and a button needs 3: the page uses #" in told


def test_every_language_has_every_word_of_the_page() -> None:
    """Each of the scanner's ten languages has the page's words, none of them left in English."""
    files = (WEB / "element" / "languages.js").read_text(encoding="utf-8")
    of_the_element = re.findall(r'^ {2}"?([\w-]+)"?: \(\) => import', files, re.M)
    assert set(LANGUAGES) == {"en", *of_the_element}
    assert len(LANGUAGES) == 10
    for tag, words in WORDS.items():
        assert words.keys() == WORDS["en"].keys(), tag
        assert tag == "en" or not [key for key, text in words.items() if text == WORDS["en"][key]], tag


def test_the_documents_table_has_every_key() -> None:
    """docs/reader-page.md describes each key of site.json, and no other."""
    text = (PROJECT / "docs" / "reader-page.md").read_text(encoding="utf-8")
    table = text.partition("## Settings")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([^`]+)` \|", table, re.M)) == set(KEYS)
    example = json.loads(re.search(r"```json\n(.*?)```", text, re.S)[1])
    assert set(example) <= set(KEYS)
