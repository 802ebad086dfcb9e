"""<image-scanner> speaks the page's language, and a site gives words of its own without JavaScript."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, Route

from scanner.offline.site.page_words import WORDS as PAGE_WORDS
from support.browsers import OpenBrowser
from support.in_node import node

LANGUAGES = ("en", "ja", "de", "fr", "es", "pt", "it", "ko", "zh-Hans", "zh-Hant")
OURS = "<image-scanner>"
START = {"en": "Start camera", "ja": "カメラを起動", "de": "Kamera starten"}

OpenElement = Callable[..., "Opened"]


class Opened(NamedTuple):
    """A page of a site that holds the element.

    Attributes:
        page: the page.
        told: what the element told the console.
        asked: every address that the page asked for.
    """

    page: Page
    told: list[str]
    asked: list[str]


@pytest.fixture
def open_element(site: str, browser_with_camera: OpenBrowser) -> OpenElement:
    """Opens a page with an element, and with JSON files beside it, named by keywords."""

    def open_page(element: str, *, html: str = '<html lang="en">', locale: str = "en-GB", **files: str) -> Opened:
        screen = {"width": 360, "height": 740}
        page = browser_with_camera(None, service_workers="block", locale=locale, viewport=screen).new_page()
        opened = Opened(page, [], [])
        page.on("console", lambda message: opened.told.append(message.text) if OURS in message.text else None)
        page.on("request", lambda request: opened.asked.append(request.url))
        body = f"<!doctype html>{html}<meta charset=utf-8><title>A page of somebody's site</title>"
        body += f'<body style="margin: 0"><script type="module" src="image-scanner-element.js"></script>{element}'
        page.route("**/own.html", lambda route: route.fulfill(body=body, content_type="text/html"))
        for name, content in files.items():
            page.route(f"**/{name}.json", answering(content))
        page.goto(site + "own.html")
        return opened

    return open_page


def answering(content: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=content)


def starts(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).wait_for(timeout=10_000)


def test_every_language_has_every_word() -> None:
    """Every language has every word, with every {placeholder} of the word, and no word in English."""
    languages = node("""
        import { ENGLISH, LANGUAGES } from "./strings.js";
        import { loadWords, wordsOf } from "./element/languages.js";
        await Promise.all(LANGUAGES.map(loadWords));
        console.log(JSON.stringify(Object.fromEntries(LANGUAGES.map((language) => [language, wordsOf(language)]))));
    """)
    assert tuple(languages) == LANGUAGES
    english = languages["en"]
    for language, words in languages.items():
        assert list(words) == list(english), language
        for key, word in words.items():
            assert word, key
            assert holes(word) == holes(english[key]), f"{language} {key}"
        untranslated = [key for key, word in words.items() if language != "en" and " " in word and word == english[key]]
        assert set(untranslated) <= {"reportReady"}, language


def test_no_french_line_begins_with_punctuation() -> None:
    """French sets ":", "?" and quotation marks off with a space at which no line breaks, in element and page."""
    element = node("""
        import { WORDS } from "./element/words/fr.js";
        console.log(JSON.stringify(WORDS));
    """)
    for text in [*element.values(), *PAGE_WORDS["fr"].values()]:
        assert not re.search(r" [:;?!»]|« ", text), text


def holes(text: str) -> list[str]:
    """Returns the {placeholders} of a text, sorted."""
    return sorted(re.findall(r"\{\w+\}", text))


def test_a_language_tag_of_any_form_finds_its_words() -> None:
    """A region, a script and a server's underscore lead to the language's words; no other language is taken for it."""
    expected = {
        "de": "de", "de-AT": "de", "de_CH": "de", "DE": "de", "pt-BR": "pt", "pt-PT": "pt", "es-419": "es",
        "fr-CA": "fr", "it": "it", "ko-KR": "ko", "ja-JP": "ja", "en-GB": "en", "zh": "zh-Hans", "zh-CN": "zh-Hans",
        "zh-SG": "zh-Hans", "zh-HK": "zh-Hant", "zh-TW": "zh-Hant", "zh-MO": "zh-Hant", "zh-Hant-CN": "zh-Hant",
        "zh-Hans-HK": "zh-Hans", "nl": None, "": None, "*": None, "jam": None, "deutsch!": None,
    }  # fmt: skip
    found = node(f"""
        import {{ languageFor }} from "./element/languages.js";
        console.log(JSON.stringify({json.dumps(list(expected))}.map((tag) => languageFor([tag]))));
    """)
    assert dict(zip(expected, found, strict=True)) == expected


def test_a_page_speaks_its_language_and_downloads_no_other(open_element: OpenElement) -> None:
    """A German page speaks German, and its visitor downloads the words of no other language but English."""
    page, told, asked = open_element("<image-scanner></image-scanner>", html='<html lang="de-AT">')
    starts(page, START["de"])
    assert page.locator(".stage").get_attribute("lang") == "de"
    assert sorted(address.rpartition("/")[2] for address in asked if "/element/words/" in address) == ["de.js", "en.js"]
    assert told == []


def test_no_english_flashes_up_before_the_words_arrive(open_element: OpenElement) -> None:
    """While the words of its language are on their way, the element shows none, but its picture; later, English."""
    page = open_element("<p>Nothing yet.</p>").page
    kept: list[Route] = []
    page.route("**/element/words/de.js", lambda route: kept.append(route))  # noqa: PLW0108 - Playwright marks functions
    opacity = """[".stage", "video", ".welcome"].map((part) =>
        getComputedStyle(document.querySelector("image-scanner").shadowRoot.querySelector(part)).opacity).join("")"""
    at_first = f"document.body.innerHTML = '<image-scanner lang=\"de\"></image-scanner>'; {opacity}"
    assert page.evaluate(at_first) == "110"
    page.wait_for_function(f"{opacity} === '111'")
    starts(page, START["en"])
    kept[0].continue_()
    starts(page, START["de"])
    assert page.evaluate(opacity) == "111"


def test_the_nearest_lang_wins_then_the_visitors_languages(open_element: OpenElement) -> None:
    """The element's own lang counts first, then the lang of what is around it, then the visitor's languages."""
    page = open_element('<div lang="ja"><image-scanner lang="de"></image-scanner></div>').page
    starts(page, START["de"])
    page.evaluate("document.querySelector('image-scanner').removeAttribute('lang')")
    starts(page, START["ja"])
    page = open_element("<image-scanner></image-scanner>", html="<html>", locale="de-DE").page
    starts(page, START["de"])


def test_a_language_that_is_not_there_is_told_once(open_element: OpenElement) -> None:
    """A language without words is English, and the console is told once of what there is and how to give own words."""
    elements = "<image-scanner></image-scanner><image-scanner></image-scanner>"
    page, told, _ = open_element(elements, html='<html lang="nl">')
    page.get_by_role("button", name=START["en"]).first.wait_for()
    page.evaluate("document.querySelector('image-scanner').setAttribute('zoom', 'off')")
    [text] = heard(page, told, 1)
    for part in ('"nl"', ", ".join(LANGUAGES), 'words="'):
        assert part in text


def test_words_that_cannot_be_loaded_are_english(open_element: OpenElement) -> None:
    """Without the file of its language the element speaks English, and says which file is missing."""
    page, told, _ = open_element("<p>Nothing yet.</p>")
    page.route("**/element/words/fr.js", lambda route: route.fulfill(status=404, body="not here"))
    page.evaluate("document.body.innerHTML = '<image-scanner lang=\"fr\"></image-scanner>'")
    starts(page, START["en"])
    [text] = heard(page, told, 1)
    assert "element/words/fr.js" in text
    assert "speaks English" in text
    page.wait_for_function("!document.querySelector('image-scanner').shadowRoot.querySelector('[data-wordless]')")


def test_own_words_need_no_javascript(open_element: OpenElement) -> None:
    """A file, an attribute and a child each replace words; a child beats the attribute, and the property beats both."""
    page, told, _ = open_element('<image-scanner words="own.json"></image-scanner>', own='{"start": "From a file"}')
    starts(page, "From a file")
    page.evaluate(
        """document.querySelector("image-scanner").setAttribute("words", '{"start": "From the attribute"}')"""
    )
    starts(page, "From the attribute")
    page.evaluate("""() => {
        const child = Object.assign(document.createElement("script"), { type: "application/json", slot: "words" });
        document.querySelector("image-scanner").append(child);
        child.textContent = '{"start": "From a child", "photo": "A photo of a child"}';
    }""")
    starts(page, "From a child")
    page.evaluate("document.querySelector('image-scanner').strings = { start: 'From the property' }")
    starts(page, "From the property")
    starts(page, "A photo of a child")
    page.evaluate("document.querySelector('image-scanner').strings = null")
    page.evaluate("document.querySelector('[slot=words]').remove()")
    starts(page, "From the attribute")
    page.evaluate("document.querySelector('image-scanner').removeAttribute('words')")
    starts(page, START["en"])
    assert told == []


def test_own_words_in_the_page_replace_words_of_any_language(open_element: OpenElement) -> None:
    """Words in a child that the page's HTML holds stand among the words of the page's language."""
    child = '<script type="application/json" slot="words">{"start": "Los geht’s"}</script>'
    page = open_element(f'<image-scanner lang="de">{child}</image-scanner>').page
    starts(page, "Los geht’s")
    starts(page, "Stattdessen ein Foto")


def test_mistakes_in_own_words_are_told(open_element: OpenElement) -> None:
    """A misspelt key is told with the key that is meant; JSON, a file or a word that is none is told and ignored."""
    words = {"a": '{"strat": "Go", "title": 7, "no-camera.ios": "No camera", "photo": "Photo!"}', "b": '{"start": '}
    words |= {"c": "missing.json", "d": "list.json"}
    elements = "".join(f"<image-scanner id={name} words='{value}'></image-scanner>" for name, value in words.items())
    page, told, _ = open_element(elements, list="[1]")
    page.locator("#a").get_by_role("button", name="Photo!").wait_for()
    page.locator("#b").get_by_role("button", name=START["en"]).wait_for()
    heard(page, told, 5)
    page.evaluate("document.querySelector('#d').strings = { scanagain: '', colour: '' }")
    text = "\n".join(heard(page, told, 7))
    for part in (
        *('no word "strat"', 'is "start" meant?', 'the word "title"', "found a number"),
        *("the attribute words: expected JSON", "missing.json", "status 404"),
        *("list.json: expected an object", "found a list", '"scanagain"', '"colour"', "the property strings"),
    ):
        assert part in text


def test_only_errors_have_words_for_a_kind_of_device() -> None:
    """An error has own words for each kind of device; a button's are told, because the element never says them."""
    given = {"no-camera.ios": "1", "permission-denied.text": "2", "start.ios": "3", "title.text": "4"}
    kept = node(f"""
        import {{ checkedWords }} from "./element/own-words.js";
        console.log(JSON.stringify(checkedWords({json.dumps(given)}, "a test")));
    """)
    assert list(kept) == ["no-camera.ios", "permission-denied.text"]


def heard(page: Page, told: list[str], count: int) -> list[str]:
    """Waits until the console has been told so many things, and returns them."""
    for _ in range(200):
        if len(told) >= count:
            break
        page.wait_for_timeout(50)
    assert len(told) == count, told
    return told
