"""<image-scanner>: what people see and what sites get, in every state, in English and Japanese."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

TESTS = Path(__file__).parent
PICTURES = TESTS.parent / "reference_images"
SCRIPTED_CAMERA = (TESTS / "scripted_camera.js").read_text(encoding="utf-8")
AXE = TESTS.parent / "web" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"viewport": {"width": 360, "height": 740}}
# The frame on the phone's page is a square of 288 px; the picture shown to the scripted camera fits it.
FILLS_THE_FRAME = "scriptedCamera.show('album.png', 0.65).then(() => (scriptedCamera.rise = -0.04))"

LISTEN = """
    globalThis.events = [];
    for (const type of ["ready", "match", "error"]) {
      addEventListener(type, ({ detail }) => detail !== undefined && events.push([type, detail?.id ?? detail?.code]));
    }
"""


def open_page(browser_with_camera, site: str, before: str = "", **options: object) -> Page:
    page = browser_with_camera(None, service_workers="block", **{**PHONE, **options}).new_page()
    page.add_init_script(SCRIPTED_CAMERA + "scriptedCamera.size = [720, 1280];" + LISTEN + before)
    page.route("**/album.png", lambda route: route.fulfill(path=PICTURES / "album.png"))
    page.goto(site)
    return page


def wait_for(page: Page, view: str) -> None:
    page.wait_for_function(
        "(view) => document.querySelector('image-scanner').getAttribute('state') === view", arg=view, timeout=60_000
    )


def test_permission_is_explained_before_it_is_asked(site, browser_with_camera):
    """The first thing people see says what will happen; the camera is asked for only after their tap."""
    page = open_page(browser_with_camera, site)
    page.get_by_role("button", name="Start camera").wait_for()
    assert page.evaluate("scriptedCamera.requests.length") == 0
    page.get_by_role("button", name="Start camera").click()
    page.wait_for_function("scriptedCamera.requests.length === 1")


def test_a_find_shows_title_distance_and_link_and_can_be_scanned_again(site, browser_with_camera):
    """What was found is named with its title, id, distance and address; one tap scans on."""
    page = open_page(browser_with_camera, site)
    page.evaluate(FILLS_THE_FRAME)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "found")
    assert page.locator(".found .name").inner_text().startswith("Golden Hour")
    assert page.locator(".found .id").inner_text() == "album"
    assert page.locator(".found .distance").inner_text().endswith("of 144")
    assert page.locator(".found .follow").get_attribute("href") == "https://example.org/pictures/3"
    assert page.evaluate("events.filter(([type]) => type === 'match')") == [["match", "album"]]
    assert len(page.locator(".outline polygon").get_attribute("points").split()) == 4
    page.evaluate("scriptedCamera.picture = null")
    page.get_by_role("button", name="Scan again").click()
    wait_for(page, "scanning")


def test_the_outline_lies_on_the_picture(site, browser_with_camera):
    """The four corners drawn over the camera picture are those of the picture, within a few per cent."""
    page = open_page(browser_with_camera, site)
    page.evaluate(FILLS_THE_FRAME)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "found")
    drawn = page.locator(".outline polygon").get_attribute("points")
    points = [tuple(map(float, point.split(","))) for point in drawn.split()]
    # 720 x 1280 shown with object-fit: cover in 360 x 740: scale 740 / 1280. The picture is 468 frame px large, its
    # middle 4 % of the frame's height above the frame's.
    half, middle = 468 * 740 / 1280 / 2, 370 - 0.04 * 740
    expected = [(180 + x * half, middle + y * half) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    for (x, y), (across, down) in zip(points, expected, strict=True):
        assert abs(x - across) < 22
        assert abs(y - down) < 22


def test_a_photo_works_where_no_camera_does(site, browser_with_camera):
    """Without a camera people are offered to use a photograph, and it is recognised."""
    page = open_page(browser_with_camera, site, "scriptedCamera.answers = ['NotFoundError'];")
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "error")
    assert page.get_by_role("heading", name="No camera found").is_visible()
    page.set_input_files("input.file", PICTURES / "album.png")
    wait_for(page, "found")
    assert page.locator(".found .id").inner_text() == "album"


@pytest.mark.parametrize(
    ("answer", "heading"),
    [
        ("NotAllowedError", "The camera is not allowed"),
        ("NotFoundError", "No camera found"),
        ("NotReadableError", "The camera is busy"),
    ],
)
def test_an_error_says_what_to_do(answer, heading, site, browser_with_camera):
    """No bare error: a heading people understand, what to do, a way on, and the code for those who help them."""
    page = open_page(browser_with_camera, site, f"scriptedCamera.answers = ['{answer}'];")
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "error")
    assert page.get_by_role("heading", name=heading).is_visible()
    assert len(page.locator(".problem-text").inner_text()) > 20
    page.evaluate("scriptedCamera.answers = ['ok']")
    page.get_by_role("button", name="Try again").click()
    wait_for(page, "scanning")


IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "words"),
    [(IPHONE, "Website Settings"), (ANDROID, "Permissions"), (ANDROID + " Instagram 350", "own browser")],
)
def test_advice_fits_the_device(agent, words, site, browser_with_camera):
    """The way to the camera's permission differs on iPhone, Android and inside apps: each is told its own."""
    page = open_page(browser_with_camera, site, "scriptedCamera.answers = ['NotAllowedError'];", user_agent=agent)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "error")
    assert words in page.locator(".problem-text").inner_text()


def test_it_speaks_japanese(site, browser_with_camera):
    """The element follows the page's language; a site may replace any word."""
    page = open_page(browser_with_camera, site, locale="ja-JP")
    page.get_by_role("button", name="カメラを起動").wait_for()
    page.evaluate("document.querySelector('image-scanner').strings = { start: 'はじめる' }")
    page.get_by_role("button", name="はじめる").wait_for()


def test_every_language_has_every_string(site, browser_with_camera):
    """No language lacks a word or a {placeholder} that another has."""
    page = open_page(browser_with_camera, site)
    assert (
        page.evaluate("""async () => {
        const { stringsFor } = await import("./strings.js");
        const [english, japanese] = [stringsFor("en"), stringsFor("ja")];
        const holes = (text) => (text.match(/\\{\\w+\\}/g) ?? []).sort().join();
        return Object.keys(english).concat(Object.keys(japanese))
          .filter((key) => !japanese[key] || !english[key] || holes(english[key]) !== holes(japanese[key]));
    }""")
        == []
    )


def test_it_can_be_used_by_keyboard_alone(site, browser_with_camera):
    """Tab and Enter start the scanner and scan again; the focus is never lost behind the find."""
    page = open_page(browser_with_camera, site)
    page.get_by_role("button", name="Start camera").wait_for()
    page.evaluate(FILLS_THE_FRAME)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_for(page, "found")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "document.querySelector('image-scanner').view !== 'found' || events.length > 2", timeout=20_000
    )


def test_removed_from_the_page_it_leaves_no_camera_on(site, browser_with_camera):
    """Taking the element out of the document ends everything; putting it back gives a fresh scanner."""
    page = open_page(browser_with_camera, site)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "scanning")
    page.evaluate("globalThis.element = document.querySelector('image-scanner'); element.remove()")
    assert page.evaluate("scriptedCamera.lit()") == 0
    page.evaluate("document.querySelector('main').prepend(element)")
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "scanning")
    assert page.evaluate("scriptedCamera.lit()") == 1


def test_a_link_that_is_not_a_web_address_is_not_offered(site, browser_with_camera):
    """A bundle from elsewhere cannot make the page run script: only http and https addresses are followed."""
    page = open_page(browser_with_camera, site)

    def poisoned(route):
        body = route.fetch().text().replace("https://example.org/pictures/3", "javascript:alert(1)")
        route.fulfill(body=body, content_type="application/json")

    page.route("**/poisoned.json", lambda route: route.fulfill(status=404))
    page.context.route("**/hashes/references.json*", poisoned)
    page.evaluate("document.querySelector('image-scanner').setAttribute('bundle', 'hashes/references.json?poisoned')")
    page.evaluate(FILLS_THE_FRAME)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "found")
    assert page.locator(".found .follow").is_hidden()


VIEWS = {
    "welcome": "",
    "asking": "scriptedCamera.answers = ['never'];",
    "error": "scriptedCamera.answers = ['NotAllowedError'];",
    "scanning": "",
    "found": "",
}


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: npm --prefix web install")
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_accessibility_rule_is_broken(view, scheme, site, browser_with_camera):
    """axe-core finds nothing to complain about in any view, light or dark."""
    page = open_page(browser_with_camera, site, VIEWS[view], color_scheme=scheme, reduced_motion="reduce")
    start = page.get_by_role("button", name="Start camera")
    start.wait_for()
    if view == "found":
        page.evaluate(FILLS_THE_FRAME)
    if view != "welcome":
        start.click()
    wait_for(page, view)
    page.add_script_tag(path=AXE)
    violations = page.evaluate(
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))"
    )
    assert violations == []
