"""Every view of <image-scanner> fits a small phone in every language."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from support.browsers import OpenBrowser
from support.places import SUPPORT

LANGUAGES = ("en", "ja", "de", "fr", "es", "pt", "it", "ko", "zh-Hans", "zh-Hant")


@pytest.fixture
def phone(site: str, browser_with_camera: OpenBrowser) -> Page:
    """An empty page of the site on a phone of 360 x 740 CSS px, with `everyView` of every_view.js."""
    page = browser_with_camera(None, service_workers="block", viewport={"width": 360, "height": 740}).new_page()
    page.route("**/empty.html", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.emulate_media(reduced_motion="reduce")  # a card that still rises is no misfit
    page.goto(site + "empty.html")
    page.evaluate((SUPPORT / "every_view.js").read_text(encoding="utf-8"))
    return page


def test_every_view_fits_a_small_phone_in_every_language(phone: Page) -> None:
    """On a phone 360 px wide, no view cuts a text, breaks a button or has to be scrolled, however long a title is."""
    for language in LANGUAGES:
        assert phone.evaluate("(language) => everyView.misfits(language)", language) == []


def test_a_text_that_is_too_long_is_named(phone: Page) -> None:
    """The measurement itself notices a button that breaks, and a card that runs out of the phone."""
    phone.evaluate("""async () => {
        const { ENGLISH } = await import("./strings.js");
        ENGLISH.again = "Scan this picture or another one again";
        ENGLISH.notFoundText = "Nothing. ".repeat(400);
    }""")
    misfits = "\n".join(phone.evaluate("everyView.misfits('en')"))
    assert '"Scan this picture or another one again" is wider than the phone' in misfits
    assert "is higher than the phone" in misfits
