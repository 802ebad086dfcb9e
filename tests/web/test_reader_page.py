"""The reader page speaks the reader's language, names a picture, works without a network, and fits a phone."""

from __future__ import annotations

import base64
import io
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

from scanner import HashBundle
from scanner.offline.command.main import site as main
from scanner.offline.site.page_words import WORDS
from scanner.offline.site.serve import serving
from support.browsers import OpenBrowser
from support.places import PICTURES, PROJECT, SCRIPTED_CAMERA, WEB
from support.scanner_page import until

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
PHONE: ViewportSize = {"width": 360, "height": 740}
SHOW = "(source) => scriptedCamera.show(source, 0.65).then(() => (scriptedCamera.rise = -0.04))"
NEVER_ASKED = "navigator.permissions.query = async () => ({ state: 'prompt' });"
GALLERY = "[...document.querySelectorAll('.gallery img')]"
SETTINGS = {"title": "Lighthouse Books", "colours": "#8a1538", "links": {"Imprint": "imprint.html"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the bundle of two pictures of one's own, their thumbnails, settings, and an imprint."""
    folder = tmp_path_factory.mktemp("ours")
    known = HashBundle.load(PROJECT / "hashes" / "references.json").references
    references = []
    for name in ("album", "film"):
        with Image.open(PICTURES / f"{name}.png") as picture:
            picture.convert("RGB").resize((90, 120)).save(folder / f"{name}.webp")
        fields = {"title": f"Our {name}", "url": "https://books.example/", "thumbnail": f"{name}.webp"}
        references.append(replace(next(one for one in known if one.id == name), fields=fields))
    HashBundle(references).save(folder / "b.json")
    (folder / "site.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    (folder / "own").mkdir()
    (folder / "own" / "imprint.html").write_text("<!doctype html><title>Imprint</title><p>Our house</p>")
    return folder


def assemble(folder: Path, *options: str) -> Path:
    site = folder / "dist"
    assert main(["-o", str(site), "--bundle", str(folder / "b.json"), "--own", str(folder / "own"), *options]) == 0
    return site


@pytest.fixture(scope="module")
def reader(folder: Path) -> Iterator[str]:
    """The address of the folder's reader page, which has its printed files beside it."""
    with serving(assemble(folder, "--public-url", "https://books.example/scan/")) as base:
        yield base


def data_address(name: str) -> str:
    return "data:image/png;base64," + base64.b64encode((PICTURES / f"{name}.png").read_bytes()).decode()


def test_a_reader_finds_a_book_and_comes_back_without_a_network(
    folder: Path, reader: str, browser_with_camera: OpenBrowser
) -> None:
    """In German: welcome, find and link, no id or distance, all under the policy; offline; news of a newer page."""
    context = browser_with_camera(None, viewport=PHONE, locale="de-AT")
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type in {"error", "warning"} else None)
    page.add_init_script(NEVER_ASKED + SCRIPTED_CAMERA + "scriptedCamera.size = [720, 1280];")
    page.goto(reader)
    page.get_by_role("heading", name="Lighthouse Books").wait_for()
    page.get_by_role("button", name="Kamera starten").click()
    until(page, "document.querySelector('image-scanner').scanner.status.state === 'scanning'")
    page.evaluate(SHOW, data_address("album"))
    page.get_by_role("heading", name="Our album").wait_for()
    assert page.get_by_role("link", name="Öffnen").get_attribute("href") == "https://books.example/"
    card = page.evaluate("document.querySelector('image-scanner').shadowRoot.querySelector('.found').innerText")
    assert "144" not in card
    assert "ID" not in card.split()
    page.get_by_role("heading", name=WORDS["de"]["gallery"]).wait_for()
    until(page, f"{GALLERY}.every((one) => one.complete && one.naturalWidth)")
    assert (
        page.evaluate("[...document.querySelectorAll('.gallery a')].map(({ href }) => href)")
        == ["https://books.example/"] * 2
    )

    until(page, "navigator.serviceWorker.controller !== null")
    until(page, f"Promise.all({GALLERY}.map(({{ src }}) => caches.match(src))).then((all) => all.every(Boolean))")
    context.set_offline(True)
    page.goto(reader + "imprint.html")
    assert page.get_by_text("Our house").is_visible()
    page.goto(reader)
    page.get_by_role("button", name="Kamera starten").click()
    until(page, "document.querySelector('image-scanner').scanner.status.state === 'scanning'")
    context.set_offline(False)

    newer = f"Lighthouse Books {time.time_ns()}"  # never the title of an earlier run: equal files would be no news
    assemble(folder, "--title", newer)
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    page.get_by_text(WORDS["de"]["update"]).wait_for()
    news, name = (page.locator(each).bounding_box() for each in (".update", ".brand h1"))
    assert news
    assert name
    assert news["y"] + news["height"] <= name["y"], "news of a newer page covers the name of the page"
    page.get_by_role("button", name=WORDS["de"]["reload"]).click()
    page.get_by_role("heading", name=newer).wait_for()
    assert [text for text in told if "ERR_INTERNET_DISCONNECTED" not in text] == []


LANGUAGES = {
    "en-GB": "en",
    "ja-JP": "ja",
    "de-CH": "de",
    "fr-CA": "fr",
    "es-MX": "es",
    "pt-PT": "pt",
    "it-IT": "it",
    "ko-KR": "ko",
    "zh-CN": "zh-Hans",
    "zh-SG": "zh-Hans",
    "zh-HK": "zh-Hant",
    "nl-NL": "en",
}
"""Language of a visitor -> the language of the page."""


def test_the_page_follows_the_visitors_language_and_fits(reader: str, shared_browser: Browser) -> None:
    """Page and scanner speak each visitor's language, and no word leaves the screen of a narrow phone."""
    context = shared_browser.new_context(viewport=PHONE, service_workers="block")
    page = context.new_page()
    page.add_init_script(NEVER_ASKED)
    for asked, language in LANGUAGES.items():
        page.goto(f"{reader}?lang={asked}")
        until(page, f"document.documentElement.lang === '{language}'")
        until(page, "document.querySelector('image-scanner').shadowRoot.querySelector('.start').textContent !== ''")
        assert page.locator(".update .reload").text_content() == WORDS[language]["reload"]
        page.evaluate("for (const one of document.querySelectorAll('.update, .gallery')) one.hidden = false")
        wide = page.evaluate("""() => [...document.querySelectorAll('h1, h2, p, a, button, .update')].filter((one) => {
            const { left, right } = one.getBoundingClientRect();
            return left < 0 || right > innerWidth || one.scrollWidth > one.clientWidth + 1;
        }).map((one) => one.outerHTML)""")
        assert wide == [], language
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], language
    context.close()


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: npm --prefix web install")
def test_everybody_can_use_the_page(reader: str, shared_browser: Browser) -> None:
    """The page breaks no rule of axe-core, contrasts among them, light or dark."""
    for scheme in ("light", "dark"):
        context = shared_browser.new_context(
            viewport=PHONE, color_scheme=scheme, service_workers="block", bypass_csp=True
        )
        page = context.new_page()
        page.add_init_script(NEVER_ASKED)
        page.goto(reader + "?lang=de")
        page.get_by_role("button", name="Kamera starten").wait_for()
        page.add_script_tag(path=AXE)
        violations = page.evaluate(
            "() => axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))"
        )
        assert violations == []
        context.close()


def test_a_phone_reads_the_printed_code(folder: Path, reader: str, shared_browser: Browser) -> None:
    """The QR code of drawing and sheet leads to the page's address, and the sheet fits one page of A5."""
    printed = folder / "dist-print"
    context = shared_browser.new_context(viewport={"width": 560, "height": 794})
    page = context.new_page()
    for name in ("qr.svg", "sheet.html"):
        page.goto((printed / name).as_uri())
        (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())).convert("L"))
        assert read.text == "https://books.example/scan/"
    assert page.get_by_text(WORDS["en"]["sheet"]).is_visible()
    assert pages_of(page) == 1
    context.close()


def pages_of(page: Page) -> int:
    """Returns how many sheets of paper a page takes."""
    return page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
