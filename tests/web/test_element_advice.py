"""<image-scanner> says what to do in every error, and where a person waits in vain."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Playwright

from support.browsers import OpenBrowser
from support.element_page import ANDROID, IPHONE, PHONE, open_page, wait_for
from support.places import PICTURES


@pytest.mark.parametrize(
    ("answer", "heading"),
    [
        ("NotAllowedError", "The camera is not allowed"),
        ("NotFoundError", "No camera found"),
        ("NotReadableError", "The camera is busy"),
    ],
)
def test_an_error_says_what_to_do(answer: str, heading: str, site: str, browser_with_camera: OpenBrowser) -> None:
    """Every error has a heading that people understand, a remedy, a way on, and the code for their helpers."""
    page = open_page(browser_with_camera, site, f"scriptedCamera.answers = ['{answer}'];")
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "error")
    assert page.get_by_role("heading", name=heading).is_visible()
    assert len(page.locator(".problem-text").inner_text()) > 20
    page.evaluate("scriptedCamera.answers = ['ok']")
    page.get_by_role("button", name="Try again").click()
    wait_for(page, "scanning")


@pytest.mark.parametrize(
    ("agent", "words"),
    [(IPHONE, "Website Settings"), (ANDROID, "Permissions"), (ANDROID + " Instagram 350", "own browser")],
)
def test_advice_fits_the_device(agent: str, words: str, site: str, browser_with_camera: OpenBrowser) -> None:
    """People on an iPhone, on Android and inside an app each read their own way to the camera's permission."""
    page = open_page(browser_with_camera, site, "scriptedCamera.answers = ['NotAllowedError'];", user_agent=agent)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "error")
    assert words in page.locator(".problem-text").inner_text()


def test_advice_comes_after_five_seconds_and_not_before(site: str, browser_with_camera: OpenBrowser) -> None:
    """A person who has found nothing for five seconds gets advice; a person who has just begun gets none."""
    page = open_page(browser_with_camera, site)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "scanning")
    page.wait_for_timeout(3500)
    assert page.locator(".hint").inner_text() == "Fit the picture into the frame"
    page.locator(".hint").get_by_text("Come closer").wait_for(timeout=6000)
    assert page.locator(".spoken[role=status]").last.inner_text().startswith("Come closer")


FLAT_ART = """(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 400, height: 400 });
    const context = canvas.getContext("2d");
    for (const [at, colour] of ["#1d3557", "#e63946", "#a8dadc", "#f1c40f"].entries()) {
      context.fillStyle = colour;
      context.fillRect((at % 2) * 180, at > 1 ? 150 : 0, 220, 250);
    }
    return scriptedCamera.show(canvas.toDataURL(), 0.9);
})()"""


def test_an_unknown_picture_held_still_is_called_that(site: str, browser_with_camera: OpenBrowser) -> None:
    """A person who holds an unknown picture still is never told to; after twelve seconds the page says "unknown"."""
    page = open_page(browser_with_camera, site)
    page.evaluate("""() => {
        globalThis.hints = [];
        addEventListener("state", ({ detail }) => hints.push(detail.hint));
    }""")
    page.evaluate(FLAT_ART)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "scanning")
    page.wait_for_timeout(9000)
    assert page.locator(".hint.advice").inner_text() == "Show all of the picture, straight on"
    page.locator(".hint").get_by_text("This may not be one of the known pictures").wait_for(timeout=9000)
    assert "steady" not in page.evaluate("hints")


# The demo bundle has no two references that look alike, so the test makes the verdict an ambiguous one.
AMBIGUOUS = """async () => {
    const { ScannerClient } = await import("./page/scanner-client.js");
    const judge = ScannerClient.prototype.scanFrame;
    ScannerClient.prototype.scanFrame = async function (...told) {
      return { ...(await judge.apply(this, told)), outcome: "ambiguous", id: null };
    };
}"""


def test_two_pictures_that_look_alike_are_called_that(site: str, browser_with_camera: OpenBrowser) -> None:
    """An ambiguous frame or photo is not called unknown: its own words say how to tell the two references apart."""
    page = open_page(browser_with_camera, site)
    page.evaluate(AMBIGUOUS)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "scanning")
    page.locator(".hint").get_by_text("Two of the known pictures look alike here").wait_for(timeout=9000)
    page.set_input_files("input.file", PICTURES / "album.png")
    wait_for(page, "missed")
    text = "Two of the known pictures look alike in this photo."
    assert page.locator(".missed p").inner_text().startswith(text)
    assert page.locator(".spoken[role=status]").last.inner_text().startswith(f"Not recognised. {text}")


def test_an_app_that_keeps_the_camera_has_a_way_out(site: str, browser_with_camera: OpenBrowser) -> None:
    """Inside another app, one button opens the phone's own browser and another copies the address."""
    agent = ANDROID + " Instagram 350"
    page = open_page(browser_with_camera, site, "scriptedCamera.answers = ['NotAllowedError'];", user_agent=agent)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "error")
    address = page.get_by_role("link", name="Open in browser").get_attribute("href")
    assert address.startswith("intent://" + site.partition("//")[2])
    assert address.endswith(";end")
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == site


def test_who_sees_no_question_is_told_another_way(site: str, browser_with_camera: OpenBrowser) -> None:
    """A person who has seen no question for eight seconds, while Python loads, is offered to use a photo."""
    page = open_page(browser_with_camera, site, "scriptedCamera.answers = ['never'];")
    page.get_by_role("button", name="Start camera").click()
    page.get_by_text("No question to be seen?").wait_for(timeout=12_000)
    page.evaluate("document.querySelector('image-scanner').strings = {}")  # renders anew
    assert page.get_by_text("No question to be seen?").is_visible()


def test_a_page_without_https_says_so(site: str, playwright: Playwright, chromium_path: str) -> None:
    """At an insecure address, such as one on the local network, the element asks for https, and a photo works."""
    port = urlsplit(site).port
    browser = playwright.chromium.launch(
        executable_path=chromium_path, args=["--no-sandbox", "--host-resolver-rules=MAP scanner.test 127.0.0.1"]
    )
    try:
        page = browser.new_page(**PHONE)
        page.goto(f"http://scanner.test:{port}/")
        page.get_by_role("button", name="Start camera").click()
        page.get_by_role("heading", name="This page needs https").wait_for()
        assert page.locator(".problem .code").text_content() == "insecure-context"
        secure = page.get_by_role("link", name="Open with https").get_attribute("href")
        assert secure == f"https://scanner.test:{port}/"
        page.set_input_files("input.file", PICTURES / "album.png")
        wait_for(page, "found")
    finally:
        browser.close()


def test_who_allowed_the_camera_is_not_told_to_allow_it(site: str, browser_with_camera: OpenBrowser) -> None:
    """A person who allowed the camera reads "Opening the camera", and no words about permission."""
    slow = "scriptedCamera.permission = 'granted'; scriptedCamera.answers = ['late'];"
    page = open_page(browser_with_camera, site, slow)  # starts by itself
    page.evaluate("""() => {
        const element = document.querySelector("image-scanner");
        globalThis.views = [];
        new MutationObserver(() => views.push(element.view)).observe(element, { attributeFilter: ["view"] });
    }""")
    wait_for(page, "scanning")
    page.evaluate("void document.querySelector('image-scanner').scanner.setCamera('user')")
    page.locator(".hint").get_by_text("Opening the camera…").wait_for()
    wait_for(page, "scanning")
    assert "asking" not in page.evaluate("views")


def test_a_question_left_unanswered_can_be_asked_again(site: str, browser_with_camera: OpenBrowser) -> None:
    """A person who was away when the browser asked finds "Try again", not only advice to use another browser."""
    page = open_page(browser_with_camera, site)
    page.evaluate("""async () => {
        const { ScannerError } = await import("./shared/errors.js");
        const open = navigator.mediaDevices.getUserMedia;
        const late = new ScannerError("unsupported-browser", "never answered");
        navigator.mediaDevices.getUserMedia = () => {
          navigator.mediaDevices.getUserMedia = open;
          return Promise.reject(late);
        };
    }""")
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "error")
    page.get_by_role("button", name="Try again").click()
    wait_for(page, "scanning")


HOME_SCREEN = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


@pytest.mark.parametrize(("standalone", "in_app"), [(True, False), (False, True)])
def test_a_page_on_the_home_screen_is_not_inside_an_app(
    standalone: bool, in_app: bool, site: str, browser_with_camera: OpenBrowser
) -> None:
    """A page on an iPhone's home screen names no browser, as apps do, and is still not taken for one inside an app."""
    page = open_page(browser_with_camera, site)
    told = page.evaluate(
        "(browser) => import('./element/platform.js').then(({ platform }) => platform(browser))",
        {"userAgent": HOME_SCREEN, "standalone": standalone},
    )
    assert told == {"device": "ios", "inApp": in_app}
