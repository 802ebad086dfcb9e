"""The demo page around <image-scanner>: its box for several pictures, and its snippets."""

from __future__ import annotations

from support.browsers import OpenBrowser
from support.element_page import ELEMENT, open_page


def test_the_box_and_the_address_ask_for_several_pictures(site: str, browser_with_camera: OpenBrowser) -> None:
    """A visitor who ticks the box, or follows a link with `?multiple`, gets a list of finds; without the tick, none."""
    page = open_page(browser_with_camera, site)
    box = page.get_by_role("checkbox", name="Several at once")
    assert not box.is_checked()
    box.check()
    page.get_by_role("button", name="Start camera").click()
    listed = page.get_by_role("button", name="Found: 0")
    listed.wait_for()
    box.uncheck()
    listed.wait_for(state="hidden")
    assert page.evaluate(f"{ELEMENT}.multiple") is False
    page.goto(site + "?multiple")
    page.get_by_role("button", name="Start camera").wait_for()
    assert box.is_checked()
    assert page.evaluate(f"{ELEMENT}.multiple") is True


def test_snippets_of_the_page_can_be_copied(site: str, browser_with_camera: OpenBrowser) -> None:
    """The button copies at every press; without a clipboard it marks the text for the keyboard."""
    page = open_page(browser_with_camera, site)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button = page.locator("button[data-copy=snippet-element]")
    button.click()
    button.click()
    assert "<image-scanner" in page.evaluate("navigator.clipboard.readText()")
    page.wait_for_timeout(1500)
    assert button.inner_text() == "Copy"
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    button.click()
    assert page.evaluate("String(getSelection())").startswith("<script")
