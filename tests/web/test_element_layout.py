"""Every view of <image-scanner> fits the window, held upright or sideways."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from support.browsers import OpenBrowser
from support.element_page import open_page, wait_for
from support.places import ICON, PICTURES


@pytest.mark.parametrize("size", [(360, 740), (320, 568), (740, 360)], ids=str)
def test_the_card_of_continuous_hides_neither_picture_nor_frame(
    size: tuple[int, int], site: str, browser_with_camera: OpenBrowser
) -> None:
    """With `continuous` the card is slim and lies clear of the guide, so that the camera's picture stays in sight."""
    camera = f"scriptedCamera.size = {[720, 1280] if size[0] < size[1] else [1280, 720]};"
    page = open_page(browser_with_camera, site, camera, viewport={"width": size[0], "height": size[1]})
    page.evaluate("document.querySelector('image-scanner').toggleAttribute('continuous', true)")
    page.evaluate("scriptedCamera.show('album.png', 0.6)")
    page.get_by_role("button", name="Start camera").click()
    card = page.locator(".found")
    card.wait_for()
    page.wait_for_timeout(500)  # the card has risen
    guide, box = page.locator(".guide").bounding_box(), card.bounding_box()
    assert guide["y"] + guide["height"] <= box["y"] or guide["x"] + guide["width"] <= box["x"]
    assert box["y"] + box["height"] <= size[1]
    assert box["width"] * box["height"] < 0.2 * size[0] * size[1]
    assert page.locator(".found .name").inner_text().startswith("Golden Hour")
    link = page.locator(".found .follow").bounding_box()
    assert link["height"] >= 44
    assert link["x"] + link["width"] <= box["x"] + box["width"]


# Returns every part to read or to tap that does not lie in the window as a whole.
CUT_OFF = """() => {
    const { shadowRoot } = document.querySelector("image-scanner");
    return [...shadowRoot.querySelectorAll("button, a, summary, h2, p, dd, .mark, .loading, .guide")]
      .filter((node) => node.checkVisibility({ visibilityProperty: true }) && node.className !== "spoken")
      .filter((node) => {
        const { left, top, right, bottom } = node.getBoundingClientRect();
        return left < -0.5 || top < -0.5 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5;
      }).map((node) => node.className || node.textContent);
}"""
SIDEWAYS = [(740, 360), (844, 390), (932, 430), (568, 320)]


def open_sideways(browser_with_camera: OpenBrowser, site: str, size: tuple[int, int], before: str = "") -> Page:
    viewport = {"width": size[0], "height": size[1]}
    return open_page(browser_with_camera, site, "scriptedCamera.size = [1280, 720];" + before, viewport=viewport)


@pytest.mark.parametrize("size", SIDEWAYS, ids=str)
def test_a_phone_held_sideways_shows_all_of_every_view(
    size: tuple[int, int], site: str, browser_with_camera: OpenBrowser
) -> None:
    """On a phone held sideways every part to read or to tap lies in the window, from the first page to the errors."""
    page = open_sideways(browser_with_camera, site, size, "scriptedCamera.answers = ['NotAllowedError', 'ok'];")
    page.get_by_role("button", name="Start camera").wait_for()
    assert page.evaluate(CUT_OFF) == []
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "error")
    assert page.evaluate(CUT_OFF) == []
    mark = page.locator(".mark").bounding_box()
    assert mark["width"] == mark["height"]  # a circle
    page.set_input_files("input.file", ICON)
    wait_for(page, "missed")
    assert page.evaluate(CUT_OFF) == []
    longest = "Two of the known pictures look alike here: show all of it, straight on"
    page.evaluate("(closer) => (document.querySelector('image-scanner').strings = { closer })", longest)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "scanning")
    page.locator(".hint.advice").wait_for()
    assert page.evaluate(CUT_OFF) == []
    guide, words = page.locator(".guide").bounding_box(), page.locator(".hint").bounding_box()
    assert guide["x"] + guide["width"] <= words["x"]
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", SIDEWAYS[:2], ids=str)
@pytest.mark.parametrize("source", ["camera", "photo"])
def test_a_find_with_a_phone_held_sideways_stands_beside_its_picture(
    source: str, size: tuple[int, int], site: str, browser_with_camera: OpenBrowser
) -> None:
    """With a phone held sideways the whole card is in the window and hides nothing of the outlined picture."""
    page = open_sideways(browser_with_camera, site, size)
    if source == "photo":
        page.set_input_files("input.file", PICTURES / "album.png")
    else:
        page.evaluate("scriptedCamera.show('album.png', 0.6)")
        page.get_by_role("button", name="Start camera").click()
    wait_for(page, "found")
    page.wait_for_function("""() => {
        const polygon = document.querySelector("image-scanner").shadowRoot.querySelector(".outline polygon");
        return polygon.points.length === 4;
    }""")
    assert page.evaluate(CUT_OFF) == []
    outline, card = page.locator(".outline polygon").bounding_box(), page.locator(".found").bounding_box()
    assert outline["x"] + outline["width"] <= card["x"] + 4
    assert abs(outline["x"] + outline["width"] / 2 - card["x"] / 2) < 20
    assert abs(outline["y"] + outline["height"] / 2 - size[1] / 2) < 20


def test_on_a_small_phone_nothing_touches_what_is_loading(site: str, browser_with_camera: OpenBrowser) -> None:
    """On a phone of 320 x 568 the first page fits above the progress of the download."""
    page = open_page(browser_with_camera, site, regular=False, viewport={"width": 320, "height": 568})
    page.route("**/*.wasm*", lambda route: None)  # never comes
    page.reload()
    page.locator(".loading").wait_for()
    last = page.locator(".welcome button.photo").bounding_box()
    assert last["y"] + last["height"] <= page.locator(".loading").bounding_box()["y"]
    assert page.evaluate(CUT_OFF) == []
