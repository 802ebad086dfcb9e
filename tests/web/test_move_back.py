"""A person who holds a picture too near hears that moving back helps."""

from __future__ import annotations

from playwright.sync_api import Page

from support.browsers import OpenBrowser
from support.places import PICTURES, SCRIPTED_CAMERA


def open_page(browser_with_camera: OpenBrowser, site: str) -> Page:
    page = browser_with_camera(None, service_workers="block", viewport={"width": 360, "height": 740}).new_page()
    page.add_init_script(SCRIPTED_CAMERA + "scriptedCamera.size = [480, 640];")
    page.route("**/held.png", lambda route: route.fulfill(path=PICTURES / "lighthouse.png"))
    page.goto(site)
    return page


def test_a_picture_that_is_too_near_gets_the_advice_to_move_back(site: str, browser_with_camera: OpenBrowser) -> None:
    """A picture larger than the camera's view is not recognised; after some seconds the element says "Move back"."""
    page = open_page(browser_with_camera, site)
    page.evaluate("scriptedCamera.show('held.png', 1.5)")
    page.evaluate("document.querySelector('image-scanner').start()")
    page.wait_for_function("document.querySelector('image-scanner').status.hint === 'back'")
    assert page.locator(".hint").inner_text() == "Move back, until all of the picture is in sight"
    assert page.evaluate("document.querySelector('image-scanner').view") == "scanning"
    page.evaluate("scriptedCamera.show('held.png', 0.5)")
    page.wait_for_function("document.querySelector('image-scanner').view === 'found'")
