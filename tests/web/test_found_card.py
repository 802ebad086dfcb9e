"""What a find shows, and what it leaves in sight."""

from __future__ import annotations

from support.browsers import OpenBrowser
from support.places import PICTURES, PLAIN_PAGE, SCRIPTED_CAMERA

INSIDE = "document.querySelector('#scanner').shadowRoot"


def test_a_find_that_is_tall_stays_in_sight_and_shows_no_numbers(site: str, browser_with_camera: OpenBrowser) -> None:
    """A tall find is not pushed out at the top of a small phone; without `details` its card has no ID and distance."""
    page = browser_with_camera(None, service_workers="block", viewport={"width": 360, "height": 740}).new_page()
    page.add_init_script(SCRIPTED_CAMERA + "scriptedCamera.size = [720, 1280];")
    page.route("**/held.png", lambda route: route.fulfill(path=PICTURES / "lighthouse.png"))
    body = PLAIN_PAGE.replace("height: 640px", "height: 740px").replace(
        "<image-scanner", "<body style='margin: 0'><image-scanner"
    )
    page.route("**/own.html", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(site + "own.html")
    page.evaluate("scriptedCamera.show('held.png', 0.78).then(() => (scriptedCamera.rise = -0.04))")
    page.evaluate("void document.querySelector('#scanner').start()")
    page.locator("image-scanner[view=found]").wait_for()
    page.wait_for_function(f"{INSIDE}.querySelector('.found').getAnimations().length === 0")
    outline = page.evaluate(f"{INSIDE}.querySelector('.outline polygon').getBoundingClientRect().toJSON()")
    assert outline["top"] >= 0
    assert outline["top"] < 100
    assert page.locator(".found .name").is_visible()
    for label in ("ID", "Distance"):
        assert not page.get_by_text(label, exact=True).is_visible()
    page.evaluate("document.querySelector('#scanner').toggleAttribute('details', true)")
    assert page.get_by_text("ID", exact=True).is_visible()
    assert page.locator(".found .id").inner_text() == "lighthouse"
    page.add_style_tag(content="image-scanner::part(id) { display: none }")
    assert not page.get_by_text("ID", exact=True).is_visible()
    assert page.get_by_text("Distance", exact=True).is_visible()
