"""Where the camera zooms, people and sites can zoom; where it does not, nothing pretends to."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page

from support.browsers import OpenBrowser
from support.places import SCRIPTED_CAMERA

ZOOMS = "scriptedCamera.capabilities = { zoom: { min: 1, max: 4, step: 0.5 } };"
ASKED = "scriptedCamera.constraints.map((wish) => wish.advanced[0].zoom)"


def open_page(browser_with_camera: OpenBrowser, site: str, before: str = "", **options: object) -> Page:
    page = browser_with_camera(
        None, service_workers="block", **{"viewport": {"width": 360, "height": 740}, **options}
    ).new_page()
    page.add_init_script(SCRIPTED_CAMERA + "scriptedCamera.size = [720, 1280];" + before)
    page.goto(site)
    return page


def scan(page: Page) -> None:
    page.evaluate("document.querySelector('image-scanner').start()")
    page.wait_for_function("document.querySelector('image-scanner').view === 'scanning'")


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Zoom")


def test_a_person_zooms_by_keyboard_and_by_finger(site: str, browser_with_camera: OpenBrowser) -> None:
    """The slider has a name and says its value; arrow keys and a pull change the camera's zoom within its range."""
    page = open_page(browser_with_camera, site, ZOOMS)
    scan(page)
    slider(page).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"String({ASKED}) === '1.5'")
    assert slider(page).get_attribute("aria-valuetext") == "1.5×"
    place = slider(page).bounding_box()
    page.mouse.move(place["x"] + 5, place["y"] + place["height"] / 2)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] + 50, place["y"] + place["height"] / 2, steps=8)
    page.mouse.up()
    page.wait_for_function(f"{ASKED}.at(-1) === 4")
    assert page.locator(".zoom-value").inner_text() == "4×"
    assert page.evaluate(f"{ASKED}.every((zoom) => zoom >= 1 && zoom <= 4)")


def test_a_camera_without_zoom_has_no_slider(site: str, browser_with_camera: OpenBrowser) -> None:
    """A slider that moves nothing is not shown."""
    page = open_page(browser_with_camera, site)
    scan(page)
    assert slider(page).count() == 0


def test_a_site_can_hide_the_slider_and_show_it_again(site: str, browser_with_camera: OpenBrowser) -> None:
    """`zoom="off"` hides the slider at once, without another start; removing the attribute brings it back."""
    page = open_page(browser_with_camera, site, ZOOMS)
    scan(page)
    slider(page).wait_for()
    page.evaluate("document.querySelector('image-scanner').setAttribute('zoom', 'off')")
    assert slider(page).count() == 0
    page.evaluate("document.querySelector('image-scanner').removeAttribute('zoom')")
    assert slider(page).count() == 1


def test_the_slider_speaks_japanese_and_takes_the_colour_of_the_site(
    site: str, browser_with_camera: OpenBrowser
) -> None:
    """The slider's name follows the page's language, and a custom property and a part style it."""
    page = open_page(browser_with_camera, site, ZOOMS, bypass_csp=True)  # for the test's own style
    page.add_style_tag(content="image-scanner { --scanner-zoom: rgb(1, 2, 3) } ::part(zoom) { color: rgb(4, 5, 6) }")
    page.evaluate("document.querySelector('image-scanner').lang = 'ja'")
    scan(page)
    found = page.get_by_role("slider", name="ズーム")
    assert found.evaluate("(node) => getComputedStyle(node).accentColor") == "rgb(1, 2, 3)"
    assert page.locator(".zoom").evaluate("(node) => getComputedStyle(node).color") == "rgb(4, 5, 6)"


@pytest.mark.parametrize("size", [(320, 480), (360, 740), (740, 360), (1280, 800)])
def test_the_slider_covers_nothing_else(size: tuple[int, int], site: str, browser_with_camera: OpenBrowser) -> None:
    """On small and large screens, upright and sideways, the slider lies in the element, beside other controls."""
    page = open_page(browser_with_camera, site, ZOOMS, viewport={"width": size[0], "height": size[1]})
    scan(page)
    slider(page).wait_for()
    overlaps = page.evaluate("""() => {
        const host = document.querySelector("image-scanner");
        const box = (node) => node.getBoundingClientRect();
        const zoom = box(host.shadowRoot.querySelector(".zoom")), around = box(host);
        const inside = zoom.left >= around.left && zoom.right <= around.right
          && zoom.top >= around.top && zoom.bottom <= around.bottom;
        const others = [".foot .photo", ".tools", ".hint", ".guide"].map((name) => host.shadowRoot.querySelector(name));
        const meets = others.filter((other) => {
          const it = box(other);
          const across = it.left < zoom.right && it.right > zoom.left;
          return it.width && across && it.top < zoom.bottom && it.bottom > zoom.top;
        });
        return [inside, meets.map((node) => node.className)];
    }""")
    assert overlaps == [True, []]


def test_a_script_asks_and_sets_the_zoom(site: str, browser_with_camera: OpenBrowser) -> None:
    """`hasZoom`, `getZoom`, `zoomRange` and `setZoom` tell and change the zoom; without a camera there is none."""
    page = open_page(browser_with_camera, site, ZOOMS)
    none = "Promise.all([scanner.hasZoom(), scanner.getZoom(), scanner.zoomRange(), scanner.setZoom(2)])"
    page.evaluate("globalThis.scanner = document.querySelector('image-scanner').scanner")
    assert page.evaluate(none) == [False, None, None, False]
    scan(page)
    assert page.evaluate("Promise.all([scanner.hasZoom(), scanner.getZoom()])") == [True, 1]
    assert page.evaluate("scanner.setZoom(2.5)") is True
    assert page.evaluate("scanner.getZoom()") == 2.5
