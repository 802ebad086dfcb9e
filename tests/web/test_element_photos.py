"""<image-scanner> recognises a photograph that a person takes or chooses instead of the camera's picture."""

from __future__ import annotations

from typing import Any

import pytest

from support.browsers import OpenBrowser
from support.element_page import ANDROID, IPHONE, open_page, wait_for
from support.places import ICON, PICTURES


def test_a_photo_works_where_no_camera_does(site: str, browser_with_camera: OpenBrowser) -> None:
    """Without a camera the element offers to use a photograph, and recognises the photograph."""
    page = open_page(browser_with_camera, site, "scriptedCamera.answers = ['NotFoundError'];")
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "error")
    assert page.get_by_role("heading", name="No camera found").is_visible()
    page.set_input_files("input.file", PICTURES / "album.png")
    wait_for(page, "found")
    assert page.locator(".found .id").inner_text() == "album"


NONE = "scriptedCamera.devices = []; scriptedCamera.answers = ['NotFoundError'];"


@pytest.mark.parametrize("tried", [True, False], ids=["the camera was tried", "it was not"])
def test_without_a_camera_a_photo_leads_to_the_next_photo(
    tried: bool, site: str, browser_with_camera: OpenBrowser
) -> None:
    """Without a camera neither a find nor a miss offers to start one: a tap chooses the next photo."""
    page = open_page(browser_with_camera, site, NONE)
    page.get_by_role("button", name="Start camera").wait_for()
    if tried:
        page.get_by_role("button", name="Start camera").click()
        wait_for(page, "error")
    page.set_input_files("input.file", PICTURES / "album.png")
    wait_for(page, "found")
    assert page.get_by_role("button", name="Scan again").is_hidden()
    with page.expect_file_chooser() as asked:
        page.get_by_role("button", name="Another photo").click()
    asked.value.set_files(ICON)
    wait_for(page, "missed")
    assert page.get_by_role("button", name="Start camera").is_hidden()
    with page.expect_file_chooser():
        page.get_by_role("button", name="Another photo").click()


def test_with_a_camera_a_photo_leads_back_to_it(site: str, browser_with_camera: OpenBrowser) -> None:
    """With a camera, a person who used a photo is offered to scan with the camera."""
    page = open_page(browser_with_camera, site)
    page.set_input_files("input.file", PICTURES / "album.png")
    wait_for(page, "found")
    assert page.get_by_role("button", name="Another photo").is_hidden()
    page.get_by_role("button", name="Scan again").click()
    wait_for(page, "scanning")


def test_a_photo_that_is_none_is_an_error_with_words(site: str, browser_with_camera: OpenBrowser) -> None:
    """A file that is no picture ends in a message and a way on, not in an endless wait."""
    page = open_page(browser_with_camera, site)
    page.set_input_files("input.file", {"name": "a.png", "mimeType": "image/png", "buffer": b"not a picture"})
    wait_for(page, "error")
    assert page.locator(".problem-title").inner_text() != ""
    page.set_input_files("input.file", PICTURES / "album.png")
    wait_for(page, "found")


def test_a_file_that_cannot_be_read_is_not_called_a_broken_scanner(site: str, browser_with_camera: OpenBrowser) -> None:
    """A person who chose a file that the browser cannot open is told so, and offered to choose another."""
    page = open_page(browser_with_camera, site)
    page.set_input_files("input.file", {"name": "a.heic", "mimeType": "image/heic", "buffer": b"not a picture"})
    page.get_by_role("heading", name="This file cannot be read").wait_for()
    assert "JPEG" in page.locator(".problem-text").inner_text()
    assert page.get_by_role("button", name="Take or choose a photo").is_visible()
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "scanning")


def test_the_photo_chosen_last_is_the_one_that_is_judged(site: str, browser_with_camera: OpenBrowser) -> None:
    """A second photo, given while the first is judged, replaces the first: only the second gets a result."""
    page = open_page(browser_with_camera, site)
    page.evaluate("""async () => {
        const file = async (name) => (await fetch(name)).blob();
        const [plain, album] = [await file("icons/icon-512.png"), await file("album.png")];
        const element = document.querySelector("image-scanner");
        globalThis.views = [];
        new MutationObserver(() => views.push(element.view)).observe(element, { attributeFilter: ["view"] });
        await Promise.all([element.scanPhoto(plain), element.scanPhoto(album)]);
    }""")
    wait_for(page, "found")
    assert page.locator(".found .id").inner_text() == "album"
    assert "missed" not in page.evaluate("views")


def test_a_photo_is_shown_whole_with_its_outline(site: str, browser_with_camera: OpenBrowser) -> None:
    """A photo is shown whole, also with `continuous`, and the outline lies on its picture."""
    page = open_page(browser_with_camera, site)
    page.evaluate("document.querySelector('image-scanner').toggleAttribute('continuous', true)")
    page.set_input_files("input.file", PICTURES / "album.png")
    wait_for(page, "found")
    page.locator('.outline polygon:not([points=""])').wait_for(state="attached")
    drawn = page.locator(".outline polygon").get_attribute("points")
    points = [tuple(map(float, point.split(","))) for point in drawn.split()]
    # A square picture shown whole is as wide as the page, and in the page's middle.
    for (x, y), (across, down) in zip(points, ((0, 190), (360, 190), (360, 550), (0, 550)), strict=True):
        assert abs(x - across) < 18
        assert abs(y - down) < 18


@pytest.mark.parametrize(
    ("agent", "buttons"), [(ANDROID, ["Take a photo", "Choose a photo"]), (IPHONE, []), (None, [])]
)
def test_a_photo_can_be_taken_and_chosen(
    agent: str | None, buttons: list[Any], site: str, browser_with_camera: OpenBrowser
) -> None:
    """Android gets one button to take a photo and one to choose it; on other phones one button offers both."""
    page = open_page(browser_with_camera, site, "scriptedCamera.answers = ['NotFoundError'];", user_agent=agent)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "error")
    asked = {}
    for name in buttons or ["Take or choose a photo"]:
        with page.expect_file_chooser():
            page.get_by_role("button", name=name, exact=True).click()
        asked[name] = page.locator("input.file").get_attribute("capture")
    expected = {"Take a photo": "environment", "Choose a photo": None} if buttons else {"Take or choose a photo": None}
    assert asked == expected
    assert page.locator(".problem .buttons > :visible").count() == len(expected) + 1  # and "Try again"
